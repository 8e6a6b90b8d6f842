"""Plugs and shelves: how a lower floor offers a place that a higher floor fills.

A *shelf* holds many things put there by other apps, in order of weight: badges for the person page, destinations for
"turn this into…". A *plug* holds exactly one: the recorder of facts, the sender of notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """A named place where higher floors put things for a lower floor to show or call.

    Args:
        name: for messages and documentation.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._things: list[tuple[int, str, T]] = []

    def put(self, thing: T, *, key: str, weight: int = 0) -> T:
        """Put ``thing`` on the shelf under ``key``; putting the same key again replaces it. Lighter comes first."""
        self._things = [entry for entry in self._things if entry[1] != key]
        self._things.append((weight, key, thing))
        self._things.sort(key=lambda entry: (entry[0], entry[1]))
        return thing

    def adds(self, *, key: str, weight: int = 0) -> Callable[[T], T]:
        """Decorator form of :meth:`put`."""
        return lambda thing: self.put(thing, key=key, weight=weight)

    def __iter__(self) -> Iterator[T]:
        return (thing for _, _, thing in self._things)

    def get(self, key: str) -> T | None:
        """The thing under ``key``, or None."""
        return next((thing for _, other, thing in self._things if other == key), None)

    def names(self) -> list[str]:
        """The keys of all things, in order."""
        return [key for _, key, _ in self._things]


class Provider(Generic[T]):
    """A place for exactly one provider.

    Args:
        name: for messages and documentation.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._provider: T | None = None

    def fill(self, provider: T) -> T:
        """Set the provider."""
        self._provider = provider
        return provider

    @property
    def provider(self) -> T:
        """The provider.

        Raises:
            RuntimeError: nothing fills the plug.
        """
        if self._provider is None:
            raise RuntimeError(f"nothing fills the plug {self.name!r}; is its app installed?")
        return self._provider
