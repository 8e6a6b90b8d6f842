"""Pages on the event loop: a2wsgi's bridge with fewer switches between loop and thread.

a2wsgi switches between the two for the body, for the response's head and for each part of it. Where thousands of
streams keep the loop busy, each switch waits its turn. Here the body is received whole before the thread starts
(``config.bodies``), and a complete response is handed over whole. Files are streamed as in a2wsgi.
"""

from __future__ import annotations

import contextvars
from typing import Any

from a2wsgi.wsgi import WSGIMiddleware, WSGIResponder, build_environ

from .bodies import Bodies, BodyRefused, SenderLeft


class Pages(WSGIMiddleware):
    """The WSGI application as an ASGI one.

    Args:
        app: the WSGI application. bodies: receives request bodies. workers: number of threads.
    """

    def __init__(self, app: Any, bodies: Bodies, workers: int) -> None:
        super().__init__(app, workers=workers)
        self._bodies = bodies

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        try:
            body = await self._bodies.take(scope, receive)
        except SenderLeft:
            return
        except BodyRefused as refused:
            await _refuse(refused, send)
            return
        with body:
            await _Responder(self.app, self.executor, self.send_queue_size)(_whole(scope, body), body, send)


def _whole(scope: Any, body: Any) -> Any:
    """Return the scope of a request with its received body: the length is known, whatever the transfer encoding."""
    length = body.seek(0, 2)
    body.seek(0)
    if not length or (b"content-length", str(length).encode()) in scope["headers"]:
        return scope
    headers = [
        (name, value) for name, value in scope["headers"] if name not in (b"content-length", b"transfer-encoding")
    ]
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


async def _refuse(refused: BodyRefused, send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{refused.said}\n".encode()})


class _Responder(WSGIResponder):
    """One request."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._head: dict[str, Any] | None = None
        self._whole: bytes | None = None

    async def __call__(self, scope: Any, body: Any, send: Any) -> None:
        """Run the application in a thread, and send its response.

        Args:
            body: of the request, as a file.
        """
        environ = build_environ(scope, body)
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
        """Store the head until it is known whether the response is streamed."""
        headers = [
            (name.strip().lower().encode("latin1"), value.strip().encode("latin1")) for name, value in response_headers
        ]
        self._head = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": headers}
        return _write

    def wsgi(self, environ: Any, start_response: Any) -> None:
        """Run in the thread: return Django's response whole, or part by part if it is a file."""
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
    """WSGI's ``write``, which Django does not use."""
    raise NotImplementedError
