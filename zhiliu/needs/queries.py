"""Queries behind the pages of needs and topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhiliu.comments.voting import Votes, votes_on
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.kit.web.paging import ListOrder
from zhiliu.kit.web.table_export import day_cell
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


# Orders of the list of needs by what the address says.
NEED_ORDERS = {
    "new": ListOrder("-at", gettext_lazy("Newest")),
    "support": ListOrder("-support_count", gettext_lazy("Most wanted")),
    "discussed": ListOrder("-comment_count", gettext_lazy("Most discussed")),
}


def need_list(community: Community, viewer: Person, *, show: str = "open", text: str = "") -> QuerySet[Need]:
    """Return needs of a community: open ones, those that became topics, or closed ones; with words in them."""
    states = {"topics": [Need.State.TOPIC], "closed": [Need.State.CLOSED]}.get(show, [Need.State.OPEN])
    mine = Support.objects.filter(need=OuterRef("pk"), by=viewer)
    with_words = Q(title__icontains=text) | Q(body__icontains=text) if text else Q()
    rows = Need.objects.filter(community=community, state__in=states).select_related("by", "topic")
    rows = rows.filter(with_words)
    return rows.annotate(i_support=Exists(mine)).only(*_SHOWN)


def need_rows(needs: Iterable[Any]) -> list[NeedRow]:
    """Return rows with the progress of their lines."""
    needs = list(needs)
    lines = glyphs_for([("need", need.pk) for need in needs])
    return [NeedRow(need, need.i_support, lines[("need", need.pk)]) for need in needs]


def need_lines(needs: QuerySet[Need]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of needs, headings first. Nobody is named who isn't on the page."""
    yield (
        _("Title"),
        _("Status"),
        pgettext("need", "Posted by"),
        _("Department"),
        *_counted(),
        _("Topic"),
        _("Posted on"),
    )
    for need in needs.select_related("by__department", "topic").only(*_SHOWN, "by__department__name").iterator(500):
        who = (need.by.name, str(need.by.department or "")) if need.by else (_("Anonymous"), "")
        topic = need.topic.title if need.topic else ""
        posted = day_cell(need.at)
        yield need.title, need.get_state_display(), *who, need.support_count, need.comment_count, topic, posted


def _counted() -> tuple[str, str]:
    return _("Also have it"), pgettext("number", "Comments")


# Orders of the list of topics by what the address says.
TOPIC_ORDERS = {
    "new": ListOrder("-at", gettext_lazy("Newest first")),
    "old": ListOrder("at", gettext_lazy("Oldest first")),
    "votes": ListOrder("-vote_count", gettext_lazy("Most votes")),
}


def topic_list(community: Community, *, show: str = "all", text: str = "") -> QuerySet[Topic]:
    """Return topics of a community: all but the dropped ones, those still open, or the dropped; with words in them."""
    rows = Topic.objects.filter(community=community)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(for_whom__icontains=text) | Q(take_home__icontains=text))
    if show == "open":
        return rows.filter(state=Topic.State.OPEN)
    dropped = Q(state=Topic.State.DROPPED)
    return rows.filter(dropped if show == "dropped" else ~dropped)


def topic_lines(topics: QuerySet[Topic]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of topics, headings first."""
    yield (
        *(_("Title"), _("Status"), pgettext("topic", "For whom"), pgettext("topic", "To take home")),
        *(pgettext("topic", "Created by"), pgettext("number", "Votes"), pgettext("topic", "Created on")),
    )
    for topic in topics.select_related("by").iterator(chunk_size=500):
        who = topic.by.name if topic.by else ""
        about = (topic.title, topic.get_state_display(), topic.for_whom, topic.take_home)
        yield *about, who, topic.vote_count, day_cell(topic.at)


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
        text,
        keys=reach(viewer).keys,
        kinds=list(kinds),
        community_id=community.pk if community else None,
        limit=8,
        alike=True,
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
