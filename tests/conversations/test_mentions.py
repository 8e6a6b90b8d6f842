"""Calls: who is meant by @, and what they are told."""

from __future__ import annotations

import pytest

from tests.cast import fresh, gone, make_community, make_person
from zhiliu.activity.consumers import catch_up
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, ChannelMembership, Mention
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import edit, post
from zhiliu.conversations.queries import rows_of_community, rows_of_memberships
from zhiliu.conversations.read_state import choose_involvement, read_to, unread_from
from zhiliu.directory.models import Person
from zhiliu.notifications.models import Notification


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def called(message_id: int) -> set[str]:
    return set(Mention.objects.filter(message=message_id).values_list("person__handle", flat=True))


def test_a_name_is_found_in_the_text_and_marked(channel: Channel, lin: Person, wang: Person) -> None:
    message = post(channel, body="@王一帆 看看第二步", by=lin)
    assert message.called == {"people": [wang.pk]}
    assert f'<a class="mention" href="{wang.get_absolute_url()}">@王一帆</a>' in message.html
    catch_up()
    assert called(message.pk) == {"wang"}


def test_a_chosen_name_is_found_also_where_words_touch_it(channel: Channel, lin: Person, wang: Person) -> None:
    assert post(channel, body="请@王一帆看看", by=lin).called == {}
    assert post(channel, body="请@王一帆看看", by=lin, mentioned_ids=[wang.pk]).called == {"people": [wang.pk]}


def test_of_two_people_of_one_name_none_is_called_unless_chosen(channel: Channel, lin: Person, wang: Person) -> None:
    make_person("wang2", name="王一帆")
    assert post(channel, body="@王一帆 在吗", by=lin).called == {}
    assert post(channel, body="@王一帆 在吗", by=lin, mentioned_ids=[wang.pk]).called == {"people": [wang.pk]}


def test_names_in_code_and_addresses_call_but_are_not_touched(channel: Channel, lin: Person, wang: Person) -> None:
    message = post(channel, body="`@王一帆` 和 @王一帆", by=lin)
    assert "<code>@王一帆</code>" in message.html
    assert message.html.count('class="mention"') == 1


def test_everybody_and_roles_are_called(channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person) -> None:
    everybody = post(channel, body="@所有人 周五停电", by=wang)
    role = post(channel, body="@社区经理 请看", by=wang)
    catch_up()
    assert called(everybody.pk) == {"lin", "xu", "zhao"}
    assert called(role.pk) == {"lin"}
    assert '<b class="mention">@所有人</b>' in everybody.html


@pytest.mark.parametrize(
    ("body", "everybody", "roles"),
    [
        ("@所有人 停电", True, []),
        ("@所有人今天停电", True, []),
        ("@all 停电", True, []),
        ("@channel: 停电", True, []),
        ("@everybody 停电", True, []),
        ("@allen 停电", False, []),
        ("@channels 停电", False, []),
        ("@社区经理 停电", False, ["manager"]),
        ("社区经理，所有人 停电", False, []),
        ("@成员 停电", False, []),
    ],
)
def test_words_that_call_many_are_whole_words(
    channel: Channel, lin: Person, body: str, everybody: bool, roles: list[str]
) -> None:
    called = post(channel, body=body, by=lin).called
    assert (called.get("everybody", False), called.get("roles", [])) == (everybody, roles)


def test_roles_are_called_in_communities_only(lin: Person, wang: Person) -> None:
    message = post(open_talk([wang], by=lin), body="@社区经理 请看", by=lin)
    assert (message.called, 'class="mention"' in message.html) == ({}, False)


def test_a_role_is_marked_and_so_is_everybody_beside_it(channel: Channel, lin: Person) -> None:
    assert '<b class="mention">@社区经理</b> 请看' in post(channel, body="@社区经理 请看", by=lin).html
    html = post(channel, body="@所有人 @社区经理 @Community leader 请看", by=lin).html
    assert html.count('<b class="mention">') == 3


def test_names_of_two_latin_words_are_found(channel: Channel, lin: Person) -> None:
    anna, lee = make_person("anna", name="Anna Lee"), make_person("lee", name="Lee")
    assert post(channel, body="@Anna Lee 看看，@Lee 也看", by=lin).called == {"people": [anna.pk, lee.pk]}


