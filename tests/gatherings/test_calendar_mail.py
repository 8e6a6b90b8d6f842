"""Calendar programs follow one gathering by mail: put in, changed, taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from icalendar import Calendar

from tests.cast import fresh
from tests.notifications.test_mail_server import Keep, free_port
from zhiliu.communities.models import Community
from zhiliu.demo.people import demo_calendar_key
from zhiliu.directory.models import Person
from zhiliu.gatherings.calendars import calendar_of
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import change_details
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.notifications.models import Preference

from .stage import make_fixed, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings: Any) -> Iterator[Keep]:
    """What a real mail server was given."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    keeper = Keep()
    server = Controller(keeper, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    yield keeper
    server.stop()


def calendar_parts(inbox: Keep, person: Person) -> list[tuple[str, Any]]:
    """(method of the part, the event) of each calendar mail somebody got, in their order."""
    found = []
    for message in inbox.got:
        for part in message.walk():
            if message["to"] == person.email and part.get_content_type() == "text/calendar":
                calendar: Any = Calendar.from_ical(part.get_payload(decode=True))
                assert str(calendar["method"]) == part.get_param("method")
                assert part.get_content_charset() == "utf-8"
                found.append((part.get_param("method"), calendar.walk("VEVENT")[0]))
    return found


def test_one_event_is_followed_from_request_to_cancel(
    community: Community, lin: Person, wang: Person, inbox: Keep, catch_up: Any, run_jobs: Any
) -> None:
    talk = make_fixed(community, lin)
    catch_up()
    run_jobs()
    inbox.got.clear()
    sign_up(talk, by=wang)
    catch_up()
    run_jobs()
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + dt.timedelta(hours=1), by=lin)
    catch_up()
    run_jobs()
    talk.refresh_from_db()
    change_details(talk, title="换个题目", by=lin, version=talk.version)
    catch_up()
    run_jobs()
    cancel(talk, reason="没有会议室", by=lin)
    catch_up()
    run_jobs()
    parts = calendar_parts(inbox, wang)
    assert [(method, event["sequence"], str(event["status"])) for method, event in parts] == [
        ("REQUEST", 0, "CONFIRMED"),
        ("REQUEST", 1, "CONFIRMED"),
        ("REQUEST", 2, "CONFIRMED"),
        ("CANCEL", 3, "CANCELLED"),
    ]
    assert len({str(event["uid"]) for _method, event in parts}) == 1
    assert [event.decoded("dtstart") for _method, event in parts] == [soon(3), soon(4), soon(4), soon(4)]
    assert str(parts[2][1]["summary"]) == "换个题目"
    first = parts[0][1]
    assert (str(first["attendee"]), str(first["attendee"].params["RSVP"])) == ("mailto:wang@example.com", "FALSE")
    assert len({str(event["organizer"]) for _method, event in parts}) == 1
    assert first.walk("VALARM")[0].decoded("trigger") == -dt.timedelta(hours=1)


def test_signing_off_takes_the_entry_away_and_a_file_lies_beside(
    community: Community, lin: Person, wang: Person, inbox: Keep, catch_up: Any, run_jobs: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    catch_up()
    run_jobs()
    assert len(calendar_parts(inbox, wang)) == 1
    give_up_seat(talk, by=wang)
    catch_up()
    run_jobs()
    assert [method for method, _event in calendar_parts(inbox, wang)] == ["REQUEST", "CANCEL"]
    names = [part.get_filename() for message in inbox.got if message["to"] == wang.email for part in message.walk()]
    assert [name for name in names if name] == ["invite.ics", "cancel.ics"]


def test_who_waits_gets_an_entry_with_the_seat_only(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, inbox: Keep, catch_up: Any, run_jobs: Any
) -> None:
    talk = make_fixed(community, lin, seats=2)
    for person in (wang, sun, xu):
        sign_up(talk, by=person)
    catch_up()
    run_jobs()
    assert calendar_parts(inbox, xu) == []
    give_up_seat(talk, by=wang)
    catch_up()
    run_jobs()
    assert [method for method, _event in calendar_parts(inbox, xu)] == ["REQUEST"]


def test_who_wants_no_mail_of_gatherings_gets_none(
    community: Community, lin: Person, wang: Person, inbox: Keep, catch_up: Any, run_jobs: Any
) -> None:
    Preference.objects.create(person=wang, group="gatherings", mail="never")
    sign_up(make_fixed(community, lin), by=wang)
    catch_up()
    run_jobs()
    assert calendar_parts(inbox, wang) == []


def event_of(talk: Gathering) -> Any:
    return Calendar.from_ical(calendar_of([Gathering.objects.get(pk=talk.pk)])).walk("VEVENT")[0]


@pytest.mark.parametrize(
    ("change", "raised"),
    [({"title": "换个题目"}, 1), ({"take_home": "两张单子"}, 1), ({"host": "wang"}, 1), ({"seats": 9}, 0)],
)
def test_any_change_of_what_calendars_show_counts_on(
    community: Community, lin: Person, wang: Person, change: dict[str, Any], raised: int
) -> None:
    talk = make_fixed(community, lin)
    before = event_of(talk)
    fields = {name: wang if value == "wang" else value for name, value in change.items()}
    change_details(talk, by=lin, version=talk.version, **fields)
    after = event_of(talk)
    assert after["sequence"] - before["sequence"] == raised
    assert (after.decoded("last-modified") >= before.decoded("last-modified")) and before["uid"] == after["uid"]


def test_the_entry_is_the_same_wherever_the_installation_moves(
    community: Community, lin: Person, settings: Any
) -> None:
    talk = make_fixed(community, lin)
    before = str(event_of(talk)["uid"])
    settings.BASE_URL = "https://elsewhere.example.com"
    assert str(event_of(talk)["uid"]) == before


def test_the_feed_is_in_the_language_of_who_reads_it(
    community: Community, lin: Person, wang: Person, client: Any
) -> None:
    talk = make_fixed(community, lin)
    Gathering.objects.filter(pk=talk.pk).update(sharer=wang)
    texts = []
    for language in ("", "en"):
        Person.objects.filter(pk=wang.pk).update(language=language)
        body = client.get(f"/calendar/{fresh(wang).calendar_key}.ics").content
        texts.append(str(Calendar.from_ical(body).walk("VEVENT")[0]["description"]))
    assert "带走" in texts[0] and "Takeaways" in texts[1]


def test_the_feeds_of_the_sample_company_open(community: Community, wang: Person, client: Any) -> None:
    Person.objects.filter(pk=wang.pk).update(calendar_key=demo_calendar_key("wang"))
    answer = client.get(f"/calendar/{demo_calendar_key('wang')}.ics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
