"""Merge two communities: all contents move, links redirect, and undo works for a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..community_content import Chosen, ContentPart, all_of, belongings, parts
from ..facts import CommunitiesMerged, CommunityChanged, MergeOrSplitUndone
from ..models import Community, MergeOrSplit, MovedContent
from ..rules import can_set_up
from .member_transfer import join_all, part_again
from .phases import set_phase

UNDO = dt.timedelta(days=1)
MEMBERS = "members"


@dataclass(frozen=True)
class MergePreview:
    """The effects of a merge.

    Args:
        parts: contents that move. members: people of the source; both: those of them already in the target;
            after: members of the target afterwards.
    """

    parts: list[ContentPart]
    members: int
    both: int
    after: int


def preview_merge(source: Community, target: Community) -> MergePreview:
    """Return what :func:`merge_communities` would do now."""
    ids = source.memberships.values("person_id")
    both = target.memberships.filter(person_id__in=ids).count()
    members = source.memberships.count()
    return MergePreview(parts(source), members, both, target.memberships.count() + members - both)


def merge_communities(source: Community, target: Community, *, by: Person) -> MergeOrSplit:
    """Move everything of ``source`` into ``target``; ``source`` is archived and its addresses redirect. Idempotent.

    Raises:
        Forbidden: ``by`` may not set up both.
        Refused: it is the same one, ``target`` is archived, or one of them was merged into a third.
    """
    require(can_set_up, by, source)
    require(can_set_up, by, target)
    if source.pk == target.pk:
        raise Refused(_("A community can’t be merged into itself."))
    with transaction.atomic():
        source, target = hold_both(source, target)
        if source.merged_into_id == target.pk:
            return source.merges_and_splits.filter(target=target, undone_at=None)[0]
        if source.merged_into_id or target.merged_into_id:
            raise Refused(_("One of the two has already been merged."))
        if target.phase == Community.Phase.ARCHIVED:
            raise Refused(_("“%(name)s” is archived. Revive it first.") % {"name": target.name})
        merge_or_split = begin_merge(MergeOrSplit.Kind.MERGE, source, target, by)
        carry(merge_or_split, all_of(source))
        keep(merge_or_split, MEMBERS, join_all(source, target, by=by))
        Community.objects.filter(pk=source.pk).update(merged_into=target)
        if source.phase != Community.Phase.ARCHIVED:
            set_phase(source, Community.Phase.ARCHIVED, by=by, why=str(_("Merged into “%s”") % target.name))
        announce(
            CommunitiesMerged(
                merge_or_split_id=merge_or_split.pk, source_id=source.pk, community_id=target.pk, by_id=by.pk
            ),
            change=Change(f"{source.name} → {target.name}"),
        )
        index_anew(source, target, by)
    return merge_or_split


def undo_merge(merge_or_split: MergeOrSplit, *, by: Person) -> None:
    """Move everything back that was not moved on since. New contents of the target stay there. Idempotent.

    Raises:
        Forbidden: ``by`` may not set up the target.
        Refused: more than a day has passed.
    """
    require(can_set_up, by, merge_or_split.target)
    with transaction.atomic():
        source, target = hold_both(merge_or_split.source, merge_or_split.target)
        if not claim(merge_or_split, by):
            return
        bring_community_back(merge_or_split, source, target)
        part_again(merge_or_split.moved.get(key=MEMBERS).things, source, target)
        Community.objects.filter(pk=source.pk).update(merged_into=None)
        if source.phase != merge_or_split.phase_before:
            set_phase(source, merge_or_split.phase_before, by=by, why=str(_("Merge undone")))
        tell_undone(merge_or_split, source, target, by)


def hold_both(first: Community, second: Community) -> tuple[Community, Community]:
    """Return both rows, locked in the order of their keys, so that two acts on the same pair do not deadlock."""
    keys = sorted({first.pk, second.pk})
    rows = Community.objects.without_tree_fields().select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    by_key = {row.pk: row for row in rows}
    return by_key[first.pk], by_key[second.pk]


def begin_merge(kind: MergeOrSplit.Kind, source: Community, target: Community, by: Person) -> MergeOrSplit:
    """Create the record of a merge or split."""
    return MergeOrSplit.objects.create(kind=kind, source=source, target=target, phase_before=source.phase, by=by)


def carry(merge_or_split: MergeOrSplit, keys: Chosen) -> None:
    """Move contents of all kinds, and store what undo needs."""
    for belonging in belongings:
        if keys.get(belonging.key):
            things = belonging.move(keys[belonging.key], merge_or_split.source, merge_or_split.target)
            keep(merge_or_split, belonging.key, things, len(keys[belonging.key]))


def keep(merge_or_split: MergeOrSplit, key: str, things: object, count: int = 0) -> None:
    """Store what undo needs for one kind of content."""
    MovedContent.objects.create(merge_or_split=merge_or_split, key=key, things=things, count=count)


def bring_community_back(merge_or_split: MergeOrSplit, source: Community, target: Community) -> None:
    """Undo :func:`carry`, in reverse order."""
    things = {row.key: row.things for row in merge_or_split.moved.all()}
    for belonging in reversed(list(belongings)):
        if belonging.key in things:
            belonging.take_back(things[belonging.key], source, target)


def claim(merge_or_split: MergeOrSplit, by: Person) -> bool:
    """Mark it undone; False if someone else did. The filtered update settles the race.

    Raises:
        Refused: more than a day has passed.
    """
    now = timezone.now()
    if merge_or_split.undone_at is None and now - merge_or_split.at > UNDO:
        raise Refused(_("This can be undone for one day only."))
    rows = MergeOrSplit.objects.filter(pk=merge_or_split.pk, undone_at=None)
    return bool(rows.update(undone_at=now, undone_by=by))


def tell_undone(merge_or_split: MergeOrSplit, source: Community, target: Community, by: Person) -> None:
    """Announce the facts of undoing."""
    announce(
        MergeOrSplitUndone(merge_or_split_id=merge_or_split.pk, community_id=source.pk, by_id=by.pk),
        change=Change(f"{source.name} ← {target.name}"),
    )
    index_anew(source, target, by)


def index_anew(source: Community, target: Community, by: Person) -> None:
    """Rerender and reindex both communities: who may read their contents has changed."""
    for community in (source, target):
        Community.objects.filter(pk=community.pk).update(version=F("version") + 1)
        announce(CommunityChanged(community_id=community.pk, by_id=by.pk))