def test_of_what_was_chosen_only_names_in_the_text_are_called(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    assert post(channel, body="@王一帆 看看", by=lin, mentioned_ids=[xu.pk]).called == {"people": [wang.pk]}
    assert post(channel, body="请@王一帆看看 @王一帆", by=lin, mentioned_ids=[wang.pk]).called == {"people": [wang.pk]}


def test_everybody_and_roles_of_other_places_are_not_called(
    community: Community, channel: Channel, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    make_community(sun, xu, name="制冷组")
    private = open_channel(community, name="小组", kind=Channel.Kind.PRIVATE, by=lin, people=[wang])
    open_channel(community, name="别的小组", kind=Channel.Kind.PRIVATE, by=xu)
    wrote = {
        text: post(thing, body=f"@{text} 请看", by=lin)
        for thing, text in ((channel, "社区经理"), (channel, "所有人"), (private, "all"), (private, "徐小满"))
    }
    asked = post(channel, body="@社区经理 请看", by=wang)
    catch_up()
    assert {text: called(message.pk) for text, message in wrote.items()} == {
        "社区经理": set(),
        "所有人": {"wang", "xu", "zhao"},
        "all": {"wang"},
        "徐小满": set(),
    }
    assert called(asked.pk) == {"lin"}


def test_who_has_left_the_company_is_not_called(channel: Channel, lin: Person, wang: Person) -> None:
    message = post(channel, body="@王一帆 看看", by=lin)
    everybody = post(channel, body="@所有人 看看", by=lin)
    gone(wang)
    catch_up()
    assert (called(message.pk), called(everybody.pk)) == (set(), {"xu", "zhao"})


def test_who_cannot_see_the_channel_is_not_called(community: Community, lin: Person, wang: Person, sun: Person) -> None:
    channel = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    message = post(channel, body="@王一帆 @孙立 看看", by=lin)
    catch_up()
    assert called(message.pk) == set()
    assert not Notification.objects.filter(kind="channel").exists()


def test_unread_and_calls_are_counted_and_go_when_read(channel: Channel, lin: Person, wang: Person) -> None:
    read_to(channel, 0, by=wang)
    for text in ("早", "@王一帆 在吗", "@王一帆 还在吗"):
        post(channel, body=text, by=lin)
    catch_up()
    catch_up()
    row = next(item for item in rows_of_memberships(fresh(wang)) if item.pk == channel.pk)
    assert (row.unread, row.calls, row.is_new) == (3, 2, True)
    channel.refresh_from_db()
    read_to(channel, 2, by=wang)
    row = next(item for item in rows_of_memberships(fresh(wang)) if item.pk == channel.pk)
    assert (row.unread, row.calls) == (1, 1)
    read_to(channel, 3, by=wang)
    read_to(channel, 1, by=wang)
    row = next(item for item in rows_of_memberships(fresh(wang)) if item.pk == channel.pk)
    assert (row.unread, row.calls, row.is_new) == (0, 0, False)
    unread_from(channel, 2, by=wang)
    row = next(item for item in rows_of_memberships(fresh(wang)) if item.pk == channel.pk)
    assert (row.unread, row.calls) == (2, 2)


def test_being_called_is_told_once_and_an_edit_tells_those_it_calls_anew(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    message = post(channel, body="@王一帆 看看", by=lin)
    catch_up()
    edit(message, body="@王一帆 @徐小满 看看", by=lin)
    catch_up()
    rows = Notification.objects.filter(notice="conversations.called")
    assert {(row.person.handle, row.count, row.calls) for row in rows} == {("wang", 1, True), ("xu", 1, True)}


def test_who_was_chosen_where_words_touch_is_not_told_again_by_an_edit(
    channel: Channel, lin: Person, wang: Person
) -> None:
    message = post(channel, body="请@王一帆看看", by=lin, mentioned_ids=[wang.pk])
    catch_up()
    edit(message, body="请 @王一帆 看看", by=lin)
    edit(message, body="请 @王一帆 看一看", by=lin)
    catch_up()
    assert Notification.objects.get(notice="conversations.called").count == 1


def test_who_wants_to_be_told_nothing_is_told_nothing(channel: Channel, lin: Person, wang: Person, xu: Person) -> None:
    choose_involvement(channel, ChannelMembership.Involvement.NOTHING, by=wang)
    choose_involvement(channel, ChannelMembership.Involvement.EVERYTHING, by=xu)
    post(channel, body="@王一帆 看看", by=lin)
    catch_up()
    rows = Notification.objects.filter(kind="channel")
    assert {(row.person.handle, row.notice) for row in rows} == {("xu", "conversations.said")}
    row = next(item for item in rows_of_memberships(fresh(wang)) if item.pk == channel.pk)
    assert row.is_muted and not row.is_new


def test_a_talk_tells_the_other_one_and_comes_back_when_put_away(lin: Person, wang: Person) -> None:
    from zhiliu.conversations.read_state import put_away

    talk = open_talk([wang], by=lin)
    post(talk, body="在吗", by=lin)
    put_away(talk, by=wang)
    assert rows_of_memberships(fresh(wang)) == []
    post(talk, body="在吗", by=lin)
    catch_up()
    assert [row.pk for row in rows_of_memberships(fresh(wang))] == [talk.pk]
    row = Notification.objects.get(person=wang)
    assert (row.notice, row.count) == ("conversations.said", 2)


def test_replies_are_told_to_who_began_and_who_took_part(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    root = post(channel, body="谁有样例", by=lin)
    post(channel, body="我有", by=wang, root=root)
    post(channel, body="我也有", by=xu, root=root)
    catch_up()
    rows = Notification.objects.filter(notice="conversations.replied")
    assert {(row.person.handle, row.count) for row in rows} == {("lin", 2), ("wang", 1)}


def test_a_channel_never_looked_into_stands_in_the_list(channel: Channel, lin: Person, xu: Person) -> None:
    post(channel, body="早", by=lin)
    rows = {row.name: row for row in rows_of_community(channel.community_id or 0, fresh(xu))}
    assert rows["日常"].is_new and rows["日常"].unread == 0
