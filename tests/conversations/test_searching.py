"""Searching in conversations: by words and filters, and only what the asker may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community
from zhiliu.communities.models import Community
from zhiliu.conversations import searching
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.searching import MessageSearch, search_messages, wanted_from
from zhiliu.directory.models import Person


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def found(person: Person, **values: str) -> list[str]:
    rows = search_messages(wanted_from(values, fresh(person)), fresh(person)).rows
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
    assert [page.more for page in pages] == [True, True, False]
    bodies = [message.body for page in pages for message, _hit in page.rows]
    assert sorted(bodies) == sorted([f"除霜 {n}" for n in range(3)] + [f"除霜退出 {n}" for n in range(3)])


@pytest.mark.parametrize(
    "values",
    [
        {"from": "wang"},
        {"in": "日常"},
        {"after": "2020-01-01"},
        {"before": "2100-01-01"},
        {"has": "link"},
        {"q": "除霜"},
    ],
)
def test_one_field_alone_is_a_search_and_none_is_not(
    channel: Channel, wang: Person, catch_up: Any, values: dict[str, str]
) -> None:
    post(channel, body="除霜看 https://example.com/a", by=wang)
    catch_up()
    ids = {"wang": str(wang.pk), "日常": str(channel.pk)}
    assert found(wang, **{name: ids.get(value, value) for name, value in values.items()}) == [
        "除霜看 https://example.com/a"
    ]
    assert found(wang) == found(wang, q=" ", after="soon", has="nothing") == []


def test_days_in_fields_narrow_and_typed_ones_go_before(channel: Channel, wang: Person, catch_up: Any) -> None:
    old, new = (post(channel, body=f"除霜{text}", by=wang) for text in ("旧", "新"))
    Message.objects.filter(pk=old.pk).update(at=timezone.make_aware(dt.datetime(2026, 3, 1, 12)))
    Message.objects.filter(pk=new.pk).update(at=timezone.make_aware(dt.datetime(2026, 3, 2, 12)))
    catch_up()
    assert found(wang, q="除霜", after="2026-03-02") == ["除霜新"]
    assert found(wang, q="除霜", before="2026-03-02") == ["除霜旧"]
    assert found(wang, q="除霜 after:2026-03-02", after="2026-01-01") == ["除霜新"]
    assert found(wang, q="除霜 before:2026-03-02", before="2026-12-31") == ["除霜旧"]


@pytest.mark.parametrize(
    ("typed", "is_known"),
    [
        ("from:王一帆", True),
        ("来自：王一帆", True),
        ("from:没有这人", False),
        ("in:日常", True),
        ("in:#日常", True),
        ("in:没有这里", False),
        ("in:报价组", False),
        ("has:file", True),
        ("包含：链接", True),
        ("has:nothing", False),
        ("after:2026-03-01", True),
        ("before:2026-03-01", True),
        ("before:2026-02-30", False),
        ("after:soon", False),
    ],
)
def test_what_is_typed_is_a_filter_or_said_to_be_unknown(
    community: Community, channel: Channel, lin: Person, wang: Person, typed: str, is_known: bool
) -> None:
    open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    wanted = wanted_from({"q": f"除霜 {typed}"}, fresh(wang))
    assert (wanted.text, bool(wanted.unknown)) == ("除霜", not is_known)
    narrowed = MessageSearch("除霜", unknown=wanted.unknown) != wanted
    assert narrowed is is_known


def test_what_is_no_longer_to_be_read_is_not_found_before_the_index_knows(
    community: Community, channel: Channel, lin: Person, sun: Person, catch_up: Any
) -> None:
    kept, gone = (post(channel, body=f"除霜{text}", by=lin) for text in ("留着", "收回"))
    catch_up()
    withdraw_message(gone, by=lin)  # type: ignore[arg-type]
    assert (found(lin, q="除霜"), found(sun, q="除霜")) == ([kept.body], [kept.body])
    Channel.objects.filter(pk=channel.pk).update(kind=Channel.Kind.PRIVATE)
    assert (found(lin, q="除霜"), found(sun, q="除霜")) == ([kept.body], [])


def test_there_is_more_only_beyond_the_page_and_of_what_one_may_read(
    community: Community, channel: Channel, lin: Person, wang: Person, catch_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SIZE", 2)
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    for thing, count in ((channel, 2), (private, 3)):
        for number in range(count):
            post(thing, body=f"除霜 {number}", by=lin)
    catch_up()
    rows, more, *_rest = search_messages(wanted_from({"q": "除霜"}, fresh(wang)), fresh(wang))
    assert (sorted(message.body for message, _hit in rows), more) == (["除霜 0", "除霜 1"], False)
    assert search_messages(wanted_from({"q": "除霜"}, fresh(lin)), fresh(lin)).more is True


def test_messages_with_a_part_of_the_words_are_shown_as_not_sure(
    channel: Channel, lin: Person, browse: Any, catch_up: Any
) -> None:
    post(channel, body="打印机连不上", by=lin)
    catch_up()
    client = browse(lin)
    unsure = client.get("/talk/search/", {"q": "打印机 传真"}).content.decode()
    assert "不一定帮得上" in unsure and "连不上" in unsure
    assert "不一定帮得上" not in client.get("/talk/search/", {"q": "打印机"}).content.decode()
