"""Registers the index follower on import."""

from . import indexing  # noqa: F401
