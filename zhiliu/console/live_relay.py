"""The process that publishes events to nchan. ``python -m zhiliu.console.live_relay``"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import django


def relay() -> None:
    """Run until stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with suppress(asyncio.CancelledError):
        asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    from django.conf import settings

    from zhiliu.live.relay import Relay

    running = asyncio.create_task(Relay(settings.NCHAN_URL).run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    await running


if __name__ == "__main__":
    relay()
