"""Turn needs into topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiliu.comments.models import Vote
from zhiliu.comments.voting import Votes, set_vote
from zhiliu.communities.models import Community
from zhiliu.communities.rules import can_take_part
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.lineage.linking import link, note_reached

from .facts import TopicChanged, TopicMade
from .models import Need, Topic
from .rules import can_edit, can_support

# The checklist that challenges topics too broad to be useful: field, question.
CHECKLIST = (
    ("pains", _("Who has this pain, and how often?")),
    ("differently", _("What exactly will they do differently?")),
    ("small_enough", _("Is it small enough for one hour?")),
    ("solved_by", _("Who has solved it, even partly?")),
    ("seen_by", _("How will we know it helped?")),
)


@dataclass(frozen=True)
class CheckItem:
    """A question of the checklist with its answer."""

    field: str
    question: Any
    answer: Any

    @property
    def is_done(self) -> bool:
        """Whether it is answered."""
        return bool(self.answer)


def checklist(topic: Topic) -> list[CheckItem]:
    """Return the checklist of a topic with its answers."""
    return [CheckItem(field, question, getattr(topic, field)) for field, question in CHECKLIST]


def make_topic(community: Community, needs: Iterable[Need], *, by: Person, **fields: Any) -> Topic:
    """Create a topic from one or more needs.

    Args:
        fields: title, for_whom, take_home, and answers to the checklist.

    Raises:
        Refused: a need is of another community, or not open.
    """
    require(can_take_part, by, community)
    keys = sorted({need.pk for need in needs})
    with transaction.atomic():
        chosen = list(Need.objects.select_for_update().filter(pk__in=keys, community=community).order_by("pk"))
        if len(chosen) != len(keys) or any(need.state != Need.State.OPEN for need in chosen):
            raise Refused(_("Only open needs of this community can become a topic. Choose again."))
        topic = Topic.objects.create(community=community, by=by, **fields)
        note_reached(("topic", topic.pk), 1)
        add_needs(topic, chosen, by_id=by.pk)
        announce(TopicMade(topic_id=topic.pk, need_ids=tuple(keys), community_id=community.pk, by_id=by.pk))
    return topic


def add_needs(topic: Topic, needs: Iterable[Need], *, by_id: int | None) -> None:
    """Add needs to a topic, with those that were merged into them."""
    keys = [need.pk for need in needs]
    family = Need.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys))
    for need in family:
        link(("need", need.pk), ("topic", topic.pk), by_id=by_id)
    family.update(topic=topic)
    Need.objects.filter(pk__in=keys).update(state=Need.State.TOPIC)


def edit_topic(topic: Topic, *, by: Person, version: int, **fields: Any) -> Topic:
    """Change a topic's words and checklist.

    Args:
        version: of the topic the person was looking at.

    Raises:
        Refused: someone else changed it in the meantime.
    """
    require(can_edit, by, topic)
    with transaction.atomic():
        if not Topic.objects.filter(pk=topic.pk, version=version).update(version=F("version") + 1, **fields):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(TopicChanged(topic_id=topic.pk, community_id=topic.community_id, by_id=by.pk))
    topic.refresh_from_db()
    return topic


def set_state(topic: Topic, state: str, *, by_id: int | None) -> None:
    """Set the state of a topic: scheduled, shared or dropped. Called by the app that meets over it."""
    with transaction.atomic():
        if Topic.objects.filter(pk=topic.pk).exclude(state=state).update(state=state):
            announce(TopicChanged(topic_id=topic.pk, community_id=topic.community_id, by_id=by_id))
    topic.state = state


def vote_for_topic(topic: Topic, *, on: bool, by: Person) -> Votes:
    """Set whether the person votes for a topic. Idempotent: the caller passes the wished state.

    Raises:
        Forbidden: the community is out of reach or archived.
    """
    require(can_support, by, topic)
    with transaction.atomic():
        votes = set_vote("topic", topic.pk, on=on, by=by, community_id=topic.community_id)
        count = Vote.objects.filter(kind="topic", thing_id=topic.pk).count()
        Topic.objects.filter(pk=topic.pk).update(vote_count=count)
    return votes
