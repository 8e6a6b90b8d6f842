"""Queries behind the home page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Announcement, JoinRequest
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.gatherings import queries as gatherings
from zhiliu.gatherings.facts import Held, TimeFixed
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for, things
from zhiliu.kit.contracts.todos import Todo, TodoSource, first_steps, waiting
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.knowledge.facts import ArticlePublished, ArticleUsed
from zhiliu.knowledge.models import Use, written_by_q
from zhiliu.lineage.linking import Reference
from zhiliu.lineage.stories import Story, stories_of
from zhiliu.lineage.timeline import Timeline, glyphs_for
from zhiliu.needs.facts import NeedVoiced, TopicMade
from zhiliu.thanks.models import Thanks

STREAM = 40
# Facts that move something along the line; reminders and the like do not.
MOVES = (NeedVoiced, TopicMade, TimeFixed, Held, ArticlePublished, ArticleUsed)


def what_waits(person: Person) -> list[Todo]:
    """Return the todos of a person, the most pressing first."""
    todos = [todo for source in _sources_with_something(person) for todo in source.find(person)]
    far = timezone.now() + dt.timedelta(days=3650)
    return sorted(todos, key=lambda todo: todo.due or far)


def _sources_with_something(person: Person) -> list[TodoSource]:
    """Return the sources that may find something, by one statement: most have nothing for most people."""
    found = _candidates(tuple(waiting.names())).rows(person.pk)
    has_any = found[0] if found else ()
    return [source for source, is_there in zip(waiting, has_any, strict=True) if is_there]


@cache
def _candidates(names: tuple[str, ...]) -> CompiledQuery[Person]:
    """Return the query for one truth value a source, in the order of ``names``."""

    def make(person: int) -> QuerySet[Person, Any]:
        sources = [source for name in names if (source := waiting.get(name)) is not None]
        found = {f"has_{number}": Exists(source.candidates(person)) for number, source in enumerate(sources)}
        return Person.objects.filter(pk=person).annotate(**found).values_list(*found)

    return CompiledQuery(make, 0)


def newcomer_steps(person: Person) -> list[Todo]:
    """Return the onboarding steps a newcomer has not done."""
    return [step for source in first_steps if (step := source(person)) is not None]


@dataclass
class Flow:
    """A line that moved recently, as the object at the place it has reached."""

    card: ObjectCard
    line: Timeline
    icon: str
    at: dt.datetime

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything the row shows except relative times: the cache key of its fragment."""
        return self.card.kind, self.card.key, self.card.title, self.card.text, self.line.signature


def flowing(person: Person, limit: int = 6) -> list[Flow]:
    """Return lines that moved recently, each once, newest first, by the visible object furthest along.

    Read from the newest rows of the log, so its cost does not grow with the log.
    """
    rows = Activity.objects.filter(verb__in=[fact.name for fact in MOVES]).order_by("-id")
    mine = list(reach(person).all_roles)
    rows = rows.filter(community_id__in=mine) if mine else rows.filter(community_id=None)
    latest: dict[tuple[str, int], dt.datetime] = {}
    for kind, key, at in rows.values_list("kind", "thing_id", "at")[: STREAM * 3]:
        latest.setdefault((kind, key or 0), at)
    stories = stories_of(list(latest)[:STREAM])
    cards = _first_visible(stories, person, limit)
    lines = glyphs_for(cards)
    moved = {
        reference: max(latest[member] for member in story.members) for story in stories for reference in story.members
    }
    return [Flow(cards[ref], lines[ref], getattr(things.get(ref[0]), "icon", ""), moved[ref]) for ref in cards]


def _first_visible(stories: list[Story], person: Person, limit: int) -> dict[Reference, ObjectCard]:
    """Return cards of the first ``limit`` stories the person may see, each by its visible object furthest along.

    Most are visible, so few are loaded in vain.
    """
    visible: dict[Reference, ObjectCard] = {}
    for start in range(0, len(stories), 2 * limit):
        batch = stories[start : start + 2 * limit]
        cards = cards_for([reference for story in batch for reference in story.members], person)
        heads = [next((reference for reference in story.members if reference in cards), None) for story in batch]
        visible.update({head: cards[head] for head in heads if head is not None})
        if len(visible) >= limit:
            break
    return dict(islice(visible.items(), limit))


def my_experience(person: Person, days: int = 90) -> dict[str, Any]:
    """Return how often a person's articles were used recently and before, and their latest thanks."""
    now = timezone.now()
    uses = Use.objects.filter(written_by_q([person.pk], "article")).exclude(by=person)
    since, before = now - dt.timedelta(days=days), now - dt.timedelta(days=2 * days)
    counts = uses.aggregate(
        now=Count("pk", filter=Q(at__gte=since)),
        past=Count("pk", filter=Q(at__gte=before, at__lt=since)),
    )
    thanks = Thanks.objects.filter(to=person).select_related("by").order_by("-at").first()
    return {**counts, "thanks": thanks, "days": days}


def requests_to_decide(person: Person) -> list[JoinRequest]:
    """Return join requests the person may decide."""
    keys = [key for key in reach(person).all_roles if reach(person).may(Permission.ADMIT, key)]
    rows = JoinRequest.objects.filter(decision="", community_id__in=keys)
    return list(rows.select_related("person", "community").order_by("at")[:20])


def unread_announcements(person: Person) -> list[Announcement]:
    """Return pinned announcements of the person's communities that they have not opened."""
    mine = list(reach(person).roles)
    rows = Announcement.objects.filter(community_id__in=mine, is_pinned=True).exclude(receipts__person=person)
    since = timezone.now() - dt.timedelta(days=30)
    shown = rows.filter(at__gte=since).select_related("community")
    return list(shown.only("title", "at", "community__name", "community__slug").order_by("-at")[:5])


def coming(person: Person) -> dict[str, Any]:
    """Return a person's gatherings: today's, the next one, and the week."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    week = gatherings.week_for(person, monday)
    upcoming = gatherings.next_for(person)
    return {
        "next": upcoming[0] if upcoming else None,
        "today": [
            gathering
            for gathering in upcoming
            if gathering.starts_at and timezone.localdate(gathering.starts_at) == today
        ],
        "later": upcoming[1:5],
        "week": week,
    }
