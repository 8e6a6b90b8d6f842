"""The request as views get it, and ids that come with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from zhiliu.directory.models import Person


def key_of(text: Any) -> int:
    """An id from an address or form; 0 for everything that is none, such as words or more digits than a key has."""
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class Request(HttpRequest):
    """A request of somebody who is signed in.

    For type checkers only: behind ``login_required`` the user is always a person, whom the kit itself never imports.
    """

    user: Person
