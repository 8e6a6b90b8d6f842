"""News from followed people and tags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from zhiliu.directory.following import followed_by
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Format, Gathering, LightningTalk
from zhiliu.kit.contracts.object_types import ObjectCard, things
from zhiliu.knowledge.models import Article, written_by_q
from zhiliu.knowledge.queries import article_list
from zhiliu.needs.models import Topic
from zhiliu.search.models import Tag, TagFollow

NEWS = dt.timedelta(days=30)


@dataclass
class FollowedNews:
    """Something new from what a person follows.

    Args:
        card: the object. at: when it came. person, tag: why it is here; one of the two.
    """

    card: ObjectCard
    at: dt.datetime
    person: Person | None = None
    tag: Tag | None = None


def news_for(viewer: Person, limit: int = 5) -> list[FollowedNews]:
    """Return the newest visible objects from people and tags a viewer follows, each once.

    Two queries if the viewer follows nothing, otherwise at most seven.
    """
    people = {row.person_id: row.person for row in followed_by(viewer).order_by("-at")[:500]}
    tags = {row.tag_id: row.tag for row in TagFollow.objects.filter(by=viewer).select_related("tag")[:500]}
    followed_newses = [
        *_articles(viewer, people, tags, limit),
        *_meetings(viewer, people, limit),
        *_topics(viewer, people, limit),
    ]
    return sorted(followed_newses, key=lambda news: news.at, reverse=True)[:limit]


def _articles(viewer: Person, people: dict[int, Person], tags: dict[int, Tag], limit: int) -> list[FollowedNews]:
    if not people and not tags:
        return []
    tagged = Article.tags.through.objects.filter(tag__in=list(tags)).values("article")
    followed = written_by_q(list(people)) | Q(pk__in=tagged)
    lately = article_list(viewer).published().filter(followed, published_at__gte=timezone.now() - NEWS)
    others = lately.exclude(written_by_q([viewer.pk]))
    rows = others.prefetch_related("authors", "tags")
    return [
        FollowedNews(
            _card("article", row),
            row.published_at or row.at,
            _first([row.owner_id, *(author.pk for author in row.authors.all())], people),
            _first([tag.pk for tag in row.tags.all()], tags),
        )
        for row in rows.order_by("-published_at", "-pk")[:limit]
    ]


def _meetings(viewer: Person, people: dict[int, Person], limit: int) -> list[FollowedNews]:
    if not people:
        return []
    spoken = LightningTalk.objects.filter(speaker__in=people, state=LightningTalk.State.ACCEPTED).values("gathering")
    rows = Gathering.objects.visible_to(viewer).filter(Q(sharer__in=people) | Q(host__in=people) | Q(pk__in=spoken))
    rows = rows.filter(state__in=[Gathering.State.FIXED, Gathering.State.HELD]).exclude(format=Format.TEA_CHAT)
    rows = rows.filter(rescheduled_at__gte=timezone.now() - NEWS).exclude(Q(sharer=viewer) | Q(host=viewer))
    return [
        FollowedNews(_card("gathering", row), row.held_at or row.rescheduled_at, _first(_leaders(row), people))
        for row in rows.prefetch_related("talks").order_by("-rescheduled_at", "-pk")[:limit]
    ]


def _leaders(gathering: Gathering) -> list[int | None]:
    """Return sharer, speakers who agreed, and host."""
    agreed = [talk.speaker_id for talk in gathering.talks.all() if talk.state == LightningTalk.State.ACCEPTED]
    return [gathering.sharer_id, *agreed, gathering.host_id]


def _topics(viewer: Person, people: dict[int, Person], limit: int) -> list[FollowedNews]:
    if not people:
        return []
    rows = Topic.objects.visible_to(viewer).filter(by__in=people, at__gte=timezone.now() - NEWS)
    rows = rows.exclude(state=Topic.State.DROPPED).order_by("-at", "-pk")[:limit]
    return [FollowedNews(_card("topic", row), row.at, people[row.by_id]) for row in rows]


def _card(kind: str, row: Any) -> ObjectCard:
    return things.get(kind).card(row)  # type: ignore[union-attr]


def _first(keys: Iterable[int | None], values: dict[int, Any]) -> Any:
    """Return the value of the first key that has one, or None."""
    return next((values[key] for key in keys if key in values), None)
