"""The manager's week: what waits in all communities a person manages, in sections that the apps offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.templatetags.ui_time import day_words

from .models import Community, Membership
from .reach import reach
from .role_permissions import Feature

NEW = dt.timedelta(days=90)


@dataclass(frozen=True)
class WeekRow:
    """One thing that waits.

    Args:
        title, url: the thing. meta: short facts below the title. person: whose picture stands before it.
        key: what a tick sends to the section's act; 0 for none. link: label and address of the row's button.
    """

    title: str
    url: str
    meta: tuple[Any, ...] = ()
    person: Person | None = None
    key: int = 0
    link: tuple[Any, str] | None = None


@dataclass(frozen=True)
class WeekRows:
    """The first rows of a section, how many there are, and why its act cannot be done, if so."""

    rows: list[WeekRow]
    total: int
    note: Any = ""


@dataclass(frozen=True)
class ActResult:
    """What a section's act did.

    Args:
        count: how many things were done. refused: name and reason of the others.
    """

    count: int
    refused: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class WeekAct:
    """What a section does to all ticked rows at once. Idempotent.

    Args:
        label: of the button. run: (communities, keys, actor) -> result; keys from elsewhere are left out.
        says: how many were done -> the sentence shown afterwards.
    """

    label: Any
    run: Callable[[Sequence[Community], Sequence[int], Person], ActResult]
    says: Callable[[int], str]


@dataclass(frozen=True)
class WeekSection:
    """A section of the page.

    Args:
        title. quiet: its words in the line of sections where nothing waits.
        find: (communities, viewer, most rows) -> what waits, in a fixed number of queries.
        act: what is done to several at once, or None.
    """

    title: Any
    quiet: Any
    find: Callable[[Sequence[Community], Person, int], WeekRows]
    act: WeekAct | None = None


week_sections: Registry[WeekSection] = Registry("sections of the manager's week")


@dataclass(frozen=True)
class NewcomerPost:
    """Something a newcomer wrote that nobody answered: a question, a need, a message."""

    kind: Any
    title: str
    url: str
    by: Person
    at: dt.datetime
    community_id: int


# What newcomers wrote without an answer: (communities, viewer, since) -> posts the viewer may see.
newcomer_posts: Registry[Callable[[Sequence[Community], Person, dt.datetime], list[NewcomerPost]]] = Registry(
    "unanswered posts of newcomers"
)


def managed_communities(person: Person) -> list[Community]:
    """Return the communities a person manages and that are not archived, by name; one query."""
    rows = Community.objects.without_tree_fields().filter(pk__in=reach(person).managed)
    return list(rows.exclude(phase=Community.Phase.ARCHIVED).order_by("name"))


def ids_having(communities: Sequence[Community], feature: Feature) -> list[int]:
    """Return the ids of the communities that have switched ``feature`` on."""
    return [community.pk for community in communities if community.has(feature)]


def by_newcomers(rows: QuerySet[Any], *, community: str = "community") -> QuerySet[Any]:
    """Return rows whose author (``by``) joined the company or the community less than 90 days ago.

    Args:
        community: the path from a row to its community.
    """
    since = timezone.now() - NEW
    joined = Membership.objects.filter(person=OuterRef("by"), community=OuterRef(community), joined_at__gt=since)
    hired = Q(by__hired_on__gt=timezone.localdate(since)) | Q(by__hired_on=None, by__joined_at__gt=since)
    here = rows.filter(by__is_active=True).exclude(by__kind=Person.Kind.BOT)
    return here.filter(hired | Exists(joined))


def day_of(moment: dt.datetime) -> str:
    """Return the day of a moment in words: yesterday, 3 March."""
    return str(day_words(timezone.localdate(moment), timezone.localdate()))
