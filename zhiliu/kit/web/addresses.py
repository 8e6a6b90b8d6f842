"""Cached addresses of pages: Django walks its URL patterns on every ``reverse``."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address(name: str, *args: str | int) -> str:
    """Return ``reverse(name, args=args)``, cached by this process; for addresses that a page shows many of."""
    return _looked_up(get_script_prefix(), name, args)


@lru_cache(maxsize=16384)
def _looked_up(prefix: str, name: str, args: tuple[str | int, ...]) -> str:
    return reverse(name, args=args)
