"""Request bodies are received whole on the event loop before a thread is used, so slow senders block nobody.

Limited in size and number per sender, and in time by a minimum rate. Small ones stay in memory, others go into a
temporary file. A body that arrives at once costs none of this.
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
# Without sign-in, only forms and webhooks are sent.
STRANGERS_BYTES = MIB
# A message takes up to ten files.
FILES_AT_ONCE = 10
# A connection slower than this over time is dead or malicious.
LEAST_BYTES_A_SECOND = 4 * 1024
GRACE_SECONDS = 20.0
# Simultaneous incomplete bodies: per session, and of anonymous senders per address.
MOST_OF_SESSION = 100
MOST_OF_ADDRESS = 64
# Disk space to keep free.
SPARED_BYTES = 200 * MIB


class BodyRefused(Exception):
    """A body is rejected.

    Args:
        status: of the response. said: its text.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class SenderLeft(Exception):
    """The sender disconnected; nothing is to be done."""


@dataclass(frozen=True)
class Sender:
    """The sender of a body.

    Args:
        key: for counting their bodies. most_bytes: the size limit of one.
        most_at_once: the limit of simultaneous ones.
    """

    key: str
    most_bytes: int
    most_at_once: int


class Bodies:
    """Receives bodies, and counts those in progress.

    Args:
        session_of: returns the session of a cookie header, '' for anonymous senders.
        upload_bytes: the largest file. folder: for bodies that do not stay in memory.
        trusts_proxy: take the sender's address from the proxy's header.
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
        """Return the whole body as a file at its beginning.

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
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        return forwarded if self._trusts_proxy and forwarded else str((scope.get("client") or ("",))[0])

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
    """Return the next part of a body, if it arrives in time."""
    try:
        message = await asyncio.wait_for(_waited_for(receive), deadline - time.monotonic())
    except TimeoutError:
        raise BodyRefused(408, "上传太慢，已经中断。\nThe upload was too slow and was given up.") from None
    if message["type"] == "http.disconnect":
        raise SenderLeft
    return message


async def _waited_for(receive: Receive) -> dict[str, Any]:
    """Granian's ``receive()`` returns its own awaitable; asyncio requires a coroutine."""
    return await receive()
