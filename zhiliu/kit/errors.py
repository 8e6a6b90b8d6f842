"""Exceptions by which a verb refuses."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A verb refused, and nothing was changed.

    Every entry point (page, API, command line) shows the reason, so it is a translated sentence that names the next
    step.

    Args:
        reason: the sentence, usually lazily translated.
        field: the form field it belongs to, if any.
    """

    def __init__(self, reason: Any, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return str(self.reason)


class Forbidden(Refused):
    """The person may see the object but not do this to it; the reason comes from the rule (status 403)."""


class Elsewhere(Exception):
    """The requested object has moved; entry points redirect.

    Args:
        url: its current address.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
