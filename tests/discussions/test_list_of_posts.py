"""The list of posts is searched, ordered and taken along; so are the answers to a question."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import withdraw_answer
from zhiliu.discussions.models import Answer, Post, Question
from zhiliu.discussions.posting import withdraw_post, write_post
from zhiliu.discussions.resolving import accept_answer

from .stage import FRIDAY, HOUR, answered, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(community: Community, xu: Person, wang: Person, lin: Person) -> list[Post]:
    """The first is the oldest and has most votes, the second most comments; the third is the newest."""
    first = write_post(community, kind="experience", title="先看表再拆", body="三号库", by=xu)
    second = write_post(community, kind="idea", title="门口放一块白板", body="谁都能写", by=wang)
    third = write_post(community, kind="idea", title="周四改在下午", body="上午都在现场", by=lin)
    for number, (row, votes, comments) in enumerate(((first, 3, 0), (second, 1, 2), (third, 0, 1))):
        at = FRIDAY + number * HOUR
        Post.objects.filter(pk=row.pk).update(at=at, vote_count=votes, comment_count=comments)
    return [first, second, third]  # type: ignore[list-item]


def titles(client: Client, community: Community, query: str = "") -> list[str]:
    page = client.get(f"/communities/{community.slug}/posts/?{query}")
    return [row.post.title for row in page.context["rows"]]


def lines(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_posts_have_four_orders(posts: list[Post], community: Community, wang: Person, browse: Any) -> None:
    first, second, third = (post.title for post in posts)
    client = browse(wang)
    assert titles(client, community) == titles(client, community, "order=nonsense") == [third, second, first]
    assert titles(client, community, "order=old") == [first, second, third]
    assert titles(client, community, "order=votes") == [first, second, third]
    assert titles(client, community, "order=comments") == [second, third, first]


def test_posts_are_found_by_words_of_title_and_text_within_a_kind(
    posts: list[Post], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    assert titles(client, community, "q=白板") == ["门口放一块白板"]
    assert titles(client, community, "q=三号库") == ["先看表再拆"]
    assert titles(client, community, "q=三号库&kind=idea") == []
    assert titles(client, community, "kind=idea&order=old") == ["门口放一块白板", "周四改在下午"]
    page = client.get(f"/communities/{community.slug}/posts/?q=没有的&order=old&kind=idea").content.decode()
    assert "没找到帖子" in page
    # Another kind keeps words and order.
    assert "?kind=plan&amp;q=%E6%B2%A1%E6%9C%89%E7%9A%84&amp;order=old" in page


def test_the_file_has_what_the_list_shows_and_is_noted(
    posts: list[Post], community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    path = f"/communities/{community.slug}/posts/export/"
    assert lines(client, f"{path}?as=csv&order=votes")[:3] == [
        "标题,类型,作者,发布时间,票数,评论数",
        "先看表再拆,经验,徐小满,2026-06-26 09:00,3,0",
        "门口放一块白板,想法,王一帆,2026-06-26 10:00,1,2",
    ]
    assert [line.split(",")[0] for line in lines(client, f"{path}?as=csv&kind=idea&q=白板")[1:]] == ["门口放一块白板"]
    entries = Entry.objects.filter(verb="directory.list_exported", by_id=wang.pk, community_id=community.pk)
    assert [entry.subject for entry in entries] == [f"“{community.name}”的帖子"] * 2


def test_a_deleted_post_is_in_no_file(posts: list[Post], community: Community, lin: Person, browse: Any) -> None:
    withdraw_post(posts[2], by=lin)
    path = f"/communities/{community.slug}/posts/export/?as=csv"
    assert [line.split(",")[0] for line in lines(browse(lin), path)[1:]] == ["门口放一块白板", "先看表再拆"]


def test_who_does_not_see_the_community_gets_no_file(
    closed_community: Community, sun: Person, wang: Person, browse: Any
) -> None:
    path = f"/communities/{closed_community.slug}/posts/export/"
    assert browse(sun).get(path).status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()
    assert browse(wang).get(path).headers["Content-Disposition"] == 'attachment; filename="posts.xlsx"'


# ---- answers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def question(community: Community, xu: Person, wang: Person, lin: Person, zhao: Person) -> Question:
    """Answered by Wang (first), Lin (most votes) and Zhao (last); the first answer is accepted."""
    question = asked(community, "停机后多久能再启动", xu, at=FRIDAY)
    answers = [answered(question, person) for person in (wang, lin, zhao)]
    for number, (row, votes) in enumerate(zip(answers, (0, 5, 1), strict=True)):
        at = FRIDAY + number * HOUR
        Answer.objects.filter(pk=row.pk).update(at=at, vote_count=votes, body=f"第{number + 1}个")
    accept_answer(answers[0], why="", by=xu)
    return question


def names(client: Client, question: Question, query: str = "", tail: str = "") -> list[str]:
    page = client.get(f"/questions/{question.pk}/{tail}?{query}")
    return [row.answer.by.name for row in page.context["answers"]]


def test_answers_have_three_orders_and_the_accepted_one_is_first(question: Question, wang: Person, browse: Any) -> None:
    client = browse(wang)
    assert names(client, question) == names(client, question, "order=nonsense") == ["王一帆", "林晓岚", "赵敏"]
    assert names(client, question, "order=new") == ["王一帆", "赵敏", "林晓岚"]
    assert names(client, question, "order=old", "answers/") == ["王一帆", "林晓岚", "赵敏"]
    # What is drawn anew by itself keeps the order.
    assert (
        f"/questions/{question.pk}/answers/?order=new"
        in client.get(f"/questions/{question.pk}/?order=new").content.decode()
    )


def test_answers_are_a_file_without_the_deleted_ones(
    question: Question, community: Community, zhao: Person, wang: Person, sun: Person, browse: Any
) -> None:
    withdraw_answer(question.answers.get(by=zhao), by=zhao)
    path = f"/questions/{question.pk}/answers/export/?as=csv"
    assert lines(browse(wang), f"{path}&order=old") == [
        "回答,回答人,回答时间,票数,是否采纳",
        "第1个,王一帆,2026-06-26 09:00,0,已采纳",
        "第2个,林晓岚,2026-06-26 10:00,5,",
    ]
    assert [line.split(",")[0] for line in lines(browse(wang), path)[1:]] == ["第2个", "第1个"]
    entry = Entry.objects.filter(verb="directory.list_exported").first()
    assert entry is not None
    assert (entry.subject, entry.community_id) == ("“停机后多久能再启动”的回答", community.pk)


def test_the_answers_to_a_question_out_of_reach_are_no_file(
    closed_community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    hidden = asked(closed_community, "底价多少", wang)
    assert browse(sun).get(f"/questions/{hidden.pk}/answers/export/").status_code == 404
    assert not Entry.objects.filter(verb="directory.list_exported").exists()


def test_more_posts_cost_no_more_queries(community: Community, wang: Person, browse: Any) -> None:
    client = browse(wang)

    def count() -> int:
        client.get(f"/communities/{community.slug}/posts/?q=表")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/communities/{community.slug}/posts/?q=表&order=votes")
        return len(queries)

    write_post(community, kind="idea", title="先看表", body="再拆", by=wang)
    before = count()
    for number in range(3):
        write_post(community, kind="idea", title=f"第{number}块表", body="再拆", by=wang)
    assert count() == before
