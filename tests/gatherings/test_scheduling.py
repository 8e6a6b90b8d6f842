"""Times are fixed, moved, doubted and called off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.gatherings.conflicts import conflicts_of, running_order
from zhiliu.gatherings.models import Gathering, Reminder
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.reminding import remind_due
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Topic
from zhiliu.notifications.models import Notification

from .stage import at, make_fixed, make_talk, over, shift, soon
from .test_proposing import topic_of

HOUR = dt.timedelta(hours=1)


def kinds(gathering: Gathering, start: dt.datetime, minutes: int = 40, place: str = "") -> list[str]:
    return [doubt.kind for doubt in conflicts_of(gathering, start, start + dt.timedelta(minutes=minutes), place)]


def test_fixing_twice_changes_nothing_and_moving_raises_the_sequence(community: Community, lin: Person) -> None:
    talk = make_talk(community, lin)
    for _ in range(2):
        fix_time(talk, starts_at=soon(), ends_at=soon() + HOUR, place="听涛室", by=lin)
    assert (talk.state, talk.sequence, talk.minutes) == (Gathering.State.FIXED, 0, 60)
    assert Activity.objects.filter(verb="gatherings.time_fixed").count() == 1
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + HOUR, by=lin)
    assert (talk.sequence, talk.place) == (1, "听涛室")
    assert Activity.objects.filter(verb="gatherings.moved").count() == 1


@pytest.mark.parametrize(
    ("start", "length"), [(1, dt.timedelta(0)), (1, -HOUR), (-1, HOUR), (1, dt.timedelta(hours=8, minutes=1))]
)
def test_senseless_times_are_refused(community: Community, lin: Person, start: int, length: dt.timedelta) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Refused):
        fix_time(talk, starts_at=soon(start), ends_at=soon(start) + length, by=lin)
    talk.refresh_from_db()
    assert (talk.state, talk.starts_at) == (Gathering.State.PLANNING, None)


def test_only_the_host_and_moderators_fix_the_time(community: Community, wang: Person, xu: Person, lin: Person) -> None:
    talk = make_talk(community, wang)
    with pytest.raises(Forbidden):
        fix_time(talk, starts_at=soon(), ends_at=soon() + HOUR, by=xu)
    fix_time(talk, starts_at=soon(), ends_at=soon() + HOUR, by=lin)


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2027-03-03", "15:00", []),
        ("2027-03-03", "11:40", ["lunch"]),
        ("2027-03-03", "19:30", ["hours"]),
        ("2027-03-03", "08:00", ["hours"]),
        ("2027-03-06", "15:00", ["weekend"]),
        ("2027-03-04", "15:00", ["holiday"]),
        ("2027-03-07", "15:00", ["shifted"]),
    ],
)
def test_working_hours_holidays_and_shifted_days_are_told(
    community: Community, lin: Person, day: str, clock: str, expected: list[str]
) -> None:
    SpecialDay.objects.create(date="2027-03-04", name="春社", works=False)
    SpecialDay.objects.create(date="2027-03-07", name="调休上班", works=True)
    assert kinds(make_talk(community, lin), at(day, clock)) == expected


def test_a_busy_person_a_taken_place_and_a_full_day_are_told(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    start = at("2027-03-03", "15:00")
    make_fixed(closed_community, wang, start=start)
    talk = make_talk(community, lin, sharer=wang)
    assert kinds(talk, start, place=" 听涛室 ") == ["person", "place"]
    assert kinds(talk, start + HOUR, place="听涛室") == []
    community.sessions_a_month = 1
    community.save()
    make_fixed(community, lin, start=at("2027-03-03", "10:00"))
    talk = Gathering.objects.get(pk=talk.pk)
    assert kinds(talk, at("2027-03-03", "16:00")) == ["same_day", "rhythm"]
    assert kinds(talk, at("2027-04-01", "16:00")) == []


def test_doubts_forbid_nothing(community: Community, lin: Person) -> None:
    saturday = at("2027-03-06", "23:00")
    talk = fix_time(make_talk(community, lin), starts_at=saturday, ends_at=saturday + HOUR, by=lin)
    assert talk.state == Gathering.State.FIXED


def test_doubts_take_four_queries(community: Community, lin: Person, django_assert_max_num_queries: Any) -> None:
    gathering = make_talk(community, lin)
    talk = Gathering.objects.select_related("community", "host", "sharer").get(pk=gathering.pk)
    with django_assert_max_num_queries(4):
        kinds(talk, soon(), place="听涛室")


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(40, [5, 15, 15, 5]), (30, [15, 15]), (60, [5, 25, 25, 5]), (45, [5, 17, 18, 5])],
)
def test_talk_and_questions_have_the_same_time(
    community: Community, lin: Person, minutes: int, expected: list[int]
) -> None:
    talk = make_fixed(community, lin, minutes=minutes)
    steps = running_order(talk)
    assert [step.minutes for step in steps] == expected
    assert steps[-1].ends_at == talk.ends_at


def test_calling_off_needs_a_reason_and_frees_the_topic(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    talk = make_fixed(community, lin, topic=topic)
    with pytest.raises(Refused):
        cancel(talk, reason="  ", by=lin)
    for _ in range(2):
        cancel(talk, reason="讲的人病了", by=lin)
    topic.refresh_from_db()
    assert (talk.state, talk.sequence, topic.state) == (Gathering.State.CANCELLED, 1, Topic.State.OPEN)
    assert Activity.objects.filter(verb="gatherings.cancelled").count() == 1
    assert not Reminder.objects.exists()
    with pytest.raises(Refused):
        fix_time(talk, starts_at=soon(), ends_at=soon() + HOUR, by=lin)


def test_what_was_held_is_not_called_off(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    Gathering.objects.filter(pk=talk.pk).update(state=Gathering.State.HELD)
    with pytest.raises(Refused, match="has taken place"):
        cancel(talk, reason="晚了", by=lin)


def test_those_who_signed_up_are_told_of_moves_and_of_the_end(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    fix_time(talk, starts_at=soon(5), ends_at=soon(5) + HOUR, by=lin)
    cancel(talk, reason="会议室没了", by=lin)
    catch_up()
    told = set(Notification.objects.filter(person=wang).values_list("notice", flat=True))
    assert {"gatherings.time", "gatherings.cancelled"} <= told
    assert Notification.objects.get(person=wang, notice="gatherings.time").details == {"moved": True}


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminders_are_announced_once_each(community: Community, lin: Person, wang: Person, catch_up: Any) -> None:
    talk = make_fixed(community, lin, start=timezone.now() + dt.timedelta(days=2, minutes=30))
    sign_up(talk, by=wang)
    assert remind_due() == 0
    later = timezone.now() + dt.timedelta(hours=1)
    assert (remind_due(later), remind_due(later)) == (1, 0)
    catch_up()
    assert Notification.objects.get(person=wang, notice="gatherings.reminder").details == {"kind": "two_days"}
    assert remind_due(talk.starts_at - dt.timedelta(minutes=50)) == 1
    catch_up()
    assert Notification.objects.get(person=wang, notice="gatherings.reminder").details == {"kind": "one_hour"}


def test_a_moved_gathering_is_reminded_of_at_its_new_time(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    fix_time(talk, starts_at=soon(6), ends_at=soon(6) + HOUR, by=lin)
    assert set(Reminder.objects.values_list("due_at", flat=True)) == {soon(6) - dt.timedelta(days=2), soon(6) - HOUR}


def test_moments_that_have_passed_are_not_planned(community: Community, lin: Person) -> None:
    make_fixed(community, lin, start=timezone.now() + dt.timedelta(hours=5))
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["one_hour"]


def test_after_the_start_nobody_is_reminded(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin, start=timezone.now() + dt.timedelta(hours=5))
    assert remind_due(talk.starts_at + dt.timedelta(minutes=1)) == 0
    assert Reminder.objects.filter(announced_at=None).count() == 0


def test_helpers_of_the_stage_move_the_clock(community: Community, lin: Person) -> None:
    talk = over(make_fixed(community, lin))
    assert talk.is_over and not shift(talk, soon()).has_begun


def test_eight_hours_are_allowed_and_a_minute_more_is_not(community: Community, lin: Person) -> None:
    talk = make_talk(community, lin)
    fix_time(talk, starts_at=soon(), ends_at=soon() + 8 * HOUR, place="听涛室", by=lin)
    assert talk.minutes == 480
    with pytest.raises(Refused, match="At most 8 hours"):
        fix_time(talk, starts_at=soon(), ends_at=soon() + 8 * HOUR + dt.timedelta(minutes=1), place="听涛室", by=lin)
    assert Gathering.objects.get().ends_at == soon() + 8 * HOUR
