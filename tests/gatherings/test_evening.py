"""An evening sharing drives its channel: who writes when, what is announced, and what is left of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message, Quotation
from zhiliu.conversations.opening import close_channel, open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import ask_in_room, vote_for_question
from zhiliu.gatherings.completing import complete
from zhiliu.gatherings.conflicts import conflicts_of, running_order
from zhiliu.gatherings.depositing import markdown_of, start_deposit
from zhiliu.gatherings.evening.announcing import announce_due
from zhiliu.gatherings.evening.preparing import add_line, change_evening, remove_line
from zhiliu.gatherings.evening.running import begin_evening, free_forgotten, open_questions, put_question
from zhiliu.gatherings.models import Evening, Format, Gathering, SheetLine
from zhiliu.gatherings.proposing import propose
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused

from .stage import at, make_fixed, make_held, now_running, over, shift

MINUTE = dt.timedelta(minutes=1)


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


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=f"gatherings.{verb}").count()


def bodies(channel: Channel) -> list[str]:
    return list(Message.objects.filter(channel=channel).order_by("number").values_list("body", flat=True))


# --- preparing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "fine"), [(9, False), (10, True), (120, True), (121, False)])
def test_the_guest_shares_for_ten_to_a_hundred_and_twenty_minutes(
    evening: Evening, channel: Channel, lin: Person, minutes: int, fine: bool
) -> None:
    if fine:
        change_evening(evening, channel=channel, guest_minutes=minutes, by=lin)
    else:
        with pytest.raises(Refused, match="10 to 120 minutes"):
            change_evening(evening, channel=channel, guest_minutes=minutes, by=lin)
    assert fresh(evening).guest_minutes == (minutes if fine else 30)


def test_the_same_choice_twice_is_told_once_and_moves_nothing_again(
    evening: Evening, channel: Channel, lin: Person, wang: Person
) -> None:
    before = facts("changed")
    with pytest.raises(Forbidden, match="host"):
        change_evening(evening, channel=channel, guest_minutes=45, by=wang)
    for _ in range(2):
        change_evening(evening, channel=channel, guest_minutes=45, by=lin)
    assert (facts("changed") - before, [line.minute for line in evening.lines.all()]) == (1, [-30, 40])
    other = open_channel(evening.gathering.community, name="另一个", by=lin)
    change_evening(evening, channel=other, guest_minutes=45, by=lin)
    assert (fresh(evening).channel, facts("changed") - before) == (other, 2)


def test_what_was_announced_keeps_its_minute(evening: Evening, channel: Channel, lin: Person) -> None:
    SheetLine.objects.all().delete()
    for minute in (0, 1, 20):
        add_line(evening, minute=minute, text="话", by=lin)
    SheetLine.objects.filter(minute=20).update(sent_at=timezone.now())
    change_evening(evening, channel=channel, guest_minutes=45, by=lin)
    assert [line.minute for line in evening.lines.all()] == [0, 16, 20]


def test_no_evening_is_held_in_a_foreign_or_closed_channel(
    evening: Evening, closed_community: Community, lin: Person
) -> None:
    foreign = open_channel(closed_community, name="别处", by=lin)
    archived = open_channel(evening.gathering.community, name="旧的", by=lin)
    close_channel(archived, by=lin)
    for choice in (foreign, Channel.objects.get(pk=archived.pk)):
        with pytest.raises(Refused, match="Choose a channel of this community"):
            change_evening(evening, channel=choice, guest_minutes=45, by=lin)
    assert fresh(evening).guest_minutes == 30


@pytest.mark.parametrize(("minute", "fine"), [(-1441, False), (-1440, True), (480, True), (481, False)])
def test_a_line_lies_at_most_a_day_before_and_eight_hours_after_the_start(
    evening: Evening, lin: Person, minute: int, fine: bool
) -> None:
    if fine:
        add_line(evening, minute=minute, text="话", by=lin)
    else:
        with pytest.raises(Refused, match="one day before and eight hours after"):
            add_line(evening, minute=minute, text="话", by=lin)
    assert evening.lines.filter(minute=minute).exists() is fine


def test_a_sheet_has_twenty_lines_and_the_same_line_once(evening: Evening, lin: Person) -> None:
    before = facts("changed")
    for minute in range(18):
        add_line(evening, minute=minute, text="话", by=lin)
    with pytest.raises(Refused, match="at most 20 lines"):
        add_line(evening, minute=18, text="话", by=lin)
    add_line(evening, minute=17, text=" 话 ", by=lin)
    assert (evening.lines.count(), facts("changed") - before) == (20, 18)


def test_a_line_that_was_sent_stays(evening: Evening, lin: Person, wang: Person) -> None:
    first, second = evening.lines.all()
    SheetLine.objects.filter(pk=first.pk).update(sent_at=timezone.now())
    before = facts("changed")
    with pytest.raises(Forbidden, match="host"):
        remove_line(second, by=wang)
    for line in (first, second, second):
        remove_line(line, by=lin)
    assert (list(evening.lines.all()), facts("changed") - before) == ([first], 1)


# --- announcing -------------------------------------------------------------------------------------------------------


def test_a_line_is_announced_from_its_minute_for_half_an_hour(evening: Evening, lin: Person) -> None:
    SheetLine.objects.all().delete()
    add_line(evening, minute=20, text="话", by=lin)
    due = evening.gathering.starts_at + 20 * MINUTE
    assert [announce_due(due - MINUTE), announce_due(due + 30 * MINUTE)] == [0, 0]
    assert [announce_due(due), announce_due(due)] == [1, 0]


def test_lines_are_announced_in_order_each_in_its_channel(
    evening: Evening, channel: Channel, community: Community, lin: Person, wang: Person
) -> None:
    SheetLine.objects.all().delete()
    for minute, text in ((21, "后"), (20, "先"), (90, "以后")):
        add_line(evening, minute=minute, text=text, by=lin)
    assert announce_due(evening.gathering.starts_at + 22 * MINUTE) == 2
    assert bodies(channel) == ["先", "后"]
    assert SheetLine.objects.get(sent_at=None).text == "以后"


@pytest.mark.parametrize("end", ["cancelled", "over", "no host", "planning"])
def test_nothing_is_announced_of_an_evening_that_is_not_held(evening: Evening, lin: Person, end: str) -> None:
    if end == "cancelled":
        cancel(evening.gathering, reason="不办", by=lin)
    elif end == "over":
        Evening.objects.update(phase=Evening.Phase.OVER)
    elif end == "no host":
        Gathering.objects.update(host=None)
    else:
        Gathering.objects.update(state="planning")
    assert announce_due(evening.gathering.starts_at + 25 * MINUTE) == 0
    assert not Message.objects.exists()


# --- running ----------------------------------------------------------------------------------------------------------


def test_a_cancelled_evening_does_not_begin(evening: Evening, lin: Person) -> None:
    Gathering.objects.update(state="planning")
    with pytest.raises(Refused, match="half an hour before"):
        begin_evening(fresh(evening), by=lin)
    assert fresh(evening).phase == "before"


def test_guest_host_and_whoever_begins_it_write_while_the_guest_shares(
    evening: Evening, channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, admin: Person
) -> None:
    Gathering.objects.update(host=xu)
    begin_evening(fresh(evening), by=lin)
    for person in (wang, xu, lin):
        say(channel, person, "我能说")
    assert Message.objects.filter(channel=channel, body="我能说").count() == 3


def test_each_step_is_said_and_told_once(evening: Evening, channel: Channel, lin: Person, xu: Person) -> None:
    for _ in range(2):
        begin_evening(fresh(evening), by=lin)
    with pytest.raises(Forbidden, match="host and the speaker"):
        open_questions(fresh(evening), by=xu)
    for _ in range(2):
        open_questions(fresh(evening), by=lin)
    assert (Message.objects.filter(channel=channel).count(), facts("evening_moved")) == (2, 2)
    complete(Gathering.objects.get(pk=evening.gathering_id), by=lin)
    assert facts("evening_moved") == 3
    with pytest.raises(Refused, match="Questions come after"):
        open_questions(fresh(evening), by=lin)


def test_without_a_guest_any_more_questions_open_all_the_same(evening: Evening, channel: Channel, lin: Person) -> None:
    begin_evening(evening, by=lin)
    Gathering.objects.update(sharer=None)
    open_questions(fresh(evening), by=lin)
    assert fresh(evening).phase == "questions" and len(bodies(channel)) == 2


def test_only_evenings_forgotten_for_two_hours_are_closed(
    evening: Evening, community: Community, lin: Person, wang: Person
) -> None:
    begin_evening(evening, by=lin)
    over(evening.gathering, hours=2)
    gathering = Gathering.objects.get(pk=evening.gathering_id)
    assert free_forgotten(gathering.ends_at + dt.timedelta(hours=2) - MINUTE) == 0
    assert free_forgotten(gathering.ends_at + dt.timedelta(hours=2)) == 1
    assert free_forgotten(gathering.ends_at + dt.timedelta(hours=3)) == 0
    other = make_fixed(community, lin, sharer=wang, format=Format.EVENING)
    over(other, hours=9)
    assert free_forgotten() == 0
    assert Evening.objects.get(gathering=other).phase == "before"


# --- writing down -----------------------------------------------------------------------------------------------------


def test_what_the_guest_shared_and_what_was_asked_are_written_apart(
    evening: Evening, channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    say(channel, wang, "开场以前")
    begin_evening(fresh(evening), by=lin)
    say(channel, wang, "先看低压")
    say(channel, wang, "撤回的话")
    aside = fresh(evening).aside
    say(channel, xu, "旁边的话", root=aside)
    Message.objects.filter(body="撤回的话").update(withdrawn_at=timezone.now())
    now = Gathering.objects.get(pk=evening.gathering_id)
    shared, asked = "## What 王一帆 shared", "## Questions in the channel"
    written = markdown_of(now)
    assert shared in written and "先看低压" in written and asked not in written
    assert not any(text in written for text in ("开场以前", "撤回的话", "旁边的话"))
    open_questions(fresh(evening), by=lin)
    question = ask_in_room(now, "多久看一次", by=xu)
    question.gathering = Gathering.objects.get(pk=now.pk)
    put_question(question, by=lin)
    say(channel, wang, "半小时")
    written = markdown_of(Gathering.objects.get(pk=now.pk))
    assert written.index(shared) < written.index("先看低压") < written.index(asked) < written.index("半小时")
    assert "Now your questions" not in written and "starts now" not in written


def test_an_evening_that_never_began_leaves_nothing(
    evening: Evening, channel: Channel, lin: Person, wang: Person
) -> None:
    say(channel, wang, "随便说说")
    talk = complete(Gathering.objects.get(pk=evening.gathering_id), summary="没办成。", by=lin)
    assert "随便说说" not in markdown_of(talk)
    assert fresh(evening).last_number is None


def test_other_formats_have_no_evening(community: Community, lin: Person) -> None:
    talk = make_held(community, lin)
    assert not Evening.objects.exists() and "shared" not in markdown_of(talk)


def test_a_message_a_member_names_like_a_question_is_not_taken_for_it(
    evening: Evening, channel: Channel, lin: Person, xu: Person
) -> None:
    question = ask_in_room(evening.gathering, "多久看一次", by=xu)
    say(channel, xu, "别问了", client_id=f"question-{question.pk}"[:40])
    begin_evening(fresh(evening), by=lin)
    open_questions(fresh(evening), by=lin)
    question.gathering = Gathering.objects.get(pk=evening.gathering_id)
    message = put_question(question, by=lin)
    assert message is not None and (message.by, "多久看一次" in message.body) == (lin, True)
    assert put_question(question, by=lin) == message
