"""How an act says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An act was not done, and nothing was changed.

    Every door (page, API, command line) turns it into a message for the person, so the reason is a translated
    sentence that says what to do next.

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
    """The person can see the thing but may not do this to it; the reason comes from the rule (answer 403)."""


class Elsewhere(Exception):
    """What was asked for has moved; doors send people on.

    Args:
        url: where it is now.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
