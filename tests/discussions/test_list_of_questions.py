"""The list of questions is searched, ordered and taken along."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Question
from zhiliu.discussions.resolving import accept_answer

from .stage import FRIDAY, HOUR, answered, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(community: Community, xu: Person, wang: Person, lin: Person) -> list[Question]:
    """The first was answered after an hour and a half and is resolved; the second waits; the third is the newest."""
    first = asked(community, "停机后多久能再启动", xu, at=FRIDAY)
    accept_answer(answered(first, wang), why="三分钟", by=xu)
    Question.objects.filter(pk=first.pk).update(first_answer_at=FRIDAY + HOUR + dt.timedelta(minutes=30))
    second = asked(community, "门关不上", wang, at=FRIDAY + HOUR)
    third = ask(community, title="密封条多久换", body="三号库", by=lin)
    return [first, second, third]  # type: ignore[list-item]


def titles(client: Client, community: Community, query: str = "") -> list[str]:
    page = client.get(f"/communities/{community.slug}/questions/?{query}")
    return [row.question.title for row in page.context["rows"]]


def lines(client: Client, community: Community, query: str = "") -> list[str]:
    answer = client.get(f"/communities/{community.slug}/questions/export/?{query}&as=csv")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_questions_have_three_orders(
    questions: list[Question], community: Community, wang: Person, browse: Any
) -> None:
    first, second, third = (question.title for question in questions)
    client = browse(wang)
    assert titles(client, community) == titles(client, community, "order=nonsense") == [third, second, first]
    assert titles(client, community, "order=old") == [first, second, third]
    assert titles(client, community, "order=answers") == [first, third, second]


def test_questions_are_found_by_words_of_title_and_text_among_those_that_are_shown(
    questions: list[Question], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community, "q=再启动") == ["停机后多久能再启动"]
    assert titles(client, community, "q=三号库") == ["密封条多久换"]
    assert titles(client, community, "q=再启动&show=unresolved") == []
    assert "没找到提问" in client.get(f"/communities/{community.slug}/questions/?q=没有的").content.decode()


def test_the_file_says_how_long_a_first_answer_took_and_whose_was_accepted(
    questions: list[Question], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    found = lines(client, community, "order=old")
    assert found[:3] == [
        "标题,提问人,提问时间,多久有第一个回答（工作分钟）,回答,解决了没有,谁的回答被采纳",
        "停机后多久能再启动,徐小满,2026-06-26 09:00,90,1,已解决,王一帆",
        "门关不上,王一帆,2026-06-26 10:00,,0,未解决,",
    ]
    assert len(found) == 4
    assert [line.split(",")[0] for line in lines(client, community, "show=unresolved&q=门")[1:]] == ["门关不上"]
    entries = Entry.objects.filter(verb="directory.list_exported", by_id=wang.pk, community_id=community.pk)
    assert [entry.subject for entry in entries] == [f"“{community.name}”的提问"] * 2


def test_nights_do_not_count_as_waiting(
    questions: list[Question], community: Community, wang: Person, browse: Any
) -> None:
    Question.objects.filter(pk=questions[0].pk).update(at=FRIDAY + 8 * HOUR, first_answer_at=FRIDAY + 12 * HOUR)
    assert lines(browse(wang), community, "order=old")[2].split(",")[3] == "60"


def test_a_list_without_questions_is_a_file_of_headings(community: Community, wang: Person, browse: Any) -> None:
    assert len(lines(browse(wang), community)) == 1


def test_who_does_not_see_the_community_gets_no_file(
    closed_community: Community, sun: Person, wang: Person, browse: Any
) -> None:
    path = f"/communities/{closed_community.slug}/questions/export/"
    assert browse(sun).get(path).status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()
    assert browse(wang).get(path).headers["Content-Disposition"] == 'attachment; filename="questions.xlsx"'
