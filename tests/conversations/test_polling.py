"""Polls in channels: put with a message, voted in where they are read, closed by hand, by time and with the message."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh, make_community
from tests.html import squeezed
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import edit, post, withdraw_message
from zhiliu.conversations.queries import mine_among
from zhiliu.conversations.rendering import draw, with_all
from zhiliu.conversations.rules import can_reply
from zhiliu.conversations.voting import end_channel_poll, show_closed, start_poll, vote
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.configuring import list_words
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.models import HeldPost
from zhiliu.polls import rules as poll_rules
from zhiliu.polls.models import Ballot, Poll

HOUR = dt.timedelta(hours=1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def ask(channel: Channel, by: Person, **fields: Any) -> Message:
    fields = {"question": "周五几点碰", "options": ["十点", "两点"], "lasts": HOUR} | fields
    message = start_poll(channel, by=by, **fields)
    assert isinstance(message, Message)
    return Message.objects.select_related("channel__community", "by").get(pk=message.pk)


def keys(message: Message) -> list[int]:
    return [key for key, _text, _count in message.poll["options"]]


def counts(message: Message) -> list[int]:
    return [count for _key, _text, count in Message.objects.get(pk=message.pk).poll["options"]]


def test_a_poll_is_a_message_of_its_author_with_question_and_options(channel: Channel, wang: Person) -> None:
    message = ask(channel, wang, client_id="p-1")
    assert (message.by, message.number, message.body) == (wang, 1, "周五几点碰\n\n- 十点\n- 两点")
    poll = Poll.objects.get()
    assert (poll.kind, poll.thing_id, poll.community, poll.by) == ("message", message.pk, channel.community, wang)
    assert message.poll_due == poll.closes_at
    # Sent twice, kept once.
    assert ask(channel, wang, client_id="p-1").pk == message.pk
    assert (Message.objects.count(), Poll.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"question": "  "}, "Ask something, in at most 120 characters"),
        ({"question": "问" * 121}, "Ask something, in at most 120 characters"),
        ({"options": ["只有一个", "只有一个"]}, "2 to 10 different options"),
        ({"options": [f"第{n}" for n in range(11)]}, "2 to 10 different options"),
        ({"options": ["好", "长" * 81]}, "at most 80 characters"),
        ({"lasts": dt.timedelta(minutes=5, seconds=-1)}, "five minutes to thirty days"),
        ({"lasts": dt.timedelta(days=30, seconds=1)}, "five minutes to thirty days"),
    ],
)
def test_what_is_no_poll_is_refused_and_leaves_nothing(
    channel: Channel, wang: Person, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        ask(channel, wang, **fields)
    channel.refresh_from_db()
    assert (Message.objects.count(), Poll.objects.count(), channel.last_change) == (0, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "问" * 120},
        {"options": [f"第{n}" for n in range(10)]},
        {"options": ["好", "长" * 80]},
        {"lasts": dt.timedelta(minutes=5)},
        {"lasts": dt.timedelta(days=30)},
    ],
)
def test_a_poll_may_be_as_long_and_as_short_as_is_allowed(
    channel: Channel, wang: Person, fields: dict[str, Any]
) -> None:
    message = ask(channel, wang, **fields)
    poll = Poll.objects.get()
    assert (poll.question, len(message.poll["options"])) == (
        fields.get("question", "周五几点碰"),
        len(fields.get("options", "ab")),
    )


def test_what_happens_to_one_poll_touches_no_other_message(channel: Channel, wang: Person, xu: Person) -> None:
    said = post(channel, body="没有投票", by=wang)
    assert isinstance(said, Message)
    other, message, third = (ask(channel, wang, question=text) for text in ("还开着", "几点", "撤回的"))
    vote(other, keys(other)[0], by=xu)
    vote(message, keys(message)[1], by=xu)
    assert (counts(other), counts(message)) == ([1, 0], [0, 1])
    withdraw_message(third, by=wang)
    vote(message, keys(message)[0], by=xu)
    end_channel_poll(message, by=wang)
    assert [Message.objects.get(pk=item.pk).poll["open"] for item in (other, message, third)] == [True, False, False]
    waiting = Message.objects.filter(poll_due__isnull=False)
    assert (list(waiting), Message.objects.get(pk=said.pk).poll) == ([other], None)
    assert show_closed(other.poll_due - dt.timedelta(seconds=1)) == 0
    assert (show_closed(other.poll_due), Message.objects.get(pk=message.pk).poll["question"]) == (1, "几点")
    marked = Activity.objects.filter(verb="conversations.message_marked").order_by("pk")
    assert [(row.data["message_id"], row.by_id) for row in marked] == [
        (other.pk, None),
        (message.pk, None),
        (message.pk, None),
        (message.pk, wang.pk),
        (other.pk, None),
    ]


def test_who_may_not_put_or_close_a_poll_is_told_why_and_nothing_changes(
    channel: Channel, wang: Person, xu: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden, match="Join the community to take part"):
        ask(channel, sun)
    message = ask(channel, wang)
    with pytest.raises(Forbidden, match="Only the people running this can start and close its polls"):
        end_channel_poll(message, by=xu)
    said = post(channel, body="没有投票", by=wang)
    assert isinstance(said, Message)
    with pytest.raises(Refused, match="There is no poll here"):
        end_channel_poll(said, by=wang)
    with pytest.raises(Refused, match="There is no poll here"):
        vote(said, keys(message)[0], by=wang)
    assert (Poll.objects.count(), Message.objects.get(pk=message.pk).poll["open"]) == (1, True)


def test_nobody_sees_votes_in_or_closes_a_poll_whose_message_is_gone_or_taken_back(
    channel: Channel, wang: Person, lin: Person
) -> None:
    message = ask(channel, wang)
    poll = Poll.objects.get()
    poll_rule = (poll_rules.can_see, poll_rules.can_vote, poll_rules.can_close)
    assert [rule(fresh(wang), poll) for rule in poll_rule] == [True, True, True]
    withdraw_message(message, by=wang)
    assert [rule(fresh(wang), poll) for rule in poll_rule[:2]] == [False, False]
    Message.objects.all().delete()
    for person in (lin, wang):
        assert [rule(fresh(person), poll) for rule in poll_rule] == [False, False, False]


def test_who_does_not_see_the_channel_closes_no_poll_of_it(
    community: Community, closed_community: Community, wang: Person
) -> None:
    message = ask(open_channel(closed_community, name="报价", by=wang), wang)
    assert poll_rules.can_close(fresh(wang), Poll.objects.get(thing_id=message.pk))
    closed_community.memberships.filter(person=wang).delete()
    assert not poll_rules.can_close(fresh(wang), Poll.objects.get(thing_id=message.pk))


def test_a_vote_is_a_change_of_the_channel_and_counts_for_all(channel: Channel, wang: Person, xu: Person) -> None:
    message = ask(channel, wang)
    first, second = keys(message)
    vote(message, first, by=xu)
    vote(message, first, by=xu)
    channel.refresh_from_db()
    assert (counts(message), channel.last_change, Message.objects.get().changed) == ([1, 0], 2, 2)
    vote(message, second, by=xu)
    vote(message, second, by=wang)
    assert (counts(message), Message.objects.get().poll["voted"], Ballot.objects.count()) == ([0, 2], 2, 2)
    assert mine_among(xu, [Message.objects.get()]) == {message.pk: {"vote": second}}
    # Who voted for what is nobody's business in the log.
    assert set(Activity.objects.filter(verb="conversations.message_marked").values_list("by_id", flat=True)) == {None}


def test_the_drawn_message_shows_counts_and_nothing_of_its_reader(channel: Channel, wang: Person, xu: Person) -> None:
    message = ask(channel, wang, question="选 <b>哪个</b>")
    vote(message, keys(message)[0], by=xu)
    html = squeezed(draw(with_all(Message.objects.all()))[0])
    assert "&lt;b&gt;" in html and '<progress value="1" max="1"' in html and "1 vote<" in html
    assert 'aria-pressed="true"' not in html and "data-open" in html


def test_a_secret_poll_shows_counts_only_when_it_is_closed(channel: Channel, wang: Person, xu: Person) -> None:
    message = ask(channel, wang, is_secret=True)
    vote(message, keys(message)[0], by=xu)
    assert counts(message) == [0, 0] and "<progress" not in draw(with_all(Message.objects.all()))[0]
    end_channel_poll(message, by=wang)
    assert counts(message) == [1, 0] and "<progress" in draw(with_all(Message.objects.all()))[0]


def test_only_who_may_write_in_the_channel_votes(
    channel: Channel, lin: Person, wang: Person, sun: Person, community: Community
) -> None:
    message = ask(channel, wang)
    with pytest.raises(Forbidden):
        vote(message, keys(message)[0], by=sun)
    close_channel(channel, by=lin)
    message = Message.objects.select_related("channel__community").get()
    with pytest.raises(Forbidden, match="closed"):
        vote(message, keys(message)[0], by=wang)
    assert not Ballot.objects.exists()


def test_an_option_of_another_poll_and_a_message_without_one_are_refused(channel: Channel, wang: Person) -> None:
    made, other = ask(channel, wang), ask(channel, wang, question="还有一个")
    said = post(channel, body="没有投票", by=wang)
    assert isinstance(said, Message)
    for message, option in ((made, keys(other)[0]), (said, keys(other)[0])):
        with pytest.raises(Refused):
            vote(message, option, by=wang)
    channel.refresh_from_db()
    assert (Ballot.objects.count(), channel.last_change) == (0, 3)


def test_author_and_moderator_close_it_and_nobody_else(channel: Channel, lin: Person, wang: Person, xu: Person) -> None:
    for closer in (wang, lin):
        message = ask(channel, wang)
        with pytest.raises(Forbidden):
            end_channel_poll(message, by=xu)
        end_channel_poll(message, by=closer)
        end_channel_poll(message, by=closer)
        message.refresh_from_db()
        assert (message.poll["open"], message.poll_due) == (False, None)
        with pytest.raises(Refused, match="closed"):
            vote(message, keys(message)[0], by=xu)
    assert Activity.objects.filter(verb="polls.poll_closed").count() == 2


def test_its_time_comes_and_the_result_is_shown_once(channel: Channel, wang: Person) -> None:
    message, later = ask(channel, wang), ask(channel, wang, question="还开着", lasts=3 * HOUR)
    past = timezone.now() - dt.timedelta(seconds=1)
    Poll.objects.filter(thing_id=message.pk).update(closes_at=past)
    Message.objects.filter(pk=message.pk).update(poll_due=past)
    assert (show_closed(), show_closed()) == (1, 0)
    message.refresh_from_db()
    later.refresh_from_db()
    assert (message.poll["open"], later.poll["open"], message.changed) == (False, True, 3)


def test_taken_back_it_is_closed_and_cannot_be_edited_before(channel: Channel, wang: Person, xu: Person) -> None:
    message = ask(channel, wang)
    with pytest.raises(Refused, match="can’t be edited"):
        edit(message, body="另一个问题", by=wang)
    withdraw_message(message, by=wang)
    assert not Poll.objects.get().is_open and Message.objects.get().poll_due is None
    with pytest.raises(Refused):
        vote(message, keys(message)[0], by=xu)
    assert "十点" not in draw(with_all(Message.objects.all()))[0]


def test_its_words_are_looked_at_first_and_a_release_puts_it(
    channel: Channel, lin: Person, wang: Person, admin: Person
) -> None:
    list_words(["内幕价"], weight=100, by=admin)
    held = start_poll(channel, question="用哪个", options=["内幕价", "市场价"], lasts=HOUR, is_secret=True, by=wang)
    assert isinstance(held, HeldPost) and not Poll.objects.exists()
    decide_held_post(held, publish=True, by=lin)
    poll = Poll.objects.get()
    assert (poll.question, poll.is_secret, poll.by) == ("用哪个", True, wang)
    assert Message.objects.get().poll["id"] == poll.pk


def test_polls_of_talks_and_private_channels_are_seen_by_those_inside(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person
) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin, people=[wang])
    talk = open_talk([xu], by=wang)
    public = open_channel(community, name="日常", by=lin)
    for place in (private, talk, public):
        ask(place, wang)
    withdraw_message(ask(public, wang, question="撤回的"), by=wang)
    for person in map(fresh, (lin, wang, xu, zhao, sun, admin)):
        by_rule = {poll.pk for poll in Poll.objects.all() if poll_rules.can_see(person, poll)}
        assert by_rule == set(Poll.objects.visible_to(person).values_list("pk", flat=True)), person.handle
    seen = {item.handle: Poll.objects.visible_to(fresh(item)).count() for item in (lin, wang, xu)}
    assert seen == {"lin": 2, "wang": 3, "xu": 2}
    assert Poll.objects.get(community=None).get_absolute_url().startswith(f"/channels/{talk.pk}/")


def test_polls_are_off_where_the_community_has_switched_them_off(channel: Channel, wang: Person, xu: Person) -> None:
    assert channel.community is not None
    channel.community.features = ["talk"]
    channel.community.save()
    channel = Channel.objects.select_related("community").get(pk=channel.pk)
    assert can_reply(fresh(wang), channel)
    with pytest.raises(Forbidden, match="switched off"):
        ask(channel, fresh(wang))
    # A talk has no switches.
    assert ask(open_talk([xu], by=wang), wang).poll["open"]


def test_in_a_channel_of_a_moved_community_the_polls_come_along(channel: Channel, lin: Person, wang: Person) -> None:
    from zhiliu.conversations.community_content import Channels

    assert channel.community is not None
    message, target = ask(channel, wang), make_community(lin, name="新社区")
    moved = Channels().move([channel.pk], channel.community, target)
    assert Poll.objects.get(thing_id=message.pk).community == target
    Channels().take_back(moved, channel.community, target)
    assert Poll.objects.get(thing_id=message.pk).community == channel.community


# ---- doors -----------------------------------------------------------------------------------------------------------


def test_the_doors_put_vote_show_and_close(
    channel: Channel, wang: Person, xu: Person, sun: Person, browse: Any
) -> None:
    url = f"/channels/{channel.pk}/polls/new/"
    fields = {"question": "几点", "options": "十点\n两点\n", "lasts": "60", "client": "p-1"}
    sheet = browse(wang).get(f"{url}?panel=1").content.decode()
    assert 'id="form-sheet"' in sheet and "<html" not in sheet
    assert browse(wang).post(url, fields | {"options": "一个"}, **JSON).status_code == 422
    answers = [browse(wang).post(url, fields, **JSON).json() for _ in range(2)]
    message = Message.objects.get()
    assert answers[0] == answers[1] and answers[0]["id"] == message.pk
    first = keys(message)[0]
    assert browse(xu).post(f"/messages/{message.pk}/ballot/", {"option": first}, **JSON).status_code == 204
    assert browse(xu).post(f"/messages/{message.pk}/ballot/", {"option": "x"}, **JSON).status_code == 422
    page = browse(wang).get(f"/messages/{message.pk}/poll/").content.decode()
    assert xu.name in page and f"/messages/{message.pk}/poll/closing/" in page
    assert (
        f"/messages/{message.pk}/poll/closing/" not in browse(xu).get(f"/messages/{message.pk}/poll/").content.decode()
    )
    assert browse(xu).post(f"/messages/{message.pk}/poll/closing/", **JSON).status_code == 403
    assert browse(wang).post(f"/messages/{message.pk}/poll/closing/").status_code == 302
    assert not Message.objects.get().poll["open"]
    # Sun reads along without being a member.
    assert browse(sun).get(f"/messages/{message.pk}/poll/").status_code == 200
    assert browse(sun).get(url).status_code == 403
    assert browse(sun).post(f"/messages/{message.pk}/ballot/", {"option": first}, **JSON).status_code == 403


def test_the_poll_of_a_talk_is_not_there_for_others(wang: Person, xu: Person, admin: Person, browse: Any) -> None:
    talk = open_talk([xu], by=wang)
    message = ask(talk, wang)
    paths = (f"/messages/{message.pk}/poll/", f"/channels/{talk.pk}/polls/new/")
    assert [browse(admin).get(path).status_code for path in paths] == [404, 404]
    assert browse(admin).post(f"/messages/{message.pk}/ballot/", {"option": keys(message)[0]}).status_code == 404
    assert [browse(xu).get(path).status_code for path in paths] == [200, 200]
    assert not Ballot.objects.exists()


def test_a_channel_asks_as_many_questions_with_one_poll_as_with_three(
    channel: Channel, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    ask(channel, wang)
    client.get(f"/channels/{channel.pk}/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(f"/channels/{channel.pk}/")
        return len(found)

    item = asked()
    for number in range(2):
        ask(channel, wang, question=f"第 {number} 个")
    assert asked() == item


@pytest.mark.django_db(transaction=True)
def test_votes_at_the_same_time_are_all_counted(lin: Person, wang: Person, xu: Person) -> None:
    channel = open_channel(make_community(lin, wang, xu), name="日常", by=lin)
    message = ask(channel, lin)
    first = keys(message)[0]
    problems: list[BaseException] = []

    def act(person: Person) -> None:
        try:
            vote(Message.objects.select_related("channel__community").get(pk=message.pk), first, by=person)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(person,)) for person in (lin, wang, xu)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    channel.refresh_from_db()
    assert (problems, counts(message), channel.last_change) == ([], [3, 0], 4)
