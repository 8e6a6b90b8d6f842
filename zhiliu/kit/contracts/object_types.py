"""Things that can be pointed at: how a reference of two words, kind and id, gets its title, address and readers.

The app that owns a kind registers an :class:`ObjectType`; inbox, lineage, search and comments show and check an object
through it and need not know the app.
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
    """What is shown of a thing where it is only mentioned.

    Args:
        kind: label of its kind. key: its id.
        title, url: as a link. text: one short line about its state, may be ''.
        community_id: where it belongs, if anywhere. at: when it happened or changed.
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
    """A kind of thing: its label, icon and, if it stands on the line, its station (0 need … 5 evaluation).

    ``page`` is the name of its page's address, whose ``pk`` is the id; '' for kinds without one.
    """

    label: ClassVar[str]
    page: ClassVar[str] = ""
    icon: ClassVar[str] = "file"
    name: ClassVar[Any] = ""
    station: ClassVar[int | None] = None

    @abstractmethod
    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Cards of the things with these ids, in a fixed number of queries."""

    @abstractmethod
    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those of the ids that ``person`` may see."""

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Cards of those that ``person`` may see; kinds that lists show many of do it in one query."""
        return self.load(self.visible(person, keys))


class ModelObjectType(ObjectType, Generic[M]):
    """A kind of thing whose things are the rows of one model; cards take one query.

    ``model`` is that model, ``select_related`` names what its cards read along. Readers are those of the model's
    ``visible_to``; a type with other readers says so in :meth:`seen_by`.
    """

    model: type[M]
    select_related: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def card(self, row: M, /) -> ObjectCard:
        """The card of a loaded row."""

    def rows(self) -> Any:
        """Rows that can be pointed at."""
        return self.model._default_manager.all()

    def seen_by(self, person: Any) -> Any:
        """Those of the rows that ``person`` may see."""
        return self.rows().visible_to(person)

    def cards(self, rows: Iterable[M]) -> dict[int, ObjectCard]:
        """Cards of loaded rows by their id."""
        return {row.pk: self.card(row) for row in rows}

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return self.cards(self._with_related(self.rows(), keys))

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return self.cards(self._with_related(self.seen_by(person), keys))

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """One query, without what cards read along."""
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
    """The kind with this label.

    Raises:
        Http404: there is none; labels come from addresses.
    """
    kind = things.get(label)
    if kind is None:
        raise Http404(label)
    return kind


def cards_for(references: Iterable[tuple[str, int]], person: Any = None) -> dict[tuple[str, int], ObjectCard]:
    """Cards by (kind, id); with ``person``, only what they may see. Two queries a kind at the most."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for label, key in references:
        wanted[label].add(key)
    found: dict[tuple[str, int], ObjectCard] = {}
    for label, keys in wanted.items():
        kind = things.get(label)
        if kind is None:
            continue
        cards = kind.load(keys) if person is None else kind.load_visible(person, keys)
        found.update({(label, key): card for key, card in cards.items()})
    return found


def object_at(path: str) -> tuple[str, int] | None:
    """The (kind, id) whose page has the address ``path``, without host and query; None when it is no thing's page."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    kind = next((thing for thing in things if thing.page and thing.page == found.view_name), None)
    return (kind.label, found.kwargs["pk"]) if kind is not None else None


def card_or_404(label: str, key: int, person: Any) -> ObjectCard:
    """One thing the person may see.

    Raises:
        Http404: not there, or out of reach; the two look the same.
    """
    card = cards_for([(label, key)], person).get((label, key))
    if card is None:
        raise Http404(f"{label} {key}")
    return card


# What higher floors show beside a thing on its page: (kind, id, viewer) -> {"template": …, **context} or None.
beside: Registry[Callable[[str, int, Any], dict[str, Any] | None]] = Registry("beside things")
