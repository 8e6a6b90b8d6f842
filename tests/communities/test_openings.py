"""A tree of communities opens in stages, by a plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.conditions import AdmissionCriteria
from zhiliu.communities.admission.inviting import make_link
from zhiliu.communities.admission.ruling import AdmissionMoves, evaluate, set_rule
from zhiliu.communities.admission.subjects import Condition
from zhiliu.communities.joining import add_members, join
from zhiliu.communities.models import Announcement, Community, Membership, Opening, PreparedAnnouncement
from zhiliu.communities.opening.carrying_out import open_due, open_now, send_due
from zhiliu.communities.opening.planning import (
    can_be_planned,
    plan_openings,
    postpone,
    prepare,
    propose_existing,
    propose_openings,
    withdraw_opening,
)
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import start_community
from zhiliu.directory.models import Location, Person, Position
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db
Part = Opening.Part


@pytest.fixture
def places(db: None) -> list[Location]:
    return [Location.objects.create(name=name) for name in ("杭州", "上海")]


@pytest.fixture
def first() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=10)


@pytest.fixture
def planned(community: Community, places: list[Location], first: dt.datetime, lin: Person) -> list[Opening]:
    """Two communities below the help station, one a location; Shanghai, then Hangzhou a week later."""
    plan = propose_openings(community, Part.REGION, first=first, every_days=7)
    return plan_openings(community, plan, part=Part.REGION, by=lin)


def test_a_plan_is_shown_before_it_is_made(community: Community, places: list[Location], first: dt.datetime) -> None:
    for level in (2, 2, 5):
        Position.objects.create(name=f"岗位 {Position.objects.count()}", level=level)
    regions = propose_openings(community, Part.REGION, first=first, every_days=7)
    assert {region.name for region in regions} == {f"{community.name} 上海", f"{community.name} 杭州"}
    assert [region.opens_at for region in regions] == [first, first + dt.timedelta(days=7)]
    levels = propose_openings(community, Part.LEVEL, first=first, every_days=0)
    assert [plan.name for plan in levels] == [f"{community.name} 职级 2", f"{community.name} 职级 5"]
    projects = propose_openings(
        community, Part.PROJECT, names=["一期", "", "一期", " 二期 "], first=first, every_days=0
    )
    assert [(project.name, project.wanted) for project in projects] == [
        *((f"{community.name} 一期", None), (f"{community.name} 二期", None)),
    ]
    with pytest.raises(Refused):
        propose_openings(community, Part.PROJECT, names=[], first=first, every_days=0)
    with pytest.raises(Refused):
        propose_openings(community, Part.PROJECT, names=[str(n) for n in range(41)], first=first, every_days=0)
    assert Community.objects.count() == 1


def test_below_a_community_with_a_rule_a_part_means_whom_both_mean(
    community: Community, places: list[Location], first: dt.datetime, lin: Person
) -> None:
    level = Condition("level", least=6)
    set_rule(community, AdmissionCriteria((level,)), version=0, by=lin)
    plan = propose_openings(community, Part.REGION, first=first, every_days=7)
    assert {item.wanted for item in plan} == {
        AdmissionCriteria((Condition("location", any=(place.pk,)), level)) for place in places
    }


def test_a_rule_that_is_full_of_conditions_takes_no_part(
    community: Community, places: list[Location], first: dt.datetime, lin: Person
) -> None:
    full = AdmissionCriteria(tuple(Condition("tenure", least=number) for number in range(1, 11)))
    set_rule(community, full, version=0, by=lin)
    with pytest.raises(Refused):
        propose_openings(community, Part.REGION, first=first, every_days=7)
    assert not Opening.objects.exists()


def test_planned_communities_are_prepared_and_the_same_plan_makes_none_twice(
    community: Community, planned: list[Opening], first: dt.datetime, lin: Person
) -> None:
    assert [opening.community.phase for opening in planned] == ["incubating", "incubating"]
    assert {opening.community.admission for opening in planned} == {"rule"}
    again = propose_openings(community, Part.REGION, first=first, every_days=7)
    assert [plan.is_taken for plan in again] == [True, True]
    assert plan_openings(community, again, part=Part.REGION, by=lin) == []
    assert Opening.objects.count() == 2
    assert [announcement.days for announcement in planned[0].announcements.all()] == [-7, 0, 7]
    assert Activity.objects.filter(verb="communities.openings_planned").count() == 1


def test_until_it_opens_nobody_joins_but_who_prepares_it(
    community: Community, planned: list[Opening], places: list[Location], lin: Person, sun: Person, browse: Any
) -> None:
    Person.objects.update(location=places[0])
    child = planned[0].community
    assert evaluate(child) == AdmissionMoves()
    link = make_link(child, days=3, by=fresh(lin))
    for way in ({}, {"link": link}):
        with pytest.raises(Refused, match="正在筹备"):
            join(child, by=fresh(sun), accepts=child.rulebooks.first(), **way)  # type: ignore[arg-type]
    assert "正在筹备" in browse(sun).get(child.get_absolute_url()).content.decode()
    add_members(child, {sun: Role.LEADER}, by=lin)
    assert set(child.memberships.values_list("person__handle", flat=True)) == {"lin", "sun"}


def test_at_its_moment_it_opens_once_lets_in_who_fits_and_greets_them(
    planned: list[Opening], places: list[Location], lin: Person, catch_up: Any
) -> None:
    opening = planned[0]
    place = opening.community.admission_rule.conditions["all"][0]["any"][0]
    person = make_person("ma", location=Location.objects.get(pk=place))
    assert open_due() == 0
    Opening.objects.filter(pk=opening.pk).update(opens_at=timezone.now() - dt.timedelta(minutes=1))
    assert open_due() == 1
    assert open_due() == 0
    child = Community.objects.get(pk=opening.community_id)
    assert child.phase == Community.Phase.ACTIVE
    assert Membership.objects.filter(community=child, person=person).exists()
    assert list(child.announcements.order_by("-pk").values_list("title", flat=True)[:1]) == [f"{child.name}开放了"]
    assert Activity.objects.filter(verb="communities.community_opened").count() == 1
    catch_up()
    assert Notification.objects.filter(person=lin, notice="communities.opened").count() == 1
    Opening.objects.filter(pk=opening.pk).update(opened_at=timezone.now() - dt.timedelta(days=8))
    assert send_due() == 1
    assert send_due() == 0


def test_before_it_opens_those_above_are_told_with_the_day_that_counts(
    community: Community, planned: list[Opening], lin: Person
) -> None:
    opening = planned[0]
    assert send_due() == 0
    day = timezone.now() + dt.timedelta(days=5)
    postpone(opening, day, version=1, by=lin)
    assert send_due() == 1
    announcement = Announcement.objects.filter(community=community).latest("pk")
    assert announcement.title == f"即将开放：{opening.community.name}"
    assert f"{timezone.localtime(day):%Y-%m-%d}" in announcement.body


def test_opened_early_what_should_have_gone_out_before_is_left_out(planned: list[Opening], lin: Person) -> None:
    open_now(planned[0], by=lin)
    open_now(planned[0], by=lin)
    assert [bool(announcement.sent_at) for announcement in planned[0].announcements.all()] == [False, True, False]
    assert send_due() == 0
    assert planned[0].announcements.select_related("opening").first().is_missed


def test_it_moves_while_it_is_not_open_and_of_two_the_later_is_told(planned: list[Opening], lin: Person) -> None:
    opening, day = planned[0], timezone.now() + dt.timedelta(days=30)
    postpone(opening, day, version=1, by=lin)
    with pytest.raises(Refused):
        postpone(opening, day, version=1, by=lin)
    open_now(opening, by=lin)
    with pytest.raises(Refused):
        postpone(opening, day, version=2, by=lin)
    opening.refresh_from_db()
    assert opening.opens_at == day


def test_what_has_gone_out_is_not_changed(planned: list[Opening], lin: Person) -> None:
    opening = planned[0]
    fields = {"audience": "inside", "days": 1, "title": "第二天", "body": "说一句"}
    prepared_announcement = prepare(opening, by=lin, **fields)
    PreparedAnnouncement.objects.filter(pk=prepared_announcement.pk).update(sent_at=timezone.now())
    with pytest.raises(Refused):
        prepare(opening, by=lin, prepared=prepared_announcement, **{**fields, "title": "改了"})
    withdraw_opening(prepared_announcement, by=lin)
    assert PreparedAnnouncement.objects.get(pk=prepared_announcement.pk).title == "第二天"


def test_only_who_sets_up_the_community_above_plans(
    community: Community, planned: list[Opening], wang: Person, sun: Person, zhao: Person, browse: Any
) -> None:
    opening = planned[0]
    for act in (
        lambda: plan_openings(community, [], part=Part.LEVEL, by=wang),
        lambda: postpone(opening, timezone.now(), version=1, by=wang),
        lambda: open_now(opening, by=wang),
        lambda: withdraw_opening(opening.announcements.all()[0], by=wang),
    ):
        with pytest.raises(Forbidden):
            act()
    opening.refresh_from_db()
    assert not opening.is_open
    base = f"{community.get_absolute_url()}openings/"
    for path in (base, f"{base}new/", f"{base}{opening.pk}/", f"{base}{opening.pk}/announcements/new/"):
        assert browse(wang).get(path).status_code == 403, path


def test_the_pages_make_and_change_a_plan(
    community: Community, lin: Person, places: list[Location], browse: Any
) -> None:
    client, base = browse(lin), f"{community.get_absolute_url()}openings/"
    assert "还没有计划" in client.get(base).content.decode()
    sent = {"part": "region", "first_on": "2031-03-03", "clock": "09:30", "every_days": "7", "names": ""}
    page = client.post(f"{base}new/", {**sent, "preview": "1"}).content.decode()
    assert "2031-03-10 09:30" in page
    assert not Opening.objects.exists()
    assert client.post(f"{base}new/", sent).status_code == 302
    opening = Opening.objects.earliest("opens_at")
    page = client.get(f"{base}{opening.pk}/").content.decode()
    assert "2031-03-03 09:30" in page
    assert "2031-02-24 09:30" in page
    moved = {"day": "2031-04-01", "clock": "10:00", "version": "1"}
    assert client.post(f"{base}{opening.pk}/", moved).status_code == 302
    assert client.post(f"{base}{opening.pk}/", moved).status_code == 200
    new = {"audience": "above", "days": "-1", "title": "明天开放", "body": "{day}"}
    assert client.post(f"{base}{opening.pk}/announcements/new/", new).status_code == 302
    prepared_announcement = opening.announcements.get(days=-1)
    path = f"{base}{opening.pk}/announcements/{prepared_announcement.pk}/"
    assert client.post(path, {**new, "days": "-2"}).status_code == 302
    client.post(f"{path}removal/")
    client.post(f"{path}removal/")
    assert opening.announcements.count() == 3
    client.post(f"{base}{opening.pk}/now/")
    assert Community.objects.get(pk=opening.community_id).phase == "active"


def test_the_plan_asks_the_same_number_of_questions_for_one_and_three(
    community: Community, lin: Person, first: dt.datetime, browse: Any
) -> None:
    client, counts = browse(lin), []
    for name in ("一期", "二期", "三期"):
        plan = propose_openings(community, Part.PROJECT, names=[name], first=first, every_days=0)
        plan_openings(community, plan, part=Part.PROJECT, by=lin)
        client = browse(fresh(lin))
        client.get(f"{community.get_absolute_url()}openings/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"{community.get_absolute_url()}openings/")
        counts.append(len(found))
    assert counts[0] == counts[2]


@pytest.fixture
def children(community: Community, lin: Person) -> list[Community]:
    """Below the help station: one that is incubating, one that is open, one that is archived."""
    phases = {"华东": "incubating", "华南": "active", "旧": "archived"}
    return [
        start_community(name=name, kind=community.kind, by=lin, parent=community, phase=phase)
        for name, phase in phases.items()
    ]


def test_communities_that_are_there_get_a_stage_once(
    community: Community, children: list[Community], closed_community: Community, first: dt.datetime, lin: Person
) -> None:
    incubating, active, _archived = children
    assert set(can_be_planned(community)) == {incubating, active}
    with pytest.raises(Refused):
        propose_existing(community, [], first=first, every_days=7)
    plan = propose_existing(community, [*children, closed_community], first=first, every_days=7)
    openings = plan_openings(community, plan, part=Part.EXISTING, by=lin)
    assert [(opening.community, opening.part) for opening in openings] == [
        (incubating, "existing"),
        (active, "existing"),
    ]
    assert [opening.opens_at for opening in openings] == [first, first + dt.timedelta(days=7)]
    assert [[row.days for row in opening.announcements.all()] for opening in openings] == [[-7, 0, 7], [0]]
    assert plan_openings(community, plan, part=Part.EXISTING, by=lin) == []
    assert not can_be_planned(community).exists() and Opening.objects.count() == 2


def test_at_its_stage_one_that_is_incubating_opens_and_one_that_is_open_is_only_announced(
    community: Community, children: list[Community], first: dt.datetime, lin: Person, sun: Person
) -> None:
    incubating, active, _archived = children
    plan = propose_existing(community, [incubating, active], first=first, every_days=0)
    plan_openings(community, plan, part=Part.EXISTING, by=lin)
    with pytest.raises(Refused, match="正在筹备"):
        join(incubating, by=fresh(sun), accepts=incubating.rulebooks.first())
    join(active, by=fresh(sun), accepts=active.rulebooks.first())
    Opening.objects.update(opens_at=timezone.now() - dt.timedelta(minutes=1))
    assert open_due() == 2
    assert open_due() == 0
    assert set(Community.objects.filter(parent=community, phase="active")) == {incubating, active}
    facts = Activity.objects.filter(verb="communities.community_opened")
    assert list(facts.values_list("community_id", flat=True)) == [incubating.pk]
    told = set(community.announcements.values_list("title", flat=True))
    assert "来看看：华南" in told and "来看看：华东" not in told


def test_what_was_archived_before_its_stage_stays_archived_and_unannounced(
    community: Community, children: list[Community], first: dt.datetime, lin: Person
) -> None:
    plan = propose_existing(community, children[:1], first=first, every_days=0)
    plan_openings(community, plan, part=Part.EXISTING, by=lin)
    # As a merge leaves it.
    Community.objects.filter(pk=children[0].pk).update(phase=Community.Phase.ARCHIVED)
    before = Announcement.objects.count()
    Opening.objects.update(opens_at=timezone.now() - dt.timedelta(minutes=1))
    open_due()
    children[0].refresh_from_db()
    assert children[0].phase == "archived" and Announcement.objects.count() == before


def test_the_form_offers_what_is_there_and_says_what_would_become_of_it(
    community: Community, children: list[Community], lin: Person, browse: Any
) -> None:
    client, base = browse(lin), f"{community.get_absolute_url()}openings/"
    page = client.get(f"{base}new/").content.decode()
    assert "华东 · 筹备中" in page and "旧 · 已归档" not in page
    sent = {"part": "existing", "first_on": "2031-03-03", "clock": "09:30", "every_days": "7", "names": ""}
    assert "一次计划" in client.post(f"{base}new/", sent).content.decode()
    sent |= {"existing": [children[0].pk, children[1].pk]}
    page = client.post(f"{base}new/", {**sent, "preview": "1"}).content.decode()
    assert "到时开放" in page and "只发公告" in page and not Opening.objects.exists()
    assert client.post(f"{base}new/", sent).status_code == 302
    page = client.get(base).content.decode()
    assert "已开放，待公告" in page and "筹备中" in page
    opening = Opening.objects.get(community=children[1])
    assert "立即发布" in client.get(f"{base}{opening.pk}/").content.decode()
    client.post(f"{base}{opening.pk}/now/")
    assert community.announcements.filter(title="来看看：华南").count() == 1
    assert "已经有的社区" not in client.get(f"{closed_url(lin)}openings/new/").content.decode()


def closed_url(lin: Person) -> str:
    return start_community(name="没有下级", kind="help", by=lin).get_absolute_url()
