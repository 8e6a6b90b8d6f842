"""A yes, a maybe and a no from a calendar program arrive as answers."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail as outbox
from icalendar import Calendar

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.gatherings.calendars import message_to
from zhiliu.gatherings.models import AudienceInvitation, Gathering, Seat
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.reply_handlers import participation
from zhiliu.gatherings.scheduling import fix_time
from zhiliu.inbound_mail.models import ProcessedMail, RejectedMail
from zhiliu.inbound_mail.reading import read_letter
from zhiliu.inbound_mail.receiving import deal_with
from zhiliu.notifications.models import Notification

from .stage import make_fixed, now_running, soon

Outcome = ProcessedMail.Outcome


@pytest.fixture(autouse=True)
def _mail_comes_in(settings: Any) -> None:
    settings.MAIL_IN_ADDRESS = "reply+%s@zhiliu.example.com"
    settings.LMTP_LISTEN = "127.0.0.1:8024"
    settings.LANGUAGE_CODE = "en"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def talk(community: Community, lin: Person) -> Gathering:
    gathering = make_fixed(community, lin)
    invite_audience(gathering, AudienceChoice(members=True), by=lin)
    return gathering


@pytest.fixture
def invitation(talk: Gathering, wang: Person, catch_up: Any, run_jobs: Any) -> Any:
    """The calendar invitation Wang got by mail."""
    outbox.outbox.clear()
    catch_up()
    run_jobs()
    (message,) = [message for message in outbox.outbox if message.to == [wang.email] and "attend" in message.subject]
    content = next(part.content for part in message.alternatives if part.mimetype.startswith("text/calendar"))
    return Calendar.from_ical(content)


def reply(invitation: Any, person: Person, state: str, *, number: int = 1, text: str = "", **headers: str) -> bytes:
    """The answer as Outlook and Google Calendar send it (RFC 6047)."""
    event = invitation.walk("VEVENT")[0]
    event["attendee"].params["PARTSTAT"] = state
    invitation["method"] = "REPLY"
    message = EmailMessage()
    message["From"] = f"{person.name} <{person.email}>"
    message["To"] = event["organizer"].removeprefix("mailto:")
    message["Subject"] = f"Accepted: {event['summary']}"
    message["Message-ID"] = f"<{number}.{state}@mail.example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    message.add_alternative(invitation.to_ical(), "text", "calendar", cte="base64", params={"method": "REPLY"})
    return message.as_bytes()


def arrive(raw: bytes) -> str | None:
    mail = read_letter(raw)
    return deal_with(mail, raw, parseaddr(mail.headers["to"])[1]).outcome


def test_the_invitation_asks_for_an_answer_at_an_address_of_its_reader(
    invitation: Any, talk: Gathering, wang: Person
) -> None:
    event = invitation.walk("VEVENT")[0]
    assert str(invitation["method"]) == "REQUEST" and str(event["uid"]) == str(talk.calendar_uid)
    assert event["attendee"].params["PARTSTAT"] == "NEEDS-ACTION" and event["attendee"].params["RSVP"] == "TRUE"
    assert event["organizer"].startswith("mailto:reply+p")
    assert event["organizer"].params["SENT-BY"].startswith("mailto:")


def test_a_yes_takes_a_seat_and_a_no_gives_it_up(invitation: Any, wang: Person) -> None:
    assert arrive(reply(invitation, wang, "ACCEPTED")) == Outcome.TAKEN
    assert Seat.objects.get().person == wang
    assert arrive(reply(invitation, wang, "DECLINED", number=2)) == Outcome.TAKEN
    assert not Seat.objects.exists()
    assert AudienceInvitation.objects.get(person=wang).answer == "no"


def test_who_answers_in_a_calendar_program_gets_no_entry_to_add_and_none_to_remove(
    invitation: Any, talk: Gathering, wang: Person, xu: Person, catch_up: Any, run_jobs: Any
) -> None:
    outbox.outbox.clear()
    arrive(reply(invitation, wang, "ACCEPTED"))
    sign_up(talk, by=xu)
    catch_up()
    run_jobs()
    assert [message.to for message in outbox.outbox] == [[xu.email]]
    arrive(reply(invitation, wang, "DECLINED", number=2))
    catch_up()
    run_jobs()
    assert len(outbox.outbox) == 1


def test_a_maybe_is_kept_and_the_notification_counts_as_read(invitation: Any, wang: Person) -> None:
    assert arrive(reply(invitation, wang, "TENTATIVE")) == Outcome.TAKEN
    assert AudienceInvitation.objects.get(person=wang).answer == "maybe"
    assert not Seat.objects.exists()


def test_an_answer_that_comes_twice_counts_once(invitation: Any, wang: Person) -> None:
    raw = reply(invitation, wang, "ACCEPTED")
    assert [arrive(raw), arrive(raw)] == [Outcome.TAKEN, Outcome.TAKEN]
    assert Seat.objects.count() == 1


def test_programs_may_say_that_a_program_wrote_it(invitation: Any, wang: Person) -> None:
    raw = reply(invitation, wang, "ACCEPTED", Auto_Submitted="auto-generated", Precedence="bulk")
    assert arrive(raw) == Outcome.TAKEN
    assert Seat.objects.get().person == wang


def test_nobody_answers_for_somebody_else(invitation: Any, xu: Person) -> None:
    assert arrive(reply(invitation, xu, "ACCEPTED")) == Outcome.REFUSED
    assert not Seat.objects.exists()


def test_an_answer_about_another_entry_changes_nothing(invitation: Any, wang: Person) -> None:
    invitation.walk("VEVENT")[0]["uid"] = "other@example.com"
    assert arrive(reply(invitation, wang, "ACCEPTED")) == Outcome.ANSWERED
    assert not Seat.objects.exists()
    assert "Answer with the buttons of your calendar" in RejectedMail.objects.get().reason


def test_words_without_an_answer_are_told_how_to_answer(invitation: Any, wang: Person) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = str(wang.email), "<words@mail.example.com>"
    message["To"] = invitation.walk("VEVENT")[0]["organizer"].removeprefix("mailto:")
    message.set_content("我来")
    assert arrive(message.as_bytes()) == Outcome.ANSWERED
    assert not Seat.objects.exists()
    assert "Answer with the buttons of your calendar" in RejectedMail.objects.get().reason


def test_after_the_beginning_an_answer_is_refused_by_mail(invitation: Any, talk: Gathering, wang: Person) -> None:
    now_running(talk)
    assert arrive(reply(invitation, wang, "DECLINED")) == Outcome.ANSWERED
    assert "It has started" in RejectedMail.objects.get().reason
    assert AudienceInvitation.objects.get(person=wang).answer == ""


@pytest.mark.parametrize(
    "content", [b"", b"BEGIN:VCALENDAR", b"\xff\xfe", b"BEGIN:VEVENT\nEND:VEVENT", "不是日历".encode()]
)
def test_what_is_no_calendar_has_no_answer(content: bytes) -> None:
    assert participation(content, uid="x") == ""


def test_the_invitation_is_the_only_mail_and_rests_in_quiet_hours(
    talk: Gathering, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    outbox.outbox.clear()
    catch_up()
    run_jobs()
    assert (
        len([message for message in outbox.outbox if message.to == [wang.email] and "attend" in message.subject]) == 1
    )
    assert Notification.objects.filter(person=fresh(wang), notice="gatherings.audience").count() == 1


def test_a_move_moves_the_entry_of_who_may_still_come(
    invitation: Any, talk: Gathering, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    outbox.outbox.clear()
    start = soon(6)
    fix_time(talk, starts_at=start, ends_at=start + dt.timedelta(minutes=40), by=lin)
    catch_up()
    run_jobs()
    (content,) = [
        part.content
        for message in outbox.outbox
        if message.to == [wang.email]
        for part in message.alternatives
        if part.mimetype.startswith("text/calendar")
    ]
    event = Calendar.from_ical(content).walk("VEVENT")[0]
    assert event["dtstart"].dt == start.astimezone(dt.UTC)
    assert event["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_a_host_who_accepts_their_own_entry_is_not_refused(talk: Gathering, lin: Person) -> None:
    content = Calendar.from_ical(message_to(lin, talk, "REQUEST"))
    assert arrive(reply(content, lin, "ACCEPTED")) == Outcome.TAKEN
    assert not Seat.objects.exists()
