"""Set, preview and evaluate admission rules: people who fit are added, people who no longer fit are removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import insert_rows

from ..counting import batches, lock_community, recount_members
from ..facts import AdmissionRuleSet, MembersJoined, MembersLeft
from ..models import AdmissionChange, AdmissionRule, Community, Membership, Opening, OptOut, WaitingPlace
from ..role_permissions import Admission, JoinMethod, Role
from ..rules import can_set_up
from .conditions import AdmissionCriteria, read_criteria
from .moving import note_moves
from .waiting import drop_misfits, free_places, promote, wait


def set_rule(community: Community, criteria: AdmissionCriteria, *, version: int, by: Person) -> AdmissionRule:
    """Set the rule of a community, which admits by it from now on. Idempotent for the same rule.

    Args:
        version: of the rule the page was made from, 0 if there was none.

    Raises:
        Refused: someone else changed it in the meantime.
    """
    require(can_set_up, by, community)
    stored = criteria.stored()
    with transaction.atomic():
        lock_community(community)
        rule = AdmissionRule.objects.filter(community=community).first()
        if rule is not None and rule.conditions == stored and community.admission == Admission.RULE:
            return rule
        if (rule.version if rule else 0) != version:
            raise Refused(_("Someone else changed the rule. Review it, then save again."))
        was = {"rule": _told(rule)} if rule else {}
        values = {"conditions": stored, "by": by, "at": timezone.now(), "version": version + 1}
        rule, _new = AdmissionRule.objects.update_or_create(community=community, defaults=values)
        Community.objects.filter(pk=community.pk).update(admission=Admission.RULE, version=F("version") + 1)
        announce(
            AdmissionRuleSet(community_id=community.pk, by_id=by.pk),
            change=Change(community.name, "communities.admissionrule", was, {"rule": str(criteria.sentence())}),
        )
    community.refresh_from_db()
    return rule


def _told(rule: AdmissionRule) -> str:
    """Return the rule in words, for the audit; '' if something it refers to is gone."""
    try:
        return str(read_criteria(rule.conditions).sentence())
    except Refused:
        return ""


@dataclass(frozen=True)
class RulePreview:
    """The effects of a rule, each as a query over people.

    Args:
        fit: everyone who fits. come: those of them who would be added. leave: members by the rule who would be
        removed. stay: those of them who remain because they have a role.
    """

    fit: QuerySet[Person]
    come: QuerySet[Person]
    leave: QuerySet[Person]
    stay: QuerySet[Person]


def preview(community: Community, criteria: AdmissionCriteria) -> RulePreview:
    """Return what ``criteria`` would do in ``community``, without changing anything."""
    fit = criteria.people()
    misfits = _misfits(community, fit)
    people = Person.objects.all()
    return RulePreview(
        fit,
        _missing(community, fit),
        people.filter(pk__in=misfits.filter(role=Role.MEMBER).values("person_id")),
        people.filter(pk__in=misfits.exclude(role=Role.MEMBER).values("person_id")),
    )


def misfits(community: Community) -> QuerySet[Membership]:
    """Return members by the rule who no longer fit but stay because of a role: people decide about them."""
    wanted = rule_of(community)
    if wanted is None or not wanted.is_sound():
        return Membership.objects.none()
    return _misfits(community, wanted.people()).exclude(role=Role.MEMBER)


def rule_of(community: Community) -> AdmissionCriteria | None:
    """Return the rule in force, or None if the community admits otherwise."""
    if community.admission != Admission.RULE:
        return None
    rule = AdmissionRule.objects.filter(community=community).first()
    return read_criteria(rule.conditions) if rule else None


def _missing(community: Community, fit: QuerySet[Person], only: Collection[int] | None = None) -> QuerySet[Person]:
    for known in (Membership, OptOut, WaitingPlace):
        rows: QuerySet[Any] = known.objects.filter(community=community)
        # Narrowed here as well: for one person the database need not collect all members.
        rows = rows if only is None else rows.filter(person_id__in=only)
        fit = fit.exclude(pk__in=rows.values("person_id"))
    return fit


def _misfits(community: Community, fit: QuerySet[Person], only: Collection[int] | None = None) -> QuerySet[Membership]:
    came = Membership.objects.filter(community=community, way=JoinMethod.RULE)
    came = came if only is None else came.filter(person_id__in=only)
    return came.exclude(person_id__in=fit.values("pk"))


@dataclass(frozen=True)
class AdmissionMoves:
    """How many people joined and left by one evaluation."""

    came: int = 0
    left: int = 0


def evaluate(community: Community, *, only: Collection[int] | None = None) -> AdmissionMoves:
    """Evaluate the rule of a community. Idempotent.

    Args:
        only: ids to restrict it to; None for everyone.
    """
    with transaction.atomic():
        # Lock: a second evaluation, or a person who joins, waits here and then sees what the first one changed.
        community = lock_community(community)
        wanted = rule_of(community)
        if wanted is None or not wanted.is_sound() or not _is_at_work(community):
            return AdmissionMoves()
        fit = wanted.people(only=only)
        missing, gone = _missing(community, fit, only), _misfits(community, fit, only).filter(role=Role.MEMBER)
        leaving = list(gone.order_by().values_list("person_id", flat=True))
        _take_out(community, leaving)
        drop_misfits(community, fit, only=only)
        # The waiting list comes before people who fit only now.
        promote(community)
        coming = _bring_in(community, list(missing.order_by("pk").values_list("pk", flat=True)))
        if coming or leaving:
            recount_members(community)
    return AdmissionMoves(coming, len(leaving))


def _is_at_work(community: Community) -> bool:
    """Return whether it is neither archived nor still being prepared."""
    if community.phase == Community.Phase.INCUBATING:
        return not Opening.objects.filter(community=community, opened_at=None).exists()
    return community.phase != Community.Phase.ARCHIVED


def _bring_in(community: Community, keys: Sequence[int]) -> int:
    free = free_places(community)
    if free is not None:
        wait(community, keys[free:], way=JoinMethod.RULE, by=None)
        keys = keys[:free]
    now = timezone.now()
    everything = (Role.MEMBER, Membership.Involvement.MENTIONS, now, JoinMethod.RULE)
    for batch in batches(keys):
        columns = ("community", "person", "role", "involvement", "joined_at", "way")
        insert_rows(Membership, columns, [(community.pk, key, *everything) for key in batch])
        note_moves(community, batch, AdmissionChange.Direction.CAME)
        announce(MembersJoined(person_ids=tuple(batch), way=JoinMethod.RULE, community_id=community.pk))
    return len(keys)


def _take_out(community: Community, keys: Sequence[int]) -> None:
    for batch in batches(keys):
        Membership.objects.filter(community=community, person_id__in=batch).delete()
        note_moves(community, batch, AdmissionChange.Direction.LEFT)
        announce(MembersLeft(person_ids=tuple(batch), community_id=community.pk))


def ruled() -> QuerySet[Community]:
    """Return the communities that admit by a rule."""
    by_rule = Community.objects.without_tree_fields().filter(admission=Admission.RULE, admission_rule__isnull=False)
    return by_rule.exclude(phase=Community.Phase.ARCHIVED)


def evaluate_all(*, only: Collection[int] | None = None) -> AdmissionMoves:
    """Evaluate every rule, each in its own transaction."""
    moved = [evaluate(community, only=only) for community in ruled()]
    return AdmissionMoves(sum(moves.came for moves in moved), sum(moves.left for moves in moved))
