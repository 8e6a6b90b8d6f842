"""ASGI entry point: pages and live streams in one process.

Pages run through the WSGI application in a fixed thread pool, so that each thread keeps its database connection and
pages cost as much as under WSGI; the hub serves streams on the event loop.
"""

from __future__ import annotations

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from asgiref.sync import sync_to_async
from django.conf import settings

from config.bodies import Bodies
from config.bridge import Pages
from config.wsgi import application as pages
from zhiliu.kit.web.protection import session_of
from zhiliu.live.hub import hub

THREADS = 8
_bodies = Bodies(
    session_of=sync_to_async(session_of, thread_sensitive=False),
    upload_bytes=settings.UPLOAD_MAX_BYTES,
    folder=settings.INCOMING_DIR,
    trusts_proxy=settings.DECLARED.behind_proxy,
)
_pages = Pages(pages, _bodies, workers=THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route a connection: streams to the hub, everything else to the pages."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live/":
        await hub(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            hub.shut()
            await send({"type": "lifespan.shutdown.complete"})
            return
        _collect_less()
        await send({"type": "lifespan.startup.complete"})


def _collect_less() -> None:
    """Reduce garbage collection: loaded objects are permanent, and waking thousands of streams should not trigger
    it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
