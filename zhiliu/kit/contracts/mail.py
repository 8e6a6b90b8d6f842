"""Whether mail can be sent at all, for pages that offer it; provided by the app that sends."""

from __future__ import annotations

from collections.abc import Callable

from .registry import Provider

# Returns why no mail is sent, in the reader's language; '' when it is.
mail_obstacle: Provider[Callable[[], str]] = Provider("why no mail goes out")


def why_no_mail() -> str:
    """Return why no mail is sent, in the reader's language; '' when it is."""
    return mail_obstacle.provider()
