"""Requests come whole into threads, and answers whole out of them; files and long bodies part by part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config.bridge import READ_BEFORE, Pages

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


def asked(app: Any, *bodies: bytes) -> list[dict[str, Any]]:
    """What an application sends when it is asked with a body in parts."""
    sent: list[dict[str, Any]] = []
    waiting = list(bodies) or [b""]

    async def receive() -> dict[str, Any]:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # In a thread of its own: in this one a browser's driver may run a loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Pages(app, workers=1)(SCOPE, receive, send)).result(60)
    return sent


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
    assert [one.get("body") for one in sent] == [None, b"one", b"two", b""]
    assert answer.is_closed


@pytest.mark.parametrize("parts", [1, 3, 9])
def test_a_long_body_is_read_to_its_end(parts: int) -> None:
    part = b"x" * (READ_BEFORE // 2 + 1)

    def app(environ: Any, start: Any) -> Any:
        start("200 OK", [])
        return Whole([str(len(environ["wsgi.input"].read())).encode()])

    assert asked(app, *[part] * parts)[1]["body"] == str(len(part) * parts).encode()


def test_what_goes_wrong_is_told_to_the_server() -> None:
    def app(environ: Any, start: Any) -> Any:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        asked(app)
