"""The list of topics is searched, ordered and taken along."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics(community: Community, lin: Person, wang: Person) -> list[Topic]:
    """The first is the oldest and has most votes, the second is taken, the third is dropped."""
    entries = (
        ("停机先看哪", "新人", 4, "open"),
        ("报价怎么拆", "销售", 1, "matched"),
        ("没人要的", "谁都行", 0, "dropped"),
    )
    made = []
    for number, (title, for_whom, votes, state) in enumerate(entries):
        need = voice_need(community, title=title, by=wang)
        topic = make_topic(community, [need], by=lin, title=title, for_whom=for_whom, take_home="一张单子")
        at = timezone.make_aware(dt.datetime(2026, 6, 26 + number, 9))
        Topic.objects.filter(pk=topic.pk).update(at=at, vote_count=votes, state=state)
        made.append(topic)
    return made


def titles(client: Client, community: Community, query: str = "") -> list[str]:
    return [row.topic.title for row in client.get(f"/communities/{community.slug}/topics/?{query}").context["rows"]]


def lines(client: Client, community: Community, query: str = "") -> list[str]:
    answer = client.get(f"/communities/{community.slug}/topics/export/?as=csv&{query}")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_topics_have_three_orders_and_three_parts(
    topics: list[Topic], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community) == titles(client, community, "order=x&show=x") == ["报价怎么拆", "停机先看哪"]
    assert titles(client, community, "order=old") == titles(client, community, "order=votes")
    assert titles(client, community, "order=votes") == ["停机先看哪", "报价怎么拆"]
    assert titles(client, community, "show=open") == ["停机先看哪"]
    assert titles(client, community, "show=dropped") == ["没人要的"]


def test_topics_are_found_by_their_words(topics: list[Topic], community: Community, wang: Person, browse: Any) -> None:
    client = browse(wang)
    assert titles(client, community, "q=停机") == titles(client, community, "q=新人") == ["停机先看哪"]
    assert titles(client, community, "q=单子&show=open") == ["停机先看哪"]
    page = client.get(f"/communities/{community.slug}/topics/?q=没有的").content.decode()
    assert "没找到主题" in page and "?show=open&amp;q=%E6%B2%A1%E6%9C%89%E7%9A%84" in page


def test_the_file_has_what_the_list_shows_and_is_noted(
    topics: list[Topic], community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    found = lines(browse(wang), community, "order=votes")
    assert found[0] == "标题,状态,给谁,能带走什么,创建人,票数,创建时间"
    title, _state, *rest = found[1].split(",")
    assert (title, rest) == ("停机先看哪", ["新人", "一张单子", "林晓岚", "4", "2026-06-26"])
    assert len(found) == 3
    entry = Entry.objects.get(verb="directory.list_exported")
    assert (entry.subject, entry.by_id, entry.community_id) == (f"“{community.name}”的主题", wang.pk, community.pk)


def test_who_does_not_see_the_community_gets_no_file(closed_community: Community, sun: Person, browse: Any) -> None:
    assert browse(sun).get(f"/communities/{closed_community.slug}/topics/export/").status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()
