"""What is worked out once for a request or a person, and remembered as long as that object lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class Memo(Generic[Owner, Value]):
    """A value remembered on its owner. A request and the person of a request are loaded anew each time.

    Args:
        name: of the attribute, so that a look at the owner tells what is remembered.
    """

    def __init__(self, name: str) -> None:
        self._attribute = f"_memo_{name}"

    def get(self, owner: Owner, make: Callable[[], Value]) -> Value:
        """The remembered value, or the one that ``make`` gives now."""
        if not hasattr(owner, self._attribute):
            self.keep(owner, make())
        return cast(Value, getattr(owner, self._attribute))

    def keep(self, owner: Owner, value: Value) -> None:
        """Remember ``value`` from now on."""
        setattr(owner, self._attribute, value)

    def forget(self, owner: Owner) -> None:
        """Work it out anew at the next question."""
        # Not through __dict__: the person of a request is a lazy object, whose own dictionary is another one.
        if hasattr(owner, self._attribute):
            delattr(owner, self._attribute)
