"""The last words of channels: in the list of conversations and beside notifications."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.last_words import add_last_words, one_line
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.queries import rows_of_memberships
from zhiliu.conversations.read_state import membership_of
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常事", by=lin)


def posted(channel: Channel, body: str, by: Person, root: Message | None = None) -> Message:
    message = post(channel, body=body, by=by, root=root)
    assert isinstance(message, Message)
    return message


def last_words(channel: Channel, reader: Person) -> tuple[str, str]:
    membership_of(channel, reader)
    rows = [row for row in rows_of_memberships(fresh(reader)) if row.pk == channel.pk]
    add_last_words(rows, reader)
    return rows[0].last_author, rows[0].last_words


def test_a_row_shows_who_said_what_last_without_the_marks_and_on_one_line(
    channel: Channel, lin: Person, wang: Person
) -> None:
    root = posted(channel, "早", lin)
    posted(channel, "**先**看\n\n`表`", wang)
    posted(channel, "回一句", lin, root)
    assert last_words(channel, lin) == ("王一帆", "先看 表")
    assert last_words(channel, wang) == ("You", "先看 表")


def test_what_was_deleted_is_not_shown(channel: Channel, lin: Person, wang: Person) -> None:
    message = posted(channel, "说错了", wang)
    withdraw_message(message, by=wang)
    assert last_words(channel, lin) == ("王一帆", "This message was deleted.")
    assert one_line(Message.objects.get(pk=message.pk)) == ""


def test_an_empty_channel_has_no_last_words(channel: Channel, lin: Person) -> None:
    assert last_words(channel, lin) == ("", "")


def test_long_words_are_cut(channel: Channel, lin: Person) -> None:
    assert one_line(posted(channel, "长" * 161, lin)) == "长" * 160 + "…"
    assert one_line(posted(channel, "长" * 160, lin)) == "长" * 160


def test_a_message_of_files_is_called_after_them(channel: Channel, lin: Person) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    files = [upload(picture, name="铭牌.png", by=lin), upload(io.BytesIO(b"x"), name="价.txt", by=lin)]
    message = post(channel, body="", by=lin, uploads=files)
    assert isinstance(message, Message)
    assert one_line(message) == "[Picture], 价.txt"


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_list_asks_the_same_number_of_queries_for_one_channel_and_for_three(
    browse: Any, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    client = browse(wang)
    posted(open_talk([wang], by=lin), "你好", lin)
    queries = queries_of(client, "/talk/")
    posted(open_talk([wang], by=xu), "在吗", xu)
    for name in ("甲", "乙"):
        posted(open_channel(community, name=name, by=lin), f"{name}的第一句", lin)
    assert queries_of(client, "/talk/") == queries
    page = client.get("/talk/").content.decode()
    assert "徐小满：在吗" in page
    assert "林晓岚：甲的第一句" in page


def test_the_navigation_leads_to_the_conversations_and_counts_what_is_unread(
    browse: Any, lin: Person, wang: Person
) -> None:
    talk = open_talk([wang], by=lin)
    for text in ("你好", "在吗"):
        posted(talk, text, lin)
    page = browse(wang).get("/following/").content.decode()
    entry = page[page.index('data-key="talk"') :].split("</li>")[0]
    assert ">2</span>" in entry


# -- in the inbox -----------------------------------------------------------------------------------------------------


def test_an_inbox_row_shows_the_last_words_until_they_are_deleted(
    browse: Any, catch_up: Any, lin: Person, wang: Person
) -> None:
    talk = open_talk([wang], by=lin)
    messages = [posted(talk, text, lin) for text in ("早", "**表**\n在哪")]
    catch_up()
    client = browse(wang)
    page = client.get("/inbox/").content.decode()
    assert "表 在哪" in page
    assert "早" not in page
    withdraw_message(messages[1], by=lin)
    assert "表 在哪" not in client.get("/inbox/").content.decode()


def test_the_inbox_asks_the_same_number_of_queries_for_one_message_and_for_three(
    browse: Any, catch_up: Any, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    client = browse(wang)
    posted(open_talk([wang], by=lin), "你好", lin)
    catch_up()
    queries = queries_of(client, "/inbox/")
    for person in (xu, sun):
        posted(open_talk([wang], by=person), "在吗", person)
    catch_up()
    assert queries_of(client, "/inbox/") == queries
