"""Searching in conversations: by words and filters, and only what the asker may read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh, make_community
from zhiliu.communities.models import Community
from zhiliu.conversations import searching
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.searching import search_messages, wanted_from
from zhiliu.directory.models import Person


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def found(person: Person, **values: str) -> list[str]:
    rows, _more = search_messages(wanted_from(values, fresh(person)), fresh(person))
    return [message.body for message, _hit in rows]


def test_words_in_mid_sentence_are_found(channel: Channel, lin: Person, catch_up: Any) -> None:
    post(channel, body="昨晚的报警是除霜没退出来", by=lin)
    post(channel, body="周五一起吃饭", by=lin)
    catch_up()
    assert found(lin, q="除霜") == ["昨晚的报警是除霜没退出来"]


def test_filters_narrow_and_may_be_typed(
    community: Community, channel: Channel, lin: Person, wang: Person, catch_up: Any
) -> None:
    other = open_channel(community, name="提问", by=lin)
    post(channel, body="除霜设多少", by=wang)
    post(other, body="除霜设多少？", by=lin)
    post(other, body="除霜看 https://example.com/a", by=lin)
    catch_up()
    assert found(wang, q="除霜", **{"from": str(wang.pk)}) == ["除霜设多少"]
    assert found(wang, q="除霜 from:王一帆") == ["除霜设多少"]
    assert found(wang, q="除霜 频道：提问 has:question") == ["除霜设多少？"]
    assert found(wang, q="has:link") == ["除霜看 https://example.com/a"]
    assert found(wang, q="除霜 before:2020-01-01") == []
    assert len(found(wang, q="除霜 after:2020-01-01")) == 3
    assert wanted_from({"q": "除霜 from:没有这人"}, wang).unknown == ["from:没有这人"]


def test_only_who_takes_part_finds_what_is_private(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    talk = open_talk([wang], by=lin)
    post(private, body="底价八折", by=lin)
    post(talk, body="底价别说出去", by=lin)
    catch_up()
    assert sorted(found(lin, q="底价")) == ["底价八折", "底价别说出去"]
    assert found(wang, q="底价") == ["底价别说出去"]
    for other in (xu, admin):
        assert found(other, q="底价") == []


def test_what_was_taken_back_is_not_found(channel: Channel, lin: Person, catch_up: Any) -> None:
    message = post(channel, body="除霜写错了", by=lin)
    catch_up()
    withdraw_message(message, by=lin)
    catch_up()
    assert found(lin, q="除霜") == []


def test_pages_of_two_channels_of_one_name_leave_nothing_out(
    community: Community, channel: Channel, lin: Person, catch_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SIZE", 2)
    second = open_channel(make_community(lin, name="制冷组"), name="日常", by=lin)
    for number in range(3):
        post(channel, body=f"除霜 {number}", by=lin)
        post(second, body=f"除霜退出 {number}", by=lin)
    post(open_channel(community, name="提问", by=lin), body="除霜别处", by=lin)
    catch_up()
    wanted = wanted_from({"q": "除霜 in:日常"}, fresh(lin))
    pages = [search_messages(wanted, fresh(lin), offset=offset) for offset in (0, 2, 4)]
    assert [more for _rows, more in pages] == [True, True, False]
    bodies = [message.body for rows, _more in pages for message, _hit in rows]
    assert sorted(bodies) == sorted([f"除霜 {n}" for n in range(3)] + [f"除霜退出 {n}" for n in range(3)])
