"""What lists, the week and the side panels show of gatherings, and to whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community, make_person
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Department, Person, SpecialDay
from zhiliu.gatherings.asking import ask_in_room
from zhiliu.gatherings.depositing import start_deposit
from zhiliu.gatherings.lightning import add_talk, answer_for_talk
from zhiliu.gatherings.models import CheckIn, Deposit, Gathering, Nomination, Seat
from zhiliu.gatherings.nominating import nominate, say_yes
from zhiliu.gatherings.queries import (
    attendance_of,
    audience_of,
    coming_for,
    communities_to_propose_in,
    due_words,
    gathering_rows,
    naming_of,
    next_for,
    next_of,
    planned_for,
    questions_of,
    shared_by,
    thanks_for,
    week_for,
)
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.scheduling import cancel
from zhiliu.knowledge.publishing import publish
from zhiliu.thanks.models import Thanks

from .stage import make_fixed, make_held, make_talk, over, shift, soon

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def mine(gathering: Gathering, viewer: Person) -> str:
    return gathering_rows([Gathering.objects.get(pk=gathering.pk)], viewer)[0].mine


def test_a_row_says_what_one_is_to_do_there(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person
) -> None:
    talk = make_fixed(community, lin, sharer=wang, seats=1)
    for person in (xu, sun):
        sign_up(talk, by=person)
    said = [mine(talk, person) for person in (lin, wang, xu, sun, zhao)]
    assert said == ["You’re hosting", "You’re speaking", "Signed up", "Waiting list", ""]
    cancel(talk, reason="不办", by=lin)
    assert {mine(talk, person) for person in (lin, wang, xu, sun)} == {""}


def test_a_row_knows_today_and_a_late_write_up(community: Community, lin: Person) -> None:
    talks = [
        make_fixed(community, lin),
        make_talk(community, lin),
        make_held(community, lin),
        make_held(community, lin),
    ]
    shift(talks[0], timezone.now() + dt.timedelta(minutes=1))
    shift(talks[2], timezone.now() - DAY)
    Deposit.objects.filter(gathering=talks[2]).update(due_on=timezone.localdate() - DAY)
    rows = gathering_rows(Gathering.objects.filter(pk__in=[talk.pk for talk in talks[:3]]).order_by("pk"), lin)
    today = timezone.localdate() == timezone.localdate(timezone.now() + dt.timedelta(minutes=1))
    assert [row.is_today for row in rows] == [today, False, False]
    assert [row.is_late for row in rows] == [False, False, True]
    publish(start_deposit(Gathering.objects.get(pk=talks[2].pk), by=lin), by=lin)
    assert not gathering_rows([Gathering.objects.get(pk=talks[2].pk)], lin)[0].is_late


def test_a_write_up_is_late_from_the_day_after(community: Community, lin: Person) -> None:
    make_held(community, lin)
    deposit = Deposit.objects.get()
    deposit.due_on = timezone.localdate()
    assert (due_words(deposit), deposit.is_late) == ("due today", False)
    deposit.due_on -= DAY
    assert (due_words(deposit), deposit.is_late) == ("was due yesterday", True)


def test_what_comes_is_split_into_mine_and_the_others(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    seated, other = make_fixed(community, lin, title="有座"), make_fixed(community, lin, title="别的")
    for title, place in (("看不见", closed_community), ("喝茶", community), ("过了", community), ("没时间", community)):
        make_fixed(place, lin, title=title)
    Gathering.objects.filter(title="喝茶").update(format="tea_chat")
    Gathering.objects.filter(title="没时间").update(state="planning")
    over(Gathering.objects.get(title="过了"))
    sign_up(seated, by=sun)
    own, others = coming_for(fresh(sun))
    assert (list(own), list(others)) == ([seated], [other])
    Seat.objects.create(gathering=Gathering.objects.get(title="喝茶"), person=sun)
    assert {talk.title for talk in coming_for(fresh(sun))[0]} == {"有座", "喝茶"}


def test_what_is_planned_is_listed_without_tea_and_by_community(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    here, hidden = make_talk(community, lin), make_talk(closed_community, lin)
    make_talk(community, lin, format="tea_chat")
    make_fixed(community, lin)
    assert list(planned_for(fresh(sun))) == [here]
    assert list(planned_for(fresh(wang))) == [hidden, here]
    assert list(planned_for(fresh(wang), community)) == [here]


def test_the_next_one_of_a_community_is_the_soonest_that_is_open_to_it(
    community: Community, closed_community: Community, lin: Person
) -> None:
    assert next_of(community) is None
    later = make_fixed(community, lin, start=soon(9))
    make_fixed(closed_community, lin, start=soon(1))
    make_fixed(community, lin, start=soon(2), format="tea_chat")
    assert next_of(community) == later
    sooner = make_fixed(community, lin, start=soon(4))
    assert next_of(community) == sooner
    assert next_for(lin, most=2)[1].format == "tea_chat" and len(next_for(lin)) == 4


def test_one_proposes_where_one_arranges_and_gatherings_are_on(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    quiet = make_community(lin, wang, name="没有相聚")
    Community.objects.filter(pk=quiet.pk).update(
        features=[name for name in quiet.features if name != Feature.GATHERINGS]
    )
    assert set(communities_to_propose_in(fresh(wang))) == {community, closed_community}
    assert set(communities_to_propose_in(fresh(xu))) == {community}
    assert not communities_to_propose_in(fresh(zhao))


# --- the week ---------------------------------------------------------------------------------------------------------

MONDAY = dt.date(2027, 3, 1)


def at(day: int, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2027, 3, day, hour))


def test_a_week_begins_on_monday_and_ends_with_sunday(community: Community, lin: Person) -> None:
    starts = {"前": at(1, 0) - dt.timedelta(minutes=1), "一": at(1, 0), "日": at(7, 23), "后": at(8, 0)}
    for title, start in starts.items():
        make_fixed(community, lin, title=title, start=start)
    cancelled = make_fixed(community, lin, start=at(3, 15))
    cancel(cancelled, reason="不办", by=lin)
    week = week_for(lin, MONDAY)
    assert {day.date.day: [talk.title for talk in day.gatherings] for day in week if day.gatherings} == {
        1: ["一"],
        7: ["日"],
    }
    assert [day.off for day in week] == [False] * 5 + [True] * 2
    assert not any(day.today for day in week)
    assert [day.date for day in week_for(lin) if day.today] == [timezone.localdate()]


def test_the_week_of_all_leaves_tea_out_and_ones_own_week_the_others(
    community: Community, lin: Person, wang: Person
) -> None:
    own = make_fixed(community, wang, start=at(2, 15))
    tea = make_fixed(community, wang, start=at(2, 16), format="tea_chat")
    other = make_fixed(community, lin, start=at(2, 10))
    assert week_for(wang, MONDAY)[1].gatherings == [own, tea]
    assert week_for(wang, MONDAY, only_mine=False)[1].gatherings == [other, own]


def test_a_day_leads_to_its_gathering_or_to_the_list(community: Community, lin: Person) -> None:
    tuesday = make_fixed(community, lin, start=at(2, 10))
    for hour in (10, 15):
        make_fixed(community, lin, start=at(3, hour))
    SpecialDay.objects.create(date="2027-03-04", name="春社", works=False)
    SpecialDay.objects.create(date="2027-03-06", name="调休上班", works=True)
    week = week_for(lin, MONDAY)
    assert [day.url for day in week[:3]] == ["", tuesday.get_absolute_url(), "/gatherings/#day-2027-03-03"]
    assert [(day.mark, day.off) for day in week[3:]] == [("H", True), ("", False), ("W", False), ("", True)]


# --- people -----------------------------------------------------------------------------------------------------------


def test_an_audience_is_described_by_departments_newcomers_and_heads(community: Community, lin: Person) -> None:
    today = timezone.localdate()
    sales, service = Department.objects.create(name="销售"), Department.objects.create(name="售后")
    hired = {"old": today - 365 * DAY, "new": today - 364 * DAY, "later": today - 900 * DAY, "waiting": today}
    people = {
        key: make_person(key, hired_on=day, department=service if key == "later" else sales if key != "new" else None)
        for key, day in hired.items()
    }
    Department.objects.filter(pk=service.pk).update(head=people["later"])
    talk = make_fixed(community, lin, seats=3)
    for person in people.values():
        sign_up(talk, by=person)
    audience = audience_of(Gathering.objects.get(pk=talk.pk))
    assert [person.handle for person in audience.people] == ["old", "new", "later"]
    assert ([person.handle for person in audience.waiting], audience.heads) == (["waiting"], [people["later"]])
    assert audience.sentence == "from 2 departments; 1 with less than a year here"
    for key in ("old", "later", "waiting"):
        CheckIn.objects.create(gathering=talk, person=people[key])
    CheckIn.objects.filter(person=people["waiting"]).delete()
    assert attendance_of(talk).count == 2 and attendance_of(talk).sentence == ""
    CheckIn.objects.create(gathering=talk, person=make_person("fourth", hired_on=today - 900 * DAY))
    assert attendance_of(talk).sentence == "from 2 departments"


def test_what_one_asked_is_marked_and_without_a_name_nobody_did(
    community: Community, lin: Person, wang: Person
) -> None:
    talk = make_talk(community, lin)
    for text, by, anonymous in (("甲", wang, False), ("乙", lin, False), ("丙", wang, True)):
        ask_in_room(talk, text, by=by, anonymous=anonymous)
    assert {shown.question.text: shown.mine for shown in questions_of(talk, wang)} == {
        "甲": True,
        "乙": False,
        "丙": False,
    }


def test_the_nominator_is_named_with_a_yes_only(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    talk = make_talk(community, lin)
    say_yes(nominate(talk, xu, by=wang), by=xu)
    nominate(talk, sun, by=wang)
    naming = naming_of(talk, wang)
    assert [naming.named_by(person.pk) for person in (xu, sun, lin)] == [wang, None, None]
    assert naming and not naming_of(make_talk(community, lin), wang)
    assert Nomination.objects.count() == 2


def test_a_profile_lists_talks_that_were_held_as_sharer_or_speaker(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    shared = make_held(community, lin, sharer=wang)
    hour = make_fixed(community, lin, format="lightning", minutes=60)
    for speaker, yes in ((wang, True), (xu, False)):
        answer_for_talk(add_talk(hour, title="一招", speaker=speaker, minutes=6, by=lin), yes=yes, by=speaker)
    make_fixed(community, lin, sharer=wang)
    tea = make_held(community, lin, sharer=wang)
    Gathering.objects.filter(pk=tea.pk).update(format="tea_chat")
    assert list(shared_by(wang, lin)) == [shared]
    Gathering.objects.filter(pk=hour.pk).update(state="held")
    assert set(shared_by(wang, lin)) == {shared, hour} and not shared_by(xu, lin)


def test_the_same_thanks_to_several_speakers_stands_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk, other = make_held(community, lin), make_held(community, lin)
    rows = [
        (talk, wang, lin, "谢谢"),
        (talk, xu, lin, "谢谢"),
        (talk, lin, wang, "谢谢"),
        (talk, xu, lin, "讲得好"),
        (other, wang, xu, "别处"),
    ]
    for about, to, by, reason in rows:
        Thanks.objects.create(to=to, by=by, reason=reason, kind="gathering", thing_id=about.pk)
    Thanks.objects.create(to=wang, by=xu, reason="别的", kind="article", thing_id=talk.pk)
    assert [(row.by, row.reason) for row in thanks_for(talk)] == [(lin, "讲得好"), (wang, "谢谢"), (lin, "谢谢")]
    assert len(thanks_for(talk, most=1)) == 1
