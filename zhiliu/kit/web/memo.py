"""Values computed once for a request or a person, and cached for the life of that object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class Memo(Generic[Owner, Value]):
    """A value cached on its owner. Each request has new objects for itself and its person.

    Args:
        name: of the attribute, so that cached values are recognisable on the owner.
    """

    def __init__(self, name: str) -> None:
        self._attribute = f"_memo_{name}"

    def get(self, owner: Owner, make: Callable[[], Value]) -> Value:
        """Return the cached value, or compute it with ``make``."""
        if not hasattr(owner, self._attribute):
            self.keep(owner, make())
        return cast(Value, getattr(owner, self._attribute))

    def keep(self, owner: Owner, value: Value) -> None:
        """Cache ``value``."""
        setattr(owner, self._attribute, value)

    def forget(self, owner: Owner) -> None:
        """Drop the value; the next ``get`` computes it again."""
        # Not through __dict__: the person of a request is a lazy object with a dictionary of its own.
        if hasattr(owner, self._attribute):
            delattr(owner, self._attribute)
