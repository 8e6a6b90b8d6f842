"""Where somebody is signed in, ending it, and how often a password may be tried."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Attempt, Person
from zhiliu.directory.sessions import device_of, end_sessions, open_sessions
from zhiliu.directory.signin import limits
from zhiliu.gatherings.calendars import person_of_key
from zhiliu.inbound_mail import reading, receiving
from zhiliu.inbound_mail.addresses import reply_address, secret_in
from zhiliu.inbound_mail.models import ProcessedMail
from zhiliu.jobs.periodic import forget_old_jobs
from zhiliu.kit.models import Session
from zhiliu.live.reading import admit, ask_again

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.42"


def signed_in(name: str = "lin", agent: str = CHROME, **more: Any) -> Client:
    client = Client(headers={"user-agent": agent}, **more)
    assert client.post("/signin/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/people/").status_code == 200


def test_people_see_where_they_are_signed_in_and_end_one_or_all_others(lin: Person, wang: Person) -> None:
    here, phone, third, theirs = signed_in(), signed_in(agent=PHONE), signed_in(agent=""), signed_in("wang")
    page = here.get("/password/").content.decode()
    assert "Chrome · Windows" in page and "WeChat · iPhone" in page and page.count('name="session"') == 2
    assert here.session.session_key not in page and phone.session.session_key not in page
    mark = next(session.mark for session in open_sessions(lin) if session.device == "WeChat · iPhone")
    here.post("/password/sessions/", {"session": mark})
    assert (is_in(here), is_in(phone), is_in(third), is_in(theirs)) == (True, False, True, True)
    here.post("/password/sessions/")
    assert (is_in(here), is_in(third), is_in(theirs)) == (True, False, True)
    assert not Entry.objects.filter(verb="directory.sessions_ended").exists()


def test_nobody_ends_the_sessions_of_others_but_administrators(lin: Person, wang: Person, admin: Person) -> None:
    theirs, mine, office = signed_in("wang"), signed_in(), signed_in("admin")
    mark = open_sessions(wang)[0].mark
    mine.post("/password/sessions/", {"session": mark})
    assert mine.post(f"/administration/people/{wang.handle}/sessions/").status_code == 403
    assert is_in(theirs)
    assert "Chrome · Windows" in office.get(f"/administration/people/{wang.handle}/").content.decode()
    office.post(f"/administration/people/{wang.handle}/sessions/")
    assert not is_in(theirs) and is_in(office)
    entry = Entry.objects.get(verb="directory.sessions_ended")
    assert (entry.subject, entry.by_id) == (wang.name, admin.pk)


def test_a_stream_ends_with_its_session(lin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiliu.live.reading.close_old_connections", lambda: None)
    client = signed_in()
    cookie = f"sessionid={client.session.session_key}".encode()
    admitted = admit({b"cookie": cookie}, [], "en")
    assert admitted is not None
    assert ask_again(lin.pk, admitted.asked, admitted.session) == admitted.topics
    end_sessions(lin, by=lin)
    assert ask_again(lin.pk, admitted.asked, admitted.session) is None
    assert admit({b"cookie": cookie}, [], "en") is None


def test_a_session_nobody_uses_ends_and_one_in_use_goes_on(lin: Person, settings: Any) -> None:
    client = signed_in()
    limit = dt.timedelta(days=settings.SESSION_IDLE_DAYS)
    Session.objects.update(seen_at=timezone.now() - limit + dt.timedelta(minutes=1))
    assert is_in(client)
    assert timezone.now() - Session.objects.get(account_id=lin.pk).seen_at < dt.timedelta(minutes=1)
    Session.objects.update(seen_at=timezone.now() - limit)
    assert not is_in(client) and open_sessions(lin) == []


def test_sessions_that_have_ended_are_forgotten(lin: Person) -> None:
    kept, idle = signed_in(), signed_in()
    Session.objects.filter(pk=idle.session.session_key).update(seen_at=timezone.now() - dt.timedelta(days=99))
    forget_old_jobs()
    assert list(Session.objects.filter(account_id=lin.pk).values_list("pk", flat=True)) == [kept.session.session_key]


def test_when_a_session_began_stays_when_its_key_changes(lin: Person) -> None:
    client = signed_in()
    began = Session.objects.get(account_id=lin.pk).started_at
    client.post("/password/", {"old": PASSWORD, "password": "tall trees by the river"})
    assert Session.objects.get(account_id=lin.pk).started_at == began


def test_who_leaves_is_signed_out_for_good(lin: Person, admin: Person) -> None:
    client = signed_in()
    deactivate(lin, by=admin)
    assert not Session.objects.filter(account_id=lin.pk).exists() and not is_in(client)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (PHONE, "WeChat · iPhone"),
        (PHONE.replace("MicroMessenger/8.0.42", "wxwork/4.1 MicroMessenger/7.0"), "WeCom · iPhone"),
        (CHROME + " Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("curl/8", "未知设备"),
    ],
)
def test_devices_are_called_what_people_call_them(agent: str, said: str) -> None:
    assert device_of(agent) == said


def test_secret_addresses_are_renewed_and_the_old_ones_open_nothing(
    community: Community, lin: Person, wang: Person, settings: Any, browse: Any
) -> None:
    settings.MAIL_IN_ADDRESS, settings.LMTP_LISTEN = "reply+%s@example.com", "127.0.0.1:1"
    channel = open_channel(community, name="报价", by=lin)
    old_calendar, old_mail = wang.calendar_key, reply_address(wang, "channel.post", channel.pk)
    browse(wang).post("/password/addresses/")
    wang.refresh_from_db()
    assert person_of_key(old_calendar) is None and person_of_key(wang.calendar_key) == wang
    new_mail = reply_address(wang, "channel.post", channel.pk)
    assert secret_in(old_mail) != secret_in(new_mail)

    def outcome(address: str) -> str | None:
        raw = f"From: wang@example.com\r\nTo: {address}\r\nMessage-ID: <{address}>\r\n\r\nhello\r\n".encode()
        return receiving.deal_with(reading.read_letter(raw), raw, address, None).outcome

    assert (outcome(old_mail), outcome(new_mail)) == (ProcessedMail.Outcome.REFUSED, ProcessedMail.Outcome.TAKEN)
    assert len(new_mail.partition("@")[0]) <= 64


# Sign-in


def tries(client: Client, names: list[str], password: str = "wrong", **more: Any) -> list[int]:
    return [client.post("/signin/", {"username": name, "password": password}, **more).status_code for name in names]


def test_wrong_passwords_are_counted_for_the_person_in_any_spelling(lin: Person, client: Client) -> None:
    spellings = ["lin", "LIN", "Lin", "ｌｉｎ", " lin ", "lin@example.com", "LIN@Example.com", "N-lin"]
    assert tries(client, spellings) == [200] * 8
    assert tries(client, ["lIn", "Ｎ-lin"], PASSWORD) == [429, 429]
    entry = Entry.objects.get(verb="directory.sign_in_locked")
    assert entry.subject == lin.name
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=16))
    assert tries(client, ["lin"], PASSWORD) == [302]


def test_names_nobody_has_are_counted_alike_and_answered_alike(lin: Person, client: Client) -> None:
    known, unknown = tries(client, ["lin"] * 9), tries(client, ["Nobody", "nobody"] * 4 + ["NOBODY"])
    assert known == unknown == [200] * 8 + [429]


def test_a_password_that_fits_takes_back_what_was_wrong_before(lin: Person) -> None:
    client = Client()
    for _round in range(3):
        assert tries(client, ["lin"] * 7) == [200] * 7
        assert tries(client, ["lin"], PASSWORD) == [302]
        client.post("/signout/")


def test_one_address_cannot_try_one_password_on_everybody(lin: Person, client: Client) -> None:
    names = [f"somebody-{number}" for number in range(limits.OF_ADDRESS.limit)]
    assert set(tries(client, names)) == {200}
    assert tries(client, ["lin"], PASSWORD) == [429]
    assert tries(client, ["lin"], PASSWORD, REMOTE_ADDR="10.0.0.9") == [302]


def test_many_addresses_cannot_try_one_person_for_long_and_do_not_shut_them_out(lin: Person, client: Client) -> None:
    signed_in(REMOTE_ADDR="10.0.0.1")
    for number in range(limits.OF_PERSON.limit):
        assert tries(client, ["lin"], REMOTE_ADDR=f"10.1.0.{number}") == [200]
    assert tries(client, ["lin"], PASSWORD, REMOTE_ADDR="10.2.0.1") == [429]
    assert tries(client, ["lin"], PASSWORD, REMOTE_ADDR="10.0.0.1") == [302]


def test_a_locked_name_costs_no_hashing(lin: Person, client: Client, monkeypatch: Any) -> None:
    tries(client, ["lin"] * 8)
    monkeypatch.setattr(Person, "check_password", lambda *_args: pytest.fail("looked at the password"))
    assert tries(client, ["lin"]) == [429]


def test_two_people_do_not_share_a_count(lin: Person, client: Client) -> None:
    make_person("wang")
    tries(client, ["lin"] * 9)
    assert tries(client, ["wang"], PASSWORD) == [302]
    assert fresh(lin).check_password(PASSWORD)


def test_a_session_of_the_person_at_the_address_exempts_only_that_person(lin: Person, client: Client) -> None:
    make_person("wang")
    signed_in("wang", REMOTE_ADDR="10.0.0.1")
    for number in range(limits.OF_PERSON.limit):
        assert tries(client, ["lin"], REMOTE_ADDR=f"10.1.0.{number}") == [200]
    assert tries(client, ["lin"], PASSWORD, REMOTE_ADDR="10.0.0.1") == [429]
    assert tries(client, ["wang"], PASSWORD, REMOTE_ADDR="10.0.0.1") == [302]


def test_a_lock_is_noted_once_a_quarter_and_for_people_only(lin: Person, client: Client) -> None:
    tries(client, ["lin"] * 8)
    assert not Entry.objects.filter(verb="directory.sign_in_locked").exists()
    tries(client, ["lin"] * 3)
    tries(client, ["nobody"] * 10)
    assert Entry.objects.filter(verb="directory.sign_in_locked").count() == 1
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=16))
    tries(client, ["lin"] * 9)
    assert Entry.objects.filter(verb="directory.sign_in_locked").count() == 2


def test_a_password_that_fits_forgives_this_address_only(lin: Person) -> None:
    here, there = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    for client in (here, there):
        assert tries(client, ["lin"] * 7) == [200] * 7
    assert tries(here, ["lin"], PASSWORD) == [302]
    assert tries(there, ["lin"] * 2) == [200, 429]


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("lin", ""), ("nobody", PASSWORD)])
def test_name_and_password_are_both_needed(lin: Person, client: Client, name: str, password: str) -> None:
    assert tries(client, [name], password) == [200]
    assert not Session.objects.filter(account_id=lin.pk).exists()


def test_who_was_put_out_by_hand_is_out_with_the_next_page(lin: Person) -> None:
    client = signed_in()
    Person.objects.filter(pk=lin.pk).update(is_active=False)
    assert not is_in(client)


def test_the_first_sign_in_is_remembered_once(lin: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(came_in_at=None)
    signed_in()
    first = fresh(lin).came_in_at
    signed_in()
    assert first is not None and fresh(lin).came_in_at == first
