"""Plan communities below another one, each with its opening time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from zhiliu.directory.models import Location, Person, Position
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..admission.conditions import MOST as MOST_CONDITIONS
from ..admission.conditions import AdmissionCriteria
from ..admission.ruling import rule_of, set_rule
from ..admission.subjects import Condition
from ..counting import lock_community
from ..facts import OpeningMoved, OpeningsPlanned, PreparedAnnouncementsChanged
from ..models import DAY, Community, Opening, PreparedAnnouncement
from ..rules import can_set_up
from ..starting import start_community

MOST = 40
LONGEST_NAME = 40
Part, Audience = Opening.Part, PreparedAnnouncement.Audience


@dataclass(frozen=True)
class Planned:
    """A community in a plan.

    Args:
        name: of the community. wanted: its admission rule, None if people join. opens_at: when.
        is_taken: whether a community of this name exists; it is then skipped.
        community: an existing one that gets a stage, instead of a new one.
    """

    name: str
    wanted: AdmissionCriteria | None
    opens_at: dt.datetime
    is_taken: bool = False
    community: Community | None = None


def propose_openings(
    parent: Community, part: str, *, names: Iterable[str] = (), first: dt.datetime, every_days: int
) -> list[Planned]:
    """Return a plan below ``parent``: one community per level, location or name, each some days after the previous one.

    Args:
        names: for projects. first: when the first one opens. every_days: days between two openings, 0 for all at once.

    Raises:
        Refused: nothing to create, or too many at once.
    """
    parts = [(label, _within(parent, criteria)) for label, criteria in _parts(part, names)]
    if not 0 < len(parts) <= MOST:
        raise Refused(_("A plan creates between one and %(count)s communities at once.") % {"count": MOST})
    step = _step(every_days)
    planned = [
        Planned(f"{parent.name} {label}"[:LONGEST_NAME], criteria, first + place * step)
        for place, (label, criteria) in enumerate(parts)
    ]
    taken_names = set(Community.objects.filter(name__in=[plan.name for plan in planned]).values_list("name", flat=True))
    return [replace(plan, is_taken=plan.name in taken_names) for plan in planned]


def _step(every_days: int) -> dt.timedelta:
    return dt.timedelta(days=every_days)


def can_be_planned(parent: Community) -> QuerySet[Community]:
    """Return communities below ``parent`` that can get a stage: not planned, archived or merged."""
    rows = Community.objects.descendants(parent.pk).filter(opening=None, merged_into=None)
    return rows.exclude(phase=Community.Phase.ARCHIVED)


def propose_existing(
    parent: Community, communities: Iterable[Community], *, first: dt.datetime, every_days: int
) -> list[Planned]:
    """Return a stage for each of some existing communities, each some days after the previous one.

    Raises:
        Refused: none, or too many at once.
    """
    chosen = list(communities)
    if not 0 < len(chosen) <= MOST:
        raise Refused(_("A plan can include between one and %(count)s communities.") % {"count": MOST})
    return [
        Planned(community.name, rule_of(community), first + place * _step(every_days), community=community)
        for place, community in enumerate(chosen)
    ]


def _parts(part: str, names: Iterable[str]) -> list[tuple[str, AdmissionCriteria | None]]:
    if part == Part.LEVEL:
        levels = Position.objects.order_by("level").values_list("level", flat=True).distinct()
        label = _("level %(level)s")
        return [
            (label % {"level": level}, AdmissionCriteria((Condition("level", least=level, most=level),)))
            for level in levels
        ]
    if part == Part.REGION:
        places = Location.objects.order_by("name").values_list("pk", "name")
        return [(name, AdmissionCriteria((Condition("location", any=(key,)),))) for key, name in places]
    return [(name, None) for name in dict.fromkeys(name.strip() for name in names) if name]


def _within(parent: Community, criteria: AdmissionCriteria | None) -> AdmissionCriteria | None:
    """Return the rule of a part of a community. If the whole has a rule, both must match."""
    whole = rule_of(parent)
    if criteria is None or whole is None:
        return criteria
    if len(criteria.all) + len(whole.all) > MOST_CONDITIONS:
        raise Refused(_("The parent community’s rule has too many conditions to add another."))
    return AdmissionCriteria((*criteria.all, *whole.all), whole.unless)


def plan_openings(parent: Community, planned: Sequence[Planned], *, part: str, by: Person) -> list[Opening]:
    """Create the communities of a plan. They are prepared until they open; taken names are skipped.

    Existing communities get a stage: an incubating one is opened by it, an open one is only announced. Each gets
    default announcements, which can be changed.
    """
    require(can_set_up, by, parent)
    with transaction.atomic():
        # Lock, so that the same plan sent twice finds its own names.
        lock_community(parent)
        new = [plan for plan in planned if plan.community is None]
        taken_names = set(Community.objects.filter(name__in=[plan.name for plan in new]).values_list("name", flat=True))
        openings = [_make(parent, plan, part, by) for plan in new if plan.name not in taken_names]
        openings += [_stage(parent, plan, by) for plan in _still_free(parent, planned)]
        if openings:
            ids = tuple(opening.pk for opening in openings)
            announce(OpeningsPlanned(opening_ids=ids, community_id=parent.pk, by_id=by.pk))
    return openings


def _make(parent: Community, planned: Planned, part: str, by: Person) -> Opening:
    community = start_community(
        name=planned.name,
        kind=parent.kind,
        by=by,
        parent=parent,
        mark=parent.mark,
        visibility=parent.visibility,
        phase=Community.Phase.INCUBATING,
    )
    if planned.wanted is not None:
        set_rule(community, planned.wanted, version=0, by=by)
    return _open_at(community, parent, planned.opens_at, part, by)


def _still_free(parent: Community, planned: Iterable[Planned]) -> list[Planned]:
    """Return those with existing communities that can still get a stage."""
    by_community = {plan.community.pk: plan for plan in planned if plan.community is not None}
    for key in sorted(by_community):
        # Lock in the order of keys, so that plans of two ancestors do not both take a community.
        lock_community(Community(pk=key))
    free = (
        set(can_be_planned(parent).filter(pk__in=by_community).values_list("pk", flat=True)) if by_community else set()
    )
    return [plan for key, plan in by_community.items() if key in free]


def _stage(parent: Community, planned: Planned, by: Person) -> Opening:
    assert planned.community is not None
    community = Community.objects.get(pk=planned.community.pk)
    return _open_at(community, parent, planned.opens_at, Part.EXISTING, by)


def _open_at(community: Community, parent: Community, opens_at: dt.datetime, part: str, by: Person) -> Opening:
    opening = Opening.objects.create(community=community, parent=parent, part=part, opens_at=opens_at, by=by)
    PreparedAnnouncement.objects.bulk_create(
        PreparedAnnouncement(opening=opening, audience=audience, days=days, title=title[:80], body=body)
        for audience, days, title, body in templates(community)
    )
    return opening


def templates(community: Community) -> list[tuple[str, int, str, str]]:
    """Return (audience, days, title, text) of an opening's default announcements."""
    names = {"name": community.name, "day": DAY}
    if not community.is_incubating:
        return [
            (
                Audience.ABOVE,
                0,
                _("Drop in: %(name)s") % names,
                _("“%(name)s” is open, and starts on %(day)s. Ask there what you would like to know.") % names,
            )
        ]
    return [
        (
            Audience.ABOVE,
            -7,
            _("Opening soon: %(name)s") % names,
            _("“%(name)s” opens on %(day)s. Think of one question you would ask there first.") % names,
        ),
        (
            Audience.INSIDE,
            0,
            _("%(name)s is open") % names,
            _("Welcome. Say where you’re stuck, or what you’ve learned: one sentence is enough."),
        ),
        (
            Audience.INSIDE,
            7,
            _("The first week"),
            _("Read what others asked and say “me too” where it fits. The first topic comes from that."),
        ),
    ]


