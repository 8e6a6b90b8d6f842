"""Messages: said, numbered without gaps, put differently, taken back."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community
from zhiliu.activity.consumers import catch_up
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.message_range import message_range
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import FIRST_CHANNELS, close_channel, open_channel, open_first_channels, open_talk
from zhiliu.conversations.posting import MOST_CHARACTERS, edit, post, withdraw_message
from zhiliu.conversations.queries import changes_after, thread_of
from zhiliu.conversations.reacting import pin, react, take_reaction_back, unpin
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.configuring import list_words
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.models import Flag, HeldPost


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def test_a_community_begins_with_its_first_channels(community: Community) -> None:
    catch_up()
    names = list(Channel.objects.filter(community=community).values_list("name", flat=True))
    assert len(names) == 2
    catch_up()
    assert Channel.objects.filter(community=community).count() == 2


def test_first_channels_are_opened_once_in_each_community_also_beside_others_and_where_they_were_renamed(
    community: Community, lin: Person
) -> None:
    other, taken = (make_community(lin, name=name) for name in ("制冷组", "报价组"))
    (first, _purpose, _place), *_more = FIRST_CHANNELS
    open_channel(community, name="值夜", by=lin)
    open_channel(taken, name=str(first), by=lin)
    for _turn in range(2):
        for item in (community, other, taken):
            open_first_channels(item)
        Channel.objects.filter(community=other, name=str(first)).update(name="早会")
    counts = [Channel.objects.filter(community=item).count() for item in (community, other, taken)]
    assert counts == [3, 2, 2]
    assert Channel.objects.filter(community=taken, name=str(first)).count() == 1


def test_messages_are_numbered_without_gaps_and_changes_too(channel: Channel, lin: Person, wang: Person) -> None:
    first = post(channel, body="早", by=lin)
    second = post(channel, body="早上好", by=wang)
    assert [(message.number, message.changed) for message in (first, second)] == [(1, 1), (2, 2)]
    channel.refresh_from_db()
    assert (channel.last_number, channel.last_change, channel.last_at) == (2, 2, second.at)
    assert Activity.objects.filter(verb="conversations.message_posted").count() == 2


def test_a_refused_message_leaves_no_gap(channel: Channel, lin: Person) -> None:
    with pytest.raises(Refused):
        post(channel, body="  ​ ", by=lin)
    with pytest.raises(Refused):
        post(channel, body="长" * (MOST_CHARACTERS + 1), by=lin)
    assert post(channel, body="早", by=lin).number == 1


def test_the_same_message_sent_twice_is_kept_once(channel: Channel, lin: Person) -> None:
    message = post(channel, body="早", by=lin, client_id="a-1")
    again = post(channel, body="早", by=lin, client_id="a-1")
    assert again.pk == message.pk
    channel.refresh_from_db()
    assert (Message.objects.count(), channel.last_number) == (1, 1)


def test_the_same_client_id_of_somebody_else_is_another_message(channel: Channel, lin: Person, wang: Person) -> None:
    post(channel, body="早", by=lin, client_id="a-1")
    post(channel, body="早", by=wang, client_id="a-1")
    assert Message.objects.count() == 2


def test_replies_are_counted_in_their_thread_and_seen_as_two_changes(
    channel: Channel, lin: Person, wang: Person
) -> None:
    root = post(channel, body="谁有样例", by=lin)
    reply = post(channel, body="我有", by=wang, root=root)
    root.refresh_from_db()
    channel.refresh_from_db()
    assert (reply.number, reply.changed, root.reply_count, root.changed) == (1, 2, 1, 3)
    assert (channel.last_number, channel.last_change) == (1, 3)
    assert [message.pk for message in message_range(channel).messages] == [root.pk]
    assert [message.pk for message in thread_of(root).messages] == [reply.pk]


def test_who_was_away_gets_what_is_new_and_what_changed_in_order(channel: Channel, lin: Person, wang: Person) -> None:
    first = post(channel, body="一", by=lin)
    second = post(channel, body="二", by=lin)
    seen = second.changed
    third = post(channel, body="三", by=wang)
    edit(first, body="一改", by=lin)
    react(second, "useful", by=wang)
    messages, more = changes_after(channel, seen)
    assert [message.pk for message in messages] == [third.pk, first.pk, second.pk] and not more
    channel.refresh_from_db()
    assert [message.changed for message in messages] == [3, 4, 5] and channel.last_change == 5
    assert changes_after(channel, seen, limit=2)[1] is True


def test_only_the_author_changes_a_message_and_what_it_said_is_kept(
    channel: Channel, lin: Person, wang: Person
) -> None:
    message = post(channel, body="下午三点", by=wang)
    with pytest.raises(Forbidden):
        edit(message, body="四点", by=lin)
    edit(message, body="下午四点", by=wang)
    edit(message, body="下午四点", by=wang)
    message.refresh_from_db()
    assert (message.body, message.changed) == ("下午四点", 2)
    assert [edit.body for edit in message.edits.all()] == ["下午三点"]
    Message.objects.filter(pk=message.pk).update(at=timezone.now() - dt.timedelta(days=2))
    message.refresh_from_db()
    with pytest.raises(Refused):
        edit(message, body="五点", by=wang)


def test_a_message_is_taken_back_by_its_author_or_who_moderates(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    message, other = (post(channel, body=text, by=wang) for text in ("错了", "也错了"))
    with pytest.raises(Forbidden):
        withdraw_message(message, by=xu)
    withdraw_message(message, by=wang)
    withdraw_message(message, by=wang)
    Message.objects.filter(pk=other.pk).update(at=timezone.now() - dt.timedelta(days=3))
    other.refresh_from_db()
    with pytest.raises(Refused):
        withdraw_message(other, by=wang)
    withdraw_message(other, by=fresh(lin))
    channel.refresh_from_db()
    assert channel.last_change == 4
    message.refresh_from_db()
    assert message.withdrawn_by_id == wang.pk and message.body == "错了"


def test_reactions_are_counted_once_a_person(channel: Channel, lin: Person, wang: Person, xu: Person) -> None:
    message = post(channel, body="探头别贴着装", by=lin)
    for person in (wang, xu, wang):
        react(message, "useful", by=person)
    react(message, "👍", by=wang)
    message.refresh_from_db()
    assert message.reacted == {"useful": 2, "👍": 1}
    take_reaction_back(message, "useful", by=wang)
    take_reaction_back(message, "useful", by=wang)
    message.refresh_from_db()
    assert message.reacted == {"useful": 1, "👍": 1}
    with pytest.raises(Refused):
        react(message, "nonsense", by=wang)


def test_who_looks_after_a_channel_pins(channel: Channel, lin: Person, wang: Person) -> None:
    message = post(channel, body="先搜一下再问", by=wang)
    with pytest.raises(Forbidden):
        pin(message, by=wang)
    pin(message, by=lin)
    pin(message, by=lin)
    message.refresh_from_db()
    assert message.pinned_by_id == lin.pk and message.changed == 2
    unpin(message, by=lin)
    message.refresh_from_db()
    assert message.pinned_at is None


def test_outsiders_read_an_open_community_and_do_not_write(channel: Channel, lin: Person, sun: Person) -> None:
    post(channel, body="早", by=lin)
    assert channel in Channel.objects.visible_to(sun)
    with pytest.raises(Forbidden):
        post(channel, body="早", by=sun)


def test_where_stewards_write_others_reply(community: Community, lin: Person, wang: Person) -> None:
    channel = open_channel(community, name="通知", by=lin, posting=Channel.Posting.STEWARDS)
    with pytest.raises(Forbidden):
        post(channel, body="我也说", by=wang)
    root = post(channel, body="周五停电", by=lin)
    assert post(channel, body="几点", by=wang, root=root).root_id == root.pk
    with pytest.raises(Forbidden):
        open_channel(community, name="另一个", by=wang, posting=Channel.Posting.STEWARDS)


def test_where_channels_are_switched_off_they_are_read_only(channel: Channel, lin: Person, wang: Person) -> None:
    message = post(channel, body="早", by=wang)
    channel.community.features.remove("talk")
    channel.community.save()
    for act in (lambda: post(channel, body="早", by=wang), lambda: post(channel, body="早", by=wang, root=message)):
        with pytest.raises(Forbidden, match="switched off"):
            act()
    assert channel in Channel.objects.visible_to(wang)


def test_a_closed_channel_is_read_only(channel: Channel, lin: Person) -> None:
    close_channel(channel, by=lin)
    close_channel(channel, by=lin)
    with pytest.raises(Forbidden):
        post(channel, body="早", by=lin)
    assert channel in Channel.objects.visible_to(lin)


def test_a_talk_is_found_again_and_is_nobody_elses(lin: Person, wang: Person, sun: Person, admin: Person) -> None:
    talk = open_talk([wang], by=lin)
    assert open_talk([lin], by=fresh(wang)).pk == talk.pk
    post(talk, body="私下说一句", by=lin)
    assert talk in Channel.objects.visible_to(fresh(wang))
    for other in (sun, admin):
        assert talk not in Channel.objects.visible_to(other)
        with pytest.raises(Forbidden):
            post(talk, body="我也在", by=other)


def test_a_private_channel_is_left_with_the_community(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    from zhiliu.communities.joining import leave

    channel = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin, people=[wang])
    assert channel in Channel.objects.visible_to(fresh(wang))
    assert channel not in Channel.objects.visible_to(fresh(xu))
    leave(community, by=wang)
    catch_up()
    assert not ChannelMembership.objects.filter(channel=channel, person=wang).exists()
    assert channel not in Channel.objects.visible_to(fresh(wang))


def test_any_stretch_of_a_channel_is_one_range(channel: Channel, lin: Person) -> None:
    for number in range(1, 31):
        post(channel, body=f"第{number}条", by=lin)
    channel.refresh_from_db()

    def numbers(**sides: int) -> list[int]:
        found = message_range(channel, size=10, **sides)
        return [message.number for message in found.messages]

    assert numbers() == list(range(21, 31))
    assert numbers(before=21) == list(range(11, 21))
    assert numbers(before=4) == [1, 2, 3]
    assert numbers(after=25) == list(range(26, 31))
    assert numbers(around=15) == list(range(10, 20))
    assert numbers(around=2) == list(range(1, 11))
    assert (message_range(channel, size=10, around=2).older, message_range(channel, size=10, around=2).newer) == (
        False,
        True,
    )


def test_a_held_reply_is_published_in_its_thread_with_its_files_while_that_is_there(
    channel: Channel, lin: Person, wang: Person, admin: Person
) -> None:
    list_words(["内幕价"], weight=100, by=admin)
    root = post(channel, body="多少钱", by=lin)
    assert isinstance(root, Message)
    files = [upload(io.BytesIO(text), name="价.txt", by=wang) for text in (b"1", b"2")]
    first, second = (
        post(channel, body=f"@林晓岚 内幕价 {number}", by=wang, root=root, uploads=files, mentioned_ids=[lin.pk])
        for number in range(2)
    )
    assert isinstance(first, HeldPost) and isinstance(second, HeldPost)
    files[0].delete()
    decide_held_post(first, publish=True, by=lin)
    reply = Message.objects.get(root=root)
    assert (reply.body, reply.called, list(reply.uploads.all())) == (
        "@林晓岚 内幕价 0",
        {"people": [lin.pk]},
        files[1:],
    )
    Message.objects.filter(pk=root.pk).delete()
    with pytest.raises(Refused, match="The place for this no longer exists"):
        decide_held_post(second, publish=True, by=lin)
    assert not Message.objects.exists()


def test_a_held_message_sent_again_is_the_same_one_and_stands_in_the_channel_when_published(
    channel: Channel, lin: Person, wang: Person, admin: Person
) -> None:
    list_words(["内幕价"], weight=100, by=admin)
    held = post(channel, body="内幕价", by=wang, client_id="a-1")
    assert isinstance(held, HeldPost) and post(channel, body="内幕价", by=wang, client_id="a-1") == held
    decide_held_post(held, publish=True, by=lin)
    message = Message.objects.get()
    assert (message.root, message.number, message.client_id) == (None, 1, "a-1")
    assert post(channel, body="内幕价", by=wang, client_id="a-1") == message
    # What is said among a few people is theirs alone.
    assert isinstance(post(open_talk([lin], by=wang), body="内幕价", by=wang), Message)


def test_what_one_says_is_read_by_oneself_and_shows_a_hidden_talk_again(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    other = open_channel(community, name="别处", by=lin)
    talk, hidden = open_talk([wang], by=lin), open_talk([xu], by=lin)
    ChannelMembership.objects.create(channel=channel, person=wang)
    ChannelMembership.objects.filter(channel__in=[channel, other]).update(calls=2)
    ChannelMembership.objects.filter(channel__in=[talk, hidden]).update(hidden_at=timezone.now(), calls=1)
    root = post(channel, body="早", by=lin)
    assert isinstance(root, Message)
    post(channel, body="早", by=wang, root=root)
    post(talk, body="早", by=lin)
    rows = ChannelMembership.objects.all()
    assert {(row.channel_id, row.person_id, row.read_number, row.calls, row.hidden_at is None) for row in rows} == {
        (channel.pk, lin.pk, 1, 0, True),
        (channel.pk, wang.pk, 0, 2, True),
        (other.pk, lin.pk, 0, 2, True),
        (talk.pk, lin.pk, 1, 0, True),
        (talk.pk, wang.pk, 0, 1, True),
        (hidden.pk, lin.pk, 0, 1, False),
        (hidden.pk, xu.pk, 0, 1, False),
    }


def test_a_reply_grows_its_own_thread_only(channel: Channel, lin: Person, wang: Person) -> None:
    first, second = (post(channel, body=text, by=lin) for text in ("一", "二"))
    assert isinstance(first, Message) and isinstance(second, Message)
    post(channel, body="回一句", by=wang, root=first)
    assert dict(Message.objects.filter(root=None).values_list("pk", "reply_count")) == {first.pk: 1, second.pk: 0}


def test_an_edit_is_looked_at_like_a_message_and_flagged_where_it_stays_published(
    channel: Channel, lin: Person, wang: Person, admin: Person
) -> None:
    list_words(["内幕价"], weight=100, by=admin)
    message, private = post(channel, body="早", by=wang), post(open_talk([lin], by=wang), body="早", by=wang)
    assert isinstance(message, Message) and isinstance(private, Message)
    for item in (message, private):
        edit(item, body="内幕价", by=wang)
    assert list(Flag.objects.values_list("kind", "thing_id", "author")) == [("message", message.pk, wang.pk)]
