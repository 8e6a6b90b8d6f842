"""Whether mail goes out at all, for pages that offer it; filled by the app that sends."""

from __future__ import annotations

from collections.abc import Callable

from .registry import Provider

# Why no mail goes out, in the reader's language; '' when it does.
mail_obstacle: Provider[Callable[[], str]] = Provider("why no mail goes out")


def why_no_mail() -> str:
    """Why no mail goes out, in the reader's language; '' when it does."""
    return mail_obstacle.provider()
