"""A resolved question goes into the FAQ, in one step."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.faq import put_into_faq
from zhiliu.discussions.models import FaqEntry, Question
from zhiliu.discussions.resolving import accept_answer
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.models import Article
from zhiliu.lineage.models import Link
from zhiliu.lineage.timeline import timeline_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(community: Community, xu: Person, wang: Person) -> Question:
    question = ask(community, title="停机后多久能再启动", body="压机是 50 匹。", by=xu)
    accept_answer(answer(question, body="等**三**分钟。", by=wang), why="照做就好了", by=xu)
    return question


def test_the_article_holds_question_and_answer_with_both_names_and_the_way_back(
    solved: Question, lin: Person, wang: Person
) -> None:
    with override("zh-hans"):
        article = put_into_faq(solved, by=lin)
    assert (article.template, article.state, article.title) == ("faq", "published", "停机后多久能再启动")
    assert set(article.authors.all()) == {lin, wang}
    text = article.draft_markdown
    assert text.startswith("## 问题\n\n压机是 50 匹。\n\n## 回答\n\n等**三**分钟。\n\n照做就好了\n\n---\n\n")
    assert "徐小满" in text and "王一帆" in text and f"/questions/{solved.pk}/" in text
    link = Link.objects.get(target_kind="article")
    assert (link.source_kind, link.source_id, link.kind) == ("question", solved.pk, "answers")
    assert timeline_of(("question", solved.pk), fresh(lin)).stations[3].state == "done"


def test_doing_it_again_gives_the_article_there_is(solved: Question, lin: Person, wang: Person) -> None:
    first = put_into_faq(solved, by=lin)
    assert put_into_faq(Question.objects.get(pk=solved.pk), by=wang) == first
    assert (Article.objects.count(), FaqEntry.objects.count()) == (1, 1)


def test_it_needs_an_accepted_answer_a_library_and_the_right_to_write(
    community: Community, solved: Question, lin: Person, sun: Person, zhao: Person
) -> None:
    open_one = ask(community, title="还没答的", by=lin)
    with pytest.raises(Refused):
        put_into_faq(open_one, by=lin)
    for person in (sun, zhao):
        with pytest.raises(Forbidden):
            put_into_faq(solved, by=fresh(person))
    Community.objects.filter(pk=community.pk).update(features=["questions"])
    with pytest.raises(Forbidden):
        put_into_faq(Question.objects.get(pk=solved.pk), by=lin)
    assert Article.objects.count() == 0


def test_the_page_offers_it_once_and_then_shows_the_article(
    solved: Question, lin: Person, sun: Person, browse: Any
) -> None:
    url = solved.get_absolute_url()
    assert f"{url}faq/" in browse(lin).get(url).content.decode()
    assert f"{url}faq/" not in browse(sun).get(url).content.decode()
    answered = browse(lin).post(f"{url}faq/")
    article = Article.objects.get()
    assert answered["Location"] == article.get_absolute_url()
    page = browse(lin).get(url).content.decode()
    assert article.get_absolute_url() in page and f"{url}faq/" not in page
    assert browse(lin).get(article.get_absolute_url()).status_code == 200
