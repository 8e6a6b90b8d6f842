"""Whom an edit calls; what was taken back is not news; and people are taken out of private channels."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, ChannelMembership, Mention, Message
from zhiliu.conversations.opening import open_channel, take_out
from zhiliu.conversations.posting import edit, post, withdraw_message
from zhiliu.conversations.read_state import choose_involvement, read_to
from zhiliu.conversations.speaking_turn import give_floor
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.delivery import unread_count
from zhiliu.notifications.models import Delivery, Notification
from zhiliu.notifications.presentation import show

pytestmark = pytest.mark.django_db
CALLED = "conversations.called"


@pytest.fixture
def channel(community: Community, lin: Person, catch_up: Any) -> Channel:
    made = open_channel(community, name="现场", by=lin)
    catch_up()
    return made


def calls(channel: Channel, person: Person) -> int:
    return sum(ChannelMembership.objects.filter(channel=channel, person=person).values_list("calls", flat=True))


def told(person: Person) -> list[int]:
    return [row.count for row in Notification.objects.filter(person=person, notice=CALLED, read_at=None)]


def test_a_name_added_by_editing_calls_once(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    message = post(channel, body="请看一下", by=lin)
    assert isinstance(message, Message)
    catch_up()
    for body in (f"@{wang.name} 请看一下", f"@{wang.name} @{xu.name} 请看一下", f"@{wang.name} 请看看"):
        edit(message, body=body, by=lin)
        catch_up()
    assert (told(wang), calls(channel, wang)) == ([1], 1)
    assert told(xu) == [1]


def test_edits_before_anybody_was_told_call_each_person_once(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    message = post(channel, body="请看一下", by=lin)
    assert isinstance(message, Message)
    for body in (f"@{wang.name} 请看一下", f"@{wang.name} @{xu.name} 请看一下", f"@{xu.name} 请看看"):
        edit(message, body=body, by=lin)
    catch_up()
    assert (told(wang), told(xu)) == ([1], [1])


def test_an_edit_through_the_page_calls_whom_was_chosen(
    channel: Channel, lin: Person, wang: Person, browse: Any, catch_up: Any
) -> None:
    message = post(channel, body="请看一下", by=lin)
    client = browse(lin)
    answer = client.post(f"/messages/{message.pk}/", {"body": f"@{wang.name} 请看一下", "chosen": str(wang.pk)})
    assert answer.status_code in (200, 302), answer.content
    catch_up()
    assert (told(wang), calls(channel, wang)) == ([1], 1)


@pytest.mark.parametrize(
    "body",
    [
        "> @王一帆 昨天说的\n\n同意",
        "> > @王一帆 早\n\n同意",
        "`@王一帆`",
        "```\n@王一帆\n```",
        "> @所有人 停电\n\n同意",
    ],
)
def test_names_in_quotes_and_code_do_not_call(
    channel: Channel, lin: Person, wang: Person, catch_up: Any, body: str
) -> None:
    message = post(channel, body=body, by=lin)
    assert isinstance(message, Message)
    catch_up()
    assert (told(wang), message.called, 'class="mention"' in message.html) == ([], {}, False)


@pytest.mark.parametrize("body", ["＠王一帆 看一下", "（＠王一帆）", "> 引用\n\n@王一帆 看一下", "**@王一帆** 看一下"])
def test_a_name_calls_also_full_width_and_below_a_quote(
    channel: Channel, lin: Person, wang: Person, body: str, catch_up: Any
) -> None:
    message = post(channel, body=body, by=lin)
    assert isinstance(message, Message)
    catch_up()
    assert (told(wang), message.html.count('class="mention"')) == ([1], 1)


def test_what_was_taken_back_is_neither_new_nor_mailed(
    channel: Channel, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    ChannelMembership.objects.create(channel=channel, person=wang)
    message = post(channel, body=f"@{wang.name} 看一下", by=lin)
    assert isinstance(message, Message)
    catch_up()
    assert (told(wang), calls(channel, wang)) == ([1], 1)
    withdraw_message(message, by=lin)
    catch_up()
    assert (told(wang), calls(channel, wang), unread_count(wang)[1]) == ([], 0, 0)
    assert ChannelMembership.objects.get(channel=channel, person=wang).read_number == message.number
    run_jobs()
    assert [item for item in mail.outbox if "看一下" in item.body] == []
    assert Delivery.objects.get(notification__notice=CALLED).dropped in ("read already", "no longer wanted")


def test_one_of_two_taken_back_leaves_the_other(channel: Channel, lin: Person, wang: Person, catch_up: Any) -> None:
    ChannelMembership.objects.create(channel=channel, person=wang)
    first, second = (post(channel, body=f"@{wang.name} {text}", by=lin) for text in ("一", "二"))
    assert isinstance(second, Message)
    catch_up()
    withdraw_message(second, by=lin)
    catch_up()
    assert (told(wang), calls(channel, wang)) == ([1], 1)
    assert ChannelMembership.objects.get(channel=channel, person=wang).read_number == 0
    assert isinstance(first, Message)
    withdraw_message(first, by=lin)
    catch_up()
    assert calls(channel, wang) == 0
    assert ChannelMembership.objects.get(channel=channel, person=wang).read_number == 2


def test_the_older_one_of_two_taken_back_is_counted_down_too(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    first, second = (post(channel, body=f"@{wang.name} {text}", by=lin) for text in ("一", "二"))
    other = post(channel, body=f"@{xu.name} 三", by=lin)
    assert isinstance(first, Message) and isinstance(second, Message) and isinstance(other, Message)
    catch_up()
    withdraw_message(other, by=lin)
    withdraw_message(first, by=lin)
    catch_up()
    assert (told(wang), told(xu)) == ([1], [])
    withdraw_message(second, by=lin)
    catch_up()
    assert told(wang) == []


def said(channel: Channel, body: str, by: Person, root: Message | None = None) -> Message:
    message = post(channel, body=body, by=by, root=root)
    assert isinstance(message, Message)
    return message


def read(channel: Channel) -> dict[str, int]:
    return dict(ChannelMembership.objects.filter(channel=channel).values_list("person__handle", "read_number"))


def news(person: Person, notice: str) -> list[int]:
    rows = Notification.objects.filter(person=person, notice=notice, read_at=None).order_by("thing_id")
    return list(rows.values_list("count", flat=True))


def test_what_is_taken_back_is_counted_down_for_those_it_called_who_had_not_read_it(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, catch_up: Any
) -> None:
    other = open_channel(community, name="别处", by=lin)
    said(other, f"@{wang.name} 在吗", lin)
    gone = said(channel, f"@{wang.name} @{xu.name} 看一下", lin)
    catch_up()
    ChannelMembership.objects.filter(channel=channel, person=xu).update(read_number=gone.number, calls=0)
    said(channel, f"@{xu.name} @{zhao.name} 还有", lin)
    ChannelMembership.objects.create(channel=channel, person=zhao)
    catch_up()
    withdraw_message(gone, by=lin)
    catch_up()
    assert [calls(channel, person) for person in (wang, xu, zhao)] == [0, 1, 1]
    assert (calls(other, wang), Mention.objects.filter(person=wang).count()) == (1, 1)


def test_a_reply_taken_back_leaves_the_calls_of_its_channel(
    channel: Channel, lin: Person, wang: Person, catch_up: Any
) -> None:
    ChannelMembership.objects.create(channel=channel, person=wang)
    root = said(channel, f"@{wang.name} 看一下", lin)
    reply = said(channel, f"@{wang.name} 再看", lin, root)
    catch_up()
    withdraw_message(reply, by=lin)
    catch_up()
    assert (calls(channel, wang), read(channel)["wang"]) == (1, 0)


def test_who_had_read_up_to_what_is_taken_back_has_read_past_it(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    other = open_channel(community, name="别处", by=lin)
    first, second, third, fourth, _fifth = (said(channel, f"第 {number} 句", lin) for number in range(1, 6))
    replies = [said(channel, f"第 {number} 回", lin, first) for number in range(1, 5)]
    elsewhere = [said(other, f"第 {number} 句", lin) for number in range(1, 5)]
    for thing, person, number in ((channel, wang, 0), (channel, xu, 1), (other, xu, 1)):
        ChannelMembership.objects.create(channel=thing, person=person, read_number=number)
    for message in (third, replies[3], elsewhere[3]):
        withdraw_message(message, by=lin)
        catch_up()
    assert (read(channel), read(other)) == ({"lin": 5, "wang": 0, "xu": 1}, {"lin": 4, "xu": 1})
    withdraw_message(second, by=lin)
    catch_up()
    assert (read(channel), read(other)) == ({"lin": 5, "wang": 0, "xu": 3}, {"lin": 4, "xu": 1})
    withdraw_message(fourth, by=lin)
    catch_up()
    assert read(channel) == {"lin": 5, "wang": 0, "xu": 4}


def test_news_of_what_is_taken_back_go_from_the_inboxes_of_their_readers_and_others_stay(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person, catch_up: Any
) -> None:
    for person in (wang, xu):
        choose_involvement(channel, "everything", by=person)
    root = said(channel, "谁有样例", zhao)
    answer = said(channel, "我有", wang, root)
    reply = said(channel, "我也有", lin, root)
    catch_up()
    assert [news(person, "conversations.said") for person in (wang, xu)] == [[1], [1]]
    assert [news(person, "conversations.replied") for person in (zhao, wang)] == [[2], [1]]
    withdraw_message(reply, by=lin)
    catch_up()
    assert [news(person, "conversations.replied") for person in (zhao, wang)] == [[1], []]
    withdraw_message(answer, by=wang)
    withdraw_message(root, by=zhao)
    catch_up()
    assert [news(person, "conversations.said") for person in (wang, xu)] == [[], []]
    assert news(zhao, "conversations.replied") == []


def test_calls_in_threads_and_in_other_channels_are_not_counted_when_one_reads(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    other = open_channel(community, name="别处", by=lin)
    first, second = (said(channel, f"@{wang.name} {text}", lin) for text in ("一", "二"))
    said(channel, f"@{xu.name} 三", lin)
    for text in ("四", "五", "六"):
        said(channel, f"@{wang.name} {text}", lin, first)
        said(other, f"@{wang.name} {text}", lin)
    catch_up()
    channel.refresh_from_db()
    read_to(channel, first.number, by=wang)
    assert (calls(channel, wang), calls(channel, xu), calls(other, wang)) == (1, 1, 3)
    read_to(channel, second.number, by=wang)
    assert (calls(channel, wang), calls(channel, xu), read(other)["wang"]) == (0, 1, 0)


@pytest.fixture
def private(community: Community, lin: Person, wang: Person, xu: Person) -> Channel:
    return open_channel(community, name="报价", by=wang, kind="private", people=[lin, xu])


def inside(channel: Channel) -> set[str]:
    return set(ChannelMembership.objects.filter(channel=channel).values_list("person__handle", flat=True))


@pytest.mark.parametrize("who", ["wang", "lin"])
def test_who_opened_it_or_moderates_takes_somebody_out_and_they_are_told(
    private: Channel, xu: Person, who: str, request: Any, browse: Any, catch_up: Any
) -> None:
    by = request.getfixturevalue(who)
    client = browse(by)
    door = f"/channels/{private.pk}/people/{xu.pk}/out/"
    assert door in client.get(f"/channels/{private.pk}/people/").content.decode()
    assert client.post(door).status_code == 302
    assert inside(private) == {"lin", "wang"}
    catch_up()
    row = Notification.objects.get(person=xu, notice="conversations.taken_out")
    assert "报价" in show([row], fresh(xu))[0].sentence and by.name in show([row], fresh(xu))[0].sentence
    assert browse(xu).get(f"/channels/{private.pk}/").status_code == 404


def test_others_take_nobody_out(private: Channel, xu: Person, lin: Person, sun: Person, admin: Person) -> None:
    for by in (xu, sun, admin):
        with pytest.raises(Forbidden):
            take_out(private, lin, by=by)
    assert inside(private) == {"lin", "wang", "xu"}


def test_nobody_is_taken_out_of_a_public_channel_or_by_themselves(
    channel: Channel, private: Channel, lin: Person, wang: Person
) -> None:
    with pytest.raises(Forbidden):
        take_out(channel, wang, by=lin)
    with pytest.raises(Refused):
        take_out(private, wang, by=wang)
    assert "wang" in inside(private)


def test_who_leaves_by_themselves_is_told_nothing(private: Channel, xu: Person, browse: Any, catch_up: Any) -> None:
    browse(xu).post(f"/channels/{private.pk}/leaving/")
    catch_up()
    assert inside(private) == {"lin", "wang"}
    assert not Notification.objects.filter(notice="conversations.taken_out").exists()


def test_a_floor_only_a_leaver_has_is_free_again(
    channel: Channel, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    aside = post(channel, body="边听边聊", by=lin)
    assert isinstance(aside, Message)
    give_floor(channel, [wang, xu], aside=aside, by=lin)
    deactivate(wang, by=admin)
    catch_up()
    channel.refresh_from_db()
    assert channel.floor is not None and channel.floor["people"] == [xu.pk]
    deactivate(xu, by=admin)
    catch_up()
    channel.refresh_from_db()
    assert channel.floor is None


def test_a_row_opens_the_message_it_is_about_in_its_thread_if_it_has_one(
    channel: Channel, lin: Person, wang: Person, xu: Person, browse: Any, catch_up: Any
) -> None:
    asked = post(channel, body="工牌在哪里领？", by=wang)
    called = post(channel, body=f"@{xu.name} 知道吗", by=wang)
    answer = post(channel, root=asked, body="前台", by=lin)
    assert isinstance(asked, Message) and isinstance(called, Message) and isinstance(answer, Message)
    catch_up()
    opened = {}
    for row in Notification.objects.filter(notice__in=[CALLED, "conversations.replied"]):
        opened[row.person_id] = browse(row.person).get(f"/inbox/{row.pk}/")["Location"]
    assert opened == {
        wang.pk: f"/channels/{channel.pk}/threads/{asked.pk}/#message-{answer.pk}",
        xu.pk: f"/channels/{channel.pk}/?at={called.number}",
    }
    withdraw_message(called, by=wang)
    row = Notification.objects.get(person=xu, notice=CALLED)
    assert browse(xu).get(f"/inbox/{row.pk}/")["Location"] == f"/channels/{channel.pk}/"
