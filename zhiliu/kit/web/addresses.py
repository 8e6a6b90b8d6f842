"""Addresses of pages, looked up once: Django walks its patterns anew at every ``reverse``."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address(name: str, *args: str | int) -> str:
    """What ``reverse(name, args=args)`` gives, remembered by this process. For addresses a page shows many of."""
    return _looked_up(get_script_prefix(), name, args)


@lru_cache(maxsize=16384)
def _looked_up(prefix: str, name: str, args: tuple[str | int, ...]) -> str:
    return reverse(name, args=args)
