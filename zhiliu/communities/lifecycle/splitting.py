"""Split a community: chosen people and contents, and what follows them, become a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..community_content import Chosen, along_with, belongings
from ..counting import lock_community, recount_members
from ..facts import CommunitySplit, CommunityStarted
from ..joining import add_members
from ..models import Community, MergeOrSplit
from ..role_permissions import Admission, Role
from ..rules import can_set_up
from ..starting import free_slug, set_rulebook
from .member_transfer import add_rows, join_all, membership_rows, transferred_words
from .merging import MEMBERS, begin_merge, bring_community_back, carry, claim, hold_both, index_anew, keep, tell_undone
from .phases import set_phase

# The size above which not everybody knows everybody: Dunbar, "Neocortex size as a constraint on group size in
# primates", Journal of Human Evolution 22 (1992), puts it near 150.
USEFUL_SIZE = 150


def split_community(
    source: Community, *, name: str, people: Iterable[Person], things: Chosen, stay: bool = True, by: Person
) -> MergeOrSplit:
    """Create a new community of ``people`` and ``things``, with the kind, rules and settings of ``source``.

    Args:
        things: chosen ids by kind of content; what follows them moves too. stay: whether people remain in ``source``.

    Raises:
        Forbidden: ``by`` may not set up ``source``.
        Refused: it is archived, the name is taken, or no member was chosen.
    """
    require(can_set_up, by, source)
    with transaction.atomic():
        source = lock_community(source)
        if source.merged_into_id or source.phase == Community.Phase.ARCHIVED:
            raise Refused(_("This community is archived and read-only."))
        moving = membership_rows(source.memberships.filter(person__in=list(people)))
        if not moving:
            raise Refused(_("Choose at least one member."), field="people")
        target = _alike(source, name, by)
        merge_or_split = begin_merge(MergeOrSplit.Kind.SPLIT, source, target, by)
        add_rows(target, moving)
        add_members(target, {by: Role.MANAGER}, by=by)
        target.memberships.filter(person=by).update(role=Role.MANAGER)
        transferred_words(target, [row for row in moving if row[0] != by.pk], by)
        keep(merge_or_split, MEMBERS, {"was": [] if stay else _let_go(source, moving)}, len(moving))
        carry(merge_or_split, along_with(things, source))
        recount_members(target)
        recount_members(source)
        announce(
            CommunitySplit(
                merge_or_split_id=merge_or_split.pk, target_id=target.pk, community_id=source.pk, by_id=by.pk
            ),
            change=Change(f"{source.name} → {target.name}", after={"count": len(moving)}),
        )
        index_anew(source, target, by)
    return merge_or_split


def _alike(source: Community, name: str, by: Person) -> Community:
    if Community.objects.filter(name=name).exists():
        raise Refused(_("A community with this name already exists."), field="name")
    fields = ("kind", "visibility", "features", "sessions_a_month", "parent_id")
    # Other join methods (a rule, invitations) were made for the old community and do not fit the new one.
    admission = source.admission if source.admission == Admission.OPEN else Admission.REQUEST
    target = Community.objects.create(
        name=name,
        slug=free_slug(name),
        mark=name[:1],
        admission=admission,
        by=by,
        **{field: getattr(source, field) for field in fields},
    )
    announce(CommunityStarted(community_id=target.pk, by_id=by.pk))
    current = source.rulebooks.first()
    if current is not None:
        set_rulebook(target, current.text, by=by, starting=True)
    return target


def _let_go(source: Community, moving: list[Any]) -> list[Any]:
    """Remove people who move from ``source``, except its managers, so that it keeps one."""
    leaving = [row for row in moving if row[1] != Role.MANAGER]
    source.memberships.filter(person_id__in=[row[0] for row in leaving]).delete()
    return leaving


def undo_split(merge_or_split: MergeOrSplit, *, by: Person) -> None:
    """Merge the new community back into the old one with all its current contents. Idempotent.

    Raises:
        Forbidden: ``by`` may not set up the old community.
        Refused: more than a day has passed.
    """
    require(can_set_up, by, merge_or_split.source)
    with transaction.atomic():
        source, target = hold_both(merge_or_split.source, merge_or_split.target)
        if not claim(merge_or_split, by):
            return
        bring_community_back(merge_or_split, source, target)
        add_rows(source, merge_or_split.moved.get(key=MEMBERS).things["was"])
        # Later contents of the new community move too, as in a merge.
        for belonging in belongings:
            belonging.move(belonging.keys(target), target, source)
        join_all(target, source, by=by)
        Community.objects.filter(pk=target.pk).update(merged_into=source)
        set_phase(target, Community.Phase.ARCHIVED, by=by, why=str(_("Split undone")))
        tell_undone(merge_or_split, source, target, by)


def departments_of(community: Community) -> list[tuple[int, str, int]]:
    """Return (id, name, number of members) of the members' departments, largest first: possible splits."""
    rows = community.memberships.exclude(person__department=None).values_list(
        "person__department_id", "person__department__name"
    )
    counted = rows.annotate(n=Count("pk")).order_by("-n", "person__department__name")
    return [(key, name, count) for key, name, count in counted]
