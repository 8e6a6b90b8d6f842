"""Whose calendar a change reaches, and which mails are out of date before they are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import leave
from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.gatherings.audience import AudienceChoice, answer_audience_invitation, invite_audience
from zhiliu.gatherings.calendar_mail import REQUEST, send_calendar_mail
from zhiliu.gatherings.calendars import calendar_of, feed_of, person_of_key
from zhiliu.gatherings.inviting import accept_to_share, counter, decline_to_share, invite_sharer
from zhiliu.gatherings.lightning import add_talk, answer_for_talk, change_talk
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import change_details
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.notifications.models import Preference

from .stage import make_fixed, make_talk, over, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendars(catch_up: Any, run_jobs: Any) -> Callable[[], set[tuple[str, str]]]:
    """A function: the (handle, method) of each calendar mail since it was called last."""

    def sent() -> set[tuple[str, str]]:
        mail.outbox.clear()
        catch_up()
        run_jobs()
        entries = [message for message in mail.outbox if "zhiliu-calendar-" in message.extra_headers["Message-ID"]]
        return {(message.to[0].partition("@")[0], _method(message)) for message in entries}

    return sent


def _method(message: Any) -> str:
    calendars = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    return str(Calendar.from_ical(calendars[0].get_payload(decode=True))["method"])


def test_each_change_reaches_the_calendars_it_concerns(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, calendars: Any
) -> None:
    talk = make_talk(community, lin, sharer=wang, seats=1)
    assert calendars() == set()
    fix_time(talk, starts_at=soon(), ends_at=soon() + dt.timedelta(hours=1), by=lin)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST")}
    sign_up(talk, by=xu)
    sign_up(talk, by=sun)
    invite_audience(talk, AudienceChoice(people=[zhao]), by=lin)
    assert calendars() == {("xu", "REQUEST")}
    give_up_seat(talk, by=xu)
    assert calendars() == {("xu", "CANCEL"), ("sun", "REQUEST")}
    talk.refresh_from_db()
    change_details(talk, title="换个题目", by=lin, version=talk.version)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST"), ("sun", "REQUEST")}
    talk.refresh_from_db()
    change_details(talk, for_whom="新人", by=lin, version=talk.version)
    assert calendars() == set()
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + dt.timedelta(hours=1), by=lin)
    everybody = {"lin", "wang", "sun", "zhao"}
    assert calendars() == {(handle, "REQUEST") for handle in everybody}
    cancel(talk, reason="不办", by=lin)
    assert calendars() == {(handle, "CANCEL") for handle in everybody}


def test_who_said_no_to_an_invitation_hears_of_no_move(
    community: Community, lin: Person, wang: Person, xu: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
    answer_audience_invitation(talk, "no", by=xu)
    calendars()
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + dt.timedelta(hours=1), by=lin)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST")}


def test_an_invitation_that_was_not_mailed_is_neither_moved_nor_taken_away(
    community: Community, lin: Person, wang: Person, xu: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    Preference.objects.create(person=wang, group="gatherings", mail="digest")
    invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
    calendars()
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + dt.timedelta(hours=1), by=lin)
    assert calendars() == {("lin", "REQUEST"), ("xu", "REQUEST")}
    cancel(talk, reason="不办", by=lin)
    assert calendars() == {("lin", "CANCEL"), ("xu", "CANCEL")}


def test_a_no_on_the_page_takes_away_the_entry_of_an_invitation_by_mail(
    community: Community, lin: Person, wang: Person, xu: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    Preference.objects.create(person=wang, group="gatherings", mail="digest")
    invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
    calendars()
    for person in (wang, xu):
        answer_audience_invitation(talk, "maybe", by=person)
    assert calendars() == set()
    for person in (wang, xu):
        answer_audience_invitation(talk, "no", by=person)
    assert calendars() == {("xu", "CANCEL")}


def test_who_leaves_the_waiting_list_has_no_entry_to_lose_except_an_invitation(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin, seats=1)
    sign_up(talk, by=sun)
    invite_audience(talk, AudienceChoice(people=[xu]), by=lin)
    for person in (wang, xu):
        sign_up(talk, by=person)
    assert calendars() == {("lin", "REQUEST"), ("sun", "REQUEST")}
    for person in (wang, xu):
        give_up_seat(talk, by=person)
    assert calendars() == {("xu", "CANCEL")}


def test_a_sharer_found_is_entered_and_one_who_hesitates_is_not(
    community: Community, lin: Person, wang: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    invitation = invite_sharer(talk, wang, by=lin)
    calendars()
    counter(invitation, [soon(6)], by=wang)
    assert calendars() == set()
    decline_to_share(invitation, by=wang)
    assert calendars() == set()
    accept_to_share(invite_sharer(talk, wang, by=lin), by=wang)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST")}


def test_a_changed_running_order_and_a_leaver_reach_speakers_who_agreed(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, admin: Person, calendars: Any
) -> None:
    hour = make_fixed(community, lin, format="lightning", minutes=60, sharer=sun)
    first, _second = (add_talk(hour, title="一招", speaker=person, minutes=6, by=lin) for person in (wang, xu))
    calendars()
    answer_for_talk(first, yes=True, by=wang)
    assert calendars() == {("wang", "REQUEST")}
    change_talk(first, title="两招", minutes=6, by=wang)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST"), ("sun", "REQUEST")}
    deactivate(sun, by=admin)
    assert calendars() == {("lin", "REQUEST"), ("wang", "REQUEST")}


def test_of_several_changes_at_once_the_last_is_mailed(
    community: Community, lin: Person, wang: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    calendars()
    sign_up(talk, by=wang)
    give_up_seat(talk, by=wang)
    assert calendars() == {("wang", "CANCEL")}


def test_what_happened_days_ago_is_not_mailed(
    community: Community, lin: Person, wang: Person, xu: Person, calendars: Any
) -> None:
    talk = make_fixed(community, lin)
    calendars()
    sign_up(talk, by=wang)
    Activity.objects.filter(verb="gatherings.seat_taken").update(at=timezone.now() - dt.timedelta(days=2, minutes=1))
    sign_up(talk, by=xu)
    assert calendars() == {("xu", "REQUEST")}


@pytest.mark.parametrize("change", ["away", "left", "no address", "over", "never", "private", "cancelled"])
def test_a_calendar_mail_that_is_out_of_date_is_not_sent(
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    admin: Person,
    change: str,
) -> None:
    talk = make_fixed(closed_community, lin)
    sign_up(talk, by=wang)
    Preference.objects.create(person=xu, group="gatherings", mail="never")
    Preference.objects.create(person=wang, group="mine", mail="never")
    send_calendar_mail(wang.pk, talk.pk, REQUEST, 1)
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]
    if change == "away":
        give_up_seat(talk, by=wang)
    elif change == "left":
        Person.objects.filter(pk=wang.pk).update(is_active=False)
    elif change == "no address":
        Person.objects.filter(pk=wang.pk).update(email=None)
    elif change == "over":
        over(talk)
    elif change == "never":
        Preference.objects.create(person=wang, group="gatherings", mail="never")
    elif change == "private":
        leave(closed_community, by=wang)
    else:
        cancel(talk, reason="不办", by=lin)
    send_calendar_mail(wang.pk, talk.pk, REQUEST, 2)
    assert len(mail.outbox) == 1


def test_an_entry_is_not_taken_away_from_who_comes_after_all(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    send_calendar_mail(wang.pk, talk.pk, "CANCEL", 1)
    sign_up(talk, by=wang)
    send_calendar_mail(wang.pk, talk.pk, "CANCEL", 2)
    assert [message.extra_headers["Message-ID"].split("-")[4][0] for message in mail.outbox] == ["1"]


def test_the_mail_says_when_where_and_why_not(community: Community, lin: Person, wang: Person) -> None:
    Person.objects.update(language="en")
    talk = make_fixed(community, lin, online_url="https://meet.example.com/1")
    sign_up(talk, by=wang)
    send_calendar_mail(wang.pk, talk.pk, REQUEST, 1)
    body = mail.outbox[0].body.splitlines()
    assert body[0] == talk.title and body[2] == "听涛室 https://meet.example.com/1"
    assert len(body) == 4 and body[3].endswith(talk.get_absolute_url())
    cancel(talk, reason="没有会议室", by=lin)
    send_calendar_mail(wang.pk, talk.pk, "CANCEL", 2)
    assert mail.outbox[1].body.splitlines()[3:5] == ["Removed from your calendar.", "没有会议室"]
    bare = make_fixed(community, lin)
    Gathering.objects.filter(pk=bare.pk).update(place="")
    sign_up(bare, by=wang)
    send_calendar_mail(wang.pk, bare.pk, REQUEST, 3)
    assert len(mail.outbox[2].body.splitlines()) == 3


# --- entries and the feed ---------------------------------------------------------------------------------------------


def entry_of(talk: Gathering) -> Any:
    return Calendar.from_ical(calendar_of([Gathering.objects.get(pk=talk.pk)])).walk("VEVENT")[0]


def test_an_entry_names_what_is_known(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin, sharer=wang, online_url="https://meet.example.com/1")
    entry = entry_of(talk)
    assert str(entry["location"]) == "听涛室，https://meet.example.com/1"
    assert (str(entry["organizer"]), entry["organizer"].params["CN"]) == ("mailto:lin@example.com", lin.name)
    lines = str(entry["description"]).splitlines()
    assert lines[:3] == [community.name, f"Talk by {wang.name}", f"Takeaways: {talk.take_home}"]
    assert len(lines) == 4 and len(entry.walk("VALARM")) == 1
    Gathering.objects.filter(pk=talk.pk).update(sharer=None, take_home="", place="", online_url="", state="cancelled")
    Person.objects.filter(pk=lin.pk).update(email=None)
    entry = entry_of(talk)
    assert "location" not in entry and "organizer" not in entry and entry.walk("VALARM") == []
    assert len(str(entry["description"]).splitlines()) == 2


def test_the_feed_has_what_one_takes_part_in_of_the_last_sixty_days(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    seated, hosted, planned, foreign, hidden, old = (
        make_fixed(place, host, title=title)
        for title, place, host in (
            ("有座", community, lin),
            ("主持", community, wang),
            ("筹备", community, wang),
            ("别人的", community, lin),
            ("看不见", closed_community, lin),
            ("很久", community, wang),
        )
    )
    for talk in (seated, hidden):
        sign_up(talk, by=wang)
    Gathering.objects.filter(pk=planned.pk).update(state="planning")
    over(old, hours=24 * 61)
    leave(closed_community, by=wang)
    assert {talk.title for talk in feed_of(fresh(wang))} == {"有座", "主持"}
    over(old, hours=24 * 59)
    assert next(talk.title for talk in feed_of(fresh(wang))) == "很久"
    assert foreign not in feed_of(fresh(wang)) and hosted in feed_of(fresh(wang))


def test_a_short_key_opens_nobodys_feed(wang: Person, xu: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(calendar_key="k" * 19)
    Person.objects.filter(pk=xu.pk).update(calendar_key="k" * 20)
    assert (person_of_key("k" * 19), person_of_key("k" * 20), person_of_key("")) == (None, xu, None)


def organiser_of(message: Any) -> Any:
    parts = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(parts[0].get_payload(decode=True)).walk("VEVENT")[0]["organizer"]  # type: ignore[union-attr]


def test_answers_go_to_the_sender_or_where_mail_comes_in(
    community: Community, lin: Person, wang: Person, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Zhiliu <zhiliu@kb.example.com>"
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    send_calendar_mail(wang.pk, talk.pk, REQUEST, 1)
    settings.MAIL_IN_ADDRESS, settings.LMTP_LISTEN = "reply+%s@kb.example.com", "127.0.0.1:1"
    Gathering.objects.filter(pk=talk.pk).update(host=None)
    send_calendar_mail(wang.pk, talk.pk, REQUEST, 2)
    plain, answered = (organiser_of(message) for message in mail.outbox)
    assert (str(plain), plain.params["CN"], "SENT-BY" in plain.params) == (
        "mailto:zhiliu@kb.example.com",
        lin.name,
        False,
    )
    assert str(answered).startswith("mailto:reply+p")
    assert (answered.params["SENT-BY"], answered.params["CN"]) == ("mailto:zhiliu@kb.example.com", community.name)
    assert all(message.extra_headers["Message-ID"].endswith("@kb.example.com>") for message in mail.outbox)


def test_news_of_a_gathering_that_is_gone_reach_nobody_and_stop_nothing(
    community: Community, lin: Person, wang: Person, calendars: Any
) -> None:
    gone, talk = make_fixed(community, lin), make_fixed(community, lin)
    calendars()
    cancel(gone, reason="不办", by=lin)
    Gathering.objects.filter(pk=gone.pk).delete()
    sign_up(talk, by=wang)
    assert calendars() == {("wang", "REQUEST")}
