"""Addresses of programs are opened and closed by who keeps the channel, one at a time, and announced once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

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
from zhiliu.conversations.hooks.outgoing import close_outgoing, open_outgoing, send_test_event
from zhiliu.conversations.models import Channel, CommandHook, HookDelivery, IncomingHook, Message, OutgoingHook
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import MOST_CHARACTERS
from zhiliu.directory.models import Person
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
