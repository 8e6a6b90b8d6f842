"""A stretch of a conversation becomes a draft or a need; who is quoted is told and may ask to be left out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Quotation
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.conversations.turning import ask_to_be_left_out, open_destinations, turn_into
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.db import on_postgresql
from zhiliu.knowledge.models import Article
from zhiliu.lineage.models import Link
from zhiliu.notifications.models import Notification


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="提问", by=lin)


def test_a_draft_says_who_said_what_and_leads_back(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    asked = post(channel, body="先换门封还是先查风幕？", by=xu)
    message = post(channel, body="拿张纸\n拉一圈", by=wang, root=asked)
    outcome = turn_into("article", channel, [message.pk, asked.pk], by=lin)
    article = Article.objects.get()
    assert outcome.thing == ("article", article.pk) and outcome.url.endswith("/edit/")
    text = article.draft_markdown
    assert text.index("**徐小满**") < text.index("**王一帆**")
    assert "> 拿张纸\\\n> 拉一圈" in text and asked.get_absolute_url() in text and message.get_absolute_url() in text
    assert Link.objects.filter(source_kind="message", target_kind="article", target_id=article.pk).exists()
    catch_up()
    inbox_rows = Notification.objects.filter(notice="conversations.messages_quoted").values_list(
        "person__handle", flat=True
    )
    assert set(inbox_rows) == {"wang", "xu"}


def test_who_is_quoted_asks_once_to_be_left_out(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any, browse: Any
) -> None:
    said = [post(channel, body=f"第{n}句", by=wang) for n in range(2)]
    turn_into("article", channel, [message.pk for message in said], by=lin)
    article = Article.objects.get()
    assert "不要引用我" in browse(wang).get(channel.get_absolute_url()).content.decode()
    assert ask_to_be_left_out(channel, "article", article.pk, by=wang) == 2
    assert ask_to_be_left_out(channel, "article", article.pk, by=wang) == 0
    assert ask_to_be_left_out(channel, "article", article.pk, by=xu) == 0
    catch_up()
    row = Notification.objects.get(notice="conversations.left_out")
    assert (row.person_id, row.count, row.calls) == (lin.pk, 1, True)


def test_a_need_comes_filled_in(channel: Channel, wang: Person, browse: Any) -> None:
    message = post(channel, body="门口又结霜了", by=wang)
    page = browse(wang).post(f"/channels/{channel.pk}/turning/{message.pk}/", {"messages": message.pk, "into": "need"})
    assert page.status_code == 302
    assert "门口又结霜了" in browse(wang).get(page["Location"]).content.decode()
    assert not Quotation.objects.exists()


def test_nothing_is_made_of_talks_or_by_outsiders(
    channel: Channel, lin: Person, wang: Person, sun: Person, zhao: Person
) -> None:
    message = post(channel, body="早", by=wang)
    assert [key for key, _one in open_destinations(channel, wang)] == ["article", "question", "need"]
    # Whoever reads the community may ask there; the rest is for members.
    assert [key for key, _one in open_destinations(channel, fresh(sun))] == ["question"]
    with pytest.raises(Forbidden):
        turn_into("article", channel, [message.pk], by=sun)
    with pytest.raises(Refused):
        turn_into("article", channel, [], by=wang)
    with pytest.raises(Refused):
        turn_into("poem", channel, [message.pk], by=wang)
    talk = open_talk([wang], by=lin)
    assert open_destinations(talk, lin) == []
    assert not Article.objects.exists()


@pytest.mark.skipif(on_postgresql(), reason="SQLite plans without knowing how many rows there are")
def test_who_is_quoted_is_not_sought_among_all_messages_of_a_channel(
    channel: Channel, lin: Person, wang: Person, browse: Any
) -> None:
    turn_into("article", channel, [post(channel, body="先查风幕", by=wang).pk], by=lin)
    client = browse(wang)
    with CaptureQueriesContext(connection) as asked:
        assert "不要引用我" in client.get(channel.get_absolute_url()).content.decode()
    sql = next(query["sql"] for query in asked.captured_queries if "conversations_quotation" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[3] for row in cursor.fetchall()]
    assert "conversations_quotation" in plan[0] and "author_id=?" in plan[0], plan
    assert "rowid=?" in plan[1], plan
