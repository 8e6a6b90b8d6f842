"""Object types: resolve a reference of two values, kind and id, to title, address and readers.

The app that owns a type registers an :class:`ObjectType`. Inbox, lineage, search and comments use it to show an object
and check access without importing the app.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model
from django.http import Http404
from django.urls import Resolver404, resolve

from .registry import Registry

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class ObjectCard:
    """The data shown where an object is only mentioned.

    Args:
        kind: label of its type. key: its id.
        title, url: as a link. text: one short line about its state, may be ''.
        community_id: the community it belongs to, if any. at: when it happened or changed.
        thing: the loaded object itself.
    """

    kind: str
    key: int
    title: str
    url: str
    text: str = ""
    community_id: int | None = None
    at: dt.datetime | None = None
    thing: Any = None


class ObjectType(ABC):
    """A type of object: its label, icon and, if it is part of the lineage, its station (0 need … 5 evaluation).

    ``page`` is the URL name of its page, whose ``pk`` is the id; '' for types without one.
    """

    label: ClassVar[str]
    page: ClassVar[str] = ""
    icon: ClassVar[str] = "file"
    name: ClassVar[Any] = ""
    station: ClassVar[int | None] = None

    @abstractmethod
    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Return cards of the objects with these ids, in a fixed number of queries."""

    @abstractmethod
    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Return those of the ids that ``person`` may see."""

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Return cards of those that ``person`` may see. Types shown in long lists override it with one query."""
        return self.load(self.visible(person, keys))


class ModelObjectType(ObjectType, Generic[M]):
    """An object type whose objects are the rows of one model; cards take one query.

    ``model`` is that model; ``select_related`` names the relations its cards need. Readers are those of the model's
    ``visible_to``; a type with other readers overrides :meth:`seen_by`.
    """

    model: type[M]
    select_related: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def card(self, row: M, /) -> ObjectCard:
        """Return the card of a loaded row."""

    def rows(self) -> Any:
        """Return the rows that can be referenced."""
        return self.model._default_manager.all()

    def seen_by(self, person: Any) -> Any:
        """Return those of the rows that ``person`` may see."""
        return self.rows().visible_to(person)

    def cards(self, rows: Iterable[M]) -> dict[int, ObjectCard]:
        """Return cards of loaded rows by id."""
        return {row.pk: self.card(row) for row in rows}

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Takes one query."""
        return self.cards(self._with_related(self.rows(), keys))

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Takes one query."""
        return self.cards(self._with_related(self.seen_by(person), keys))

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Takes one query, without the relations of cards."""
        return set(self.seen_by(person).filter(pk__in=list(keys)).values_list("pk", flat=True))

    def _with_related(self, rows: Any, keys: Iterable[int]) -> Any:
        rows = rows.filter(pk__in=list(keys))
        # Without a name, select_related() would follow every foreign key.
        return rows.select_related(*self.select_related) if self.select_related else rows


things: Registry[ObjectType] = Registry("kinds of things")


def offers_object_type(kind: type[ObjectType]) -> type[ObjectType]:
    """Class decorator: register the type."""
    things.register(kind(), key=kind.label)
    return kind


def kind_of(label: str) -> ObjectType:
    """Return the type with this label.

    Raises:
        Http404: there is none; labels come from addresses.
    """
    kind = things.get(label)
    if kind is None:
        raise Http404(label)
    return kind


def cards_for(references: Iterable[tuple[str, int]], person: Any = None) -> dict[tuple[str, int], ObjectCard]:
    """Return cards by (kind, id); with ``person``, only visible ones. At most two queries per type."""
    keys_by_kind: dict[str, set[int]] = defaultdict(set)
    for label, key in references:
        keys_by_kind[label].add(key)
    cards_by_reference: dict[tuple[str, int], ObjectCard] = {}
    for label, keys in keys_by_kind.items():
        kind = things.get(label)
        if kind is None:
            continue
        cards = kind.load(keys) if person is None else kind.load_visible(person, keys)
        cards_by_reference.update({(label, key): card for key, card in cards.items()})
    return cards_by_reference


def object_at(path: str) -> tuple[str, int] | None:
    """Return the (kind, id) of the object page at ``path``, given without host and query; None for other pages."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    kind = next((thing for thing in things if thing.page and thing.page == match.view_name), None)
    return (kind.label, match.kwargs["pk"]) if kind is not None else None


def card_or_404(label: str, key: int, person: Any) -> ObjectCard:
    """Return the card of one object the person may see.

    Raises:
        Http404: missing or out of reach; the two look the same.
    """
    card = cards_for([(label, key)], person).get((label, key))
    if card is None:
        raise Http404(f"{label} {key}")
    return card


# Panels that higher layers add to an object's page: (kind, id, viewer) -> {"template": …, **context} or None.
beside: Registry[Callable[[str, int, Any], dict[str, Any] | None]] = Registry("beside things")
