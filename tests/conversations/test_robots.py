"""Robots of group chats are told what is said and what is new: in their formats, signed, paced, and taken for sure."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import io
import json
import subprocess
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from freezegun import freeze_time

from tests.cast import make_community
from tests.conversations.programs import Program
from zhiliu.communities.models import Community
from zhiliu.conversations.hooks import outgoing, robots
from zhiliu.conversations.hooks.outgoing import (
    NotTakenError,
    deliver,
    note_news,
    open_outgoing,
    send_test_event,
)
from zhiliu.conversations.hooks.robots import ROBOTS
from zhiliu.conversations.models import Channel, HookDelivery, Message, OutgoingHook
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import edit, post, withdraw_message
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.deletion import withdraw_question
from zhiliu.discussions.models import Question
from zhiliu.files.storing import upload
from zhiliu.kit.contracts.community_news import news
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import change_article, publish

OK = {
    "wecom": b'{"errcode": 0, "errmsg": "ok"}',
    "dingtalk": b'{"errcode": 0, "errmsg": "ok"}',
    "feishu": b'{"code": 0, "msg": "success"}',
    "slack": b"ok",
}


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def told(program: Program, number: int = -1) -> Any:
    return json.loads(program.came[number][1])


def free(hook: OutgoingHook) -> None:
    """The minute goes on."""
    OutgoingHook.objects.filter(pk=hook.pk).update(next_at=None)


def by_openssl(key: str, message: str) -> str:
    """The same signature by another program."""
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.encode().hex()}", "-binary"],
        input=message.encode(),
        capture_output=True,
        check=True,
    )
    return base64.b64encode(made.stdout).decode()


def test_wecom_gets_markdown(channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any) -> None:
    program.answer = OK["wecom"]
    open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    message = post(channel, body="先看表 <@all>", by=wang)
    catch_up()
    assert deliver(HookDelivery.objects.get().pk)
    body = told(program)
    assert body["msgtype"] == "markdown"
    text = body["markdown"]["content"]
    assert text.startswith(f"**{wang.name}** [#日常](http") and f"?at={message.number})" in text  # type: ignore[union-attr]
    # What somebody typed calls nobody in the other group.
    assert "＜@all>" in text and "<@all>" not in text


def test_dingtalk_is_signed_in_the_address(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["dingtalk"]
    secret = "SEC" + "0a" * 20
    open_outgoing(channel, url=program.url, kind="dingtalk", robot_secret=secret, by=lin)
    post(channel, body="先看表", by=wang)
    catch_up()
    assert deliver(HookDelivery.objects.get().pk)
    query = parse_qs(urlsplit(program.paths[-1]).query)
    stamp, sign = query["timestamp"][0], query["sign"][0]
    assert query["a"] == ["1"] and abs(int(stamp) / 1000 - timezone.now().timestamp()) < 60
    assert sign == by_openssl(secret, f"{stamp}\n{secret}")
    assert set(told(program)["markdown"]) == {"title", "text"}
    assert secret not in program.came[-1][1].decode()


def test_feishu_is_signed_in_the_body(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["feishu"]
    open_outgoing(channel, url=program.url, kind="feishu", robot_secret="geheim", by=lin)
    post(channel, body="先看表", by=wang)
    catch_up()
    assert deliver(HookDelivery.objects.get().pk)
    body = told(program)
    assert body["sign"] == by_openssl(f"{body['timestamp']}\ngeheim", "")
    assert body["msg_type"] == "interactive" and "先看表" in body["card"]["elements"][0]["content"]
    assert abs(int(body["timestamp"]) - timezone.now().timestamp()) < 60


def test_slack_gets_text_with_its_signs_escaped(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["slack"]
    open_outgoing(channel, url=program.url, kind="slack", by=lin)
    post(channel, body="<!channel> a & b", by=wang)
    catch_up()
    assert deliver(HookDelivery.objects.get().pk)
    assert "&lt;!channel&gt; a &amp; b" in told(program)["text"] and "|#日常>" in told(program)["text"]


@pytest.mark.parametrize(
    ("kind", "answer_", "why"),
    [
        ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "invalid webhook url"),
        ("dingtalk", b'{"errcode": 310000, "errmsg": "sign not match"}', "sign not match"),
        ("feishu", b'{"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}', "sign match fail"),
        ("wecom", b"<html>", "no errcode"),
        ("feishu", b"", "no code"),
    ],
)
def test_a_no_with_http_200_is_a_failure_and_its_words_are_shown(
    channel: Channel,
    lin: Person,
    wang: Person,
    program: Program,
    catch_up: Any,
    browse: Any,
    kind: str,
    answer_: bytes,
    why: str,
) -> None:
    program.answer = answer_
    hook = open_outgoing(channel, url=program.url, kind=kind, by=lin)
    post(channel, body="先看表", by=wang)
    catch_up()
    hook_delivery = HookDelivery.objects.get()
    with pytest.raises(NotTakenError, match=why):
        deliver(hook_delivery.pk)
    hook_delivery.refresh_from_db()
    hook.refresh_from_db()
    assert hook_delivery.sent_at is None and why in hook.problem and hook.failing_since is not None
    assert why in browse(lin).get(f"/channels/{channel.pk}/programs/").content.decode()
    program.answer = OK[kind]
    free(hook)
    assert deliver(hook_delivery.pk)
    hook.refresh_from_db()
    assert (hook.problem, hook.failing_since) == ("", None)


def test_what_waits_goes_out_together_in_order_and_nothing_is_lost(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    for number in range(5):
        post(channel, body=f"第 {number} 句", by=wang)
    catch_up()
    first, *others = HookDelivery.objects.order_by("position")
    assert deliver(first.pk)
    # All five in one message; the jobs of the others find nothing to do.
    assert [told(program)["markdown"]["content"].count(f"第 {number} 句") for number in range(5)] == [1] * 5
    assert [deliver(other.pk) for other in others] == [False] * 4
    post(channel, body="太快的一句", by=wang)
    catch_up()
    late = HookDelivery.objects.get(sent_at=None)
    jobs = DBTaskResult.objects.filter(task_path__endswith="tell_hook")
    before = jobs.count()
    assert deliver(late.pk) is False and len(program.came) == 1
    # It comes back when the robot takes the next one.
    hook.refresh_from_db()
    assert hook.next_at is not None and hook.next_at - timezone.now() > dt.timedelta(seconds=1)
    again = jobs.latest("enqueued_at")
    assert (jobs.count(), again.run_after) == (before + 1, hook.next_at)
    free(hook)
    assert deliver(late.pk) and "太快的一句" in told(program)["markdown"]["content"]
    assert not HookDelivery.objects.filter(sent_at=None).exists()


def test_what_does_not_fit_waits_for_the_next_message_and_a_long_one_is_cut(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    post(channel, body="长" * 1300, by=wang)
    post(channel, body="一" * 1300, by=wang)
    post(channel, body="更" * 3000, by=wang)
    catch_up()
    sizes = []
    for hook_delivery in HookDelivery.objects.order_by("position"):
        free(hook)
        deliver(hook_delivery.pk)
    sizes = [len(json.loads(body)["markdown"]["content"].encode()) for _headers, body in program.came]
    assert len(sizes) == 3 and max(sizes) <= 4096
    assert told(program)["markdown"]["content"].endswith("…")


def test_robots_of_twenty_a_minute_are_not_told_more_often() -> None:
    assert {kind: 60 / robot.pace < 20 for kind, robot in ROBOTS.items()}["wecom"]
    assert 60 / ROBOTS["dingtalk"].pace < 20 and 60 / ROBOTS["feishu"].pace < 100


def test_robots_hear_of_new_messages_only_and_of_nothing_taken_back(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    message = post(channel, body="写错了", by=wang)
    edit(message, body="改好了", by=wang)  # type: ignore[arg-type]
    gone = post(channel, body="收回去的", by=wang)
    withdraw_message(gone, by=wang)  # type: ignore[arg-type]
    catch_up()
    assert HookDelivery.objects.filter(hook=hook).count() == 2
    assert deliver(HookDelivery.objects.order_by("position")[0].pk)
    text = told(program)["markdown"]["content"]
    assert "改好了" in text and "收回去的" not in text
    assert not HookDelivery.objects.filter(sent_at=None).exists()


@pytest.mark.parametrize(("kind", "who"), [("wecom", "**有人**"), ("slack", "*有人*")])
def test_robots_are_told_of_messages_without_words_or_author(
    channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any, kind: str, who: str
) -> None:
    program.answer = OK[kind]
    open_outgoing(channel, url=program.url, kind=kind, by=lin)
    post(channel, body="别的", by=lin)
    message = post(channel, body="", by=wang, uploads=[upload(io.BytesIO(b"x"), name="a.txt", by=wang)])
    Message.objects.filter(pk=message.pk).update(by=None)
    catch_up()
    HookDelivery.objects.exclude(message_id=message.pk).delete()
    assert deliver(HookDelivery.objects.get().pk)
    text = told(program)["markdown"]["content"] if kind == "wecom" else told(program)["text"]
    assert text.startswith(f"{who} ") and text.endswith("（一个文件）")


@pytest.mark.parametrize(("spare", "together"), [(0, 2), (-1, 1)])
def test_what_fits_into_one_message_to_the_last_byte_is_told_in_one(
    channel: Channel,
    lin: Person,
    program: Program,
    catch_up: Any,
    monkeypatch: pytest.MonkeyPatch,
    spare: int,
    together: int,
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    for text in ("一", "二"):
        post(channel, body=text, by=lin)
    catch_up()
    waiting = list(hook.deliveries.order_by("position"))
    lines, _rows = outgoing.gather(hook, ROBOTS["wecom"], waiting)
    size = len("\n\n".join(lines).encode()) + spare
    monkeypatch.setitem(ROBOTS, "wecom", dataclasses.replace(ROBOTS["wecom"], most_bytes=size))
    assert deliver(waiting[0].pk)
    assert hook.deliveries.filter(sent_at=None).count() == 2 - together
    assert ("一" in told(program)["markdown"]["content"], "…" in told(program)["markdown"]["content"]) == (True, False)


@pytest.mark.parametrize(("text", "cut"), [("a" * 10, "a" * 10), ("a" * 11, "aaaaaaa…"), ("长长长长", "长长…")])
def test_only_what_is_longer_than_a_robot_takes_is_cut(text: str, cut: str) -> None:
    assert dataclasses.replace(ROBOTS["wecom"], most_bytes=10).cut(text) == cut


def test_a_robot_is_told_again_at_the_moment_it_is_free(
    channel: Channel, lin: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", by=lin)
    post(channel, body="一", by=lin)
    catch_up()
    now, other = timezone.now(), open_outgoing(channel, url=f"{program.url}&n=2", kind="wecom", by=lin)
    OutgoingHook.objects.filter(pk=hook.pk).update(next_at=now)
    with freeze_time(now):
        assert deliver(HookDelivery.objects.get().pk)
    hook.refresh_from_db()
    other.refresh_from_db()
    assert (hook.next_at, other.next_at) == (now + dt.timedelta(seconds=3.2), None)


@pytest.mark.parametrize(
    ("kind", "answer_", "why"),
    [
        ("wecom", b"[]", "no errcode in the answer"),
        ("wecom", b"{}", "no errcode in the answer"),
        ("dingtalk", b'{"errcode": 1}', "1: "),
        ("feishu", b"[]", "no code in the answer"),
        ("feishu", b'{"StatusCode": 9, "StatusMessage": "no"}', "9: no"),
        ("feishu", b"{}", "None: "),
    ],
)
def test_an_answer_that_is_no_yes_is_a_no(kind: str, answer_: bytes, why: str) -> None:
    with pytest.raises(NotTakenError) as refused:
        ROBOTS[kind].check(answer_)
    assert str(refused.value) == why


@pytest.mark.parametrize(("kind", "answer_"), [*OK.items(), ("feishu", b'{"StatusCode": 0}'), ("slack", b"no_service")])
def test_a_yes_is_a_yes(kind: str, answer_: bytes) -> None:
    ROBOTS[kind].check(answer_)


# ---- news ------------------------------------------------------------------------------------------------------------


def test_news_of_the_community_are_told_to_those_who_chose_them(
    community: Community, channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(
        channel, url=program.url, kind="wecom", tells=["discussions.asked", "discussions.answered"], by=lin
    )
    question = ask(community, title="漏氟怎么查", by=wang)
    answer(question, body="先保压。", by=lin)
    post(channel, body="这句不说出去", by=wang)
    other = make_community(lin, wang, name="别的社区")
    ask(other, title="别处的问题", by=wang)
    catch_up()
    rows = HookDelivery.objects.order_by("position")
    assert [row.event for row in rows] == ["discussions.asked", "discussions.answered"]
    assert deliver(rows[0].pk)
    text = told(program)["markdown"]["content"]
    assert f"{wang.name}问：[漏氟怎么查](http" in text and question.get_absolute_url() in text and lin.name in text
    assert "这句" not in text and "别处" not in text
    free(hook)
    assert deliver(rows[1].pk) is False


def test_articles_for_named_readers_are_never_told_outside(
    community: Community, channel: Channel, lin: Person, xu: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", tells=["knowledge.published"], by=lin)
    secret = start_draft(library=library_of(community), title="只给小满", markdown="价格。", by=lin)
    change_article(secret, by=lin, audience="named", named_readers=[xu])
    publish(secret, by=lin)
    opened = start_draft(library=library_of(community), title="先看三处", markdown="先看表。", by=lin)
    publish(opened, by=lin)
    catch_up()
    hook_delivery = HookDelivery.objects.get()
    assert hook_delivery.thing_id == opened.pk
    # Shut before it is told: it is left out.
    change_article(opened, by=lin, audience="named", named_readers=[xu])
    assert deliver(hook_delivery.pk) and program.came == []
    assert not hook.deliveries.filter(sent_at=None).exists()


def test_a_question_taken_down_before_it_is_told_is_left_out(
    community: Community, channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    program.answer = OK["wecom"]
    hook = open_outgoing(channel, url=program.url, kind="wecom", tells=["discussions.asked"], by=lin)
    question = ask(community, title="海外代购", by=wang)
    assert isinstance(question, Question)
    catch_up()
    withdraw_question(question, by=lin)
    assert deliver(HookDelivery.objects.get().pk) and program.came == []
    assert not hook.deliveries.filter(sent_at=None).exists()


def test_a_program_gets_news_as_json_signed(
    community: Community, channel: Channel, lin: Person, wang: Person, program: Program, catch_up: Any
) -> None:
    open_outgoing(channel, url=program.url, tells=["messages", "discussions.asked"], by=lin)
    question = ask(community, title="漏氟怎么查", by=wang)
    catch_up()
    assert deliver(HookDelivery.objects.get().pk)
    assert told(program)["event"] == "discussions.asked"
    assert told(program)["thing"]["title"] == question.title
    assert "X-Zhiliu-Signature" in program.came[0][0]


def test_every_kind_of_news_names_a_fact_with_a_thing() -> None:
    assert set(news.names()) >= {"discussions.asked", "gatherings.fixed", "knowledge.published"}
    for item in news:
        assert item.fact.about and "%(title)s" in str(item.sentence)


def test_news_read_twice_are_noted_once(community: Community, channel: Channel, lin: Person, program: Program) -> None:
    from zhiliu.discussions.facts import QuestionAsked

    open_outgoing(channel, url=program.url, tells=["discussions.asked"], by=lin)
    question = ask(community, title="漏氟怎么查", by=lin)
    fact = QuestionAsked(question_id=question.pk, community_id=community.pk)
    assert (len(note_news(7, fact)), note_news(7, fact)) == (1, [])


# ---- who and how -----------------------------------------------------------------------------------------------------


def test_only_who_looks_after_the_channel_and_never_a_talk(
    community: Community, lin: Person, wang: Person, xu: Person, program: Program
) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin, people=[wang])
    with pytest.raises(Forbidden):
        open_outgoing(private, url=program.url, kind="wecom", by=wang)
    with pytest.raises(Forbidden):
        open_outgoing(open_talk([xu], by=lin), url=program.url, kind="wecom", by=lin)
    with pytest.raises(Refused):
        open_outgoing(private, url=program.url, kind="wecom", tells=["nothing.there"], by=lin)
    assert not OutgoingHook.objects.exists()
    assert open_outgoing(private, url=program.url, kind="wecom", by=lin).kind == "wecom"


def test_a_test_is_sent_and_its_end_is_seen(
    channel: Channel, lin: Person, wang: Person, program: Program, browse: Any, run_jobs: Any
) -> None:
    program.answer = OK["dingtalk"]
    fields = {"url": program.url, "kind": "dingtalk", "robot_secret": "SECgeheim", "tells": ["messages"]}
    page = browse(lin).post(f"/channels/{channel.pk}/programs/told/", fields, follow=True).content.decode()
    hook = OutgoingHook.objects.get()
    assert "SECgeheim" not in page and hook.secret not in page and (hook.kind, hook.tells) == ("dingtalk", ["messages"])
    path = f"/channels/{channel.pk}/programs/told/{hook.pk}/test/"
    assert browse(wang).post(path).status_code == 403
    assert browse(lin).post(path).status_code == 302
    run_jobs()
    assert "日常" in told(program)["markdown"]["text"]
    hook.refresh_from_db()
    assert hook.sent_at is not None and hook.problem == ""
    send_test_event(hook, by=lin)
    assert HookDelivery.objects.count() == 2


def test_signatures_of_known_values() -> None:
    # Computed once with the sample programs of the two makers' pages.
    url, _body = robots.sign_dingtalk("https://x/?access_token=t", {}, "this is secret", 1600000000.0)
    stamp = "1600000000000"
    assert parse_qs(urlsplit(url).query)["sign"] == [by_openssl("this is secret", f"{stamp}\nthis is secret")]
    _url, body = robots.sign_feishu("https://x/", {"msg_type": "text"}, "demo", 1599360473.0)
    assert body["sign"] == by_openssl("1599360473\ndemo", "") and body["timestamp"] == "1599360473"
