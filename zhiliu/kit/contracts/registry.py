"""Registries: extension points that a lower layer declares and higher layers fill.

A :class:`Registry` holds many items of other apps, ordered by weight: badges for the profile page, conversions of a
message. A :class:`Provider` holds exactly one: the recorder of facts, the sender of notifications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Registry(Generic[T]):
    """Items that higher layers register for a lower layer to show or call.

    Args:
        name: for messages and documentation.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: list[tuple[int, str, T]] = []

    @overload
    def register(self, item: T, *, key: str, weight: int = 0) -> T: ...

    @overload
    def register(self, *, key: str, weight: int = 0) -> Callable[[T], T]: ...

    def register(self, item: T | None = None, *, key: str, weight: int = 0) -> T | Callable[[T], T]:
        """Add ``item`` under ``key``, or decorate it; registering a key again replaces the earlier item.

        Args:
            weight: items of smaller weight come first.
        """
        if item is None:
            return lambda decorated: self.register(decorated, key=key, weight=weight)
        self._items = [entry for entry in self._items if entry[1] != key]
        self._items.append((weight, key, item))
        self._items.sort(key=lambda entry: (entry[0], entry[1]))
        return item

    def unregister(self, key: str) -> None:
        """Remove the item under ``key``, if any; for tests that register their own."""
        self._items = [entry for entry in self._items if entry[1] != key]

    def __iter__(self) -> Iterator[T]:
        return (item for _, _, item in self._items)

    def get(self, key: str) -> T | None:
        """Return the item under ``key``, or None."""
        return next((item for _, item_key, item in self._items if item_key == key), None)

    def names(self) -> list[str]:
        """Return the keys of all items, in order."""
        return [key for _, key, _ in self._items]


class Provider(Generic[T]):
    """An extension point for exactly one provider.

    Args:
        name: for messages and documentation.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._provider: T | None = None

    def provide(self, provider: T) -> T:
        """Set the provider."""
        self._provider = provider
        return provider

    @property
    def provider(self) -> T:
        """Return the provider.

        Raises:
            RuntimeError: nothing was provided.
        """
        if self._provider is None:
            raise RuntimeError(f"nothing provides {self.name!r}; is its app installed?")
        return self._provider
