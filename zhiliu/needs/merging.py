"""Merge near-duplicate needs, and undo merges."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import MergeUndone, NeedsMerged
from .models import Merge, Need, Support
from .rules import can_moderate
from .voicing import recount_support


def merge_needs(need: Need, into: Need, *, by: Person) -> Merge:
    """Merge ``need`` into ``into``, which takes over its author and supporters. Idempotent.

    Raises:
        Refused: the same need, another community, or one of the two is no longer open.
    """
    require(can_moderate, by, need)
    if need.pk == into.pk or need.community_id != into.community_id:
        raise Refused(_("Choose another need of the same community."))
    with transaction.atomic():
        existing = Merge.objects.filter(need=need, into=into).first()
        if existing is not None:
            return existing
        # Locked in the order of their keys, so that two people merging crosswise do not deadlock.
        locked = {
            row.pk: row for row in Need.objects.select_for_update().filter(pk__in=[need.pk, into.pk]).order_by("pk")
        }
        ended = (Need.State.MERGED, Need.State.CLOSED)
        if locked[need.pk].state != Need.State.OPEN or locked[into.pk].state in ended:
            raise Refused(_("One of the two has been merged or closed."))
        moved = _move_supporters(need, into)
        merge = Merge.objects.create(need=need, into=into, by=by, moved_supporters=moved)
        Need.objects.filter(pk=need.pk).update(state=Need.State.MERGED, merged_into=into, topic=locked[into.pk].topic)
        recount_support(into)
        announce(NeedsMerged(need_id=need.pk, into_id=into.pk, community_id=need.community_id, by_id=by.pk))
    return merge


def _move_supporters(need: Need, into: Need) -> list[int]:
    supporters = set(need.supports.values_list("by_id", flat=True)) | ({need.by_id} if need.by_id else set())
    present = set(into.supports.values_list("by_id", flat=True)) | {into.by_id}
    new = sorted(key for key in supporters - present if key)
    Support.objects.bulk_create([Support(need=into, by_id=key) for key in new], ignore_conflicts=True)
    return new


def undo_need_merge(merge: Merge, *, by: Person) -> None:
    """Undo a merge: the need is open again, and the supporters it added are removed from the other one."""
    require(can_moderate, by, merge.need)
    with transaction.atomic():
        need, into = merge.need, merge.into
        Support.objects.filter(need=into, by_id__in=merge.moved_supporters).delete()
        merge.delete()
        Need.objects.filter(pk=need.pk).update(state=Need.State.OPEN, merged_into=None, topic=None)
        recount_support(into)
        announce(MergeUndone(need_id=need.pk, into_id=into.pk, community_id=need.community_id, by_id=by.pk))
