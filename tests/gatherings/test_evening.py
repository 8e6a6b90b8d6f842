"""An evening sharing drives its channel: who writes when, what is announced, and what is left of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message, Quotation
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import ask_in_room, vote_for_question
from zhiliu.gatherings.completing import complete
from zhiliu.gatherings.conflicts import conflicts_of, running_order
from zhiliu.gatherings.depositing import start_deposit
from zhiliu.gatherings.evening.announcing import announce_due
from zhiliu.gatherings.evening.preparing import add_line, change_evening, remove_line
from zhiliu.gatherings.evening.running import begin_evening, free_forgotten, open_questions, put_question
from zhiliu.gatherings.models import Evening, Format, Gathering, SheetLine
from zhiliu.gatherings.proposing import propose
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused

from .stage import at, make_fixed, now_running, over, shift


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    """The channel of the evening."""
    return open_channel(community, name="晚间", by=lin)


@pytest.fixture
def evening(channel: Channel, community: Community, lin: Person, wang: Person) -> Evening:
    """Wang shares, Lin hosts, and it is time."""
    gathering = make_fixed(community, lin, sharer=wang, minutes=60, format=Format.EVENING, title="夜里库温报警")
    return Evening.objects.select_related("gathering", "channel__community").get(gathering=now_running(gathering))


def fresh(evening: Evening) -> Evening:
    """As it is now, with nothing remembered."""
    return Evening.objects.select_related("gathering__community", "channel__community").get(pk=evening.pk)


def say(channel: Channel, by: Person, text: str, **more: Any) -> Message:
    """Post with fresh rows, as a request does."""
    return post(Channel.objects.get(pk=channel.pk), body=text, by=Person.objects.get(pk=by.pk), **more)


def test_proposed_it_has_a_channel_and_a_sheet(evening: Evening, channel: Channel, wang: Person) -> None:
    assert evening.channel == channel and evening.phase == "before" and evening.guest_minutes == 30
    assert [line.minute for line in evening.lines.all()] == [-30, 25]
    assert [(step.minutes, step.who) for step in running_order(evening.gathering)] == [(30, wang.name), (30, "")]


def test_without_a_channel_to_write_in_there_is_no_evening(community: Community, lin: Person) -> None:
    Channel.objects.all().delete()
    with pytest.raises(Refused, match="needs a community channel"):
        propose(community, title="夜里", by=lin, format=Format.EVENING, for_whom="", take_home="")
    assert not Gathering.objects.filter(format=Format.EVENING).exists()


def test_after_work_is_no_doubt_but_a_weekend_is(evening: Evening) -> None:
    weekday, sunday = at("2026-11-25", "19:30"), at("2026-11-29", "19:30")
    hour = dt.timedelta(hours=1)
    assert "hours" not in {conflict.kind for conflict in conflicts_of(evening.gathering, weekday, weekday + hour)}
    assert "weekend" in {conflict.kind for conflict in conflicts_of(evening.gathering, sunday, sunday + hour)}


def test_while_the_guest_shares_others_talk_along_in_the_thread(
    evening: Evening, channel: Channel, lin: Person, wang: Person, sun: Person, community: Community
) -> None:
    community.memberships.create(person=sun)
    begin_evening(evening, by=lin)
    begin_evening(fresh(evening), by=lin)
    assert Message.objects.filter(channel=channel).count() == 1
    say(channel, wang, "先说那一夜。")
    say(channel, lin, "大家先听。")
    with pytest.raises(Forbidden, match="guest is speaking"):
        say(channel, sun, "我插一句")
    aside = fresh(evening).aside
    assert say(channel, sun, "我在旁边说", root=aside).root_id == aside.pk

    open_questions(fresh(evening), by=wang)
    open_questions(fresh(evening), by=lin)
    assert say(channel, sun, "现在能说了").root_id is None
    assert Channel.objects.get(pk=channel.pk).floor is None
    assert Activity.objects.filter(verb="gatherings.evening_moved").count() == 2
    assert Activity.objects.filter(verb="conversations.speaking_turn_changed").count() == 2


def test_the_guest_writes_also_where_otherwise_only_stewards_post(
    evening: Evening, channel: Channel, lin: Person, wang: Person
) -> None:
    Channel.objects.filter(pk=channel.pk).update(posting=Channel.Posting.STEWARDS)
    with pytest.raises(Forbidden):
        say(channel, wang, "还不行")
    begin_evening(fresh(evening), by=lin)
    assert say(channel, wang, "现在行").pk
    open_questions(fresh(evening), by=lin)
    with pytest.raises(Forbidden):
        say(channel, wang, "又不行")


def test_who_begins_it_and_when(evening: Evening, lin: Person, wang: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        begin_evening(evening, by=wang)
    with pytest.raises(Refused, match="after the guest"):
        open_questions(evening, by=lin)
    shift(evening.gathering, timezone.now() + dt.timedelta(hours=3))
    with pytest.raises(Refused, match="half an hour before"):
        begin_evening(fresh(evening), by=lin)
    Gathering.objects.update(sharer=sun)
    with pytest.raises(Refused, match="not a member"):
        begin_evening(fresh(evening), by=lin)
    Gathering.objects.update(sharer=None)
    with pytest.raises(Refused, match="No speaker confirmed"):
        begin_evening(fresh(evening), by=lin)
    assert not Message.objects.exists() and Channel.objects.get(pk=evening.channel_id).floor is None


def test_two_evenings_do_not_run_in_one_channel(
    evening: Evening, community: Community, lin: Person, wang: Person
) -> None:
    begin_evening(evening, by=lin)
    gathering = make_fixed(community, lin, sharer=wang, format=Format.EVENING, title="另一场")
    other = Evening.objects.get(gathering=now_running(gathering))
    with pytest.raises(Refused, match="Another evening"):
        begin_evening(fresh(other), by=lin)
    assert Message.objects.count() == 1


def test_questions_come_from_the_queue_once_each(evening: Evening, channel: Channel, lin: Person, wang: Person) -> None:
    gathering = evening.gathering
    first, hidden = (
        ask_in_room(gathering, "先看哪块表", by=lin),
        ask_in_room(gathering, "没背景能学吗", by=wang, anonymous=True),
    )
    vote_for_question(hidden, on=True, by=lin)
    begin_evening(evening, by=lin)
    assert put_question(first, by=lin) is None
    open_questions(fresh(evening), by=lin)
    first.refresh_from_db()
    first.gathering = Gathering.objects.get(pk=gathering.pk)
    message = put_question(first, by=lin)
    assert message is not None and "先看哪块表" in message.body and lin.name in message.body
    assert put_question(first, by=wang) == message
    hidden.gathering = first.gathering
    shown = put_question(hidden, by=lin)
    assert shown is not None and wang.name not in shown.body
    assert Message.objects.filter(client_id__startswith="question-").count() == 2


def test_the_sheet_is_announced_once_when_its_minute_comes(evening: Evening, channel: Channel, lin: Person) -> None:
    SheetLine.objects.all().delete()
    add_line(evening, minute=20, text="还有五分钟", by=lin)
    add_line(evening, minute=20, text=" 还有五分钟 ", by=lin)
    now = timezone.now()
    assert announce_due(now) == 0
    due = evening.gathering.starts_at + dt.timedelta(minutes=20)
    assert announce_due(due) == 1 and announce_due(due) == 0
    message = Message.objects.get()
    assert (message.body, message.by) == ("还有五分钟", lin)


def test_what_is_long_past_is_not_announced_any_more(evening: Evening, lin: Person) -> None:
    SheetLine.objects.all().delete()
    add_line(evening, minute=-20, text="快开始了", by=lin)
    due = evening.gathering.starts_at - dt.timedelta(minutes=20)
    assert announce_due(due + dt.timedelta(minutes=31)) == 0
    assert announce_due(due + dt.timedelta(minutes=29)) == 1


def test_the_sheet_is_the_hosts(evening: Evening, lin: Person, wang: Person) -> None:
    with pytest.raises(Forbidden):
        add_line(evening, minute=0, text="开始", by=wang)
    with pytest.raises(Refused):
        add_line(evening, minute=0, text="  ", by=lin)
    with pytest.raises(Refused):
        add_line(evening, minute=-2000, text="太早", by=lin)
    line = evening.lines.first()
    assert line is not None
    remove_line(line, by=lin)
    remove_line(line, by=lin)
    assert evening.lines.count() == 1


def test_a_longer_part_of_the_guest_moves_what_is_announced_in_it(
    evening: Evening, channel: Channel, community: Community, lin: Person
) -> None:
    change_evening(evening, channel=channel, guest_minutes=45, by=lin)
    assert [line.minute for line in evening.lines.all()] == [-30, 40]
    elsewhere = Channel.objects.exclude(community=community).exclude(community=None).first()
    if elsewhere is not None:
        with pytest.raises(Refused):
            change_evening(evening, channel=elsewhere, guest_minutes=45, by=lin)
    begin_evening(fresh(evening), by=lin)
    with pytest.raises(Refused, match="has started"):
        change_evening(fresh(evening), channel=channel, guest_minutes=30, by=lin)


def test_ended_the_channel_is_free_and_what_was_said_is_written_down(
    evening: Evening, channel: Channel, lin: Person, wang: Person
) -> None:
    begin_evening(evening, by=lin)
    say(channel, lin, "别忘了签到")
    say(channel, wang, "那一夜先看的是低压")
    open_questions(fresh(evening), by=lin)
    say(channel, lin, "多久看一次")
    say(channel, wang, "半小时")
    held = complete(Gathering.objects.get(pk=evening.gathering_id), by=lin)
    say(channel, lin, "散场以后的话")
    article = start_deposit(held, by=lin)
    text = article.draft_markdown
    assert "那一夜先看的是低压" in text and "半小时" in text and "多久看一次" in text
    assert "别忘了签到" not in text and "散场以后的话" not in text
    assert set(Quotation.objects.values_list("message__body", flat=True)) == {
        "那一夜先看的是低压",
        "多久看一次",
        "半小时",
    }
    over_now = fresh(evening)
    assert over_now.phase == "over" and over_now.last_number == 6
    assert start_deposit(held, by=lin) == article


def test_called_off_or_forgotten_the_channel_is_given_back(evening: Evening, lin: Person) -> None:
    begin_evening(evening, by=lin)
    assert free_forgotten() == 0
    over(evening.gathering, hours=4)
    assert free_forgotten() == 1
    assert fresh(evening).phase == "over" and fresh(evening).channel.floor is None
    assert Gathering.objects.get(pk=evening.gathering_id).state == Gathering.State.FIXED


def test_called_off_before_it_began(evening: Evening, lin: Person) -> None:
    cancel(evening.gathering, reason="嘉宾病了", by=lin)
    assert fresh(evening).phase == "over"
    with pytest.raises(Refused):
        add_line(fresh(evening), minute=0, text="开始", by=lin)


def test_the_desk_and_the_banner(evening: Evening, lin: Person, wang: Person, sun: Person, browse: Any) -> None:
    desk = f"/gatherings/{evening.gathering_id}/evening/"
    assert browse(lin).get(desk).status_code == 200
    assert browse(sun).get(desk).status_code in (403, 404)
    assert browse(lin).post(f"{desk}lines/", {"minute": "5", "text": "先静一静"}).status_code == 302
    assert browse(lin).post(f"{desk}lines/", {"minute": "x", "text": ""}).status_code == 200
    assert "evening-banner" not in browse(wang).get(evening.channel.get_absolute_url()).content.decode()
    assert browse(lin).post(f"{desk}guest/").status_code == 302
    page = browse(wang).get(evening.channel.get_absolute_url()).content.decode()
    assert "evening-banner" in page and 'data-conversation-target="form"' in page
    assert browse(wang).post(f"{desk}questions/").status_code == 302
    assert fresh(evening).phase == "questions"
