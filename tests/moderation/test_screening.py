"""What is said goes out, goes out flagged, or waits; talks are nobody's to look at; who moderates is not looked at."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.comments.commenting import comment, edit_comment, withdraw_comment
from zhiliu.comments.models import Comment
from zhiliu.communities.models import Community
from zhiliu.conversations.facts import MessagePosted
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import edit, post
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused
from zhiliu.moderation.configuring import list_words, unlist_word
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.detecting import insults
from zhiliu.moderation.models import Flag, HeldPost, Policy, Word
from zhiliu.moderation.recent_activity import posting_rate_of, said_elsewhere
from zhiliu.moderation.screening import screen
from zhiliu.needs.voicing import voice_need

ADVERT = "海外代购，加微信 vx: daigou_2024，99元包邮"
WEAK_ADVERT = "代购化妆品 99元 包邮"


def test_an_advert_of_a_newcomer_waits_and_is_not_in_the_channel(channel: Channel, xu: Person) -> None:
    held = post(channel, body=ADVERT, by=xu, client_id="a-1")
    assert isinstance(held, HeldPost)
    assert (held.state, held.community_id, held.text) == ("waiting", channel.community_id, ADVERT)
    assert [reason["detector"] for reason in held.reasons] == ["adverts"]
    assert not Message.objects.exists()
    channel.refresh_from_db()
    assert channel.last_number == 0
    assert Activity.objects.filter(verb="moderation.content_held").count() == 1


def test_sent_again_it_is_held_once(channel: Channel, xu: Person) -> None:
    message = post(channel, body=ADVERT, by=xu, client_id="a-1")
    again = post(channel, body=ADVERT, by=xu, client_id="a-1")
    assert (again, HeldPost.objects.count()) == (message, 1)


def test_sent_again_after_it_was_published_it_is_the_message(channel: Channel, xu: Person, lin: Person) -> None:
    held = post(channel, body=ADVERT, by=xu, client_id="a-1")
    decide_held_post(held, publish=True, by=fresh(lin))
    again = post(channel, body=ADVERT, by=fresh(xu), client_id="a-1")
    assert isinstance(again, Message)
    assert (HeldPost.objects.count(), Message.objects.count()) == (1, 1)


def test_a_weak_reason_publishes_and_flags(channel: Channel, wang: Person) -> None:
    message = post(channel, body=WEAK_ADVERT, by=wang)
    assert isinstance(message, Message)
    flag = Flag.objects.get()
    assert (flag.kind, flag.thing_id, flag.author, flag.decision) == ("message", message.pk, wang, None)


def test_who_moderates_is_not_looked_at(channel: Channel, lin: Person) -> None:
    assert isinstance(post(channel, body=ADVERT, by=lin), Message)
    assert not Flag.objects.exists()


def test_a_private_talk_is_not_looked_at(xu: Person, wang: Person, community: Community) -> None:
    talk = open_talk([wang], by=xu)
    assert isinstance(post(talk, body=ADVERT, by=fresh(xu)), Message)
    assert (Flag.objects.count(), HeldPost.objects.count()) == (0, 0)


def test_what_was_said_in_a_talk_does_not_count_as_repeated(channel: Channel, xu: Person, wang: Person) -> None:
    text = "这是只对你说的一段话，足够长，可以比较。"
    post(open_talk([wang], by=xu), body=text, by=fresh(xu))
    assert isinstance(post(channel, body=text, by=fresh(xu)), Message)
    assert not Flag.objects.exists()


def test_what_a_community_switched_off_or_only_flags(channel: Channel, xu: Person) -> None:
    policy = Policy.objects.create(community=channel.community, modes={"adverts": "flag"})
    assert isinstance(post(channel, body=ADVERT, by=xu), Message)
    assert Flag.objects.count() == 1
    Policy.objects.filter(pk=policy.pk).update(modes={"adverts": "off"})
    post(channel, body=ADVERT + "！", by=fresh(xu))
    assert Flag.objects.count() == 1


def test_a_listed_word_holds_by_its_weight(channel: Channel, wang: Person, admin: Person) -> None:
    Word.objects.all().delete()
    list_words(["傻逼"], weight=2, by=admin)
    assert isinstance(post(channel, body="傻 逼 方案", by=wang), HeldPost)
    list_words(["傻逼"], weight=1, by=admin)
    assert isinstance(post(channel, body="傻逼方案，重写", by=fresh(wang)), Message)
    unlist_word(Word.objects.get(), by=admin)
    assert not insults.listed_words()


def test_a_newcomer_is_asked_for_a_break_and_told_when_it_ends(channel: Channel, xu: Person) -> None:
    Policy.objects.create(community=channel.community, newcomer_limit=3)
    for number in range(3):
        post(channel, body=f"第 {number} 句", by=xu)
    first = timezone.now() - dt.timedelta(minutes=30)
    activities = Activity.objects.filter(verb=MessagePosted.name).order_by("pk")[:1]
    Activity.objects.filter(pk__in=activities).update(at=first)
    again = timezone.localtime(first + dt.timedelta(hours=1)).strftime("%H:%M")
    with pytest.raises(Refused, match=f"you can send 3 messages an hour here. You can write again at {again}."):
        post(channel, body="第 3 句", by=fresh(xu))
    assert Message.objects.count() == 3
    Activity.objects.filter(pk__in=activities).update(at=first - dt.timedelta(minutes=31))
    assert isinstance(post(channel, body="第 3 句", by=fresh(xu)), Message)


def test_members_have_their_own_limit_and_each_community_counts_for_itself(
    channel: Channel, wang: Person, lin: Person, closed_community: Community
) -> None:
    Policy.objects.create(community=channel.community, newcomer_limit=1, member_limit=2)
    other = open_channel(closed_community, name="报价", by=fresh(lin))
    for number in range(2):
        post(channel, body=f"第 {number} 句", by=wang)
        post(other, body=f"第 {number} 句", by=fresh(wang))
    with pytest.raises(Refused):
        post(channel, body="第 2 句", by=fresh(wang))
    assert isinstance(post(other, body="第 2 句", by=fresh(wang)), Message)


def test_what_is_held_counts_for_the_pace(channel: Channel, xu: Person) -> None:
    Policy.objects.create(community=channel.community, newcomer_limit=1)
    post(channel, body=ADVERT, by=xu)
    with pytest.raises(Refused):
        post(channel, body="大家好", by=fresh(xu))


def test_an_edit_into_an_advert_is_flagged_not_held(channel: Channel, xu: Person) -> None:
    message = post(channel, body="大家好，我是新来的", by=xu)
    edit(message, body=ADVERT, by=fresh(xu))
    message.refresh_from_db()
    assert (message.body, Flag.objects.get().thing_id) == (ADVERT, message.pk)


def test_files_and_thread_of_what_was_held_come_back(channel: Channel, xu: Person, wang: Person, lin: Person) -> None:
    root = post(channel, body="谁有好东西？", by=wang)
    file = upload(io.BytesIO(b"1"), name="价目.txt", by=xu, community=channel.community, is_private=True)
    held = post(channel, body=ADVERT, by=xu, root=root, uploads=[file])
    decide_held_post(held, publish=True, by=fresh(lin))
    message = Message.objects.get(pk=held.thing_id)
    assert (message.root, message.by, message.number, list(message.uploads.all())) == (root, xu, 1, [file])


def test_what_has_no_place_any_more_cannot_be_published(channel: Channel, xu: Person, lin: Person) -> None:
    held = post(channel, body=ADVERT, by=xu)
    close_channel(channel, by=fresh(lin))
    with pytest.raises(Refused, match="closed"):
        decide_held_post(held, publish=True, by=fresh(lin))
    held.refresh_from_db()
    assert (held.state, held.decision) == ("waiting", None)


# -- comments ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def need(community: Community, wang: Person) -> Any:
    return voice_need(community, title="压缩机半夜停机", by=wang)


def test_a_comment_waits_and_is_published_with_its_author(need: Any, xu: Person, lin: Person) -> None:
    held = comment("need", need.pk, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    assert not Comment.objects.exists()
    decide_held_post(held, publish=True, by=lin)
    made = Comment.objects.get()
    assert (made.by, made.body, made.thing_id, held.thing_id) == (xu, ADVERT, need.pk, made.pk)


def test_a_weak_comment_is_flagged_also_after_an_edit(need: Any, wang: Person) -> None:
    made = comment("need", need.pk, body="好", by=wang)
    assert not Flag.objects.exists()
    edit_comment(made, body=WEAK_ADVERT, by=wang)
    assert Flag.objects.get().thing_id == made.pk


def test_comments_and_messages_count_together(need: Any, channel: Channel, xu: Person) -> None:
    Policy.objects.create(community=channel.community, newcomer_limit=2)
    comment("need", need.pk, body="我也遇到过", by=xu)
    post(channel, body="大家好", by=fresh(xu))
    with pytest.raises(Refused):
        comment("need", need.pk, body="再说一句", by=fresh(xu))


def test_a_comment_its_author_took_back_is_not_put_back(need: Any, wang: Person, lin: Person) -> None:
    from zhiliu.comments.commenting import put_back_comment

    made = comment("need", need.pk, body="好", by=wang)
    withdraw_comment(made, by=wang)
    put_back_comment(made, None, by=lin)
    made.refresh_from_db()
    assert made.withdrawn_at is not None


def test_an_edit_is_neither_paced_nor_taken_for_flooding(channel: Channel, wang: Person) -> None:
    Policy.objects.create(community=channel.community, member_limit=20)
    said = [post(channel, body=f"第 {number} 句", by=fresh(wang)) for number in range(15)]
    Policy.objects.update(member_limit=1)
    edit(said[0], body="第零句", by=fresh(wang))
    assert (Message.objects.get(pk=said[0].pk).body, Flag.objects.count()) == ("第零句", 0)


def test_around_what_is_held_in_a_private_channel_nothing_is_shown(
    community: Community, lin: Person, wang: Person, wu: Person
) -> None:
    from zhiliu.moderation.queries import queue

    private = open_channel(community, name="悄悄话", kind="private", people=[wang], by=fresh(lin))
    public = open_channel(community, name="公开", by=fresh(lin))
    for place in (private, public):
        post(place, body=f"{place.name}里说的", by=fresh(lin))
        place.refresh_from_db()
        post(place, body=f"{place.name} {ADVERT}", by=fresh(wang))
    found = {case.exhibit.where: [line.text for line in case.exhibit.before] for case in queue(fresh(wu))}
    assert found == {"#悄悄话": [], "#公开": ["公开里说的"]}


def test_only_what_was_said_here_within_a_minute_floods(
    channel: Channel, closed_community: Community, community: Community, wang: Person
) -> None:
    other = open_channel(closed_community, name="别处", by=Person.objects.get(handle="lin"))
    for number in range(3):
        post(channel, body=f"第{number}句", by=wang)
    post(other, body="别处一句", by=wang)
    voice_need(community, title="不算说话", by=wang)
    comment("need", voice_need(community, title="被评论的", by=wang).pk, body="算一句", by=wang)
    now = timezone.now()
    counted = posting_rate_of(wang, community, now)
    assert (counted.minute, counted.hour, counted.kinds) == (4, 4, {"message", "comment"})
    later = posting_rate_of(wang, community, now + dt.timedelta(minutes=2))
    assert (later.minute, later.hour) == (0, 4)
    assert posting_rate_of(wang, community, now + dt.timedelta(hours=25)).kinds == set()


def test_texts_are_compared_with_those_of_other_places_only(
    channel: Channel, community: Community, wang: Person
) -> None:
    other = open_channel(community, name="另一个", by=Person.objects.get(handle="lin"))
    need = voice_need(community, title="备件", by=wang)
    post(channel, body="这里的", by=wang)
    post(other, body="那里的", by=wang)
    comment("need", need.pk, body="页面上的", by=wang)
    now = timezone.now()
    recent_posts = said_elsewhere(wang, f"channel-{channel.pk}", posting_rate_of(wang, community, now), now)
    assert [recent_post.text for recent_post in recent_posts] == ["页面上的", "那里的"]


def test_what_a_message_is_looked_at_by_costs_few_questions(
    channel: Channel, wang: Person, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        post(channel, body=f"第{number}句话说的是油压表和停机", by=wang)
    someone = fresh(wang)
    someone.is_newcomer(days=7)
    screen("先热起来", channel.community, by=someone, place="x")  # type: ignore[arg-type]
    # Policy, what was said lately, the list of words; a longer text is compared, too.
    with django_assert_num_queries(3):
        screen("好的收到", channel.community, by=someone, place=f"channel-{channel.pk}")  # type: ignore[arg-type]
    with django_assert_num_queries(5):
        screen("今天下午三点开会请大家准时到", channel.community, by=someone, place=f"channel-{channel.pk}")  # type: ignore[arg-type]
