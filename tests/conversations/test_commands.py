"""Lines that begin with a slash: found, done, refused and kept; commands that programs answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from tests.cast import fresh, make_community
from tests.conversations.programs import Program
from zhiliu.communities.models import Community
from zhiliu.conversations.commands import completion, run_command
from zhiliu.conversations.hooks.commands import (
    CommandAnswer,
    call,
    call_program,
    close_command,
    command_answer_of,
    command_of,
    forget_calls,
    open_command,
)
from zhiliu.conversations.hooks.sending import NotTakenError
from zhiliu.conversations.models import Channel, ChannelMembership, CommandCall, CommandHook, Message, ScheduledMessage
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.conversations.scheduling import post_due
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.slash_commands import literal, slashes, split_line
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification
from zhiliu.notifications.quiet import quiet_until

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/poll 几点 | 三点", ("poll", "几点 | 三点")),
        ("/帮助", ("帮助", "")),
        ("/topic\n第一行\n第二行", ("topic", "第一行\n第二行")),
        ("/usr/bin 里没有", None),
        (" /poll 一个空格", None),
        ("//poll", None),
        ("/", None),
        ("/ 空的", None),
        ("见 /poll", None),
    ],
)
def test_a_line_is_a_command_or_is_said_as_it_stands(text: str, found: tuple[str, str] | None) -> None:
    assert split_line(text) == found


def test_of_two_slashes_one_is_left_where_they_kept_a_command_from_being_done() -> None:
    assert literal("//poll 好") == "/poll 好"
    assert [literal(text) for text in ("//a.com/b", "// 注释", "/usr/bin", "好")] == [
        "//a.com/b",
        "// 注释",
        "/usr/bin",
        "好",
    ]


def test_commands_are_found_by_name_pinyin_initials_and_english(channel: Channel, wang: Person) -> None:
    with translation.override("zh-hans"):
        for typed in ("投", "toupiao", "tp", "poll", "PO"):
            assert completion(channel, wang, typed)[0].also == "poll", typed
        every = {offered.also for offered in completion(channel, wang, "")}
    # What cannot be used here is not offered: neither does Wang look after the channel, nor is it private.
    assert {"poll", "remind", "dnd", "question", "mute", "help"} <= every
    assert not {"topic", "invite"} & every


def test_every_command_has_names_of_its_own() -> None:
    words = [word for slash in slashes for word in slash.words]
    assert len(words) == len(set(words))


def test_what_is_no_command_is_refused_and_says_nothing(
    channel: Channel, wang: Person, sun: Person, browse: Any
) -> None:
    with pytest.raises(Refused, match="no command “/fnord”"):
        run_command(channel, "/fnord 好", by=wang)
    answer = browse(wang).post(f"/channels/{channel.pk}/commands/", {"line": "/fnord 好"}, **JSON)
    assert answer.status_code == 422 and "fnord" in answer.json()["error"]
    # Without script the same line comes to the door of messages.
    browse(wang).post(f"/channels/{channel.pk}/messages/", {"body": "/fnord 好"})
    assert not Message.objects.exists()
    browse(wang).post(f"/channels/{channel.pk}/messages/", {"body": "//fnord 好"})
    browse(wang).post(f"/channels/{channel.pk}/messages/", {"body": " /fnord 好"})
    browse(wang).post(f"/channels/{channel.pk}/messages/", {"body": "/usr/bin 里"}, **JSON)
    assert list(Message.objects.order_by("pk").values_list("body", flat=True)) == [
        "/fnord 好",
        "/fnord 好",
        "/usr/bin 里",
    ]


def test_a_poll_is_put_in_one_line_once_or_its_form_is_opened(channel: Channel, wang: Person) -> None:
    for _ in range(2):
        run_command(channel, "/投票 几点？| 三点 ｜ 四点", by=wang, client_id="c-1")
    message = Message.objects.get()
    assert (message.poll["question"], [text for _, text, _ in message.poll["options"]]) == ("几点？", ["三点", "四点"])
    assert (
        run_command(channel, "/poll 几点", by=wang).sheet
        == f"/channels/{channel.pk}/polls/new/?question=%E5%87%A0%E7%82%B9"
    )


def test_one_is_reminded_in_the_talk_with_oneself_unread_and_in_the_inbox(
    channel: Channel, wang: Person, catch_up: Any
) -> None:
    for _ in range(2):
        reply = run_command(channel, "/remind in 2 hours 给客户回电话", by=wang, client_id="c-1")
    assert "reminded" in reply.said
    waiting = ScheduledMessage.objects.get()
    assert (waiting.body, waiting.channel.kind, waiting.channel.people_key) == ("给客户回电话", "talk", f"{wang.pk}")
    assert post_due(waiting.due_at) == 1
    catch_up()
    membership = ChannelMembership.objects.select_related("channel").get(person=wang, channel=waiting.channel)
    assert membership.channel.last_number - membership.read_number == 1
    assert Notification.objects.get(person=wang, notice="conversations.reminder_due").kind == "message"


def test_the_channel_is_reminded_in_the_name_of_who_asked(channel: Channel, wang: Person) -> None:
    run_command(channel, "/remind here tomorrow 9am 早会", by=wang)
    run_command(channel, "/提醒 这里 后天 早会", by=wang)
    assert set(ScheduledMessage.objects.values_list("channel", "body")) == {(channel.pk, "早会")}
    for line in ("/remind", "/remind 早会", "/remind in 2 hours", "/remind 2020-01-01 早会"):
        with pytest.raises(Refused):
            run_command(channel, line, by=wang)
    assert ScheduledMessage.objects.count() == 2


def test_one_rests_until_a_moment_and_ends_it(channel: Channel, wang: Person) -> None:
    run_command(channel, "/dnd 2 hours", by=wang)
    until = quiet_until(fresh(wang))
    assert until is not None and abs(until - timezone.now() - dt.timedelta(hours=2)) < dt.timedelta(minutes=1)
    run_command(channel, "/免打扰 结束", by=wang)
    assert quiet_until(fresh(wang)) is None
    for line in ("/dnd", "/dnd 没有的时候", "/dnd in 3 months"):
        with pytest.raises(Refused):
            run_command(channel, line, by=wang)
    assert quiet_until(fresh(wang)) is None


def test_who_looks_after_the_channel_says_what_it_is_for(channel: Channel, lin: Person, wang: Person) -> None:
    run_command(channel, "/topic 每天的事", by=lin)
    channel.refresh_from_db()
    assert channel.purpose == "每天的事"
    with pytest.raises(Forbidden):
        run_command(channel, "/topic 我来定", by=wang)
    channel.refresh_from_db()
    assert channel.purpose == "每天的事"


def test_people_are_let_into_a_private_channel_by_name(
    community: Community, channel: Channel, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    run_command(private, f"/invite @{wang.name} {xu.name}", by=lin, mentioned_ids=(wang.pk,))
    assert set(ChannelMembership.objects.filter(channel=private).values_list("person", flat=True)) == {
        lin.pk,
        wang.pk,
        xu.pk,
    }
    for line in ("/invite", "/invite @没有这个人"):
        with pytest.raises(Refused):
            run_command(private, line, by=lin)
    with pytest.raises(Refused, match="already"):
        run_command(channel, f"/invite @{sun.name}", by=lin)


def test_one_says_what_one_wants_to_be_told(channel: Channel, wang: Person) -> None:
    for line, chosen in (("/mute", "nothing"), ("/follow", "everything"), ("/mentions", "mentions")):
        run_command(channel, line, by=wang)
        assert ChannelMembership.objects.get(channel=channel, person=wang).involvement == chosen


def test_a_question_begins_in_its_form_and_not_where_there_is_no_community(
    channel: Channel, wang: Person, xu: Person
) -> None:
    go = run_command(channel, "/question 怎么查漏氟", by=wang).go
    assert go.startswith(f"/questions/new/?community={channel.community.slug}&title=")  # type: ignore[union-attr]
    with pytest.raises(Refused):
        run_command(open_talk([xu], by=wang), "/question 怎么查漏氟", by=wang)


def test_the_commands_of_a_channel_are_explained_to_who_sees_it(channel: Channel, wang: Person, browse: Any) -> None:
    page = browse(wang).get(f"/channels/{channel.pk}/commands/help/").content.decode()
    assert "/help" in page or "/帮助" in page
    rows = browse(wang).get(f"/channels/{channel.pk}/commands/?q=po", **JSON).json()
    assert rows[0]["value"] in ("poll", "投票")
    talk = open_talk([], by=wang)
    assert browse(wang).get(f"/channels/{talk.pk}/commands/help/").status_code == 200


# ---- programs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def hook(channel: Channel, lin: Person, wang: Person, program: Program) -> CommandHook:
    # Who asks is told in their language.
    Person.objects.filter(pk=wang.pk).update(language="en")
    wang.language = "en"
    return open_command(channel, word="/Deploy", hint="上线", url=program.url, by=lin)


def test_a_word_is_given_by_who_looks_after_the_channel_once(
    hook: CommandHook, channel: Channel, lin: Person, wang: Person, program: Program
) -> None:
    assert (hook.word, command_of(channel, "DEPLOY")) == ("deploy", hook)
    with pytest.raises(Forbidden):
        open_command(channel, word="build", url=program.url, by=wang)
    for word in ("deploy", "poll", "投票", "两 个", "a/b", "长" * 21, ""):
        with pytest.raises(Refused):
            open_command(channel, word=word, url=program.url, by=lin)
    with pytest.raises(Refused, match="inside your network"):
        open_command(channel, word="inner", url="http://10.0.0.1/", by=lin)
    close_command(hook, by=lin)
    close_command(hook, by=lin)
    assert command_of(channel, "deploy") is None
    assert open_command(channel, word="deploy", url=program.url, by=lin) != hook


def test_the_program_is_asked_signed_and_its_bot_says_the_answer_once(
    hook: CommandHook, channel: Channel, wang: Person, program: Program
) -> None:
    program.answer = '{"text": "**上线** 好了", "to": "channel"}'.encode()
    for _ in range(2):
        reply = run_command(channel, "/deploy 三号库", by=wang, client_id="c-1")
    asked = CommandCall.objects.get()
    assert reply.call == asked.pk
    assert (call_program(asked.pk), call_program(asked.pk)) == (True, False)
    message = Message.objects.get()
    assert (message.by, message.body, "<strong>" in message.html) == (hook.bot, "**上线** 好了", True)
    (headers, body), *more = program.came
    told = json.loads(body)
    assert not more and (told["command"], told["text"], told["by"]["handle"]) == ("deploy", "三号库", "wang")
    moment, v1 = (part.split("=")[1] for part in headers["X-Zhiliu-Signature"].split(","))
    assert v1 == hmac.new(hook.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert CommandCall.objects.get().said == ""


def test_what_is_meant_for_who_asked_nobody_else_sees(
    hook: CommandHook, channel: Channel, wang: Person, xu: Person, program: Program, browse: Any
) -> None:
    program.answer = '{"text": "只给你看"}'.encode()
    key = (
        browse(wang)
        .post(f"/channels/{channel.pk}/commands/", {"line": "/deploy", "client": "c"}, **JSON)
        .json()["call"]
    )
    url = f"/channels/{channel.pk}/commands/{key}/answer/"
    assert browse(wang).get(url).json()["done"] is False
    call_program(key)
    assert browse(wang).get(url).json() == {"done": True, "failed": False, "said": "只给你看", "by": "deploy"}
    assert browse(xu).get(url).status_code == 404
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (b"", 500, "HTTP 500"),
        (b"", 302, "HTTP 302"),
        (b"<html>", 200, "isn’t JSON"),
        (b'{"text": ""}', 200, "no text"),
        (b'{"text": 5, "to": "channel"}', 200, "no text"),
        (b"[]", 200, "no text"),
        (b"x" * 70_000, 200, "too long"),
    ],
)
def test_what_goes_wrong_is_told_to_who_asked_and_not_to_the_channel(
    hook: CommandHook, channel: Channel, wang: Person, program: Program, answer: bytes, status: int, why: str
) -> None:
    program.answer, program.status = answer, status
    command_call = call(hook, rest="", by=wang, client_id="c-1")
    assert call_program(command_call.pk) is False
    command_call.refresh_from_db()
    hook.refresh_from_db()
    assert command_call.failed and command_call.answered_at and why in command_call.said and why in hook.problem
    assert not Message.objects.exists()


@pytest.mark.parametrize(("wait", "drip"), [(5.0, 0.0), (0.0, 1.2)])
def test_a_program_that_hangs_or_drips_is_given_up(
    hook: CommandHook, channel: Channel, wang: Person, program: Program, wait: float, drip: float
) -> None:
    program.wait, program.drip, program.answer = wait, drip, b'{"text": "spaet"}'
    command_call = call(hook, rest="", by=wang, client_id="c-1")
    assert call_program(command_call.pk) is False
    command_call.refresh_from_db()
    assert command_call.failed and "didn’t respond" in command_call.said and not Message.objects.exists()


def test_a_target_that_is_not_there_fails_the_same_way(
    hook: CommandHook, channel: Channel, wang: Person, program: Program
) -> None:
    # Closed under a thread that listens, the port would take a connection and break it: nobody is to be there at all.
    program.server.shutdown()
    program.server.server_close()
    command_call = call(hook, rest="", by=wang, client_id="c-1")
    assert call_program(command_call.pk) is False
    command_call.refresh_from_db()
    assert "can’t be reached" in command_call.said


def test_only_who_may_write_asks_and_not_too_often(
    hook: CommandHook, channel: Channel, lin: Person, wang: Person, sun: Person, program: Program
) -> None:
    with pytest.raises(Forbidden):
        run_command(channel, "/deploy", by=sun)
    for number in range(20):
        call(hook, rest="", by=wang, client_id=f"c-{number}")
    with pytest.raises(Refused, match="minute"):
        call(hook, rest="", by=wang, client_id="c-20")
    close_channel(channel, by=lin)
    hook = CommandHook.objects.select_related("channel__community").get()
    with pytest.raises(Forbidden):
        call(hook, rest="", by=lin, client_id="c-1")
    assert CommandCall.objects.count() == 20 and not program.came
    assert forget_calls(timezone.now() + dt.timedelta(days=15)) == 20


def test_an_answer_for_the_channel_that_takes_nothing_any_more_is_told_to_who_asked(
    hook: CommandHook, channel: Channel, lin: Person, wang: Person, program: Program
) -> None:
    program.answer = b'{"text": "da", "to": "channel"}'
    command_call = call(hook, rest="", by=wang, client_id="c-1")
    close_channel(channel, by=lin)
    assert call_program(command_call.pk) is False
    command_call.refresh_from_db()
    assert command_call.failed and "closed" in command_call.said and not Message.objects.exists()


def test_only_what_is_meant_as_an_answer_is_one() -> None:
    assert (command_answer_of(b'{"text": "a", "to": "me"}').to_channel, command_answer_of(b'{"text": " a "}').text) == (
        False,
        "a",
    )
    with pytest.raises(NotTakenError):
        command_answer_of(b'{"to": "channel"}')


def test_the_page_of_programs_adds_shows_and_closes_a_command(
    channel: Channel, lin: Person, wang: Person, program: Program, browse: Any
) -> None:
    url = f"/channels/{channel.pk}/programs/commands/"
    fields = {"word": "deploy", "hint": "上线", "url": program.url}
    assert browse(wang).post(url, fields).status_code == 403
    page = browse(lin).post(url, fields).content.decode()
    command_hook = CommandHook.objects.get()
    assert command_hook.secret in page and "/deploy" in page
    assert command_hook.secret not in browse(lin).get(f"/channels/{channel.pk}/programs/").content.decode()
    browse(lin).post(f"/channels/{channel.pk}/programs/command/{command_hook.pk}/closure/")
    assert CommandHook.objects.get().closed_at is not None


def test_who_does_not_see_a_channel_is_not_told_which_commands_it_has(
    community: Community, lin: Person, wang: Person
) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    for line in ("/deploy", "/help"):
        with pytest.raises(Forbidden, match="Only participants can see this"):
            run_command(private, line, by=wang)


def test_a_word_calls_the_program_of_its_own_channel_while_it_is_open(
    hook: CommandHook, channel: Channel, community: Community, lin: Person, wang: Person, program: Program
) -> None:
    other = open_channel(community, name="库温", by=lin)
    theirs = open_command(other, word="deploy", url=program.url, by=lin)
    for place in (channel, other):
        run_command(place, "/deploy", by=wang)
    assert list(CommandCall.objects.order_by("pk").values_list("hook", flat=True)) == [hook.pk, theirs.pk]
    close_command(hook, by=lin)
    with pytest.raises(Refused, match="no command “/deploy”"):
        run_command(channel, "/deploy", by=wang)
    run_command(other, "/DEPLOY", by=wang)
    assert CommandCall.objects.filter(hook=theirs).count() == 2


def test_commands_of_programs_are_offered_in_their_channel_with_what_they_do(
    hook: CommandHook, channel: Channel, community: Community, lin: Person, wang: Person, program: Program
) -> None:
    other = open_channel(community, name="库温", by=lin)
    open_command(other, word="temperature", url=program.url, by=lin)
    open_command(channel, word="stock", url=program.url, by=lin)
    close_command(open_command(channel, word="status", url=program.url, by=lin), by=lin)
    shown = [(item.word, item.also, item.hint) for item in completion(channel, wang, "")][-2:]
    assert shown == [("deploy", "", "上线"), ("stock", "", "A program answers")]
    assert [item.word for item in completion(channel, wang, "st")] == ["stock"]


def test_all_commands_are_offered_until_one_types_and_then_the_likeliest(
    channel: Channel, lin: Person, wang: Person, program: Program
) -> None:
    for number in range(9):
        open_command(channel, word=f"stock{number}", url=program.url, by=lin)
    assert [item.word for item in completion(channel, wang, "stock")] == [f"stock{number}" for number in range(6)]
    assert sum(item.word.startswith("stock") for item in completion(channel, wang, "")) == 9


def test_calls_are_counted_and_known_again_for_each_person_by_themselves(
    hook: CommandHook, lin: Person, wang: Person
) -> None:
    calls = [call(hook, rest="", by=wang, client_id=f"c-{number}") for number in range(20)]
    theirs = call(hook, rest="", by=lin, client_id="c-0")
    assert (theirs.by, call(hook, rest="", by=wang, client_id="c-0")) == (lin, calls[0])
    assert CommandCall.objects.count() == 21


def test_a_program_that_answers_or_fails_changes_nothing_about_the_others(
    hook: CommandHook, channel: Channel, lin: Person, wang: Person, program: Program
) -> None:
    other = open_command(channel, word="stock", url=program.url, by=lin)
    waiting = call(other, rest="", by=wang, client_id="c-0")
    program.status = 500
    assert not call_program(call(hook, rest="", by=wang, client_id="c-1").pk)
    assert dict(CommandHook.objects.values_list("word", "problem")) == {"deploy": "HTTP 500", "stock": ""}
    CommandHook.objects.filter(pk=other.pk).update(problem="HTTP 502")
    program.status, program.answer = 200, b'{"text": "da"}'
    assert call_program(call(hook, rest="", by=wang, client_id="c-2").pk)
    assert dict(CommandHook.objects.values_list("word", "problem")) == {"deploy": "", "stock": "HTTP 502"}
    waiting.refresh_from_db()
    assert (waiting.answered_at, waiting.failed, waiting.said) == (None, False, "")
    assert not call_program(0)


@pytest.mark.parametrize(("place", "in_thread"), [("root", True), ("reply", False), ("elsewhere", False)])
def test_an_answer_stands_in_the_thread_it_was_asked_in_if_that_is_one_of_the_channel(
    hook: CommandHook,
    channel: Channel,
    community: Community,
    lin: Person,
    wang: Person,
    program: Program,
    place: str,
    in_thread: bool,
) -> None:
    program.answer = b'{"text": "da", "to": "channel"}'
    root = post(channel, body="谁上线", by=wang)
    assert isinstance(root, Message)
    reply = post(channel, body="我", by=lin, root=root)
    elsewhere = post(open_channel(community, name="库温", by=lin), body="早", by=lin)
    key = {"root": root, "reply": reply, "elsewhere": elsewhere}[place].pk
    assert call_program(call(hook, rest="", by=wang, client_id="c-1", root=key).pk)
    said = Message.objects.get(by=hook.bot)
    assert (said.channel, said.root) == (channel, root if in_thread else None)


@pytest.mark.parametrize(
    ("text", "is_answer"), [("长" * 8000, True), ("长" * 8001, False), ("  ", False), ("a", True), ("", False)]
)
def test_an_answer_says_something_and_not_too_much(text: str, is_answer: bool) -> None:
    raw = json.dumps({"text": text}).encode()
    if is_answer:
        assert command_answer_of(raw) == CommandAnswer(text, False)
    else:
        with pytest.raises(NotTakenError, match="the response has no text"):
            command_answer_of(raw)


def test_calls_are_forgotten_after_two_weeks(hook: CommandHook, wang: Person) -> None:
    old, new = (call(hook, rest="", by=wang, client_id=f"c-{number}") for number in range(2))
    CommandCall.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=14, seconds=1))
    assert (forget_calls(), list(CommandCall.objects.all())) == (1, [new])
    assert forget_calls(new.at + dt.timedelta(days=14)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_call_from_two_tabs_is_one(lin: Person, wang: Person, program: Program) -> None:
    channel = open_channel(make_community(lin, wang), name="日常", by=lin)
    hook = open_command(channel, word="deploy", url=program.url, by=lin)
    made: list[int] = []

    def act() -> None:
        try:
            command_hook = CommandHook.objects.select_related("channel__community").get(pk=hook.pk)
            made.append(call(command_hook, rest="", by=fresh(wang), client_id="c-1").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3 and len(set(made)) == 1 and CommandCall.objects.count() == 1
