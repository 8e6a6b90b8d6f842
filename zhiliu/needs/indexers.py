"""Search documents of needs and topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiliu.communities.facts import CommunityChanged
from zhiliu.communities.reach import readers
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search

from .facts import (
    AnonymousNeedVoiced,
    MergeUndone,
    NeedChanged,
    NeedClosed,
    NeedReopened,
    NeedsMerged,
    NeedVoiced,
    TopicChanged,
    TopicMade,
)
from .models import Need, Topic


@offers_search
class NeedIndexer(Indexer):
    """Needs with title and body. Merged ones are found through the one they were merged into."""

    label = "need"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per need."""
        for need in Need.objects.filter(pk__in=list(keys)).exclude(state=Need.State.MERGED).select_related("community"):
            yield SearchDocument(
                kind="need",
                key=need.pk,
                title=need.title,
                body=need.body,
                readers=readers(need.community),
                community_id=need.community_id,
                people=[need.by_id] if need.by_id else [],
                at=need.at,
            )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of needs, and for changes of a community's visibility."""
        if isinstance(fact, NeedVoiced | NeedChanged | NeedClosed | NeedReopened | NeedsMerged | MergeUndone):
            return [fact.need_id]
        if isinstance(fact, AnonymousNeedVoiced):
            # The fact does not name the need, so reindex the latest anonymous ones of the community.
            latest = Need.objects.filter(community_id=fact.community_id or 0, is_anonymous=True).order_by("-pk")
            return latest.values_list("pk", flat=True)[:20]
        if isinstance(fact, CommunityChanged):
            return Need.objects.filter(community_id=fact.community_id or 0).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all needs."""
        return Need.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


@offers_search
class TopicIndexer(Indexer):
    """Topics with their words and checklist."""

    label = "topic"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per topic."""
        for topic in (
            Topic.objects.filter(pk__in=list(keys)).exclude(state=Topic.State.DROPPED).select_related("community")
        ):
            parts = [topic.for_whom, topic.take_home, topic.pains, topic.differently, topic.solved_by, topic.seen_by]
            yield SearchDocument(
                kind="topic",
                key=topic.pk,
                title=topic.title,
                body="\n".join(part for part in parts if part),
                readers=readers(topic.community),
                community_id=topic.community_id,
                people=[topic.by_id] if topic.by_id else [],
                at=topic.at,
            )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of topics, and for changes of a community's visibility."""
        if isinstance(fact, TopicMade | TopicChanged):
            return [fact.topic_id]
        if isinstance(fact, CommunityChanged):
            return Topic.objects.filter(community_id=fact.community_id or 0).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all topics."""
        return Topic.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)
