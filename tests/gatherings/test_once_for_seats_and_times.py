"""Times, seats and the run sheet: each verb asks who may, touches its own row, and is told once."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person
from zhiliu.gatherings.evening.preparing import add_line, change_evening, remove_line
from zhiliu.gatherings.models import Evening, Format, Gathering, Seat, SheetLine
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.kit.errors import Forbidden, Refused

from .stage import make_fixed, make_talk, soon

pytestmark = pytest.mark.django_db


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"gatherings.{name}").count()


@pytest.fixture
def evening(community: Community, lin: Person, wang: Person) -> Evening:
    """Wang shares, Lin hosts, three days ahead."""
    open_channel(community, name="晚间", by=lin)
    gathering = make_fixed(community, lin, sharer=wang, minutes=60, format=Format.EVENING, title="夜里库温报警")
    return Evening.objects.select_related("gathering__community", "channel__community").get(gathering=gathering)


def test_who_does_not_host_neither_fixes_nor_calls_off(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        fix_time(talk, starts_at=soon(), ends_at=soon() + dt.timedelta(hours=1), by=wang)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        cancel(talk, reason="不办", by=wang)
    talk.refresh_from_db()
    assert (talk.state, talk.starts_at, talk.version) == ("planning", None, 1)
    assert (count_facts("time_fixed"), count_facts("cancelled")) == (0, 0)


def test_calling_off_one_gathering_leaves_the_other_with_its_reminders(community: Community, lin: Person) -> None:
    here, there = (make_fixed(community, lin, title=title) for title in ("这里", "那里"))
    with pytest.raises(Refused, match="Briefly tell those who signed up why"):
        cancel(here, reason="  ", by=lin)
    for _again in range(2):
        cancel(here, reason="不办", by=lin)
    assert dict(Gathering.objects.values_list("pk", "state")) == {here.pk: "cancelled", there.pk: "fixed"}
    assert (here.reminders.count(), there.reminders.count(), count_facts("cancelled")) == (0, 2, 1)


def test_a_seat_given_up_is_that_of_one_person_in_one_gathering_and_told_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    here, there = (make_fixed(community, lin, title=title) for title in ("这里", "那里"))
    for gathering, person in ((here, wang), (here, xu), (there, wang)):
        sign_up(gathering, by=person)
    for _again in range(2):
        give_up_seat(here, by=wang)
    seats = Seat.objects.order_by("pk").values_list("gathering_id", "person__handle")
    assert list(seats) == [(here.pk, "xu"), (there.pk, "wang")]
    assert dict(Gathering.objects.values_list("pk", "taken")) == {here.pk: 1, there.pk: 1}
    assert (count_facts("seat_taken"), count_facts("seat_given_up")) == (3, 1)


def test_a_stranger_takes_no_seat(closed_community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        sign_up(make_fixed(closed_community, lin), by=sun)
    assert (Seat.objects.count(), count_facts("seat_taken")) == (0, 0)


@pytest.mark.parametrize(("minute", "fits"), [(-1441, False), (-1440, True), (480, True), (481, False)])
def test_a_line_stands_from_a_day_before_to_eight_hours_after(
    evening: Evening, lin: Person, minute: int, fits: bool
) -> None:
    if fits:
        add_line(evening, minute=minute, text="开始", by=lin)
    else:
        with pytest.raises(Refused, match="At most one day before and eight hours after"):
            add_line(evening, minute=minute, text="开始", by=lin)
    assert (evening.lines.filter(minute=minute).exists(), count_facts("changed")) == (fits, int(fits))


@pytest.mark.parametrize(("minutes", "fits"), [(9, False), (10, True), (120, True), (121, False)])
def test_the_guest_shares_for_ten_to_a_hundred_and_twenty_minutes(
    evening: Evening, lin: Person, minutes: int, fits: bool
) -> None:
    if fits:
        for _again in range(2):
            change_evening(evening, channel=evening.channel, guest_minutes=minutes, by=lin)
    else:
        with pytest.raises(Refused, match="for 10 to 120 minutes"):
            change_evening(evening, channel=evening.channel, guest_minutes=minutes, by=lin)
    assert (Evening.objects.get().guest_minutes, count_facts("changed")) == (minutes if fits else 30, int(fits))


def test_the_twentieth_line_fits_and_the_next_is_refused(evening: Evening, lin: Person) -> None:
    for minute in range(18):
        add_line(evening, minute=minute, text="报时", by=lin)
    add_line(evening, minute=0, text=" 报时 ", by=lin)
    with pytest.raises(Refused, match="at most 20 lines"):
        add_line(evening, minute=18, text="报时", by=lin)
    assert (evening.lines.count(), count_facts("changed")) == (20, 18)


def test_who_does_not_host_leaves_the_run_sheet(evening: Evening, wang: Person) -> None:
    before = list(SheetLine.objects.order_by("pk").values())
    line = SheetLine.objects.select_related("evening__gathering__community").earliest("pk")
    for act in (
        lambda: add_line(evening, minute=0, text="开始", by=wang),
        lambda: remove_line(line, by=wang),
        lambda: change_evening(evening, channel=evening.channel, guest_minutes=45, by=wang),
    ):
        with pytest.raises(Forbidden, match="Only the host can do this"):
            act()
    assert list(SheetLine.objects.order_by("pk").values()) == before
    assert (Evening.objects.get().guest_minutes, count_facts("changed")) == (30, 0)


def test_a_removed_line_leaves_the_other_and_is_told_once(evening: Evening, lin: Person) -> None:
    first, second = SheetLine.objects.order_by("pk")
    removed = SheetLine.objects.select_related("evening__gathering__community").get(pk=first.pk)
    for _again in range(2):
        remove_line(removed, by=lin)
    assert (list(SheetLine.objects.all()), count_facts("changed")) == ([second], 1)
