"""Limits of messages, at them and one beyond; and what a reply says to others."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations import pace
from zhiliu.conversations.models import Attachment, Channel, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import MOST_CHARACTERS, MOST_FILES, WITHDRAW_FOR, post, withdraw_message
from zhiliu.conversations.scheduling import post_now, schedule
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.rate_limit import RateLimit

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="现场", by=lin)


def uploads(count: int, by: Person) -> list[Upload]:
    return [upload(io.BytesIO(b"x"), name=f"{number}.txt", by=by) for number in range(count)]


def test_ten_files_go_with_a_message_and_eleven_do_not(channel: Channel, wang: Person) -> None:
    files = uploads(MOST_FILES + 1, wang)
    post(channel, body="照片", by=wang, uploads=files[:10])
    assert (MOST_FILES, Attachment.objects.count()) == (10, 10)
    with pytest.raises(Refused, match="at most 10 files"):
        post(channel, body="照片", by=wang, uploads=files)
    assert Message.objects.count() == 1


def test_a_message_as_long_as_allowed_is_said(channel: Channel, wang: Person) -> None:
    assert post(channel, body="长" * MOST_CHARACTERS, by=wang).number == 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few messages are many."""
    monkeypatch.setattr(pace, "PACE", RateLimit(3, pace.HOUR))
    monkeypatch.setattr(pace, "NEWCOMER_PACE", RateLimit(2, pace.HOUR))
    Person.objects.update(hired_on=timezone.localdate() - dt.timedelta(days=30))


def test_what_one_person_says_in_all_talks_together_is_bounded(
    slow: None, wang: Person, lin: Person, xu: Person
) -> None:
    wang, lin, xu = fresh(wang), fresh(lin), fresh(xu)
    channel, other = open_talk([lin], by=wang), open_talk([xu], by=wang)
    said = [
        post(channel, body="一", by=wang, client_id="c-1"),
        post(other, body="二", by=wang),
        post(channel, body="三", by=wang),
    ]
    again = timezone.localtime(said[0].at + dt.timedelta(hours=1)).strftime("%H:%M")
    for talk in (channel, other):
        with pytest.raises(Refused, match=f"For now you can send 3 direct messages an hour.* at {again}"):
            post(talk, body="四", by=wang)
    with pytest.raises(Refused, match="For now you can send"):
        post(channel, body="四", by=wang, root=said[0])
    assert post(channel, body="一", by=wang, client_id="c-1") == said[0]
    assert post(channel, body="我还没说过", by=lin).number == 3
    assert Message.objects.filter(by=wang).count() == 3
    Message.objects.filter(pk=said[0].pk).update(at=timezone.now() - dt.timedelta(minutes=61))
    assert post(other, body="过了一小时", by=wang).number == 2


def test_newcomers_have_less_to_say_in_talks(slow: None, wang: Person, lin: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(hired_on=timezone.localdate() - dt.timedelta(days=6))
    talk = open_talk([lin], by=wang)
    for body in ("一", "二"):
        post(talk, body=body, by=fresh(wang))
    with pytest.raises(Refused, match="you can send 2 direct messages"):
        post(talk, body="三", by=fresh(wang))


def test_what_is_said_in_channels_does_not_count_in_talks(
    slow: None, channel: Channel, wang: Person, lin: Person
) -> None:
    for body in ("一", "二", "三"):
        post(channel, body=body, by=fresh(wang))
    talk = open_talk([lin], by=fresh(wang))
    assert post(talk, body="私下", by=fresh(wang)).number == 1


def test_what_was_to_be_said_later_keeps_the_pace_too(slow: None, wang: Person, lin: Person) -> None:
    talk = open_talk([lin], by=fresh(wang))
    later = schedule(talk, body="晚点说", due_at=timezone.now() + dt.timedelta(hours=2), client_id="s", by=fresh(wang))
    for body in ("一", "二", "三"):
        post(talk, body=body, by=fresh(wang))
    assert not post_now(later, by=fresh(wang))
    later.refresh_from_db()
    assert (later.posted_at, "3" in later.refused) == (None, True)


def test_who_moderates_takes_back_their_own_old_message(channel: Channel, lin: Person, wang: Person) -> None:
    old, theirs = post(channel, body="旧的", by=lin), post(channel, body="也旧", by=wang)
    Message.objects.update(at=timezone.now() - WITHDRAW_FOR - dt.timedelta(minutes=1))
    withdraw_message(Message.objects.get(pk=old.pk), by=fresh(lin))
    with pytest.raises(Refused, match="two hours"):
        withdraw_message(Message.objects.get(pk=theirs.pk), by=fresh(wang))
    assert set(Message.objects.filter(withdrawn_at=None)) == {theirs}


def test_a_reply_says_that_its_thread_grew(channel: Channel, lin: Person, wang: Person) -> None:
    root = post(channel, body="谁懂？", by=lin)
    post(channel, body="我", by=wang, root=root)
    rows = Activity.objects.filter(verb="conversations.thread_grew")
    assert [(row.by_id, row.data["message_id"], row.data["changed"]) for row in rows] == [
        (wang.pk, root.pk, root.changed)
    ]
