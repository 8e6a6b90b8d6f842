"""Whom an edit calls; what was taken back is not news; and people are taken out of private channels."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import open_channel, take_out
from zhiliu.conversations.posting import edit, post, withdraw_message
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
