"""Transfer members with their roles in merges and splits, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce

from ..counting import recount_members
from ..facts import MembersJoined
from ..models import Community, Membership
from ..role_permissions import Role

# Stored for undo: [person, role, involvement, joined at, way].
Row = list[Any]


def join_all(source: Community, target: Community, *, by: Person) -> dict[str, list[Row]]:
    """Make all members of ``source`` members of ``target`` with their role; their old memberships end.

    People in both keep their role in ``target``, unless it was plain membership.

    Returns:
        ``was``: the old memberships; ``added``: people new in ``target``; ``raised``: people whose role there changed.
    """
    was = membership_rows(source.memberships.all())
    there = dict(target.memberships.values_list("person_id", "role"))
    added = [row for row in was if row[0] not in there]
    raised = [row for row in was if there.get(row[0]) == Role.MEMBER and row[1] != Role.MEMBER]
    add_rows(target, added)
    for person, role, *_rest in raised:
        target.memberships.filter(person_id=person).update(role=role)
    source.memberships.all().delete()
    transferred_words(target, added, by)
    for community in (source, target):
        recount_members(community)
    return {"was": was, "added": [[row[0]] for row in added], "raised": [[row[0]] for row in raised]}


def part_again(rows_by_kind: dict[str, list[Row]], source: Community, target: Community) -> None:
    """Undo :func:`join_all`. People who joined or left in the meantime stay as they are."""
    active = set(
        Person.objects.active().filter(pk__in=[row[0] for row in rows_by_kind["was"]]).values_list("pk", flat=True)
    )
    here = set(source.memberships.values_list("person_id", flat=True))
    add_rows(source, [row for row in rows_by_kind["was"] if row[0] in active - here])
    target.memberships.filter(person_id__in=[row[0] for row in rows_by_kind["added"]]).delete()
    target.memberships.filter(person_id__in=[row[0] for row in rows_by_kind["raised"]]).update(role=Role.MEMBER)
    for community in (source, target):
        recount_members(community)


def membership_rows(memberships: Iterable[Membership]) -> list[Row]:
    """Return memberships as JSON."""
    return [
        [
            membership.person_id,
            membership.role,
            membership.involvement,
            membership.joined_at.isoformat(),
            membership.way,
        ]
        for membership in memberships
    ]


def add_rows(community: Community, rows: Iterable[Row]) -> None:
    """Create memberships from JSON; existing ones stay."""
    Membership.objects.bulk_create(
        [
            Membership(
                community=community,
                person_id=person,
                role=role,
                involvement=involvement,
                joined_at=dt.datetime.fromisoformat(joined),
                way=way,
            )
            for person, role, involvement, joined, way in rows
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def transferred_words(community: Community, rows: list[Row], by: Person) -> None:
    """Announce one fact for all new members."""
    if rows:
        ids = tuple(row[0] for row in rows)
        announce(MembersJoined(person_ids=ids, community_id=community.pk, by_id=by.pk))
