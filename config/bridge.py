"""Pages on the event loop: a2wsgi's bridge with fewer steps between loop and thread.

a2wsgi goes back and forth between the two for the body, for the head of the answer and for each part of it; where
thousands of streams keep the loop busy, each of these waits its turn. Here a body of usual size is read before the
thread begins, and an answer that is there as a whole is handed over as a whole. Files and long bodies go a2wsgi's way.
"""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from a2wsgi.wsgi import Body, WSGIMiddleware, WSGIResponder, build_environ

READ_BEFORE = 256 * 1024


class Pages(WSGIMiddleware):
    """The WSGI application as an ASGI one."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        await _Responder(self.app, self.executor, self.send_queue_size)(scope, receive, send)


class _Body(Body):
    """A body of which the beginning, or all, was read before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Any, begun: bytes, *, has_more: bool) -> None:
        super().__init__(loop, receive)
        self.buffer.extend(begun)
        self._has_more = has_more


class _Responder(WSGIResponder):
    """One request."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._head: dict[str, Any] | None = None
        self._whole: bytes | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read, answer in a thread, send."""
        begun, has_more = await _read(receive)
        environ = build_environ(scope, _Body(self.loop, _as_coroutine(receive), begun, has_more=has_more))
        sender = self.loop.create_task(self.sender(send))
        try:
            context = contextvars.copy_context()
            await self.loop.run_in_executor(self.executor, context.run, self.wsgi, environ, self.start_response)
            if self._whole is not None:
                await send(self._head)
                await send({"type": "http.response.body", "body": self._whole})
            await self.send_queue.put(None)
            await sender
        finally:
            sender.cancel()

    def start_response(self, status: str, response_headers: Any, exc_info: Any = None) -> Any:
        """Keep the head until it is known how the rest comes."""
        headers = [
            (name.strip().lower().encode("latin1"), value.strip().encode("latin1")) for name, value in response_headers
        ]
        self._head = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": headers}
        return _write

    def wsgi(self, environ: Any, start_response: Any) -> None:
        """In the thread: Django's answer as a whole, or part by part when it is a file."""
        answer: Any = self.app(environ, start_response)
        try:
            if not getattr(answer, "streaming", True):
                self._whole = b"".join(answer)
                return
            self.send(self._head)
            for part in answer:
                self.send({"type": "http.response.body", "body": part, "more_body": True})
            self.send({"type": "http.response.body", "body": b""})
        finally:
            getattr(answer, "close", lambda: None)()


def _write(_part: bytes) -> None:
    """WSGI's other way to answer, which Django does not go."""
    raise NotImplementedError


async def _read(receive: Any) -> tuple[bytes, bool]:
    """The body as far as it is read at once, and whether there is more."""
    begun, has_more = bytearray(), True
    while has_more and len(begun) < READ_BEFORE:
        message = await receive()
        begun += message.get("body", b"")
        has_more = message.get("more_body", False)
    return bytes(begun), has_more


def _as_coroutine(receive: Any) -> Any:
    """Granian answers ``receive()`` with an awaitable of its own; a2wsgi insists on a coroutine."""

    async def wait() -> Any:
        return await receive()

    return wait
