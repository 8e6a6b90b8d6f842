"""What the manager's week finds in communities: who never signed in, who asks to join, which newcomers wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from tests.cast import fresh, gone, make_community
from zhiliu.communities.announcing import announce_to
from zhiliu.communities.joining import decide_request, give_role, kept_out
from zhiliu.communities.models import Announcement, Community, JoinRequest, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.week import ActResult, NewcomerPost, WeekRows, by_newcomers, managed_communities, newcomer_posts
from zhiliu.communities.week_sections import (
    absent_people,
    admit_several,
    manages_a_community_of,
    nudge,
    requests_to_join,
    unanswered_newcomers,
)
from zhiliu.directory.accounts import new_person
from zhiliu.directory.models import Department, LinkMail, LinkMailing, Person
from zhiliu.kit.contracts.mail import mail_obstacle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def mail_works() -> Iterator[None]:
    """Mail goes out, as with a mail server."""
    before = mail_obstacle.provider
    mail_obstacle.provide(lambda: "")
    yield
    mail_obstacle.provide(before)


def ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def absent(name: str, *communities: Community, days: float = 200, **fields: Any) -> Person:
    """A member from a roster, entered so many days ago, who never signed in."""
    fields = {"employee_number": name, "email": f"{name.lower()}@x.cn", **fields}
    person = new_person(name=name, **fields)
    Person.objects.filter(pk=person.pk).update(joined_at=ago(days))
    for community in communities:
        Membership.objects.create(community=community, person=person)
    return fresh(person)


def titles(found: WeekRows) -> list[str]:
    return [row.title for row in found.rows]


# -- whose week it is -------------------------------------------------------------------------------------------------


def test_a_manager_looks_after_members_while_the_community_is_not_archived(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    assert [manages_a_community_of(fresh(lin), other) for other in (wang, sun)] == [True, False]
    assert not manages_a_community_of(fresh(wang), lin)
    assert managed_communities(fresh(lin)) == [community] and managed_communities(fresh(wang)) == []
    Community.objects.update(phase=Community.Phase.ARCHIVED)
    assert not manages_a_community_of(fresh(lin), wang) and managed_communities(fresh(lin)) == []


# -- who never signed in ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mail_works")
def test_who_can_be_mailed_stands_before_who_has_no_address(community: Community, lin: Person) -> None:
    Person.objects.filter(pk=absent("Ai", community, days=9).pk).update(email="")
    absent("Bo", community, days=8, email=None)
    last = absent("Cai", community, days=2, department=Department.objects.create(name="售后部"))
    first = absent("Du", community, days=4)
    found = absent_people([community], lin, 8)
    assert titles(found) == ["Du", "Cai", "Ai", "Bo"]
    assert [row.key for row in found.rows] == [first.pk, last.pk, 0, 0]
    assert found.rows[1].meta == ("售后互助站", "售后部") and found.rows[1].link is None
    no_address = "no email address: an administrator can create a link to pass on"
    assert [(row.meta[-1], row.link) for row in found.rows[2:]] == [
        (no_address, ("See in the list", f"/communities/{community.slug}/members/?q={name}")) for name in ("Ai", "Bo")
    ]
    shown = absent_people([community], lin, 1)
    assert (titles(shown), shown.total, shown.note) == (["Du"], 4, "")


def test_without_mail_nobody_is_ticked_and_the_reason_is_said(community: Community, lin: Person) -> None:
    before = mail_obstacle.provider
    mail_obstacle.provide(lambda: "There is no mail server.")
    try:
        assert absent_people([community], lin, 8) == WeekRows([], 0)
        absent("Bo", community)
        found = absent_people([community], lin, 8)
    finally:
        mail_obstacle.provide(before)
    assert found.note == "No email can be sent: There is no mail server. Tell them in person."
    assert [(row.key, row.link is not None) for row in found.rows] == [(0, True)]


@pytest.mark.usefixtures("mail_works")
def test_a_link_goes_to_members_of_these_communities_once_a_week(
    community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    bo, both = absent("Bo", community), absent("Cai", community, closed_community)
    elsewhere = absent("Du", make_community(sun, name="读书会"))
    here, keys = [community, closed_community], [bo.pk, both.pk, elsewhere.pk]
    assert nudge(here, keys, fresh(lin)) == ActResult(2)
    mailing = LinkMailing.objects.get()
    assert (mailing.about, mailing.by) == ("售后互助站, 华东报价组", lin)
    assert set(mailing.rows.values_list("person", flat=True)) == {bo.pk, both.pk}
    assert absent_people(here, lin, 8).total == 0
    again = nudge(here, keys, fresh(lin))
    assert (again.count, [name for name, _reason in again.refused]) == (0, ["Bo", "Cai"])
    assert nudge([community], [elsewhere.pk], fresh(lin)) == ActResult(0)
    assert LinkMail.objects.count() == 2


# -- requests to join -------------------------------------------------------------------------------------------------


def test_requests_stand_oldest_first_until_they_are_decided(
    community: Community, closed_community: Community, lin: Person, sun: Person, admin: Person
) -> None:
    late = JoinRequest.objects.create(community=community, person=sun, note="want to learn")
    early = JoinRequest.objects.create(community=closed_community, person=admin, at=ago(1))
    here = [community, closed_community]
    found = requests_to_join(here, lin, 8)
    assert [(row.title, row.key, row.meta) for row in found.rows] == [
        ("周航", early.pk, ("华东报价组", "yesterday")),
        ("孙立", late.pk, ("售后互助站", "today", "want to learn")),
    ]
    assert (titles(requests_to_join(here, lin, 1)), requests_to_join(here, lin, 1).total) == (["周航"], 2)
    assert titles(requests_to_join([community], lin, 8)) == ["孙立"]
    decide_request(late, admit=False, by=lin)
    assert titles(requests_to_join(here, lin, 8)) == ["周航"]


def test_several_are_admitted_and_who_is_kept_out_or_decided_is_not_counted(
    community: Community, closed_community: Community, lin: Person, sun: Person, admin: Person, xu: Person
) -> None:
    requests = [JoinRequest.objects.create(community=community, person=person) for person in (sun, admin)]
    elsewhere = JoinRequest.objects.create(community=closed_community, person=xu)
    keys = [request.pk for request in (*requests, elsewhere)]
    kept_out.register(lambda community, person: "Not before Monday." if person == sun else None, key="test")
    try:
        assert admit_several([community], keys, fresh(lin)) == ActResult(1, (("孙立", "Not before Monday."),))
    finally:
        kept_out.unregister("test")
    decisions = dict(JoinRequest.objects.values_list("person__handle", "decision"))
    assert decisions == {"sun": "", "admin": "admitted", "xu": ""}
    assert admit_several([community], keys, fresh(lin)) == ActResult(1)
    assert admit_several([community], keys, fresh(lin)) == ActResult(0)
    assert community.memberships.filter(person__in=[sun, admin]).count() == 2


# -- newcomers --------------------------------------------------------------------------------------------------------


def wrote(community: Community, by: Person) -> bool:
    """Whether something that person wrote there counts as a newcomer's."""
    row = Announcement.objects.filter(community=community, by=by).first()
    row = row or Announcement.objects.create(community=community, by=by, title="x", body="x", html="x")
    return by_newcomers(Announcement.objects.filter(pk=row.pk)).exists()


