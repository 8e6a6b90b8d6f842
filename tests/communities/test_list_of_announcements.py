"""The list of announcements is searched, ordered and taken along, and says what the reader has not read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhiliu.audit.models import Entry
from zhiliu.communities.announcing import announce_to, mark_announcement_read
from zhiliu.communities.joining import remove_member
from zhiliu.communities.models import Announcement, Community
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def announcements(community: Community, lin: Person, wang: Person) -> list[Announcement]:
    """Two, the newer one read by Wang."""
    older = announce_to(community, title="周三停机", body="三号机检修", by=lin)
    newer = announce_to(community, title="公约改了一条", body="请读一读", by=lin)
    at = timezone.make_aware(dt.datetime(2026, 6, 26, 9))
    Announcement.objects.filter(pk=older.pk).update(at=at)
    Announcement.objects.filter(pk=newer.pk).update(at=at + dt.timedelta(hours=1))
    mark_announcement_read(newer, by=wang)
    return [older, newer]


def path(community: Community) -> str:
    return f"/communities/{community.slug}/announcements/"


def titles(client: Client, community: Community, query: str = "") -> list[str]:
    return [row.title for row in client.get(f"{path(community)}?{query}").context["page"]]


def lines(client: Client, community: Community, query: str = "") -> list[str]:
    answer = client.get(f"{path(community)}export/?as=csv&{query}")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_announcements_have_two_orders(
    announcements: list[Announcement], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community) == titles(client, community, "order=nonsense") == ["公约改了一条", "周三停机"]
    assert titles(client, community, "order=old") == ["周三停机", "公约改了一条"]


def test_announcements_are_found_by_words_of_title_and_text(
    announcements: list[Announcement], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community, "q=公约") == ["公约改了一条"]
    assert titles(client, community, "q=三号机") == ["周三停机"]
    assert "没找到公告" in client.get(f"{path(community)}?q=没有的").content.decode()


def test_members_see_what_they_have_not_read(
    announcements: list[Announcement], community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community, "show=unread") == ["周三停机"]
    assert client.get(path(community)).content.decode().count(">未读</span>") == 1
    mark_announcement_read(announcements[0], by=wang)
    assert "公告都读过了" in client.get(f"{path(community)}?show=unread").content.decode()
    # A colleague outside leaves no receipts and has nothing unread.
    outside = browse(sun)
    assert titles(outside, community, "show=unread") == ["公约改了一条", "周三停机"]
    assert "未读" not in outside.get(path(community)).content.decode()


def test_the_file_counts_the_members_who_have_read_and_is_noted(
    announcements: list[Announcement], community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    mark_announcement_read(announcements[1], by=xu)
    remove_member(community, xu, by=lin)
    client = browse(wang)
    assert lines(client, community, "order=old") == [
        "标题,发布人,发布时间,已读成员数",
        "周三停机,林晓岚,2026-06-26 09:00,0",
        "公约改了一条,林晓岚,2026-06-26 10:00,1",
    ]
    assert len(lines(client, community, "show=unread&q=停机")) == 2
    entries = Entry.objects.filter(verb="directory.list_exported", by_id=wang.pk, community_id=community.pk)
    assert [entry.subject for entry in entries] == [f"“{community.name}”的公告"] * 2


def test_who_is_outside_does_not_learn_how_many_have_read(
    announcements: list[Announcement], community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    assert "成员还没读" not in browse(sun).get(announcements[0].get_absolute_url()).content.decode()
    heading, oldest, *_rest = lines(browse(sun), community, "order=old")
    assert (heading, oldest) == ("标题,发布人,发布时间", "周三停机,林晓岚,2026-06-26 09:00")
    assert lines(browse(lin), community)[0].endswith(",已读成员数")


def test_who_does_not_see_the_community_gets_no_file(closed_community: Community, sun: Person, browse: Any) -> None:
    assert browse(sun).get(f"{path(closed_community)}export/").status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()


def test_a_list_without_announcements_says_so(community: Community, wang: Person, browse: Any) -> None:
    Announcement.objects.all().delete()
    assert "还没有公告" in browse(wang).get(path(community)).content.decode()


def test_more_announcements_cost_no_more_queries(
    announcements: list[Announcement], community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    client = browse(wang)

    def count() -> int:
        client.get(path(community))
        with CaptureQueriesContext(connection) as queries:
            client.get(path(community))
        return len(queries)

    before = count()
    for number in range(3):
        announce_to(community, title=f"第{number}条", body="读", by=lin)
    assert count() == before


def test_what_is_told_elsewhere_has_the_short_link_which_leads_there(
    community: Community, announcements: list[Announcement], wang: Person, browse: Any
) -> None:
    announcement = announcements[0]
    text = browse(wang).get(f"{announcement.get_absolute_url()}share/").content.decode()
    assert f"/n/{announcement.pk}/" in text
    assert browse(wang).get(f"/n/{announcement.pk}/")["Location"] == announcement.get_absolute_url()
