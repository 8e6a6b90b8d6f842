"""Messages written now and posted later: once, by who still may."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.joining import leave
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, ChannelMembership, Mention, Message, ScheduledMessage
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.conversations.scheduling import forget_scheduled, post_due, post_now, schedule, usual_times
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def later(channel: Channel, by: Person, body: str = "早，今天谁在？", **more: Any) -> ScheduledMessage:
    wanted = {"due_at": timezone.now() + HOUR, "client_id": "a", **more}
    return schedule(channel, body=body, by=Person.objects.get(pk=by.pk), **wanted)


def test_it_is_posted_when_its_time_comes_and_once(channel: Channel, lin: Person) -> None:
    scheduled_message = later(channel, lin)
    assert later(channel, lin) == scheduled_message
    assert post_due() == 0 and not Message.objects.exists()
    due = timezone.now() + 2 * HOUR
    assert (post_due(due), post_due(due)) == (1, 0)
    message = Message.objects.get()
    assert (message.body, message.by, message.client_id) == ("早，今天谁在？", lin, "a")
    scheduled_message.refresh_from_db()
    assert scheduled_message.posted_at == due and not scheduled_message.is_waiting


def test_calls_and_threads_are_kept(channel: Channel, lin: Person, wang: Person, catch_up: Any) -> None:
    root = post(channel, body="谁去", by=wang)
    later(channel, lin, f"@{wang.name} 明天你去", root=root, mentioned_ids=[wang.pk])
    post_due(timezone.now() + 2 * HOUR)
    catch_up()
    message = Message.objects.get(root=root)
    assert Mention.objects.filter(message=message, person=wang).exists()


def test_what_cannot_be_scheduled(channel: Channel, lin: Person, sun: Person) -> None:
    for wrong in (
        {"body": "  "},
        {"body": "长" * 8001},
        {"due_at": timezone.now() - HOUR},
        {"due_at": timezone.now() + dt.timedelta(days=200)},
    ):
        with pytest.raises(Refused):
            later(channel, lin, **{"body": "好", **wrong})
    with pytest.raises(Forbidden):
        later(channel, sun)
    assert not ScheduledMessage.objects.exists()


def test_who_left_by_then_posts_nothing_and_finds_the_reason(
    channel: Channel, community: Community, lin: Person, wang: Person
) -> None:
    scheduled_message = later(channel, wang)
    leave(community, by=wang)
    assert post_due(timezone.now() + 2 * HOUR) == 0
    scheduled_message.refresh_from_db()
    assert scheduled_message.refused and scheduled_message.posted_at is None and not Message.objects.exists()
    other = later(channel, lin, client_id="b")
    close_channel(channel, by=lin)
    post_due(timezone.now() + 2 * HOUR)
    other.refresh_from_db()
    assert other.refused and not Message.objects.exists()


def test_it_can_be_forgotten_or_sent_now_by_its_author_only(channel: Channel, lin: Person, wang: Person) -> None:
    scheduled_message = later(channel, lin)
    forget_scheduled(scheduled_message, by=wang)
    assert not post_now(scheduled_message, by=wang) and ScheduledMessage.objects.exists()
    assert post_now(scheduled_message, by=lin) and not post_now(scheduled_message, by=lin)
    assert Message.objects.count() == 1
    forget_scheduled(scheduled_message, by=lin)
    assert ScheduledMessage.objects.count() == 1
    other = later(channel, lin, client_id="b")
    forget_scheduled(other, by=lin)
    forget_scheduled(other, by=lin)
    assert post_due(timezone.now() + 2 * HOUR) == 0


@pytest.mark.django_db
def test_usual_times_avoid_weekends_and_what_is_over() -> None:
    friday = timezone.make_aware(dt.datetime(2026, 11, 27, 15))
    assert [f"{moment:%m-%d %H:%M}" for _label, moment in usual_times(friday)] == ["11-27 18:00", "11-30 09:00"]
    assert len(usual_times(friday.replace(hour=20))) == 1


@pytest.mark.django_db
def test_this_evening_is_offered_until_ten_minutes_before_it() -> None:
    evening = timezone.make_aware(dt.datetime(2026, 11, 26, 18))
    ten, second = dt.timedelta(minutes=10), dt.timedelta(seconds=1)
    assert [len(usual_times(evening - ten - more)) for more in (second, 0 * second)] == [2, 1]


def test_only_a_message_to_oneself_is_a_reminder(channel: Channel, lin: Person, wang: Person, catch_up: Any) -> None:
    places = {"channel": channel, "two": open_talk([wang], by=lin), "alone": open_talk([], by=lin)}
    for name, place in places.items():
        later(place, lin, client_id=name)
    assert post_due(timezone.now() + 2 * HOUR) == 3
    reminded = Activity.objects.filter(verb="conversations.reminder_due")
    assert [row.data["channel_id"] for row in reminded] == [places["alone"].pk]
    unread = ChannelMembership.objects.filter(person=lin, read_number=0)
    assert list(unread.values_list("channel", flat=True)) == [places["alone"].pk]


def test_what_was_refused_waits_no_more_and_says_so_alone(channel: Channel, lin: Person, wang: Person) -> None:
    refused, done, own = later(channel, wang), later(channel, lin), later(channel, lin, client_id="b")
    assert channel.community is not None
    assert post_now(done, by=lin)
    channel.community.memberships.filter(person=wang).delete()
    assert not post_now(refused, by=wang)
    rows = ScheduledMessage.objects.order_by("pk")
    assert [bool(row.refused) for row in rows] == [True, False, False]
    assert (post_due(own.due_at), post_due(own.due_at)) == (1, 0)
    assert [row.posted_at is None for row in rows.all()] == [True, False, False]


def test_the_same_name_of_two_devices_of_two_people_is_two_messages(
    channel: Channel, lin: Person, wang: Person
) -> None:
    mine, theirs, second = later(channel, lin), later(channel, wang), later(channel, lin, client_id="b")
    assert [row.by for row in (mine, theirs, second)] == [lin, wang, lin]
    assert ScheduledMessage.objects.count() == 3


def test_the_doors(channel: Channel, lin: Person, wang: Person, sun: Person, browse: Any) -> None:
    door = f"/channels/{channel.pk}/later/"
    assert 'name="due"' in browse(lin).get(door).content.decode()
    due = (timezone.now() + HOUR).isoformat()
    asked = {"body": "早", "due": due, "client": "x"}
    answer = browse(lin).post(door, asked, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and "said" in answer.json()
    assert (
        browse(lin).post(door, {"body": "早", "due": "soon"}, headers={"Accept": "application/json"}).status_code == 422
    )
    page = browse(lin).get("/talk/scheduled/").content.decode()
    assert "早" in page
    assert "早" not in browse(wang).get("/talk/scheduled/").content.decode().split("<main")[1]
    scheduled_message = ScheduledMessage.objects.get()
    assert browse(wang).post(f"/talk/scheduled/{scheduled_message.pk}/", {"act": "now"}).status_code == 302
    assert not Message.objects.exists()
    assert browse(lin).post(f"/talk/scheduled/{scheduled_message.pk}/", {"act": "now"}).status_code == 302
    assert Message.objects.count() == 1


def test_the_page_asks_a_fixed_number_of_questions(
    channel: Channel, lin: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        for number in range(count):
            later(channel, lin, client_id=f"{count}-{number}")
        browse(lin).get("/talk/scheduled/")
        client = browse(lin)
        with django_assert_num_queries(QUESTIONS):
            client.get("/talk/scheduled/")


QUESTIONS = 9
