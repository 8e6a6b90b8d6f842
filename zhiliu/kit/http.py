"""The request as views get it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class Request(HttpRequest):
    """A request of somebody who is signed in.

    For type checkers only: the kit has no word for a person, and behind ``login_required`` the user is always one.
    """

    user: Any
