"""Communities with other join methods: by rule, by invitation, with a limit, and a tree that opens in stages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.communities.admission.conditions import AdmissionCriteria
from zhiliu.communities.admission.inviting import decline_invitation, invite_people, make_link
from zhiliu.communities.admission.ruling import evaluate, set_rule
from zhiliu.communities.admission.subjects import Condition
from zhiliu.communities.joining import join
from zhiliu.communities.models import (
    AdmissionChange,
    Announcement,
    Community,
    Invitation,
    InvitationLink,
    LinkUse,
    Membership,
    Opening,
    PreparedAnnouncement,
    WaitingPlace,
)
from zhiliu.communities.opening.carrying_out import open_now
from zhiliu.communities.opening.planning import plan_openings, propose_existing, propose_openings
from zhiliu.communities.role_permissions import Admission
from zhiliu.communities.starting import start_community
from zhiliu.directory.models import Department, Location, Person

from .sources import read
from .stage import Stage


def build(stage: Stage) -> None:
    """Build everything through the verbs people use, and backdate it."""
    content = read("doors")
    _ruled(stage, content["ruled"])
    _invited(stage, content["invited"])
    _limited(stage, content["limited"])
    _tree(stage, content["tree"])


def _start(stage: Stage, entry: dict[str, Any], **fields: Any) -> Community:
    at = stage.clock.at(entry["day"])
    names = ("name", "kind", "mark", "purpose")
    with stage.moment(at):
        community = start_community(
            slug=entry["key"], by=stage.people[entry["by"]], **{name: entry[name] for name in names}, **fields
        )
    _date(community, at)
    stage.communities[entry["key"]] = community
    return community


def _date(community: Community, at: dt.datetime) -> None:
    """Backdate everything that has happened in the community to ``at``."""
    Community.objects.filter(pk=community.pk).update(started_at=at, offers_starter=False)
    Announcement.objects.filter(community=community).update(at=at)
    Membership.objects.filter(community=community).update(joined_at=at)


def _ruled(stage: Stage, entry: dict[str, Any]) -> None:
    community = _start(stage, entry)
    keys = Department.objects.filter(code__in=entry["departments"]).order_by("pk").values_list("pk", flat=True)
    conditions = (Condition("department", any=tuple(keys)), Condition("level", least=entry["level"]))
    place = Location.objects.get(name=entry["except_location"])
    narrowed = AdmissionCriteria(conditions, unless=Condition("location", any=(place.pk,)))
    for version, (day, criteria) in enumerate(
        ((entry["day"] + 1, AdmissionCriteria(conditions)), (entry["narrowed_day"], narrowed))
    ):
        at = stage.clock.at(day)
        existing = set(community.admission_changes.values_list("pk", flat=True))
        with stage.moment(at):
            set_rule(community, criteria, version=version, by=stage.people[entry["by"]])
            evaluate(community)
        AdmissionChange.objects.filter(community=community).exclude(pk__in=existing).update(at=at)
        if not existing:
            community.memberships.filter(way="rule").update(joined_at=at)


def _invited(stage: Stage, entry: dict[str, Any]) -> None:
    community = _start(stage, entry, admission=Admission.INVITED)
    by, start = stage.people[entry["by"]], stage.clock.at(entry["day"])
    fields = entry["link"]
    with stage.moment(start):
        link = make_link(community, days=fields["days"], most=fields["most"], note=fields["note"], by=by)
    InvitationLink.objects.filter(pk=link.pk).update(at=start, expires_at=start + dt.timedelta(days=fields["days"]))
    link.refresh_from_db()
    for place, person in enumerate(stage.some(stage.others, fields["came"])):
        _join(stage, community, person, stage.clock.at(entry["day"] + 1 + place), link=link)
    named, at = [stage.people[key] for key in entry["named"]], stage.clock.at(-2)
    with stage.moment(at):
        invite_people(community, named, by=by)
        decline_invitation(
            Invitation.objects.get(person=stage.people[entry["declined"]]), by=stage.people[entry["declined"]]
        )
    Invitation.objects.filter(community=community).update(at=at)
    _join(stage, community, stage.people[entry["accepted"]], stage.clock.at(-1))


def _limited(stage: Stage, entry: dict[str, Any]) -> None:
    community = _start(stage, entry, member_limit=entry["limit"])
    joining = [*stage.some(stage.others, entry["came"] - 1)]
    joining.insert(entry["limit"], stage.people[entry["also"]])
    for place, person in enumerate(joining):
        _join(stage, community, person, stage.clock.at(entry["day"] + 2 + 2 * place))


def _join(stage: Stage, community: Community, person: Person, at: dt.datetime, **more: Any) -> None:
    with stage.moment(at):
        join(community, by=person, accepts=community.rulebooks.first(), **more)
    Membership.objects.filter(community=community, person=person).update(joined_at=at)
    WaitingPlace.objects.filter(community=community, person=person).update(at=at)
    LinkUse.objects.filter(link__community=community, person=person).update(at=at)


def _tree(stage: Stage, entry: dict[str, Any]) -> None:
    parent, by = stage.communities[entry["parent"]], stage.people[entry["by"]]
    days = [*entry["opened"], *entry["ahead"]]
    start = stage.clock.at(entry["day"])
    with stage.moment(start):
        planned = propose_openings(
            parent, Opening.Part.REGION, first=stage.clock.planned(days[-1], "09:00"), every_days=0
        )
        openings = plan_openings(parent, planned, part=Opening.Part.REGION, by=by)
    for opening, day in zip(openings, days, strict=False):
        _date(opening.community, start)
        at = stage.clock.planned(day, "09:00")
        Opening.objects.filter(pk=opening.pk).update(opens_at=at)
        opening.refresh_from_db()
        if day < 0:
            _open(stage, opening, at, by)
    _prepared_before(stage, parent, entry["prepared_before"])


def _prepared_before(stage: Stage, parent: Community, entry: dict[str, Any]) -> None:
    """Create a subcommunity older than the plan: still incubating, it opens by its stage."""
    community = _start(stage, entry, parent=parent, phase=Community.Phase.INCUBATING)
    with stage.moment(stage.clock.at(entry["planned_day"])):
        first = stage.clock.planned(entry["opens_day"], "09:00")
        planned = propose_existing(parent, [community], first=first, every_days=0)
        plan_openings(parent, planned, part=Opening.Part.EXISTING, by=stage.people[entry["by"]])


def _open(stage: Stage, opening: Opening, at: dt.datetime, by: Person) -> None:
    existing = set(Announcement.objects.values_list("pk", flat=True))
    with stage.moment(at):
        open_now(opening, by=by)
    Opening.objects.filter(pk=opening.pk).update(opened_at=at)
    Announcement.objects.exclude(pk__in=existing).update(at=at)
    opening.community.memberships.filter(way="rule").update(joined_at=at)
    opening.community.admission_changes.update(at=at)
    before = {"days__lt": 0, "opening": opening}
    PreparedAnnouncement.objects.filter(**before).update(sent_at=at - dt.timedelta(days=7))
    after = opening.announcements.filter(days__gt=0)
    for prepared in after.select_related("opening"):
        sent = at + dt.timedelta(days=prepared.days)
        if sent < stage.clock.now:
            PreparedAnnouncement.objects.filter(pk=prepared.pk).update(sent_at=sent)
