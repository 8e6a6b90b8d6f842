"""The follower that keeps the index registers itself when imported."""

from . import indexing  # noqa: F401
