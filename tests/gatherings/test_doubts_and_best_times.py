"""What speaks against a time, to the minute, and what makes one time better than another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.gatherings.best_times import ProposedTime, best_times
from zhiliu.gatherings.conflicts import conflicts_of, may_check_in_now, running_order
from zhiliu.gatherings.lightning import add_talk, answer_for_talk
from zhiliu.gatherings.models import Evening, Gathering, Seat

from .stage import at, make_fixed, make_talk

pytestmark = pytest.mark.django_db
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
# A Wednesday, and the Monday three days before the week in which best times lie.
DAY = "2027-03-03"
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def kinds(gathering: Gathering, start: dt.datetime, minutes: int = 40, place: str = "") -> list[str]:
    return [doubt.kind for doubt in conflicts_of(gathering, start, start + dt.timedelta(minutes=minutes), place)]


def another(community: Community, start: dt.datetime, minutes: int = 60, **fields: Any) -> Gathering:
    """Another gathering at a moment, without any verb and without people."""
    end = start + dt.timedelta(minutes=minutes)
    values = {"title": "另一场", "state": "fixed", "starts_at": start, "ends_at": end, **fields}
    return Gathering.objects.create(community=community, **values)


# --- doubts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "minutes", "expected"),
    [
        ("09:00", 180, []),
        ("08:59", 60, ["hours"]),
        ("11:30", 31, ["lunch"]),
        ("13:29", 30, ["lunch"]),
        ("13:30", 60, []),
        ("12:00", 90, ["lunch"]),
        ("08:00", 241, ["lunch"]),
        ("08:00", 240, ["hours"]),
        ("13:30", 300, ["hours"]),
    ],
)
def test_hours_and_lunch_begin_and_end_to_the_minute(
    community: Community, lin: Person, clock: str, minutes: int, expected: list[str]
) -> None:
    assert kinds(make_talk(community, lin), at(DAY, clock), minutes) == expected


@pytest.mark.parametrize(
    ("begins", "minutes", "expected"),
    [("14:00", 60, []), ("14:01", 60, ["person", "place"]), ("15:59", 60, ["person", "place"]), ("16:00", 60, [])],
)
def test_gatherings_that_follow_each_other_do_not_meet(
    community: Community, closed_community: Community, lin: Person, begins: str, minutes: int, expected: list[str]
) -> None:
    another(closed_community, at(DAY, "15:00"), place="听涛室", host=lin)
    assert kinds(make_talk(community, lin), at(DAY, begins), minutes, place="听涛室") == expected


@pytest.mark.parametrize("state", ["planning", "held", "cancelled"])
def test_only_what_is_scheduled_takes_people_and_places(
    community: Community, closed_community: Community, lin: Person, state: str
) -> None:
    another(closed_community, at(DAY, "15:00"), place="听涛室", host=lin, state=state)
    assert kinds(make_talk(community, lin), at(DAY, "15:00"), place="听涛室") == []


def test_a_gathering_does_not_speak_against_itself(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin, start=at(DAY, "15:00"))
    Community.objects.filter(pk=community.pk).update(sessions_a_month=1)
    assert kinds(Gathering.objects.get(pk=talk.pk), at(DAY, "15:10"), place="听涛室") == []


def test_without_a_place_no_place_is_taken_and_one_person_is_named_once(
    community: Community, closed_community: Community, lin: Person
) -> None:
    another(closed_community, at(DAY, "15:00"), place="", sharer=lin)
    another(closed_community, at(DAY, "15:10"), place="", host=lin)
    assert kinds(make_talk(community, lin, sharer=lin), at(DAY, "15:00")) == ["person"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"state": "held"}, ["same_day", "rhythm"]),
        ({"state": "cancelled"}, []),
        ({"state": "planning"}, []),
        ({"format": "tea_chat"}, ["same_day"]),
    ],
)
def test_the_rhythm_of_a_month_counts_what_was_held_and_is_fixed(
    community: Community, lin: Person, other: dict[str, Any], expected: list[str]
) -> None:
    community.sessions_a_month = 1
    community.save()
    another(community, at(DAY, "10:00"), **other)
    talk = make_talk(Community.objects.get(pk=community.pk), lin)
    assert kinds(talk, at(DAY, "15:00")) == expected


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2027-03-01", "00:00", ["rhythm"]),
        ("2027-03-31", "23:00", ["rhythm"]),
        ("2027-02-28", "22:00", []),
        ("2027-04-01", "00:00", []),
    ],
)
def test_a_month_begins_and_ends_at_midnight(
    community: Community, lin: Person, day: str, clock: str, expected: list[str]
) -> None:
    community.sessions_a_month = 1
    community.save()
    another(community, at(day, clock), minutes=30)
    assert kinds(make_talk(Community.objects.get(pk=community.pk), lin), at(DAY, "15:00")) == expected


def test_a_tea_chat_and_a_community_without_a_rhythm_have_no_limit(community: Community, lin: Person) -> None:
    community.sessions_a_month = 1
    community.save()
    another(community, at("2027-03-10", "15:00"))
    tea = make_talk(Community.objects.get(pk=community.pk), lin, format="tea_chat")
    assert kinds(tea, at(DAY, "15:00")) == []
    community.sessions_a_month = 0
    community.save()
    assert kinds(make_talk(Community.objects.get(pk=community.pk), lin), at(DAY, "15:00")) == []


def test_gatherings_of_other_communities_are_none_of_this_months(
    community: Community, closed_community: Community, lin: Person
) -> None:
    community.sessions_a_month = 1
    community.save()
    another(closed_community, at(DAY, "10:00"))
    assert kinds(make_talk(Community.objects.get(pk=community.pk), lin), at(DAY, "15:00")) == []


def test_a_speaker_who_declined_may_be_busy(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    hour = make_fixed(community, lin, format="lightning", minutes=60)
    talk = add_talk(hour, title="一招", speaker=wang, minutes=6, by=lin)
    another(closed_community, at(DAY, "15:00"), sharer=wang)
    assert kinds(hour, at(DAY, "15:00")) == ["person"]
    answer_for_talk(talk, yes=False, by=wang)
    assert kinds(hour, at(DAY, "15:00")) == []


def test_a_lunch_or_an_evening_suits_an_evening_sharing_and_a_holiday_does_not(
    community: Community, lin: Person
) -> None:
    open_channel(community, name="晚间", by=lin)
    evening = make_talk(community, lin, format="evening")
    SpecialDay.objects.create(date="2027-03-04", name="春社", works=False)
    SpecialDay.objects.create(date="2027-03-07", name="调休上班", works=True)
    assert [kinds(evening, at(day, clock)) for day, clock in ((DAY, "12:10"), (DAY, "20:00"))] == [[], []]
    assert kinds(evening, at("2027-03-04", "20:00")) == ["holiday"]
    assert kinds(evening, at("2027-03-07", "20:00")) == ["shifted"]


@pytest.mark.parametrize(
    ("ahead", "is_open"),
    [(30 * MINUTE, True), (31 * MINUTE, False), (-3 * HOUR, True), (-3 * HOUR - MINUTE, False)],
)
def test_checking_in_opens_half_an_hour_before_and_closes_three_hours_after(
    community: Community, lin: Person, ahead: dt.timedelta, is_open: bool
) -> None:
    talk = make_fixed(community, lin)
    assert may_check_in_now(talk, talk.starts_at - ahead) is is_open
    assert not may_check_in_now(make_talk(community, lin))


# --- running order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "count"), [(39, 2), (40, 4)])
def test_from_forty_minutes_on_there_is_an_opening(
    community: Community, lin: Person, wang: Person, minutes: int, count: int
) -> None:
    steps = running_order(make_fixed(community, lin, sharer=wang, minutes=minutes))
    assert len(steps) == count and sum(step.minutes for step in steps) == minutes
    assert [step.who for step in steps if step.who] == ([lin.name] if count == 4 else []) + [wang.name]


@pytest.mark.parametrize("format", ["tea_chat", "lightning"])
def test_tea_and_lightning_talks_have_no_steps(community: Community, lin: Person, format: str) -> None:
    assert running_order(make_fixed(community, lin, format=format)) == []
    assert running_order(make_talk(community, lin)) == []


def test_a_guest_who_takes_the_whole_evening_leaves_no_part_for_questions(
    community: Community, lin: Person, wang: Person
) -> None:
    open_channel(community, name="晚间", by=lin)
    evening = make_fixed(community, lin, sharer=wang, format="evening", minutes=60)
    Evening.objects.filter(gathering=evening).update(guest_minutes=90)
    steps = running_order(Gathering.objects.get(pk=evening.pk))
    assert [(step.who, step.minutes) for step in steps] == [(wang.name, 60)]
    Gathering.objects.filter(pk=evening.pk).update(sharer=None)
    assert [step.who for step in running_order(Gathering.objects.get(pk=evening.pk))] == [""]


# --- best times -------------------------------------------------------------------------------------------------------


def proposed(gathering: Gathering, now: dt.datetime = MONDAY) -> dict[str, ProposedTime]:
    """The best time of each day, by its date."""
    times = best_times(Gathering.objects.get(pk=gathering.pk), now=now, count=99)
    return {f"{timezone.localtime(time.starts_at):%m-%d}": time for time in times}


def hour_of(time: ProposedTime) -> str:
    return f"{timezone.localtime(time.starts_at):%H:%M}"


def test_one_time_a_working_day_is_proposed_for_three_weeks_from_tomorrow(community: Community, lin: Person) -> None:
    SpecialDay.objects.create(date="2026-03-10", name="春社", works=False)
    SpecialDay.objects.create(date="2026-03-14", name="调休上班", works=True)
    days = proposed(make_talk(community, lin))
    assert (min(days), max(days), len(days)) == ("03-03", "03-25", 17)
    assert "03-10" not in days and "03-14" in days
    assert "Adjusted working weekend" in " ".join(days["03-14"].reasons)
    assert days["03-14"].score == days["03-13"].score - 26
    assert days["03-03"].reasons[-1] == "Short notice" and "Short notice" not in days["03-05"].reasons
    assert [days[day].score for day in ("03-03", "03-04", "03-05", "03-06")] == [-18, -6, 6, 5]


def test_a_talk_lies_within_working_hours_on_one_side_of_lunch(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin, minutes=270)
    assert proposed(talk) == {}
    talk = make_fixed(community, lin, minutes=120)
    assert hour_of(proposed(talk)["03-05"]) == "15:00"
    another(community, MONDAY.replace(day=5, hour=14), minutes=240, host=lin)
    times = best_times(Gathering.objects.get(pk=talk.pk), now=MONDAY, count=99)
    assert [hour_of(time) for time in times if timezone.localtime(time.starts_at).day == 5] == ["10:00"]


@pytest.mark.parametrize(
    ("busy", "hour"),
    [
        ({}, "15:00"),
        ({"sharer": "wang"}, "14:00"),
        ({"host": "wang"}, "14:00"),
        ({"sharer": "wang", "state": "planning"}, "15:00"),
        ({"sharer": "wang", "state": "cancelled"}, "15:00"),
        ({"sharer": "xu"}, "14:00"),
    ],
)
def test_hours_at_which_who_leads_it_or_many_members_are_elsewhere_are_worse(
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    busy: dict[str, str],
    hour: str,
) -> None:
    people = {"wang": wang, "xu": xu}
    another(closed_community, MONDAY.replace(day=5, hour=15), **{k: people.get(v, v) for k, v in busy.items()})
    assert hour_of(proposed(make_talk(community, lin, sharer=wang))["03-05"]) == hour


def test_who_has_a_seat_elsewhere_is_busy_until_its_end(
    community: Community, closed_community: Community, lin: Person
) -> None:
    other = another(closed_community, MONDAY.replace(day=5, hour=14), minutes=60)
    Seat.objects.create(gathering=other, person=lin)
    talk = make_talk(community, lin)
    assert hour_of(proposed(talk)["03-05"]) == "15:00"
    Gathering.objects.filter(pk=other.pk).update(ends_at=MONDAY.replace(day=5, hour=15, minute=1))
    assert hour_of(proposed(talk)["03-05"]) == "16:00"


def test_speakers_of_lightning_talks_lead_it_too_unless_they_declined(
    community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    hour = make_talk(community, lin, format="lightning")
    talk = add_talk(hour, title="一招", speaker=sun, minutes=6, by=lin)
    another(closed_community, MONDAY.replace(day=5, hour=15), sharer=sun)
    assert hour_of(proposed(hour)["03-05"]) == "14:00"
    assert proposed(hour)["03-05"].minutes == 60
    answer_for_talk(talk, yes=False, by=sun)
    assert hour_of(proposed(hour)["03-05"]) == "15:00"


def test_a_day_on_which_this_community_meets_is_worse_and_another_community_does_not_matter(
    community: Community, closed_community: Community, lin: Person
) -> None:
    another(community, MONDAY.replace(day=5, hour=10))
    another(closed_community, MONDAY.replace(day=6, hour=10))
    days = proposed(make_talk(community, lin))
    assert days["03-05"].reasons == [
        "No member has another gathering then",
        "The community has another gathering that day",
    ]
    assert days["03-06"].reasons == ["No member has another gathering then"]
    assert (days["03-05"].score, days["03-06"].score) == (6 - 30, 5)


def test_members_elsewhere_are_counted_and_weighed_by_their_share(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    for hour in (10, 14, 16):
        other = another(closed_community, MONDAY.replace(day=5, hour=hour), minutes=240 if hour != 10 else 120)
        for person in (wang, xu) if hour != 10 else (wang,):
            Seat.objects.create(gathering=other, person=person)
    best = proposed(make_talk(community, lin))["03-05"]
    assert (hour_of(best), best.reasons) == ("10:00", ["1 member has another gathering then"])
    assert best.score == 3 - 40 / 4


def test_monday_morning_and_late_friday_are_worse(community: Community, lin: Person) -> None:
    for day, minutes in ((6, 120), (9, 210)):
        another(community, MONDAY.replace(day=day, hour=13, minute=30), minutes=minutes, host=lin)
    days = proposed(make_talk(community, lin))
    assert (hour_of(days["03-06"]), hour_of(days["03-09"])) == ("10:00", "17:00")


def test_an_evening_is_proposed_after_work_on_working_days(community: Community, lin: Person) -> None:
    open_channel(community, name="晚间", by=lin)
    days = proposed(make_talk(community, lin, format="evening"))
    assert {hour_of(time) for time in days.values()} == {"19:30"}
    assert "03-07" not in days and days["03-05"].minutes == 60


def test_the_best_times_begin_from_now(community: Community, lin: Person) -> None:
    times = best_times(make_talk(community, lin))
    assert len(times) == 3 and all(time.starts_at > timezone.now() for time in times)
    assert [time.score for time in times] == sorted((time.score for time in times), reverse=True)
