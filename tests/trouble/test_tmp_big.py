"""Fifty who send drop by drop, and thirty honest uploads on slow lines: pages answer as if nobody were there."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.journeys.conftest import Product, start

from .conftest import Visitor, sessions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
TOKEN = "a" * 32
BOUNDARY = "drop-by-drop"
# Sign-in, a form, an upload, a message, an article's draft, a webhook: whoever reads a body.
DOORS = (
    "/signin/",
    "/needs/new/",
    "/files/",
    "/channels/1/messages/",
    "/articles/1/draft/",
    "/hooks/" + "x" * 43 + "/",
)
# A page answers within this many seconds, also on a machine that does three other things.
PATIENCE = 10.0


@pytest.fixture(scope="module")
def product(sample_company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of our own, which nobody else is kept waiting by."""
    data = tmp_path_factory.mktemp("slow") / "data"
    shutil.copytree(sample_company, data)
    running = start(data)
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=10)


def part(name: str, content: bytes) -> bytes:
    """One field of a form with files."""
    file = f'; filename="{name}.bin"' if content else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"


def opened(product: Product, path: str, cookie: str, length: int) -> socket.socket:
    """A connection on which the head of a POST has been sent."""
    host, _colon, port = product.url.removeprefix("http://").partition(":")
    line = socket.create_connection((host, int(port)), timeout=60)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    )
    line.sendall(head.encode())
    return line


def seconds_of_pages(visitor: Visitor, times: int = 5) -> list[float]:
    """How long the sign-in page and Today take, one after the other."""
    taken = []
    for path in ["/signin/", "/"] * times:
        began = time.monotonic()
        assert visitor.ask("GET", path) in (200, 302)
        taken.append(time.monotonic() - began)
    return taken


@pytest.mark.parametrize("who", ["strangers", "colleagues"])
def test_fifty_dripping_connections_on_every_door_keep_nobody_waiting(product: Product, who: str) -> None:
    key = next(iter(sessions(product.data, 1).values()))
    cookie = f"csrftoken={TOKEN}" + (f"; sessionid={key}" if who == "colleagues" else "")
    stop = threading.Event()

    def drip(line: socket.socket) -> None:
        while not stop.wait(0.5):
            try:
                line.sendall(b"x")
            except OSError:
                return

    with ExitStack() as lines:
        for number in range(50):
            line = lines.enter_context(closing(opened(product, DOORS[number % len(DOORS)], cookie, 600_000)))
            line.sendall(part("file", b"x" * 300_000)[:300_000])
            threading.Thread(target=drip, args=(line,), daemon=True).start()
        time.sleep(1)
        slowest = max(seconds_of_pages(Visitor(product, key)))
        stop.set()
    assert slowest < PATIENCE


def test_thirty_honest_uploads_on_slow_lines_arrive_beside_pages(product: Product) -> None:
    key = next(iter(sessions(product.data, 1).values()))
    content = bytes(range(256)) * 97000
    body = part("file", content) + f"--{BOUNDARY}--\r\n".encode()
    statuses: list[int] = []

    def send() -> None:
        with closing(opened(product, "/files/", f"csrftoken={TOKEN}; sessionid={key}", len(body))) as line:
            for place in range(0, len(body), 12_000):
                line.sendall(body[place : place + 12_000])
                time.sleep(0.2)
            answer = http.client.HTTPResponse(line)
            answer.begin()
            statuses.append(answer.status)

    threads = [threading.Thread(target=send, daemon=True) for _ in range(30)]
    run_all(threads, lambda: seconds_of_pages(Visitor(product, key), times=3))
    assert statuses == [200] * 30
    assert product.sql("select count(*) from files_file where size = ?", len(content)) == [(1,)]


def run_all(threads: list[threading.Thread], meanwhile: Callable[[], list[float]]) -> None:
    """Start all, look at pages meanwhile, and wait for all."""
    for thread in threads:
        thread.start()
    assert max(meanwhile()) < PATIENCE
    for thread in threads:
        thread.join(800)


def test_a_stranger_cannot_fill_the_disk(product: Product) -> None:
    with closing(opened(product, "/signin/", f"csrftoken={TOKEN}", 400_000_000)) as line:
        line.sendall(part("file", b"x" * 100_000))
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 413
    assert not list((product.data / "incoming").iterdir())
