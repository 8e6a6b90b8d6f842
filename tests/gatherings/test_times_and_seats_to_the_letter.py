"""Times, reminders, seats and check-ins to the letter: who may, at which moment, and how often it is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import gone
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.gatherings.checking_in import check_in, check_in_person
from zhiliu.gatherings.models import AudienceInvitation, CheckIn, Gathering, Reminder, Seat
from zhiliu.gatherings.proposing import change_details
from zhiliu.gatherings.registration import free_seat, give_up_seat, sign_up
from zhiliu.gatherings.reminding import remind_due
from zhiliu.gatherings.scheduling import cancel, choose_reminders, fix_time
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Topic

from .stage import make_fixed, make_held, make_talk, now_running, over, shift, soon
from .test_proposing import topic_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def facts(*verbs: str) -> int:
    return Activity.objects.filter(verb__in=[f"gatherings.{verb}" for verb in verbs]).count()


def names(gathering: Gathering) -> dict[str, bool]:
    return dict(Seat.objects.filter(gathering=gathering).values_list("person__handle", "waiting"))


# --- scheduling -------------------------------------------------------------------------------------------------------


def test_a_time_that_is_now_is_past_unless_it_is_kept(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    running = now_running(talk)
    start = running.starts_at
    fix_time(running, starts_at=start, ends_at=start + 2 * HOUR, by=lin)
    assert Gathering.objects.get().minutes == 120
    with pytest.raises(Refused, match="This time has passed"):
        fix_time(running, starts_at=start + dt.timedelta(minutes=1), ends_at=start + 2 * HOUR, by=lin)
    assert Gathering.objects.get().starts_at == start


def test_a_place_or_link_alone_moves_the_entry(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    times = {"starts_at": talk.starts_at, "ends_at": talk.ends_at}
    for more, sequence in (
        ({}, 0),
        ({"place": "观潮室"}, 1),
        ({"online_url": "https://meet.example.com/1"}, 2),
        ({}, 2),
    ):
        fix_time(talk, **times, **more, by=lin)
        assert Gathering.objects.get().sequence == sequence
    assert (talk.place, talk.online_url) == ("观潮室", "https://meet.example.com/1")


def test_a_held_gathering_is_not_fixed_again(community: Community, lin: Person) -> None:
    talk = make_held(community, lin)
    with pytest.raises(Refused, match="is over"):
        fix_time(talk, starts_at=soon(), ends_at=soon() + HOUR, by=lin)
    assert Gathering.objects.get().state == "held"


def test_reminders_that_are_due_already_are_not_planned(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin, start=timezone.now() + dt.timedelta(minutes=59))
    assert not Reminder.objects.exists()
    choose_reminders(talk, ["one_hour"], by=lin)
    assert not Reminder.objects.exists() and facts("reminders_planned") == 1
    planned = make_talk(community, lin)
    choose_reminders(planned, ["two_days"], by=lin)
    assert not Reminder.objects.exists()
    fix_time(planned, starts_at=soon(), ends_at=soon() + HOUR, by=lin)
    assert [reminder.kind for reminder in Reminder.objects.all()] == ["two_days"]


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_of_what_is_over_no_reminders_are_chosen(community: Community, lin: Person, state: str) -> None:
    talk = make_fixed(community, lin)
    Gathering.objects.update(state=state)
    with pytest.raises(Refused, match="is over"):
        choose_reminders(talk, [], by=lin)
    assert Gathering.objects.get().reminder_kinds == ["two_days", "one_hour"]


def test_a_topic_stays_planned_while_another_gathering_is_about_it(community: Community, lin: Person) -> None:
    topic = topic_of(community, lin)
    first, second, third = (make_fixed(community, lin, topic=topic) for _ in range(3))
    for talk, state in ((first, "planned"), (second, "planned"), (third, "open")):
        cancel(talk, reason="不办", by=lin)
        topic.refresh_from_db()
        assert topic.state == state
    done = make_talk(community, lin, topic=topic)
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.DONE)
    cancel(Gathering.objects.get(pk=done.pk), reason="不办", by=lin)
    topic.refresh_from_db()
    assert topic.state == Topic.State.DONE


def test_only_the_host_cancels(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    with pytest.raises(Forbidden, match="host"):
        cancel(talk, reason="不办", by=wang)
    assert Gathering.objects.get().state == "fixed"


def test_sent_reminders_stay_when_a_gathering_ends(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    Reminder.objects.filter(kind="two_days").update(announced_at=timezone.now())
    cancel(talk, reason="不办", by=lin)
    assert [reminder.kind for reminder in Reminder.objects.all()] == ["two_days"]


def test_a_reminder_is_for_what_is_scheduled_and_ahead(community: Community, lin: Person) -> None:
    talks = [make_fixed(community, lin) for _ in range(3)]
    Reminder.objects.update(due_at=timezone.now())
    shift(talks[0], timezone.now())
    Gathering.objects.filter(pk=talks[1].pk).update(state="planning")
    Reminder.objects.filter(gathering=talks[2], kind="one_hour").update(due_at=timezone.now() + HOUR)
    assert remind_due() == 1
    assert [reminder.gathering for reminder in Reminder.objects.filter(announced_at=None)] == [talks[2]]


# --- seats and checking in --------------------------------------------------------------------------------------------


def test_for_tea_the_host_takes_a_seat_too(community: Community, lin: Person, wang: Person) -> None:
    tea = make_fixed(community, lin, format="tea_chat", sharer=wang)
    for person in (lin, wang):
        sign_up(tea, by=person)
    assert names(tea) == {"lin": False, "wang": False}


def test_a_gathering_without_a_limit_takes_everybody_who_waited(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person
) -> None:
    talk = make_fixed(community, lin, seats=1)
    for person in (wang, xu, sun, zhao):
        sign_up(talk, by=person)
    gone(sun)
    talk.refresh_from_db()
    change_details(talk, seats=None, by=lin, version=talk.version)
    assert names(talk) == {"wang": False, "xu": False, "sun": True, "zhao": False}
    assert (Gathering.objects.get().taken, facts("seat_promoted")) == (3, 2)


def test_signing_off_twice_is_told_once(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    for _ in range(2):
        give_up_seat(talk, by=wang)
        free_seat(talk, wang)
    assert facts("seat_given_up") == 1


def test_who_has_no_seat_has_not_answered_by_signing_off(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, AudienceChoice(people=[wang]), by=lin)
    give_up_seat(talk, by=wang)
    assert AudienceInvitation.objects.get().answer == ""


def test_nobody_checks_in_to_what_is_planned_or_cancelled(community: Community, lin: Person, wang: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    for state in ("planning", "cancelled"):
        Gathering.objects.update(state=state)
        for act in (
            lambda: check_in(Gathering.objects.get(), talk.code, by=wang),
            lambda: check_in_person(Gathering.objects.get(), wang, by=lin),
        ):
            with pytest.raises(Refused, match="Check-in is open"):
                act()
    assert not CheckIn.objects.exists()


def test_the_host_notes_visitors_of_a_held_gathering_days_later_and_the_code_is_closed(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_held(community, lin)
    over(talk, hours=72)
    talk = Gathering.objects.get()
    for _ in range(2):
        check_in_person(talk, wang, by=lin)
    with pytest.raises(Refused, match="Check-in is open"):
        check_in(talk, talk.code, by=xu)
    assert (CheckIn.objects.get().person, facts("checked_in")) == (wang, 1)


def test_nobody_checks_in_out_of_reach(closed_community: Community, lin: Person, sun: Person) -> None:
    talk = now_running(make_fixed(closed_community, lin))
    with pytest.raises(Forbidden, match="can see"):
        check_in(talk, talk.code, by=sun)
    assert not CheckIn.objects.exists()
