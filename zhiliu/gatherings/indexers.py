"""Search documents of gatherings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiliu.communities.facts import CommunityChanged
from zhiliu.communities.reach import readers
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search

from .facts import (
    CheckedIn,
    OfGathering,
    ReminderDue,
    SeatGivenUp,
    SeatPromoted,
    SeatTaken,
    TalkEnded,
    TalkStarted,
)
from .models import Gathering, Invitation, LightningTalk

# Facts that change neither the words nor the readers.
_QUIET = (SeatTaken, SeatGivenUp, SeatPromoted, CheckedIn, ReminderDue, TalkStarted, TalkEnded)


@offers_search
class GatheringIndexer(Indexer):
    """Gatherings by title, audience, summary, questions and answers. They also feed the search for experts."""

    label = "gathering"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per gathering that was not cancelled; four queries for all of them."""
        rows = Gathering.objects.filter(pk__in=list(keys)).exclude(state=Gathering.State.CANCELLED)
        for row in rows.select_related("community").prefetch_related("questions", "invitations", "talks"):
            yield SearchDocument(
                kind="gathering",
                key=row.pk,
                title=row.title,
                body=_body(row),
                readers=[*readers(row.community), *_named(row)],
                community_id=row.community_id,
                people=_knowing(row),
                at=row.starts_at or row.at,
            )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of gatherings, and for changes of a community's visibility."""
        if isinstance(fact, OfGathering) and not isinstance(fact, _QUIET):
            return [fact.gathering_id]
        if isinstance(fact, CommunityChanged):
            return Gathering.objects.filter(community=fact.community_id or 0).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all gatherings."""
        return Gathering.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _body(gathering: Gathering) -> str:
    parts = [gathering.for_whom, gathering.take_home, gathering.summary]
    parts += [talk.title for talk in _talks(gathering)]
    for question in gathering.questions.all():
        parts += [question.text, question.answer]
    return "\n".join(part for part in parts if part)


def _talks(gathering: Gathering) -> list[LightningTalk]:
    return [talk for talk in gathering.talks.all() if talk.state != LightningTalk.State.DECLINED]


def _knowing(gathering: Gathering) -> list[int]:
    """Return who shared or agreed to give a talk."""
    speakers = [talk.speaker_id for talk in _talks(gathering) if talk.state == LightningTalk.State.ACCEPTED]
    return [*([gathering.sharer_id] if gathering.sharer_id else []), *speakers]


def _named(gathering: Gathering) -> list[str]:
    """Return reader keys of people who see it without seeing the community."""
    people = {gathering.sharer_id, gathering.host_id}
    people |= {
        invitation.person_id
        for invitation in gathering.invitations.all()
        if invitation.state != Invitation.State.DECLINED
    }
    people |= {talk.speaker_id for talk in _talks(gathering)}
    return [f"p{key}" for key in sorted(key for key in people if key)]
