"""Build the twelve communities with members, rules and announcements."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.communities.announcing import announce_to
from zhiliu.communities.facts import CommunityStarted, MembersJoined, RulebookSet
from zhiliu.communities.models import Announcement, Community, Consent, JoinRequest, Membership, Receipt, Rulebook
from zhiliu.communities.role_permissions import KINDS, Role
from zhiliu.directory.models import Department, Person
from zhiliu.kit.text.markdown import render

from .sources import read
from .stage import Stage

ROLES = (("leader", Role.LEADER), ("sponsor", Role.SPONSOR), ("adviser", Role.ADVISER))
# The cast's newcomer has just started: the other content is what she may find.
NEWCOMER = "xu"


def build(stage: Stage) -> None:
    """Create every community with its members, rules and announcements."""
    for entry in read("communities"):
        community = _community(stage, entry)
        stage.communities[entry["key"]] = community
        _members(stage, community, entry)
        _rules(stage, community, entry)
        for announcement in entry.get("announcements") or []:
            _announce(stage, community, announcement)
    _requests(stage)


def _community(stage: Stage, entry: dict[str, Any]) -> Community:
    manager = stage.people[entry["manager"]]
    started = stage.clock.now + dt.timedelta(days=entry["started_day"])
    community = Community.objects.create(
        slug=entry["key"],
        name=entry["name"],
        kind=entry["kind"],
        mark=entry["mark"],
        purpose=entry["purpose"],
        admission=entry["admission"],
        visibility=entry["visibility"],
        parent=stage.communities.get(entry.get("parent") or ""),
        features=[str(feature) for feature in KINDS[entry["kind"]].features],
        sessions_a_month=KINDS[entry["kind"]].sessions_a_month,
        started_at=started,
        by=manager,
    )
    stage.tell(CommunityStarted(community_id=community.pk, by_id=manager.pk), max(started, stage.clock.at(-184)))
    return community


def _members(stage: Stage, community: Community, entry: dict[str, Any]) -> None:
    roles: dict[int, str] = {stage.people[entry["manager"]].pk: Role.MANAGER}
    for key, role in ROLES:
        if entry.get(key):
            roles.setdefault(stage.people[entry[key]].pk, role)
    for key in entry.get("experts") or []:
        roles.setdefault(stage.people[key].pk, Role.EXPERT)
    for key in entry["principals"]:
        roles.setdefault(stage.people[key].pk, Role.MEMBER)
    for person in _from_departments(stage, entry["members"]):
        roles.setdefault(person.pk, Role.MEMBER)
    everybody = {person.pk: person for person in [*stage.people.values(), *stage.others]}
    stage.members[entry["key"]] = [everybody[key] for key in roles]
    Membership.objects.bulk_create(
        Membership(community=community, person_id=key, role=role, joined_at=_joined(stage, everybody[key]))
        for key, role in roles.items()
    )
    Community.objects.filter(pk=community.pk).update(member_count=len(roles))
    community.member_count = len(roles)
    stage.tell(MembersJoined(person_ids=tuple(roles), community_id=community.pk), stage.clock.at(-183))


def _joined(stage: Stage, person: Person) -> dt.datetime:
    earliest = -max(5, min(180, (stage.clock.today - person.hired_on).days - 2)) if person.hired_on else -60
    return stage.clock.at(stage.chance.randint(earliest, -3))


def _from_departments(stage: Stage, fields: dict[str, Any]) -> list[Person]:
    inside = set()
    for department in Department.objects.filter(code__in=fields["departments"]):
        inside |= set(department.descendants(include_self=True).values_list("pk", flat=True))
    people = [person for person in stage.others if person.department_id in inside]
    return stage.some(people, round(len(people) * fields["share"]))


def _rules(stage: Stage, community: Community, entry: dict[str, Any]) -> None:
    at = stage.clock.at(max(-180, entry["started_day"] + 1))
    by = stage.people[entry["manager"]]
    rulebook = Rulebook.objects.create(
        community=community, version=1, text=entry["rulebook"], html=render(entry["rulebook"]).html, by=by, at=at
    )
    people = stage.members[entry["key"]]
    Consent.objects.bulk_create(Consent(rulebook=rulebook, person=person, at=at) for person in people)
    stage.tell(RulebookSet(rulebook_id=rulebook.pk, community_id=community.pk, by_id=by.pk), at)


def _announce(stage: Stage, community: Community, entry: dict[str, Any]) -> None:
    at, by = stage.clock.at(entry["day"], "09:20"), stage.people[entry["by"]]
    with stage.moment(at):
        announcement = announce_to(community, title=entry["title"], body=entry["body"], by=by, starting=True)
    Announcement.objects.filter(pk=announcement.pk).update(at=at)
    readers = stage.some(stage.members[community.slug], round(community.member_count * 0.7))
    Receipt.objects.bulk_create(
        (Receipt(announcement=announcement, person=person, at=at + dt.timedelta(hours=2)) for person in readers),
        ignore_conflicts=True,
    )
    newest = community.announcements.order_by("-at").first()
    community.announcements.update(is_pinned=False)
    Announcement.objects.filter(pk=newest.pk).update(is_pinned=True)


def _requests(stage: Stage) -> None:
    """Create two join requests for the cast's manager to decide."""
    waiting = [c for c in stage.communities.values() if c.admission == "request"]
    mine = [c for c in waiting if stage.people["lin"] in stage.members[c.slug]] or waiting
    for community in mine[:1]:
        members = {person.pk for person in stage.members[community.slug]}
        for person in stage.some(stage.others, 2, members):
            JoinRequest.objects.create(community=community, person=person, at=stage.clock.at(-1), note="")
