"""Links to come in are mailed to guests and to who forgot the password, while they can come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation

from tests.cast import gone
from zhiliu.directory.accounts import invite_guest
from zhiliu.directory.login_links import read_login_link, send_forgotten
from zhiliu.directory.models import LoginLink, Organisation, Person
from zhiliu.notifications.links import send_link
from zhiliu.notifications.mail_server import BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(db: None) -> Iterator[None]:
    Organisation(name="Lingdong", address="https://kb.example.com", language="en").save()
    with translation.override("en"):
        yield


def forgotten(person: Person) -> LoginLink:
    link = send_forgotten(person.handle)
    assert link is not None
    return link


def link_in(message: Any, address: str) -> LoginLink:
    """The link a mail leads to; the same link has another key every second."""
    return read_login_link(message.body.split(address, 1)[1].split("/", 1)[0])


def test_a_guest_is_invited_by_name_and_can_be_let_in_by_the_link(lin: Person, catch_up: Any, run_jobs: Any) -> None:
    guest, link = invite_guest(name="Yu Ming", email="yu@partner.example.com", by=lin)
    catch_up()
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["yu@partner.example.com"], "Invitation to Lingdong")
    assert f"{guest.name}, 林晓岚 invites you to Lingdong as a guest." in message.body
    assert link_in(message, "https://kb.example.com/invitations/") == link
    assert message.extra_headers["Message-ID"] == f"<zhiliu-invited-{link.pk}@zhiliu>"


def test_who_forgot_the_password_gets_a_link_and_is_told_what_to_do_if_it_was_not_they(
    wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    link = forgotten(wang)
    catch_up()
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["wang@example.com"], "New password for Lingdong")
    assert link_in(message, "https://kb.example.com/password/links/") == link
    assert "If it wasn’t you, do nothing" in message.body


def test_a_link_of_no_use_any_more_is_not_mailed(wang: Person, xu: Person, lin: Person, settings: Any) -> None:
    used, left, without, blocked = (forgotten(person) for person in (wang, xu, lin, lin))
    LoginLink.objects.filter(pk=used.pk).update(used_at=timezone.now())
    gone(xu)
    Person.objects.filter(pk=lin.pk).update(email=None)
    for link in (used, left, without):
        send_link.func(link.pk)
    Person.objects.filter(pk=lin.pk).update(email="lin@example.com")
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BACKEND
    send_link.func(blocked.pk)
    settings.EMAIL_BACKEND = backend
    send_link.func(blocked.pk + 1000)
    assert mail.outbox == []
    send_link.func(blocked.pk)
    assert [message.to for message in mail.outbox] == [["lin@example.com"]]
