"""Bodies of requests are taken on the event loop, whole, before a thread is: a slow sender holds up nobody.

Bounded in size by who sends, in time by a least rate, and in number by who sends. Small ones stay in memory, others go
into a temporary file. A body that is there at once costs none of this.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

MIB = 2**20
IN_MEMORY = 64 * 1024
# Whoever has not signed in sends forms and webhooks.
STRANGERS_BYTES = MIB
# A message takes ten files.
FILES_AT_ONCE = 10
# A line that is slower than this at length is a line that is dead, or means harm.
LEAST_BYTES_A_SECOND = 4 * 1024
GRACE_SECONDS = 20.0
# Bodies under way at once that were not there as a whole: of one session, and of strangers at one address.
MOST_OF_SESSION = 100
MOST_OF_ADDRESS = 64
# So much stays free on the disk, whatever comes in.
SPARED_BYTES = 200 * MIB


class BodyRefused(Exception):
    """A body is not taken.

    Args:
        status: of the answer. said: its text.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class SenderLeft(Exception):
    """Whoever sent the body has gone; nothing is to be done."""


@dataclass(frozen=True)
class Sender:
    """Who sends a body.

    Args:
        key: what their bodies are counted by. most_bytes: how large one may be.
        most_at_once: how many may be under way.
    """

    key: str
    most_bytes: int
    most_at_once: int


class Bodies:
    """Takes bodies, and knows how many are under way.

    Args:
        session_of: the session of whoever sends a cookie header, '' for strangers.
        upload_bytes: the largest file. folder: where bodies lie that do not stay in memory.
        trusts_proxy: the address of a sender is the one a proxy tells of.
    """

    def __init__(
        self,
        *,
        session_of: Callable[[bytes], Awaitable[str]],
        upload_bytes: int,
        folder: Path,
        trusts_proxy: bool,
    ) -> None:
        self._session_of, self._upload_bytes = session_of, upload_bytes
        self._folder, self._trusts_proxy = folder, trusts_proxy
        self._under_way: Counter[str] = Counter()

    async def take(self, scope: Any, receive: Receive) -> Any:
        """The whole body as a file at its beginning, and its size.

        Raises:
            BodyRefused: too large, too slow, or too many at once. SenderLeft: the connection ended before the body.
        """
        first = await receive()
        if first["type"] == "http.disconnect":
            raise SenderLeft
        body = first.get("body", b"")
        spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self._folder))  # noqa: SIM115 - closed by whoever reads it
        if not first.get("more_body", False) and len(body) <= STRANGERS_BYTES:
            spooled.write(body)
            spooled.seek(0)
            return spooled
        sender = await self._sender(scope)
        try:
            with self._counted(sender):
                await self._spool(spooled, body, _declared_length(scope), sender, receive)
        except BaseException:
            spooled.close()
            raise
        spooled.seek(0)
        return spooled

    async def _sender(self, scope: Any) -> Sender:
        headers = dict(scope["headers"])
        cookies = headers.get(b"cookie", b"")
        if cookies and (key := await self._session_of(cookies)):
            return Sender(key, FILES_AT_ONCE * self._upload_bytes + 4 * MIB, MOST_OF_SESSION)
        return Sender(self._address(scope, headers), STRANGERS_BYTES, MOST_OF_ADDRESS)

    def _address(self, scope: Any, headers: dict[bytes, bytes]) -> str:
        told = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        return told if self._trusts_proxy and told else str((scope.get("client") or ("",))[0])

    @contextmanager
    def _counted(self, sender: Sender) -> Iterator[None]:
        if self._under_way[sender.key] >= sender.most_at_once:
            raise BodyRefused(
                429, "同时上传的太多，请等前面的传完。\nToo many uploads at once. Wait until some are through."
            )
        self._under_way[sender.key] += 1
        try:
            yield
        finally:
            self._under_way[sender.key] -= 1
            if not self._under_way[sender.key]:
                del self._under_way[sender.key]

    async def _spool(self, spooled: Any, body: bytes, declared: int, sender: Sender, receive: Receive) -> None:
        self._refuse_size(declared, sender)
        began, size, more = time.monotonic(), 0, True
        while True:
            size += len(body)
            self._refuse_size(size, sender)
            spooled.write(body)
            if not more:
                return
            message = await _next(receive, began + GRACE_SECONDS + size / LEAST_BYTES_A_SECOND)
            body, more = message.get("body", b""), message.get("more_body", False)

    def _refuse_size(self, size: int, sender: Sender) -> None:
        if size > sender.most_bytes:
            raise BodyRefused(
                413,
                f"内容太大：一次最多 {sender.most_bytes // MIB} MB。\n"
                f"This is too large: at most {sender.most_bytes // MIB} MB at once.",
            )
        if size > IN_MEMORY and shutil.disk_usage(self._folder).free < SPARED_BYTES + size:
            raise BodyRefused(507, "磁盘已满，没有做任何改动。\nThe disk is full. Nothing was changed.")


def _declared_length(scope: Any) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


async def _next(receive: Receive, deadline: float) -> dict[str, Any]:
    """The next part of a body, when it comes in time."""
    try:
        message = await asyncio.wait_for(_waited_for(receive), deadline - time.monotonic())
    except TimeoutError:
        raise BodyRefused(408, "上传太慢，已经中断。\nThe upload was too slow and was given up.") from None
    if message["type"] == "http.disconnect":
        raise SenderLeft
    return message


async def _waited_for(receive: Receive) -> dict[str, Any]:
    """Granian answers ``receive()`` with an awaitable of its own; asyncio insists on a coroutine."""
    return await receive()