@pytest.mark.parametrize(
    ("hired", "entered", "joined", "is_newcomer"),
    [
        (89, 200, 200, True),
        (90, 200, 200, False),
        (200, 10, 200, False),
        (None, 89, 200, True),
        (None, 91, 200, False),
        (200, 200, 89, True),
        (200, 200, 91, False),
    ],
)
def test_new_is_who_was_hired_or_joined_here_less_than_ninety_days_ago(
    community: Community, wang: Person, hired: int | None, entered: int, joined: int, *, is_newcomer: bool
) -> None:
    hired_on = None if hired is None else timezone.localdate() - dt.timedelta(days=hired)
    Person.objects.filter(pk=wang.pk).update(hired_on=hired_on, joined_at=ago(entered))
    Membership.objects.filter(person=wang).update(joined_at=ago(joined))
    assert wrote(community, wang) is is_newcomer


def test_a_new_member_of_another_community_is_no_newcomer_here(
    community: Community, closed_community: Community, wang: Person
) -> None:
    Person.objects.update(joined_at=ago(200))
    Membership.objects.filter(community=community).update(joined_at=ago(200))
    assert (wrote(community, wang), wrote(closed_community, wang)) == (False, True)


def test_robots_and_leavers_are_no_newcomers(community: Community, wang: Person, xu: Person) -> None:
    assert wrote(community, xu) and wrote(community, wang)
    gone(xu)
    Person.objects.filter(pk=wang.pk).update(kind=Person.Kind.BOT)
    assert not wrote(community, xu) and not wrote(community, wang)


def test_what_newcomers_wrote_waits_after_a_day_of_work_oldest_first_and_not_for_its_author(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    now = timezone.make_aware(dt.datetime(2026, 11, 13, 18, 0))  # Friday

    def post(title: str, by: Person, day: int, hour: int) -> NewcomerPost:
        at = timezone.make_aware(dt.datetime(2026, 11, day, hour, 0))
        return NewcomerPost("question", title, f"/{title}/", by, at, community.pk)

    posts = [post("late", xu, 9, 18), post("early", wang, 9, 9), post("own", lin, 9, 9), post("young", xu, 12, 18)]
    asked = []

    def source(communities: Any, viewer: Person, since: dt.datetime) -> list[NewcomerPost]:
        asked.append((list(communities), viewer, since))
        return posts

    newcomer_posts.register(source, key="test")
    try:
        with freeze_time(now):
            found = unanswered_newcomers([community], lin, 8)
            assert titles(found) == ["early", "late"]
            assert found.rows[0].meta == ("question", "王一帆", "售后互助站", "Mon 9 Nov")
            assert found.rows[0].link == ("Answer", "/early/")
            shown = unanswered_newcomers([community], lin, 1)
            assert (titles(shown), shown.total) == (["early"], 2)
            assert titles(unanswered_newcomers([community], xu, 8)) == ["early", "own"]
    finally:
        newcomer_posts.unregister("test")
    assert asked[0] == ([community], lin, now - dt.timedelta(days=30))


def test_a_leader_manages_as_a_manager_does(community: Community, lin: Person, xu: Person) -> None:
    announce_to(community, title="通知", body="看这里", by=lin)
    give_role(community, xu, Role.LEADER, by=lin)
    assert managed_communities(fresh(xu)) == [community]
    give_role(community, xu, Role.EXPERT, by=lin)
    assert managed_communities(fresh(xu)) == []
