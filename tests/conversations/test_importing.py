"""Messages from elsewhere: in order, each once, known to the search, rung to nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhiliu.activity.consumers import catch_up
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations import importing
from zhiliu.conversations.importing import ImportedMessage, import_messages
from zhiliu.conversations.models import Channel, ChannelMembership, Mention, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.conversations.read_state import membership_of
from zhiliu.conversations.searching import search_messages, wanted_from
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.db import on_postgresql


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def said(count: int, by: Person, *, start: int = 0) -> list[ImportedMessage]:
    began = timezone.now() - dt.timedelta(days=30)
    return [
        ImportedMessage(f"old-{n}", by.pk, began + dt.timedelta(minutes=n), f"第 {n} 句，@所有人 看**油压**")
        for n in range(start, count)
    ]


def test_what_comes_in_follows_what_is_there_without_gaps(channel: Channel, lin: Person, wang: Person) -> None:
    post(channel, body="早", by=lin)
    assert import_messages(channel, said(5, wang), by=lin) == 5
    rows = list(Message.objects.filter(channel=channel).order_by("number"))
    assert [(row.number, row.changed) for row in rows] == [(n, n) for n in range(1, 7)]
    assert [row.by_id for row in rows] == [lin.pk, *[wang.pk] * 5]
    assert "<strong>油压</strong>" in rows[1].html
    channel.refresh_from_db()
    assert (channel.last_number, channel.last_change, channel.last_at) == (6, 6, rows[0].at)


def test_brought_in_again_only_what_is_missing_is_added(
    channel: Channel, lin: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    assert import_messages(channel, said(4, wang), by=lin) == 4
    assert import_messages(channel, said(8, wang), by=lin) == 4
    assert import_messages(channel, [*said(8, wang), *said(9, wang)], by=lin) == 1
    assert list(Message.objects.order_by("number").values_list("number", "client_id")) == [
        (n + 1, f"old-{n}") for n in range(9)
    ]
    facts = Activity.objects.filter(verb="conversations.messages_imported")
    assert sum(len(fact.data["message_ids"]) for fact in facts) == 9


def test_it_is_found_and_calls_nobody(channel: Channel, lin: Person, wang: Person) -> None:
    catch_up()
    read, late = membership_of(channel, wang), membership_of(channel, lin)
    import_messages(channel, said(3, lin), by=lin)
    catch_up()
    found = search_messages(wanted_from({"q": "油压"}, wang), wang).rows
    assert {message.client_id for message, _hit in found} == {"old-0", "old-1", "old-2"}
    assert not Mention.objects.exists()
    read.refresh_from_db()
    late.refresh_from_db()
    assert (read.read_number, read.calls, late.read_number) == (3, 0, 3)


def test_who_had_not_read_to_the_end_stays_where_they_were(channel: Channel, lin: Person, wang: Person) -> None:
    membership = membership_of(channel, wang)
    post(channel, body="早", by=lin)
    import_messages(channel, said(3, lin), by=lin)
    membership.refresh_from_db()
    assert membership.read_number == 0


def test_only_who_moderates_brings_in(channel: Channel, wang: Person) -> None:
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        import_messages(channel, said(1, wang), by=wang)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("", "x", "needs a name of at most 40 characters"),
        ("n" * 41, "x", "needs a name of at most 40 characters"),
        ("a", " \u200b ", "“a” is empty or too long"),
        ("a", "长" * 8001, "“a” is empty or too long"),
    ],
)
def test_a_message_without_a_name_or_words_or_with_too_many_is_refused(
    channel: Channel, lin: Person, name: str, body: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        import_messages(channel, [ImportedMessage(name, lin.pk, timezone.now(), body)], by=lin)
    assert not Message.objects.exists()


def test_a_message_with_a_name_and_words_as_long_as_allowed_comes_in(channel: Channel, lin: Person) -> None:
    assert import_messages(channel, [ImportedMessage("n" * 40, lin.pk, timezone.now(), "长" * 8000)], by=lin) == 1


def test_what_comes_in_touches_neither_threads_nor_other_channels(
    channel: Channel, community: Community, lin: Person, wang: Person
) -> None:
    other = open_channel(community, name="别处", by=lin)
    for thing in (channel, other):
        root = post(thing, body="早", by=lin)
        assert isinstance(root, Message)
        for number in range(1, 4):
            post(thing, body=f"第 {number} 回", by=lin, root=root)
    post(other, body="二", by=lin)
    ChannelMembership.objects.create(channel=other, person=wang, read_number=1)
    channel.refresh_from_db()
    membership_of(channel, wang)
    import_messages(channel, said(2, wang), by=lin)
    (fact,) = Activity.objects.filter(verb="conversations.messages_imported")
    new = list(Message.objects.exclude(client_id="").order_by("number"))
    assert [(row.number, row.channel) for row in new] == [(2, channel), (3, channel)]
    assert (fact.data["message_ids"], fact.by_id) == ([row.pk for row in new], lin.pk)
    read = ChannelMembership.objects.filter(person=wang).values_list("channel", "read_number")
    assert dict(read) == {channel.pk: 3, other.pk: 1}


def test_what_is_there_is_looked_up_by_author_and_name(channel: Channel, lin: Person, wang: Person) -> None:
    with CaptureQueriesContext(connection) as asked:
        import_messages(channel, [ImportedMessage(f"x-{n}", wang.pk, timezone.now(), "早") for n in range(50)], by=lin)
    sql = next(query["sql"] for query in asked.captured_queries if "(VALUES" in query["sql"])
    plan = _plan(sql)
    assert "message_sent_once" in plan, plan
    if on_postgresql():
        # For each row by itself: joined, it would read all messages as soon as there are many.
        assert "SubPlan" in plan and "Join" not in plan, plan
    else:
        assert "(by_id=? AND client_id=?)" in plan, plan


def _plan(sql: str) -> str:
    """How the database goes about a question where there are many rows."""
    with connection.cursor() as cursor:
        if on_postgresql():
            # It plans for the few rows of a test otherwise.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if on_postgresql() else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