def postpone(opening: Opening, opens_at: dt.datetime, *, version: int, by: Person) -> None:
    """Reschedule an opening, earlier or later.

    Raises:
        Refused: it is open already, or someone else changed it in the meantime.
    """
    require(can_set_up, by, opening.parent)
    with transaction.atomic():
        # The filter detects that it opened or was moved while the form was filled in.
        rows = Opening.objects.filter(pk=opening.pk, version=version, opened_at=None)
        if not rows.update(opens_at=opens_at, version=F("version") + 1):
            raise Refused(_("It is already open, or someone rescheduled it. Check again."))
        announce(OpeningMoved(opening_id=opening.pk, community_id=opening.parent_id, by_id=by.pk))


def prepare(
    opening: Opening, *, by: Person, prepared: PreparedAnnouncement | None = None, **fields: object
) -> PreparedAnnouncement:
    """Create a prepared announcement, or change one that was not sent.

    Raises:
        Refused: it has been sent.
    """
    require(can_set_up, by, opening.parent)
    with transaction.atomic():
        if prepared is None:
            prepared = PreparedAnnouncement.objects.create(opening=opening, **fields)
        elif not PreparedAnnouncement.objects.filter(pk=prepared.pk, sent_at=None).update(**fields):
            raise Refused(_("It has already been sent."))
        announce(PreparedAnnouncementsChanged(opening_id=opening.pk, community_id=opening.parent_id, by_id=by.pk))
    return prepared


def withdraw_opening(prepared: PreparedAnnouncement, *, by: Person) -> None:
    """Delete an announcement that was not sent. Idempotent."""
    opening = prepared.opening
    require(can_set_up, by, opening.parent)
    with transaction.atomic():
        if PreparedAnnouncement.objects.filter(pk=prepared.pk, sent_at=None).delete()[0]:
            announce(PreparedAnnouncementsChanged(opening_id=opening.pk, community_id=opening.parent_id, by_id=by.pk))
