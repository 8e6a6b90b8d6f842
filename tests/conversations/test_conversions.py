"""A stretch of a conversation becomes a draft or a need; who is quoted is told and may ask to be left out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message, Quotation
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.turning import ask_to_be_left_out, open_destinations, turn_into
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
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


def test_only_what_was_chosen_in_the_channel_and_still_stands_is_quoted(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    chosen, other, gone = (post(channel, body=text, by=wang) for text in ("先查风幕", "没选的", "收回的"))
    mine, nobody = post(channel, body="我自己的", by=lin), post(channel, body="走了的人说的", by=xu)
    elsewhere = post(open_channel(community, name="别处", by=lin), body="别处说的", by=xu)
    withdraw_message(gone, by=wang)  # type: ignore[arg-type]
    Message.objects.filter(pk=nobody.pk).update(by=None)
    with pytest.raises(Refused, match="Choose at least one message"):
        turn_into("article", channel, [gone.pk, elsewhere.pk], by=lin)
    turn_into("article", channel, [chosen.pk, gone.pk, elsewhere.pk, mine.pk, nobody.pk], by=lin)
    quotations = Quotation.objects.order_by("message").values_list("message", "author")
    assert list(quotations) == [(chosen.pk, wang.pk), (mine.pk, lin.pk), (nobody.pk, None)]
    text = Article.objects.get().draft_markdown
    assert "**Former colleague**" in text and not any(item.body in text for item in (other, gone, elsewhere))
    (fact,) = Activity.objects.filter(verb="conversations.messages_quoted")
    assert (fact.by_id, fact.data["person_ids"]) == (lin.pk, [wang.pk])


def test_who_quotes_only_themselves_tells_nobody(channel: Channel, wang: Person) -> None:
    turn_into("article", channel, [post(channel, body="我自己的", by=wang).pk], by=wang)
    assert not Activity.objects.filter(verb="conversations.messages_quoted").exists()


def test_pictures_are_shown_in_a_draft_and_other_files_linked(channel: Channel, lin: Person, wang: Person) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    files = [upload(picture, name="铭牌[1].png", by=wang), upload(io.BytesIO(b"x"), name="表.txt", by=wang)]
    message = post(channel, body="", by=wang, uploads=files)
    turn_into("article", channel, [message.pk], by=lin)
    article = Article.objects.get()
    shown, linked = (f"/messages/files/{file.key}/" for file in files)
    head, quoted = article.draft_markdown.strip().split("\n\n", 1)
    assert (article.title, head.startswith("**王一帆** · [")) == ("From a conversation", True)
    assert quoted == f"> ![铭牌(1).png]({shown})\n> [表.txt]({linked})"


def test_who_does_not_see_a_channel_makes_nothing_of_it(community: Community, lin: Person, wang: Person) -> None:
    private = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin)
    message = post(private, body="底价八折", by=lin)
    with pytest.raises(Forbidden, match="Only participants can see this"):
        turn_into("article", private, [message.pk], by=wang)
    assert not Article.objects.exists()


def test_being_left_out_is_asked_of_one_draft_and_one_channel(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    other = open_channel(community, name="别处", by=lin)
    for thing, person in ((channel, wang), (channel, xu), (other, wang)):
        post(thing, body="早", by=person)
    keys = {
        thing.pk: list(Message.objects.filter(channel=thing).values_list("pk", flat=True)) for thing in (channel, other)
    }
    for thing in (channel, channel, other):
        turn_into("article", thing, keys[thing.pk], by=lin)
    first = Article.objects.order_by("pk")[0]
    message = Message.objects.get(channel=other)
    Quotation.objects.create(message=message, author=wang, kind="article", thing_id=first.pk, by=lin)
    Quotation.objects.create(
        message=Message.objects.get(channel=channel, by=wang), author=wang, kind="question", thing_id=first.pk, by=xu
    )
    assert ask_to_be_left_out(channel, "article", first.pk, by=wang) == 1
    asked = Quotation.objects.filter(objected_at__isnull=False)
    assert list(asked.values_list("message__channel", "message__by", "kind", "thing_id")) == [
        (channel.pk, wang.pk, "article", first.pk)
    ]
    (fact,) = Activity.objects.filter(verb="conversations.quote_removal_requested")
    assert (fact.by_id, fact.data["drafter_id"], fact.data["thing_id"]) == (wang.pk, lin.pk, first.pk)


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
