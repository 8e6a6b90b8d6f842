"""A mail whose reason is gone by the time it is sent is not sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.gatherings.depositing import assign_deposit, start_deposit, tell_late
from zhiliu.gatherings.inviting import accept_to_share, invite_sharer, share_oneself
from zhiliu.gatherings.lightning import add_talk, answer_for_talk
from zhiliu.gatherings.models import Deposit, Gathering, Reminder
from zhiliu.gatherings.nominating import ask_department, decline_for_department, nominate, say_no
from zhiliu.gatherings.proposing import change_details, propose
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.reminding import remind_due
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.knowledge.publishing import publish
from zhiliu.notifications.models import Delivery, Notification, Preference

from .stage import make_fixed, make_held, make_talk, now_running, over, soon

pytestmark = pytest.mark.django_db


def asked(community: Community, lin: Person, wang: Person) -> Any:
    gathering = propose(community, title="停机先看哪", for_whom="新人", take_home="单子", by=lin)
    return invite_sharer(gathering, wang, by=lin)


def test_an_invitation_waiting_for_an_answer_is_mailed(
    community: Community, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    asked(community, lin, wang)
    catch_up()
    run_jobs()
    assert [message.to for message in mail.outbox if "停机先看哪" in message.subject] == [["wang@example.com"]]


def test_an_invitation_answered_meanwhile_is_not(
    community: Community, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    invitation = asked(community, lin, wang)
    catch_up()
    accept_to_share(invitation, by=wang)
    run_jobs()
    assert [
        message for message in mail.outbox if message.to == ["wang@example.com"] and "停机" in message.subject
    ] == []
    assert "no longer wanted" in set(Delivery.objects.values_list("dropped", flat=True))


# --- of two mails, the one whose reason is gone -----------------------------------------------------------------------


class World:
    """Lin hosts, Wang is told of it, and Admin sends people away."""

    def __init__(self, community: Community, lin: Person, wang: Person, xu: Person, admin: Person) -> None:
        self.community, self.lin, self.wang, self.xu, self.admin = community, lin, wang, xu, admin
        self.department = Department.objects.create(name="华东大区", head=wang)


def _invited_to_speak(world: World) -> Gathering:
    talk = make_talk(world.community, world.lin)
    invite_sharer(talk, world.wang, by=world.lin)
    return talk


def _asked_to_speak(world: World) -> Gathering:
    hour = make_fixed(world.community, world.lin, format="lightning", minutes=60)
    add_talk(hour, title="一招", speaker=world.wang, minutes=6, by=world.lin)
    return hour


def _nominated(world: World) -> Gathering:
    talk = make_talk(world.community, world.lin)
    nominate(talk, world.wang, by=world.xu)
    return talk


def _department_asked(world: World) -> Gathering:
    talk = make_talk(world.community, world.lin)
    ask_department(talk, world.department, by=world.xu)
    return talk


def _invited_to_attend(world: World) -> Gathering:
    talk = make_fixed(world.community, world.lin)
    invite_audience(talk, AudienceChoice(people=[world.wang]), by=world.lin)
    return talk


def _moved(world: World) -> Gathering:
    talk = make_fixed(world.community, world.lin)
    sign_up(talk, by=world.wang)
    return fix_time(talk, starts_at=soon(5), ends_at=soon(5) + dt.timedelta(hours=1), by=world.lin)


def _moved_up(world: World) -> Gathering:
    talk = make_fixed(world.community, world.lin, seats=1)
    for person in (world.xu, world.wang):
        sign_up(talk, by=person)
    give_up_seat(talk, by=world.xu)
    return talk


def _reminded(world: World) -> Gathering:
    talk = make_fixed(world.community, world.lin)
    sign_up(talk, by=world.wang)
    Reminder.objects.filter(gathering=talk, kind="two_days").update(due_at=timezone.now())
    remind_due()
    return talk


def _to_write_up(world: World) -> Gathering:
    talk = make_held(world.community, world.lin)
    assign_deposit(talk, owner=world.wang, by=world.lin)
    return Gathering.objects.get(pk=talk.pk)


def _late(world: World) -> Gathering:
    talk = _to_write_up(world)
    Deposit.objects.filter(gathering=talk).update(due_on=timezone.localdate() - dt.timedelta(days=1))
    tell_late()
    return Gathering.objects.get(pk=talk.pk)


def _publish(world: World, talk: Gathering) -> None:
    publish(start_deposit(talk, by=world.wang), by=world.wang)


def _called_off(world: World, talk: Gathering) -> None:
    cancel(talk, reason="不办", by=world.lin)


@pytest.mark.parametrize(
    ("notice", "begin", "undo"),
    [
        ("invited", _invited_to_speak, lambda world, talk: accept_to_share(talk.invitations.get(), by=world.wang)),
        (
            "speaker_asked",
            _asked_to_speak,
            lambda world, hour: answer_for_talk(hour.talks.get(), yes=True, by=world.wang),
        ),
        ("nominated", _nominated, lambda world, talk: say_no(talk.nominations.get(), by=world.wang)),
        ("nominated", _nominated, lambda world, talk: share_oneself(talk, by=world.lin)),
        (
            "department_asked",
            _department_asked,
            lambda world, talk: decline_for_department(talk.departmentasks.get(), by=world.wang),
        ),
        ("department_asked", _department_asked, lambda world, talk: share_oneself(talk, by=world.lin)),
        ("audience", _invited_to_attend, _called_off),
        ("audience", _invited_to_attend, lambda world, talk: now_running(talk)),
        ("time", _moved, _called_off),
        ("promoted", _moved_up, _called_off),
        ("promoted", _moved_up, lambda world, talk: give_up_seat(talk, by=world.wang)),
        ("reminder", _reminded, _called_off),
        ("reminder", _reminded, lambda world, talk: over(talk)),
        ("deposit", _to_write_up, lambda world, talk: assign_deposit(talk, owner=world.xu, by=world.lin)),
        ("deposit", _to_write_up, _publish),
        ("deposit_late", _late, _publish),
    ],
)
def test_of_two_mails_the_one_whose_reason_is_gone_is_not_sent(
    community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    admin: Person,
    catch_up: Any,
    run_jobs: Any,
    notice: str,
    begin: Callable[[World], Gathering],
    undo: Callable[[World, Gathering], Any],
) -> None:
    for group in ("mine", "gatherings"):
        Preference.objects.create(person=wang, group=group, mail=Preference.Mail.NOW)
    world = World(community, lin, fresh(wang), xu, admin)
    gone, _stands = begin(world), begin(world)
    catch_up()
    undo(world, Gathering.objects.get(pk=gone.pk))
    run_jobs()
    mails = Delivery.objects.filter(person=wang, notification__notice=f"gatherings.{notice}")
    # What a notice is about is the gathering or something of it; the one that is gone was made first.
    dropped = dict(mails.values_list("notification__thing_id", "dropped"))
    assert [dropped[key] for key in sorted(dropped)] == ["no longer wanted", ""]


@pytest.mark.parametrize("role", ["sharer", "host"])
def test_who_runs_the_community_is_mailed_of_a_missing_leader_until_one_is_found(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any, run_jobs: Any, role: str
) -> None:
    found, missing, cancelled = (make_fixed(community, xu) for _ in range(3))
    Gathering.objects.update(**{role: wang})
    deactivate(wang, by=admin)
    catch_up()
    found.refresh_from_db()
    if role == "host":
        change_details(found, host=lin, by=lin, version=found.version)
    else:
        share_oneself(found, by=xu)
    cancel(cancelled, reason="没人讲", by=lin)
    run_jobs()
    mails = Delivery.objects.filter(person=lin, notification__notice="gatherings.leader_left")
    assert dict(mails.values_list("notification__thing_id", "dropped")) == {
        found.pk: "no longer wanted",
        missing.pk: "",
        cancelled.pk: "no longer wanted",
    }


def test_members_without_a_role_are_not_told_of_a_missing_leader(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    make_fixed(community, xu, sharer=wang)
    deactivate(wang, by=admin)
    catch_up()
    told = Notification.objects.filter(notice="gatherings.leader_left")
    assert set(told.values_list("person__handle", flat=True)) == {"lin", "xu"}
