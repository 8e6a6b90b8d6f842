"""Programs write in channels and are told what is said there: by secret addresses, signed, again until it was taken."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.conversations.programs import Program
from zhiliu.communities.models import Community
from zhiliu.conversations.hooks import outgoing
from zhiliu.conversations.hooks.incoming import close_incoming, hook_of, open_incoming, receive, text_of
from zhiliu.conversations.hooks.outgoing import NotTakenError, close_outgoing, deliver, open_outgoing
from zhiliu.conversations.models import Channel, HookDelivery, IncomingHook, Message, OutgoingHook
from zhiliu.conversations.opening import close_channel, open_channel
from zhiliu.conversations.posting import edit, post, withdraw_message
from zhiliu.conversations.speaking_turn import give_floor
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.rate_limit import RateLimit
from zhiliu.kit.web.targets import target_of


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报警", by=lin)


# ---- programs write --------------------------------------------------------------------------------------------------


def test_a_program_writes_as_a_bot_until_its_address_is_closed(channel: Channel, lin: Person) -> None:
    hook, key = open_incoming(channel, name="库温 报警", by=lin)
    assert hook.digest != key and key not in str(IncomingHook.objects.values())
    incoming_hook = hook_of(key)
    assert incoming_hook == hook
    message = receive(incoming_hook, {"text": "**三号库** 高温"}, name="a-1")
    assert message.by == hook.bot and message.by.kind == Person.Kind.BOT and "<strong>" in message.html
    assert receive(incoming_hook, {"text": "别的"}, name="a-1") == message
    close_incoming(hook, by=lin)
    close_incoming(hook, by=lin)
    assert hook_of(key) is None and hook_of("") is None
    assert Message.objects.get() == message


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"text": "好"}, "好"),
        ({"msgtype": "text", "text": {"content": "好"}}, "好"),
        ({"msgtype": "markdown", "markdown": {"content": "**好**"}}, "**好**"),
        ({"msgtype": "markdown", "markdown": {"title": "一", "text": "好"}}, "好"),
        ({"msg_type": "text", "content": {"text": "好"}}, "好"),
        ({"text": {"content": ["好"]}}, ""),
        ({"text": 5}, ""),
        ([], ""),
        (None, ""),
        ({"text": "温度\ud800高"}, "温度\ufffd高"),
        ({"text": "\ud83d\udd25 着火"}, "🔥 着火"),
    ],
)
def test_formats_of_other_robots_are_understood(payload: Any, text: str) -> None:
    assert text_of(payload) == text


def test_what_a_program_may_not(channel: Channel, lin: Person, wang: Person, monkeypatch: Any) -> None:
    with pytest.raises(Forbidden):
        open_incoming(channel, name="我的", by=wang)
    with pytest.raises(Refused):
        open_incoming(channel, name="  ", by=lin)
    hook, key = open_incoming(channel, name="报警", by=lin)
    for wrong in ({"text": " "}, {"text": "长" * 8001}, "x"):
        with pytest.raises(Refused):
            receive(hook, wrong)
    monkeypatch.setattr("zhiliu.conversations.hooks.incoming.MESSAGES", RateLimit(2, dt.timedelta(minutes=1)))
    client = Client(enforce_csrf_checks=True)
    path = f"/hooks/{key}/"
    answers = [client.post(path, {"text": "高温"}, "application/json").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert client.post("/hooks/nothing/", {"text": "x"}, "application/json").status_code == 404
    assert client.post(path, "{", "application/json").status_code == 422
    assert client.post(path, "x" * 70_000, "application/json").status_code == 413
    assert client.get(path).status_code == 405
    assert Message.objects.count() == 2


def test_a_bot_is_nobody_one_can_be(channel: Channel, lin: Person, community: Community) -> None:
    hook, _key = open_incoming(channel, name="报警", by=lin)
    assert not hook.bot.has_usable_password()
    root = post(channel, body="开始", by=lin)
    give_floor(channel, [lin], aside=root, by=lin)
    with pytest.raises(Forbidden):
        receive(IncomingHook.objects.select_related("channel__community", "bot").get(), {"text": "x"})
    close_channel(channel, by=lin)
    with pytest.raises(Forbidden):
        receive(IncomingHook.objects.select_related("channel__community", "bot").get(), {"text": "x"})


# ---- programs are told -----------------------------------------------------------------------------------------------


def told(program: Program) -> list[dict[str, Any]]:
    """What came, in order."""
    return [json.loads(body) for _headers, body in program.came]


def test_what_is_said_changed_and_taken_back_is_told_signed_and_once(
    channel: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    hook = open_outgoing(channel, url=program.url, by=lin)
    assert open_outgoing(channel, url=program.url, by=lin) == hook
    message = post(channel, body="先看表", by=lin)
    edit(message, body="先看十分钟表", by=lin)
    catch_up()
    rows = list(HookDelivery.objects.order_by("pk"))
    assert [row.event for row in rows] == ["message.posted", "message.edited"]
    assert [deliver(row.pk) for row in rows] == [True, True]
    assert [deliver(row.pk) for row in rows] == [False, False]
    first = told(program)[0]
    assert first["message"]["text"] == "先看十分钟表" and first["message"]["by"]["name"] == lin.name
    headers, body = program.came[0]
    moment, mac = (part.split("=")[1] for part in headers["X-Zhiliu-Signature"].split(","))
    assert mac == hmac.new(hook.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    withdraw_message(Message.objects.get(), by=lin)
    catch_up()
    deliver(HookDelivery.objects.latest("pk").pk)
    assert told(program)[2]["event"] == "message.withdrawn" and told(program)[2]["message"]["text"] is None


def test_what_is_not_taken_is_tried_again_with_the_same_number(
    channel: Channel, lin: Person, program: Program, catch_up: Any, monkeypatch: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="先看表", by=lin)
    catch_up()
    hook_delivery = HookDelivery.objects.get()
    # A redirect is not followed: it could lead inside.
    for status in (500, 302):
        program.status = status
        with pytest.raises(NotTakenError):
            deliver(hook_delivery.pk)
    hook = OutgoingHook.objects.get()
    assert hook.failing_since and "302" in hook.problem
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)
    program.status, program.wait = 200, 2
    with pytest.raises(NotTakenError):
        deliver(hook_delivery.pk)
    program.wait = 0
    assert deliver(hook_delivery.pk)
    assert {headers["X-Zhiliu-Delivery"] for headers, _body in program.came} == {str(hook_delivery.pk)}
    hook.refresh_from_db()
    assert hook.failing_since is None and hook.problem == ""


def test_a_program_that_takes_nothing_for_days_is_told_no_more(
    channel: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="先看表", by=lin)
    catch_up()
    program.status = 500
    OutgoingHook.objects.update(failing_since=timezone.now() - outgoing.PATIENCE * 1.1)
    hook_delivery = HookDelivery.objects.get()
    with pytest.raises(NotTakenError):
        deliver(hook_delivery.pk)
    assert OutgoingHook.objects.get().closed_at is not None
    assert deliver(hook_delivery.pk) is False
    post(channel, body="再看", by=lin)
    catch_up()
    assert HookDelivery.objects.count() == 1


def test_the_log_read_twice_tells_once(channel: Channel, lin: Person, program: Program) -> None:
    from zhiliu.conversations.facts import MessagePosted

    open_outgoing(channel, url=program.url, by=lin)
    fact = MessagePosted(message_id=1, channel_id=channel.pk, number=1, changed=1)
    assert len(outgoing.note_for_hooks(7, fact)) == 1
    assert outgoing.note_for_hooks(7, fact) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://user:secret@93.184.216.34/",
        "ftp://93.184.216.34/",
        "http:///x",
        "http://93.184.216.34:99999/",
    ],
)
def test_addresses_inside_are_refused(url: str, channel: Channel, lin: Person) -> None:
    with pytest.raises(Refused):
        open_outgoing(channel, url=url, by=lin)
    assert not OutgoingHook.objects.exists()


def test_an_address_outside_is_looked_up_once_and_used_as_found() -> None:
    target = target_of("https://93.184.216.34/a?b=c")
    assert (target.ip, target.port, target.is_secure, target.path) == ("93.184.216.34", 443, True, "/a?b=c")


def test_an_address_that_came_to_lie_inside_is_not_sent_to(
    channel: Channel, lin: Person, program: Program, catch_up: Any, settings: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="先看表", by=lin)
    catch_up()
    settings.WEBHOOK_PRIVATE_HOSTS = set()
    with pytest.raises(NotTakenError):
        deliver(HookDelivery.objects.get().pk)
    assert program.came == []


# ---- the doors -------------------------------------------------------------------------------------------------------


FIELDS = {"kind": "json", "tells": ["messages"]}


def test_the_page_is_for_who_looks_after_the_channel(
    channel: Channel, lin: Person, wang: Person, program: Program, browse: Any
) -> None:
    path = f"/channels/{channel.pk}/programs/"
    assert browse(wang).get(path).status_code == 403
    assert browse(lin).get(path).status_code == 200
    shown = browse(lin).post(path, {"name": "报警"}).content.decode()
    assert "/hooks/" in shown
    key = shown.split("/hooks/")[1].split("/")[0]
    assert hook_of(key) is not None
    assert key not in browse(lin).get(path).content.decode()
    assert "X-Zhiliu" not in browse(lin).post(f"{path}told/", {**FIELDS, "url": "http://10.0.0.1/"}).content.decode()
    secret = browse(lin).post(f"{path}told/", {**FIELDS, "url": program.url}).content.decode()
    hook = OutgoingHook.objects.get()
    assert hook.secret in secret and hook.secret not in browse(lin).get(path).content.decode()
    assert browse(wang).post(f"{path}out/{hook.pk}/closure/").status_code == 403
    assert browse(lin).post(f"{path}out/{hook.pk}/closure/").status_code == 302
    assert browse(lin).post(f"{path}in/{IncomingHook.objects.get().pk}/closure/").status_code == 302
    assert not OutgoingHook.objects.filter(closed_at=None).exists() and hook_of(key) is None


def test_closing_twice_is_harmless(channel: Channel, lin: Person, program: Program) -> None:
    hook = open_outgoing(channel, url=program.url, by=lin)
    close_outgoing(hook, by=lin)
    close_outgoing(hook, by=lin)
    assert open_outgoing(channel, url=program.url, by=lin) != hook
