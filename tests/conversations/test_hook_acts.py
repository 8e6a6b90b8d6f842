"""Addresses of programs are opened and closed by who keeps the channel, one at a time, and announced once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.conversations.programs import Program
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.hooks.commands import MOST_HOOKS, close_command, open_command
from zhiliu.conversations.hooks.incoming import (
    MESSAGES,
    TooOftenError,
    close_incoming,
    open_incoming,
    receive,
)
from zhiliu.conversations.hooks.outgoing import (
    close_outgoing,
    deliver,
    forget_old_deliveries,
    open_outgoing,
    send_test_event,
)
from zhiliu.conversations.hooks.sending import NotTakenError
from zhiliu.conversations.models import Channel, CommandHook, HookDelivery, IncomingHook, Message, OutgoingHook
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import MOST_CHARACTERS, post, withdraw_message
from zhiliu.conversations.reacting import react
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import ask
from zhiliu.discussions.deletion import withdraw_question
from zhiliu.discussions.models import Question
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
NOT_KEEPER = "Only the community’s moderators can do this"


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报警", by=lin)


@pytest.fixture
def other(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="库温", by=lin)


def log(channel: Channel) -> list[int | None]:
    """Who changed the programs of the channel, each time."""
    rows = Activity.objects.filter(verb="conversations.hooks_changed").order_by("pk")
    return [row.by_id for row in rows if row.data["channel_id"] == channel.pk]


def test_who_does_not_keep_a_channel_opens_no_address_of_it(channel: Channel, wang: Person, program: Program) -> None:
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        open_incoming(channel, name="监控", by=wang)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        open_outgoing(channel, url=program.url, by=wang)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        open_command(channel, word="deploy", url=program.url, by=wang)
    assert not any(model.objects.exists() for model in (IncomingHook, OutgoingHook, CommandHook))
    assert log(channel) == []


def test_nobody_opens_an_address_of_a_talk(lin: Person, wang: Person) -> None:
    talk = open_talk([wang], by=lin)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        open_incoming(talk, name="监控", by=lin)
    assert not IncomingHook.objects.exists()


def test_who_does_not_keep_a_channel_closes_and_tries_no_address_of_it(
    channel: Channel, lin: Person, wang: Person, program: Program
) -> None:
    incoming, _key = open_incoming(channel, name="监控", by=lin)
    outgoing = open_outgoing(channel, url=program.url, by=lin)
    command = open_command(channel, word="deploy", url=program.url, by=lin)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        close_incoming(incoming, by=wang)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        close_outgoing(outgoing, by=wang)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        close_command(command, by=wang)
    with pytest.raises(Forbidden, match=NOT_KEEPER):
        send_test_event(outgoing, by=wang)
    for model in (IncomingHook, OutgoingHook, CommandHook):
        assert model.objects.get().closed_at is None
    assert (HookDelivery.objects.count(), log(channel)) == (0, [lin.pk] * 3)


def test_closing_an_incoming_address_silences_its_bot_and_no_other(channel: Channel, lin: Person) -> None:
    (first, _key), (second, _other_key) = (open_incoming(channel, name=name, by=lin) for name in ("监控", "库温"))
    for _turn in range(2):
        close_incoming(first, by=lin)
    assert list(IncomingHook.objects.filter(closed_at=None)) == [second]
    bots = Person.objects.filter(kind=Person.Kind.BOT, is_active=True)
    assert list(bots) == [second.bot]
    assert log(channel) == [lin.pk] * 3


def test_closing_an_outgoing_address_leaves_the_others_open(
    channel: Channel, other: Channel, lin: Person, program: Program
) -> None:
    first, second = (open_outgoing(thing, url=program.url, by=lin) for thing in (channel, other))
    for _turn in range(2):
        close_outgoing(first, by=lin)
    assert list(OutgoingHook.objects.filter(closed_at=None)) == [second]
    assert (log(channel), log(other)) == ([lin.pk] * 2, [lin.pk])


def test_closing_a_command_leaves_the_others_and_their_bots(channel: Channel, lin: Person, program: Program) -> None:
    first, second = (open_command(channel, word=word, url=program.url, by=lin) for word in ("deploy", "stock"))
    for _turn in range(2):
        close_command(first, by=lin)
    assert list(CommandHook.objects.filter(closed_at=None)) == [second]
    assert list(Person.objects.filter(kind=Person.Kind.BOT, is_active=True)) == [second.bot]
    assert log(channel) == [lin.pk] * 3


def test_the_same_outgoing_address_again_is_the_same_and_announced_once(
    channel: Channel, lin: Person, program: Program
) -> None:
    assert open_outgoing(channel, url=program.url, by=lin) == open_outgoing(channel, url=program.url, by=lin)
    assert log(channel) == [lin.pk]


def test_a_word_is_taken_within_its_channel_only(
    channel: Channel, other: Channel, lin: Person, program: Program
) -> None:
    for thing in (channel, other):
        open_command(thing, word="deploy", url=program.url, by=lin)
    with pytest.raises(Refused, match="/deploy already exists") as refused:
        open_command(channel, word="/Deploy", url=program.url, by=lin)
    assert (refused.value.field, CommandHook.objects.count(), log(channel)) == ("word", 2, [lin.pk])


def test_a_word_has_at_most_twenty_letters(channel: Channel, lin: Person, program: Program) -> None:
    with pytest.raises(Refused, match="one word of at most 20 letters"):
        open_command(channel, word="长" * 21, url=program.url, by=lin)
    assert (CommandHook.objects.count(), log(channel)) == (0, [])
    assert open_command(channel, word="长" * 20, url=program.url, by=lin).word == "长" * 20


def test_an_address_without_a_name_or_with_nothing_to_tell_is_refused(
    channel: Channel, lin: Person, program: Program
) -> None:
    with pytest.raises(Refused, match="Give it a name"):
        open_incoming(channel, name="  ", by=lin)
    with pytest.raises(Refused, match="Choose what to send"):
        open_outgoing(channel, url=program.url, by=lin, tells=["nonsense"])
    assert (IncomingHook.objects.count(), OutgoingHook.objects.count(), log(channel)) == (0, 0, [])


def test_twenty_programs_write_in_a_channel_and_twenty_answer_commands(
    channel: Channel, other: Channel, lin: Person, program: Program
) -> None:
    for number in range(MOST_HOOKS):
        incoming, _key = open_incoming(channel, name=f"监控 {number}", by=lin)
        command = open_command(channel, word=f"word{number}", url=program.url, by=lin)
    with pytest.raises(Refused, match="at most 20 of these addresses"):
        open_incoming(channel, name="再来", by=lin)
    with pytest.raises(Refused, match="at most 20 of these addresses"):
        open_command(channel, word="again", url=program.url, by=lin)
    assert [IncomingHook.objects.count(), CommandHook.objects.count()] == [MOST_HOOKS] * 2
    # What was closed makes room, and other channels have room of their own.
    close_incoming(incoming, by=lin)
    close_command(command, by=lin)
    for thing in (channel, other):
        open_incoming(thing, name="再来", by=lin)
        open_command(thing, word="again", url=program.url, by=lin)
    assert IncomingHook.objects.filter(closed_at=None).count() == MOST_HOOKS + 1
    assert CommandHook.objects.filter(closed_at=None).count() == MOST_HOOKS + 1


def test_ten_programs_are_told_what_is_said_in_a_channel(
    channel: Channel, other: Channel, lin: Person, program: Program
) -> None:
    hooks = [open_outgoing(channel, url=f"{program.url}?n={number}", by=lin) for number in range(10)]
    with pytest.raises(Refused, match="at most 10 of these addresses"):
        open_outgoing(channel, url=f"{program.url}?n=again", by=lin)
    assert OutgoingHook.objects.count() == 10
    assert open_outgoing(channel, url=f"{program.url}?n=0", by=lin) == hooks[0]
    close_outgoing(hooks[0], by=lin)
    for thing in (channel, other):
        open_outgoing(thing, url=f"{program.url}?n=again", by=lin)
    assert OutgoingHook.objects.filter(closed_at=None).count() == 11


def test_a_program_says_thirty_messages_a_minute(channel: Channel, lin: Person) -> None:
    hook, _key = open_incoming(channel, name="监控", by=lin)
    quiet, _other_key = open_incoming(channel, name="库温", by=lin)
    for number in range(MESSAGES.limit):
        receive(hook, {"text": f"第 {number} 次"})
    with pytest.raises(TooOftenError, match="At most 30 messages a minute"):
        receive(hook, {"text": "再来"})
    assert Message.objects.filter(channel=channel).count() == MESSAGES.limit
    receive(quiet, {"text": "三号库正常"})
    Message.objects.filter(by=hook.bot).update(at=timezone.now() - dt.timedelta(seconds=61))
    assert receive(hook, {"text": "再来"}).body == "再来"


def test_a_program_says_something_and_not_too_much(channel: Channel, lin: Person) -> None:
    hook, _key = open_incoming(channel, name="监控", by=lin)
    with pytest.raises(Refused, match="There is no text in it"):
        receive(hook, {"text": "  "})
    with pytest.raises(Refused, match="at most 8,000 characters"):
        receive(hook, {"text": "长" * (MOST_CHARACTERS + 1)})
    hook.refresh_from_db()
    assert (Message.objects.filter(channel=channel).count(), hook.used_at) == (0, None)
    assert len(receive(hook, {"text": "长" * MOST_CHARACTERS}).body) == MOST_CHARACTERS


def test_what_a_program_says_marks_its_own_address_as_used(channel: Channel, lin: Person) -> None:
    (first, _key), (second, _other_key) = (open_incoming(channel, name=name, by=lin) for name in ("监控", "库温"))
    receive(first, {"text": "高温"})
    used = IncomingHook.objects.filter(used_at__isnull=False)
    assert (list(used), second.used_at) == ([first], None)


# -- what programs are told -------------------------------------------------------------------------------------------


def told(program: Program) -> list[dict[str, Any]]:
    return [json.loads(body) for _headers, body in program.came]


def waiting() -> list[tuple[OutgoingHook, str]]:
    return [(row.hook, row.event) for row in HookDelivery.objects.filter(sent_at=None).order_by("pk")]


def test_what_is_said_is_told_to_the_open_addresses_of_its_channel_that_want_messages(
    channel: Channel, other: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    wanted = open_outgoing(channel, url=f"{program.url}&n=1", by=lin)
    open_outgoing(channel, url=f"{program.url}&n=2", by=lin, tells=["discussions.asked"])
    close_outgoing(open_outgoing(channel, url=f"{program.url}&n=3", by=lin), by=lin)
    open_outgoing(other, url=program.url, by=lin)
    message = post(channel, body="先看表", by=lin)
    assert isinstance(message, Message)
    react(message, "useful", by=lin)
    catch_up()
    assert waiting() == [(wanted, "message.posted")]


def test_news_are_told_to_the_open_addresses_of_their_community_that_want_them(
    channel: Channel, closed_community: Community, lin: Person, program: Program, catch_up: Any
) -> None:
    tells = ["discussions.asked"]
    wanted = open_outgoing(channel, url=f"{program.url}&n=1", by=lin, tells=tells)
    open_outgoing(channel, url=f"{program.url}&n=2", by=lin)
    close_outgoing(open_outgoing(channel, url=f"{program.url}&n=3", by=lin, tells=tells), by=lin)
    open_outgoing(open_channel(closed_community, name="报价", by=lin), url=program.url, by=lin, tells=tells)
    assert channel.community is not None
    ask(channel.community, title="漏氟怎么查", by=lin)
    catch_up()
    assert waiting() == [(wanted, "discussions.asked")]


def test_an_address_that_fails_or_takes_again_changes_nothing_about_the_others(
    channel: Channel, other: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    failing, quiet = (open_outgoing(thing, url=program.url, by=lin) for thing in (channel, other))
    post(channel, body="一", by=lin)
    post(other, body="二", by=lin)
    catch_up()
    first, second = HookDelivery.objects.order_by("pk")
    program.status = 500
    with pytest.raises(NotTakenError, match="HTTP 500"):
        deliver(first.pk)
    problems = OutgoingHook.objects.order_by("pk").values_list("pk", "problem")
    assert dict(problems) == {failing.pk: "HTTP 500", quiet.pk: ""}
    program.status = 200
    assert deliver(second.pk)
    assert [row.sent_at is None for row in HookDelivery.objects.order_by("pk")] == [True, False]
    assert dict(problems.all()) == {failing.pk: "HTTP 500", quiet.pk: ""}
    assert [row.sent_at is None for row in OutgoingHook.objects.order_by("pk")] == [True, False]


@pytest.mark.parametrize(("longer", "is_closed"), [(dt.timedelta(), False), (dt.timedelta(seconds=1), True)])
def test_an_address_is_closed_when_it_has_failed_for_more_than_three_days(
    channel: Channel, lin: Person, program: Program, catch_up: Any, longer: dt.timedelta, is_closed: bool
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="一", by=lin)
    catch_up()
    program.status, delivery = 500, HookDelivery.objects.get()
    for moment in (delivery.at, delivery.at + dt.timedelta(days=3) + longer):
        with freeze_time(moment), pytest.raises(NotTakenError, match="HTTP 500"):
            deliver(delivery.pk)
    hook = OutgoingHook.objects.get()
    assert (hook.failing_since, hook.closed_at is not None) == (delivery.at, is_closed)


def test_a_program_is_told_who_said_what_where_and_nothing_of_what_was_taken_back(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="别的", by=lin)
    root = post(channel, body="先看表", by=wang)
    assert isinstance(root, Message)
    reply = post(channel, body="看了", by=lin, root=root)
    assert isinstance(reply, Message)
    catch_up()
    HookDelivery.objects.exclude(message_id__in=[root.pk, reply.pk]).delete()
    withdraw_message(reply, by=lin)
    Message.objects.filter(pk=reply.pk).update(by=None)
    for row in HookDelivery.objects.order_by("position"):
        assert deliver(row.pk)
    shown = [
        {name: item["message"][name] for name in ("id", "thread", "by", "text")} | {"event": item["event"]}
        for item in told(program)
    ]
    who = {"name": wang.name, "handle": "wang"}
    assert shown == [
        {"event": "message.posted", "id": root.pk, "thread": None, "by": who, "text": "先看表"},
        {"event": "message.posted", "id": reply.pk, "thread": root.pk, "by": None, "text": None},
    ]
    assert not any("thing" in item for item in told(program))


def test_a_test_says_what_it_is_and_no_message(channel: Channel, lin: Person, program: Program) -> None:
    hook = open_outgoing(channel, url=program.url, by=lin)
    post(channel, body="不是它", by=lin)
    send_test_event(hook, by=lin)
    assert deliver(HookDelivery.objects.get().pk)
    (item,) = told(program)
    assert (item["event"], item["channel"]["id"], "message" in item) == ("test", channel.pk, False)


def test_news_that_are_no_longer_for_everybody_are_told_without_their_title(
    channel: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin, tells=["discussions.asked"])
    assert channel.community is not None
    shown, gone = (ask(channel.community, title=title, by=lin) for title in ("漏氟怎么查", "海外代购"))
    assert isinstance(shown, Question) and isinstance(gone, Question)
    catch_up()
    withdraw_question(gone, by=lin)
    for row in HookDelivery.objects.order_by("position"):
        assert deliver(row.pk)
    first, second = (item["thing"] for item in told(program))
    assert (first["id"], first["title"], second) == (shown.pk, "漏氟怎么查", {"kind": "question", "id": gone.pk})
    assert first["url"].endswith(shown.get_absolute_url())


def test_deliveries_are_forgotten_after_two_weeks(
    channel: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    open_outgoing(channel, url=program.url, by=lin)
    for text in ("一", "二"):
        post(channel, body=text, by=lin)
    catch_up()
    old, new = HookDelivery.objects.order_by("pk")
    HookDelivery.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=14, seconds=1))
    assert (forget_old_deliveries(), list(HookDelivery.objects.all())) == (1, [new])
    assert forget_old_deliveries(new.at + dt.timedelta(days=14)) == 0
    assert forget_old_deliveries(new.at + dt.timedelta(days=14, seconds=1)) == 1
