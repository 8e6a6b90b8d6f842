"""Messages are edited, taken back, marked and kept for later: each act touches one message and is announced once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Bookmark, Channel, Message, Reaction, ScheduledMessage
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import (
    EDIT_FOR,
    MOST_CHARACTERS,
    WITHDRAW_FOR,
    edit,
    post,
    put_back_message,
    take_back_message,
    withdraw_message,
)
from zhiliu.conversations.reacting import (
    MOST_DIFFERENT,
    MOST_PINS,
    bookmark,
    forget_bookmark,
    pin,
    react,
    sorted_reactions,
    take_reaction_back,
    unpin,
)
from zhiliu.conversations.scheduling import (
    LATEST,
    MOST_WAITING,
    forget_scheduled,
    post_due,
    post_now,
    schedule,
)
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常事", by=lin)


@pytest.fixture
def message(channel: Channel, wang: Person) -> Message:
    return posted(channel, "下午三点", wang)


@pytest.fixture
def other(channel: Channel, wang: Person) -> Message:
    return posted(channel, "楼下见", wang)


@pytest.fixture
def secret(closed_community: Community, wang: Person) -> Message:
    return posted(open_channel(closed_community, name="里面的", by=wang), "底价八折", wang)


def posted(channel: Channel, body: str, by: Person, root: Message | None = None) -> Message:
    message = post(channel, body=body, by=by, root=root)
    assert isinstance(message, Message)
    return message


def again(message: Message) -> Message:
    return Message.objects.select_related("channel__community").get(pk=message.pk)


def aged(message: Message, age: dt.timedelta) -> Message:
    """The same message as if it had been said so long ago."""
    Message.objects.filter(pk=message.pk).update(at=timezone.now() - age)
    return again(message)


def log(verb: str, message: Message) -> list[int | None]:
    """Who did it to the message, each time."""
    rows = Activity.objects.filter(verb=f"conversations.{verb}").order_by("pk")
    return [row.by_id for row in rows if row.data["message_id"] == message.pk]


def last_change(channel: Channel) -> int:
    return Channel.objects.get(pk=channel.pk).last_change


# -- edited and taken back --------------------------------------------------------------------------------------------


def test_an_edit_touches_one_message_and_is_announced_once(message: Message, other: Message, wang: Person) -> None:
    for _turn in range(2):
        edit(again(message), body="下午四点", by=wang)
    assert (again(message).body, again(other).body) == ("下午四点", "楼下见")
    assert (log("message_edited", message), log("message_edited", other)) == ([wang.pk], [])
    assert again(other).edited_at is None


def test_nobody_edits_the_message_of_somebody_else(message: Message, lin: Person, xu: Person) -> None:
    for person in (lin, xu):
        with pytest.raises(Forbidden, match="Only the author can edit this"):
            edit(message, body="四点", by=person)
    assert (again(message).body, log("message_edited", message)) == ("下午三点", [])


def test_who_left_the_community_no_longer_edits(message: Message, community: Community, wang: Person) -> None:
    community.memberships.filter(person=wang).delete()
    with pytest.raises(Forbidden, match="Join the community to take part"):
        edit(again(message), body="四点", by=fresh(wang))
    assert again(message).body == "下午三点"


def test_a_message_is_edited_for_a_day(message: Message, wang: Person) -> None:
    with freeze_time(message.at + EDIT_FOR):
        edit(again(message), body="四点", by=fresh(wang))
    with (
        freeze_time(message.at + EDIT_FOR + SECOND),
        pytest.raises(Refused, match="Messages can be edited for one day"),
    ):
        edit(again(message), body="五点", by=fresh(wang))
    assert again(message).body == "四点"


def test_what_was_taken_back_is_not_edited(message: Message, wang: Person) -> None:
    withdraw_message(message, by=wang)
    with pytest.raises(Refused, match="This message was deleted"):
        edit(again(message), body="四点", by=wang)
    assert (again(message).body, log("message_edited", message)) == ("下午三点", [])


def test_a_message_is_taken_back_once_alone_and_announced_once(message: Message, other: Message, wang: Person) -> None:
    for _turn in range(2):
        withdraw_message(again(message), by=wang)
    assert (again(message).withdrawn_by, again(other).withdrawn_at) == (wang, None)
    assert (log("message_deleted", message), log("message_deleted", other)) == ([wang.pk], [])


def test_a_message_is_taken_back_for_two_hours(message: Message, other: Message, wang: Person) -> None:
    with freeze_time(message.at + WITHDRAW_FOR):
        withdraw_message(message, by=fresh(wang))
    assert again(message).withdrawn_by == wang
    with (
        freeze_time(other.at + WITHDRAW_FOR + SECOND),
        pytest.raises(Refused, match="Messages can be deleted for two hours"),
    ):
        withdraw_message(other, by=fresh(wang))
    assert (again(other).withdrawn_at, log("message_deleted", other)) == (None, [])


def test_a_member_does_not_take_back_what_somebody_else_said(message: Message, xu: Person) -> None:
    with pytest.raises(Forbidden):
        withdraw_message(message, by=xu)
    assert (again(message).withdrawn_at, log("message_deleted", message)) == (None, [])


def test_what_a_moderator_took_down_stands_again_once(
    message: Message, other: Message, lin: Person, channel: Channel
) -> None:
    for thing in (message, other):
        take_back_message(thing, by=lin)
    for _turn in range(2):
        put_back_message(again(message), by=lin)
    assert (again(message).withdrawn_at, again(message).withdrawn_by) == (None, None)
    assert again(other).withdrawn_by == lin
    assert (log("message_restored", message), log("message_restored", other)) == ([lin.pk], [])
    assert last_change(channel) == 5


def test_what_its_author_took_back_is_not_put_back(message: Message, wang: Person, lin: Person) -> None:
    withdraw_message(message, by=wang)
    put_back_message(again(message), by=lin)
    assert (again(message).withdrawn_by, log("message_restored", message)) == (wang, [])


# -- reactions, pins, bookmarks ---------------------------------------------------------------------------------------


def test_a_reaction_counts_for_one_message_and_is_announced_once(message: Message, other: Message, xu: Person) -> None:
    react(other, "same", by=xu)
    for _turn in range(2):
        react(message, "useful", by=xu)
    assert (again(message).reacted, again(other).reacted) == ({"useful": 1}, {"same": 1})
    assert log("message_marked", message) == [xu.pk]


def test_outsiders_do_not_react(message: Message, sun: Person) -> None:
    with pytest.raises(Forbidden, match="Join the community to take part"):
        react(message, "useful", by=sun)
    assert (Reaction.objects.count(), log("message_marked", message)) == (0, [])


def test_nobody_reacts_to_what_was_taken_back_or_with_other_signs(message: Message, wang: Person, xu: Person) -> None:
    with pytest.raises(Refused, match="There is no such reaction"):
        react(message, "nonsense", by=xu)
    withdraw_message(message, by=wang)
    with pytest.raises(Refused, match="This message was deleted"):
        react(again(message), "useful", by=xu)
    assert (Reaction.objects.count(), log("message_marked", message)) == (0, [])


ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"
KISS = "👩🏻‍❤️‍💋‍👩🏼"


@pytest.mark.parametrize(
    "sign", ["🌹", "❤️", "👨‍👩‍👧‍👦", "👍🏽", "🏁", "1️⃣", "🇨🇳", "🏳️‍🌈", "👩🏽‍⚕️", "🐻‍❄️", "©️", ENGLAND, KISS]
)
def test_any_emoji_is_a_reaction(message: Message, xu: Person, sign: str) -> None:
    react(message, sign, by=xu)
    assert again(message).reacted == {sign: 1}


def test_a_sign_with_and_without_the_mark_of_pictures_is_the_same_reaction(message: Message, xu: Person) -> None:
    for sign in ("👍", "👍\ufe0f", "❤", "❤\ufe0f", "1\u20e3", "1\ufe0f\u20e3"):
        react(again(message), sign, by=xu)
    assert again(message).reacted == {"👍": 1, "❤️": 1, "1️⃣": 1}
    for sign in ("👍\ufe0f", "❤", "1\u20e3"):
        take_reaction_back(again(message), sign, by=xu)
    assert again(message).reacted == {}


NO_EMOJI = ["", "a", "1", "好", "🌹🌹", "🌹a", "a🌹", "<b>", " 🌹", "🇨", "🏽", "🌹\n", "🇨🇳🇨🇳"]
# Accents pile up over the lines above; joiners and a mark for text make others of what looks the same.
LIKE_EMOJI = ["🌹\u0301", "🌹" + "\u0337" * 9, "🌹\u200d", "\u200d🌹", "🌹\ufe0e", "👍🏽🏽", "👦" + "\u200d👦" * 6]


@pytest.mark.parametrize("sign", [*NO_EMOJI, *LIKE_EMOJI])
def test_what_is_not_one_emoji_is_no_reaction(message: Message, xu: Person, sign: str) -> None:
    with pytest.raises(Refused, match="There is no such reaction"):
        react(message, sign, by=xu)
    assert again(message).reacted == {}


def test_a_message_has_a_limited_number_of_different_reactions(message: Message, xu: Person, lin: Person) -> None:
    signs = [chr(ord("🐀") + number) for number in range(MOST_DIFFERENT)]
    for sign in signs:
        react(again(message), sign, by=xu)
    with pytest.raises(Refused, match="enough different reactions"):
        react(again(message), "🌹", by=lin)
    react(again(message), signs[0], by=lin)
    assert again(message).reacted == dict.fromkeys(signs, 1) | {signs[0]: 2}


def test_words_come_first_then_the_usual_signs_then_others(message: Message, xu: Person) -> None:
    for what in ("🌹", "👍", "useful"):
        react(again(message), what, by=xu)
    shown = sorted_reactions(again(message).reacted)
    assert shown == [("useful", 1), ("👍", 1), ("🌹", 1)]
    assert sorted_reactions({"🌹": 2, "noted": 1, "👍": 0, "useful": 3}) == [("useful", 3), ("noted", 1), ("🌹", 2)]


def test_taking_a_reaction_back_takes_ones_own_and_that_one(
    message: Message, other: Message, xu: Person, lin: Person
) -> None:
    for thing, what, person in (
        (message, "useful", xu),
        (message, "useful", lin),
        (message, "👍", xu),
        (other, "useful", xu),
    ):
        react(thing, what, by=person)
    for _turn in range(2):
        take_reaction_back(message, "useful", by=xu)
    assert (again(message).reacted, again(other).reacted) == ({"useful": 1, "👍": 1}, {"useful": 1})
    assert Reaction.objects.filter(message=other).count() == 1
    # Four times on this message somebody reacted or took it back; the second time nothing happened.
    assert log("message_marked", message) == [xu.pk, lin.pk, xu.pk, xu.pk]
    assert log("message_marked", message) == [xu.pk, lin.pk, xu.pk, xu.pk]


def test_who_does_not_see_a_message_neither_keeps_it_nor_takes_a_reaction_back(secret: Message, sun: Person) -> None:
    Reaction.objects.create(message=secret, by=sun, what="useful")
    with pytest.raises(Forbidden, match="Only participants can see this"):
        take_reaction_back(secret, "useful", by=sun)
    with pytest.raises(Forbidden, match="Only participants can see this"):
        bookmark(secret, by=sun)
    assert (Reaction.objects.count(), Bookmark.objects.count()) == (1, 0)


def test_pins_touch_one_message_and_are_announced_once(message: Message, other: Message, lin: Person) -> None:
    pin(other, by=lin)
    for _turn in range(2):
        pin(message, by=lin)
    for _turn in range(2):
        unpin(message, by=lin)
    assert (again(message).pinned_at, again(message).pinned_by, again(other).pinned_by) == (None, None, lin)
    assert (log("message_marked", message), log("message_marked", other)) == ([lin.pk, lin.pk], [lin.pk])


def test_who_does_not_keep_a_channel_takes_no_pin_off(message: Message, lin: Person, wang: Person) -> None:
    pin(message, by=lin)
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        unpin(message, by=wang)
    assert (again(message).pinned_by, log("message_marked", message)) == (lin, [lin.pk])


def test_both_people_of_a_talk_pin_and_nobody_else(lin: Person, wang: Person, sun: Person) -> None:
    message = posted(open_talk([wang], by=lin), "记得带样品", lin)
    pin(message, by=fresh(wang))
    for act in (pin, unpin):
        with pytest.raises(Forbidden, match="Only participants can see this"):
            act(message, by=sun)
    assert again(message).pinned_by == wang


def test_in_a_closed_channel_pins_stay_as_they_are(channel: Channel, message: Message, lin: Person) -> None:
    pin(message, by=lin)
    close_channel(channel, by=lin)
    with pytest.raises(Forbidden, match="closed and read-only"):
        unpin(again(message), by=lin)
    assert again(message).pinned_by == lin


def test_neither_a_reply_nor_what_was_taken_back_is_pinned(
    channel: Channel, message: Message, other: Message, lin: Person, wang: Person
) -> None:
    reply = posted(channel, "好", lin, root=message)
    withdraw_message(other, by=wang)
    for thing in (reply, again(other)):
        with pytest.raises(Refused, match="Only a message of the channel itself can be pinned"):
            pin(thing, by=lin)
    assert not Message.objects.filter(pinned_at__isnull=False).exists()


def test_fifty_messages_are_pinned_in_a_channel_and_no_more(
    community: Community, channel: Channel, message: Message, lin: Person
) -> None:
    elsewhere = posted(open_channel(community, name="别处", by=lin), "早", lin)
    moment = timezone.now()
    Message.objects.bulk_create(
        Message(channel=channel, by=lin, body="钉", html="钉", number=100 + n, changed=100 + n, pinned_at=moment)
        for n in range(MOST_PINS - 1)
    )
    pin(message, by=lin)
    late = posted(channel, "再来一条", lin)
    with pytest.raises(Refused, match="There are too many pins here"):
        pin(late, by=lin)
    assert again(late).pinned_at is None
    # What is pinned already stays so, and other channels have room of their own.
    pin(again(message), by=lin)
    pin(elsewhere, by=lin)
    assert log("message_marked", message) == [lin.pk]
    assert again(elsewhere).pinned_by == lin


def test_a_bookmark_is_ones_own_and_there_is_one(message: Message, other: Message, wang: Person, xu: Person) -> None:
    for thing, person in ((message, xu), (message, xu), (other, xu), (message, wang)):
        bookmark(thing, by=person)
    forget_bookmark(message, by=xu)
    assert set(Bookmark.objects.values_list("message", "by")) == {(other.pk, xu.pk), (message.pk, wang.pk)}


# -- later ------------------------------------------------------------------------------------------------------------


def later(channel: Channel, by: Person, body: str = "早", *, after: dt.timedelta | None = None) -> ScheduledMessage:
    due_at = timezone.now() + (after or dt.timedelta(hours=1))
    return schedule(channel, body=body, due_at=due_at, client_id=f"{by.pk}-{body[:9]}", by=by)


def test_outsiders_schedule_nothing(channel: Channel, sun: Person) -> None:
    with pytest.raises(Forbidden, match="Join the community to take part"):
        later(channel, sun)
    assert not ScheduledMessage.objects.exists()


def test_where_only_managers_post_others_schedule_replies_only(community: Community, lin: Person, wang: Person) -> None:
    channel = open_channel(community, name="通知", by=lin, posting=Channel.Posting.STEWARDS)
    root = posted(channel, "周五停电", lin)
    with pytest.raises(Forbidden, match="Only the community’s managers post here"):
        later(channel, wang)
    due_at = timezone.now() + dt.timedelta(hours=1)
    schedule(channel, body="几点", due_at=due_at, client_id="a-1", by=wang, root=root)
    assert list(ScheduledMessage.objects.values_list("body", "root")) == [("几点", root.pk)]


def test_a_message_is_scheduled_within_half_a_year(channel: Channel, wang: Person) -> None:
    with freeze_time("2026-06-26 09:00"):
        person = fresh(wang)
        for after in (dt.timedelta(microseconds=-1), LATEST + SECOND):
            with pytest.raises(Refused, match="Choose a time within the next half year") as refused:
                later(channel, person, after=after)
            assert refused.value.field == "due"
        with pytest.raises(Refused, match="Choose a time within the next half year"):
            schedule(channel, body="现在", due_at=timezone.now(), client_id="now", by=person)
        later(channel, person, "最早", after=SECOND)
        later(channel, person, "最晚", after=LATEST)
    assert set(ScheduledMessage.objects.values_list("body", flat=True)) == {"最早", "最晚"}


def test_a_scheduled_message_says_something_and_not_too_much(channel: Channel, wang: Person) -> None:
    for body in ("", "  ", "长" * (MOST_CHARACTERS + 1)):
        with pytest.raises(Refused, match="Write something first, at most 8,000 characters"):
            later(channel, wang, body)
    assert not ScheduledMessage.objects.exists()
    assert len(later(channel, wang, "长" * MOST_CHARACTERS).body) == MOST_CHARACTERS


def test_a_hundred_messages_wait_for_one_person(channel: Channel, wang: Person, xu: Person) -> None:
    due_at = timezone.now() + dt.timedelta(hours=1)
    ScheduledMessage.objects.bulk_create(
        ScheduledMessage(channel=channel, by=wang, body="早", due_at=due_at, client_id=f"n-{number}")
        for number in range(MOST_WAITING - 1)
    )
    later(channel, wang, "第一百条")
    with pytest.raises(Refused, match="You already have 100 scheduled messages"):
        later(channel, wang, "再来一条")
    assert ScheduledMessage.objects.count() == MOST_WAITING
    later(channel, xu, "我的")
    ScheduledMessage.objects.filter(client_id="n-0").update(posted_at=timezone.now())
    ScheduledMessage.objects.filter(client_id="n-1").update(refused="没有位置")
    later(channel, wang, "有位置了")
    later(channel, wang, "还有一个")
    assert ScheduledMessage.objects.count() == MOST_WAITING + 3


def test_forgetting_takes_ones_own_message_that_waits_and_no_other(channel: Channel, wang: Person, xu: Person) -> None:
    mine, second, done, theirs = (
        later(channel, wang, "一"),
        later(channel, wang, "二"),
        later(channel, wang, "三"),
        later(channel, xu, "四"),
    )
    post_now(done, by=wang)
    for scheduled in (mine, done, theirs):
        forget_scheduled(scheduled, by=wang)
    assert set(ScheduledMessage.objects.values_list("pk", flat=True)) == {second.pk, done.pk, theirs.pk}


def test_posting_now_posts_one_message_once_and_only_ones_own(channel: Channel, wang: Person, xu: Person) -> None:
    scheduled, _waiting = later(channel, wang, "一"), later(channel, wang, "二")
    posted_now = [post_now(scheduled, by=person) for person in (xu, wang, wang)]
    assert posted_now == [False, True, False]
    assert list(Message.objects.filter(channel=channel).values_list("body", flat=True)) == ["一"]


def test_what_is_due_is_posted_at_its_moment_and_in_order(channel: Channel, wang: Person) -> None:
    second = later(channel, wang, "二", after=2 * SECOND)
    first = later(channel, wang, "一", after=SECOND)
    assert post_due(first.due_at - dt.timedelta(microseconds=1)) == 0
    assert post_due(second.due_at) == 2
    assert post_due(second.due_at) == 0
    said = Message.objects.filter(channel=channel).order_by("number").values_list("body", flat=True)
    assert list(said) == ["一", "二"]
