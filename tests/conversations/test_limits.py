"""Limits of messages, at them and one beyond; and what a reply says to others."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Attachment, Channel, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import MOST_CHARACTERS, MOST_FILES, WITHDRAW_FOR, post, withdraw
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused

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
    with pytest.raises(Refused, match="At most 10 files"):
        post(channel, body="照片", by=wang, uploads=files)
    assert Message.objects.count() == 1


def test_a_message_as_long_as_allowed_is_said(channel: Channel, wang: Person) -> None:
    assert post(channel, body="长" * MOST_CHARACTERS, by=wang).number == 1


def test_who_moderates_takes_back_their_own_old_message(channel: Channel, lin: Person, wang: Person) -> None:
    old, theirs = post(channel, body="旧的", by=lin), post(channel, body="也旧", by=wang)
    Message.objects.update(at=timezone.now() - WITHDRAW_FOR - dt.timedelta(minutes=1))
    withdraw(Message.objects.get(pk=old.pk), by=fresh(lin))
    with pytest.raises(Refused, match="two hours"):
        withdraw(Message.objects.get(pk=theirs.pk), by=fresh(wang))
    assert set(Message.objects.filter(withdrawn_at=None)) == {theirs}


def test_a_reply_says_that_its_thread_grew(channel: Channel, lin: Person, wang: Person) -> None:
    root = post(channel, body="谁懂？", by=lin)
    post(channel, body="我", by=wang, root=root)
    rows = Activity.objects.filter(verb="conversations.thread_grew")
    assert [(row.by_id, row.data["message_id"], row.data["changed"]) for row in rows] == [
        (wang.pk, root.pk, root.changed)
    ]
