"""Requests come whole into threads, and answers whole out of them; files and long bodies part by part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config import bodies
from config.bodies import IN_MEMORY, MIB, STRANGERS_BYTES, Bodies, BodyRefused
from config.bridge import Pages

SCOPE = {"type": "http", "method": "POST", "path": "/x/", "query_string": b"", "http_version": "1.1", "headers": []}


class Whole(list[bytes]):
    """As Django's usual answer."""

    streaming = False


class File:
    """As Django's answer with a file."""

    streaming = True

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"one", b"two")

    def close(self) -> None:
        self.is_closed = True


def asked(app: Any, *parts: bytes, **scope: Any) -> list[dict[str, Any]]:
    """What an application sends when it is asked with a body in parts."""
    sent: list[dict[str, Any]] = []
    waiting = list(parts) or [b""]

    async def receive() -> dict[str, Any]:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # In a thread of its own: in this one a browser's driver may run a loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Pages(app, taking(), workers=1)({**SCOPE, **scope}, receive, send)).result(60)
    return sent


async def signed_in(cookies: bytes) -> str:
    return cookies.decode().partition("=")[2]


def taking(**more: Any) -> Bodies:
    """Bodies of people with a cookie may have 10 MiB a file."""
    known = {"session_of": signed_in, "upload_bytes": 10 * MIB, "folder": Path("/tmp"), "trusts_proxy": False}
    return Bodies(**{**known, **more})


def test_an_answer_that_is_there_is_sent_as_a_whole() -> None:
    def app(environ: Any, start: Any) -> Any:
        start("201 Created", [("Content-Type", "text/plain"), ("X-Read", environ["wsgi.input"].read().decode())])
        return Whole([b"a", b"b"])

    head, body = asked(app, b"first ", b"second")
    assert head["status"] == 201
    assert (b"x-read", b"first second") in head["headers"]
    assert body == {"type": "http.response.body", "body": b"ab"}


def test_a_file_is_sent_part_by_part_and_closed() -> None:
    answer = File()

    def app(environ: Any, start: Any) -> Any:
        start("200 OK", [])
        return answer

    sent = asked(app)
    assert [entry.get("body") for entry in sent] == [None, b"one", b"two", b""]
    assert answer.is_closed


@pytest.mark.parametrize("parts", [1, 3, 9])
def test_a_long_body_is_read_to_its_end(parts: int) -> None:
    part = b"x" * (IN_MEMORY // 2 + 1)

    def app(environ: Any, start: Any) -> Any:
        start("200 OK", [])
        return Whole([str(len(environ["wsgi.input"].read())).encode()])

    assert asked(app, *[part] * parts)[1]["body"] == str(len(part) * parts).encode()


def length(environ: Any, start: Any) -> Any:
    """An application that answers how much it was sent."""
    start("200 OK", [])
    return Whole([environ["CONTENT_LENGTH"].encode(), b" ", str(len(environ["wsgi.input"].read())).encode()])


def test_a_body_without_a_length_gets_one() -> None:
    assert asked(length, b"a" * 70_000, b"b")[1]["body"] == b"70001 70001"


def test_strangers_send_little_and_colleagues_their_files() -> None:
    large = b"x" * (STRANGERS_BYTES + 1)
    assert asked(length, large, b"")[0]["status"] == 413
    assert asked(length, large)[0]["status"] == 413
    assert asked(length, b"x", b"y", headers=[(b"content-length", b"400000000")])[0]["status"] == 413
    cookie = [(b"cookie", b"sessionid=abc")]
    assert asked(length, large, large, headers=cookie)[1]["body"].split()[1] == str(2 * len(large)).encode()
    assert asked(length, *[b"x" * MIB] * 105, headers=cookie)[0]["status"] == 413


def run(coroutine: Any) -> Any:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result(60)


def test_who_leaves_in_the_middle_of_a_body_has_done_nothing() -> None:
    called: list[Any] = []

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    async def send(message: Any) -> None:
        called.append(message)

    def app(environ: Any, start: Any) -> Any:
        called.append(environ)

    for begun in ([], [{"type": "http.request", "body": b"text=half", "more_body": True}]):
        parts = [*begun, {"type": "http.disconnect"}]
        run(Pages(app, taking(), workers=1)(SCOPE, receive, send))
    assert called == []


def test_a_sender_that_is_too_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(BodyRefused) as refused:
        run(taking().take(SCOPE, receive))
    assert refused.value.status == 408


def test_so_many_are_under_way_of_one_sender_and_others_are_not_held_up() -> None:
    async def story() -> list[int]:
        taker, waiting = taking(), asyncio.Event()

        async def slow() -> dict[str, Any]:
            if begun[0] < bodies.MOST_OF_ADDRESS:
                begun[0] += 1
                return {"type": "http.request", "body": b"x", "more_body": True}
            await waiting.wait()
            return {"type": "http.request", "body": b"y", "more_body": False}

        async def status(address: str) -> int:
            parts = [False, True]

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b"x", "more_body": parts.pop()}

            try:
                await taker.take({**SCOPE, "client": (address, 1)}, receive)
            except BodyRefused as refused:
                return refused.status
            return 200

        begun, here = [0], {**SCOPE, "client": ("10.0.0.1", 1)}
        under_way = [asyncio.create_task(taker.take(here, slow)) for _ in range(bodies.MOST_OF_ADDRESS)]
        await asyncio.sleep(0.05)
        statuses = [await status("10.0.0.1"), await status("10.0.0.2")]
        waiting.set()
        await asyncio.gather(*under_way)
        return [*statuses, await status("10.0.0.1")]

    assert run(story()) == [429, 200, 200]


def test_a_disk_without_room_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SPARED_BYTES", 2**62)
    assert asked(length, b"x" * IN_MEMORY, b"y")[0]["status"] == 507
    assert asked(length, b"x")[0]["status"] == 200


def test_what_goes_wrong_is_told_to_the_server() -> None:
    def app(environ: Any, start: Any) -> Any:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        asked(app)
