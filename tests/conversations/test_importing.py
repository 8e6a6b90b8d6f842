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
from zhiliu.conversations.models import Channel, Mention, Message
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
    found, _more = search_messages(wanted_from({"q": "油压"}, wang), wang)
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


def test_only_who_moderates_brings_in_and_broken_rows_are_refused(channel: Channel, lin: Person, wang: Person) -> None:
    with pytest.raises(Forbidden):
        import_messages(channel, said(1, wang), by=wang)
    for broken in (
        ImportedMessage("", lin.pk, timezone.now(), "x"),
        ImportedMessage("a", lin.pk, timezone.now(), " \u200b "),
    ):
        with pytest.raises(Refused):
            import_messages(channel, [broken], by=lin)
    assert not Message.objects.exists()


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
