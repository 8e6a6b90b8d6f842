"""Queries behind the pages of needs and topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhiliu.comments.voting import Votes, votes_on
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.lineage.timeline import glyphs_for
from zhiliu.search.index import find

from .models import Need, Support, Topic


@dataclass
class NeedRow:
    """A need as a row of a list."""

    need: Need
    mine: bool
    line: Any

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything the row shows except relative times: the cache key of its fragment."""
        need = self.need
        state = (need.version, need.state, need.reason, need.support_count, need.comment_count)
        names = (need.by.name if need.by else "", need.topic.title if need.topic else "")
        return (need.pk, state, names, self.mine, self.line.signature)


@dataclass
class TopicRow:
    """A topic as a row of a list."""

    topic: Topic
    votes: Votes
    line: Any

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything the row shows: the cache key of its fragment."""
        topic = self.topic
        return (topic.pk, topic.version, topic.state, topic.vote_count, self.line.signature)


# The columns a row shows. Instantiating whole persons and topics would cost more than the query.
_SHOWN = (
    *("community_id", "title", "state", "reason", "support_count", "comment_count", "at", "version"),
    *("by__name", "topic__title"),
)


def need_list(community: Community, viewer: Person, *, show: str = "open") -> QuerySet[Need]:
    """Return needs of a community: open ones, those that became topics, or closed ones."""
    states = {"topics": [Need.State.TOPIC], "closed": [Need.State.CLOSED]}.get(show, [Need.State.OPEN])
    mine = Support.objects.filter(need=OuterRef("pk"), by=viewer)
    rows = Need.objects.filter(community=community, state__in=states).select_related("by", "topic")
    return rows.annotate(i_support=Exists(mine)).only(*_SHOWN)


def need_rows(needs: Iterable[Any]) -> list[NeedRow]:
    """Return rows with the progress of their lines."""
    needs = list(needs)
    lines = glyphs_for([("need", need.pk) for need in needs])
    return [NeedRow(need, need.i_support, lines[("need", need.pk)]) for need in needs]


def topic_rows(topics: Iterable[Topic], viewer: Person) -> list[TopicRow]:
    """Return rows with votes and the progress of their lines."""
    topics = list(topics)
    lines = glyphs_for([("topic", topic.pk) for topic in topics])
    votes = votes_on("topic", [topic.pk for topic in topics], viewer)
    return [TopicRow(topic, votes[topic.pk], lines[("topic", topic.pk)]) for topic in topics]


def on_the_way(community: Community, viewer: Person, limit: int = 6) -> list[TopicRow]:
    """Return the newest topics of a community that were not dropped."""
    topics = Topic.objects.filter(community=community).exclude(state=Topic.State.DROPPED).order_by("-at")[:limit]
    return topic_rows(topics, viewer)


def supporters(need: Need, limit: int = 6) -> list[Person]:
    """Return the supporters of a need, earliest first."""
    rows = need.supports.select_related("by").order_by("at")[:limit]
    return [row.by for row in rows]


def similar_needs(
    text: str,
    viewer: Person,
    *,
    community: Community | None = None,
    kinds: Iterable[str] = ("need",),
    leave_out: int = 0,
) -> list[ObjectCard]:
    """Return similar objects the viewer may see, for merging near-duplicates and for not asking twice."""
    results = find(
        text, keys=reach(viewer).keys, kinds=list(kinds), community_id=community.pk if community else None, limit=8
    )
    best = results.hits[0].score if results.hits else 0.0
    near = [
        hit for hit in results.hits if hit.score > best * 0.35 and not (hit.kind == "need" and hit.key == leave_out)
    ]
    cards = cards_for([(hit.kind, hit.key) for hit in near], viewer)
    return [cards[(hit.kind, hit.key)] for hit in near if (hit.kind, hit.key) in cards][:5]


def need_sources(topic: Topic) -> list[Need]:
    """Return the needs a topic was made from, most supported first."""
    return list(topic.needs.select_related("by__department").order_by("-support_count", "pk"))


def open_needs_like(need: Need) -> QuerySet[Need]:
    """Return the needs another one can be merged into."""
    return Need.objects.filter(
        Q(community=need.community), ~Q(state__in=[Need.State.MERGED, Need.State.CLOSED])
    ).exclude(pk=need.pk)
