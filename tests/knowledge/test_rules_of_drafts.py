"""Who may bring back, publish and take out of use; and what the log says of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden
from zhiliu.knowledge.drafting import restore, save_draft, start_draft
from zhiliu.knowledge.models import Article, Library
from zhiliu.knowledge.publishing import acknowledge, archive, publish, take_out_again
from zhiliu.knowledge.queries import due_for_review, my_drafts
from zhiliu.knowledge.rules import can_see

pytestmark = pytest.mark.django_db


def test_only_who_may_edit_restores_an_earlier_revision(draft: Article, wang: Person, xu: Person, zhao: Person) -> None:
    publish(draft, by=wang)
    draft.refresh_from_db()
    save_draft(draft, title="改过的题目", claim="", markdown="改过", by=wang, version=draft.version)
    first = draft.revisions.last()
    assert first is not None
    for other in (xu, zhao):
        with pytest.raises(Forbidden):
            restore(first, by=other)
    article = Article.objects.get()
    assert (article.draft_markdown, article.revisions.count()) == ("改过", 2)


def test_drafts_of_others_are_not_mine_though_i_may_see_them(draft: Article, wang: Person, lin: Person) -> None:
    assert can_see(fresh(lin), draft)
    assert my_drafts(fresh(wang)) == [draft]
    assert my_drafts(fresh(lin)) == []
    draft.authors.add(lin)
    assert my_drafts(fresh(lin)) == [draft]


def test_an_archived_draft_comes_back_as_a_draft(draft: Article, wang: Person) -> None:
    archive(draft, by=wang)
    assert take_out_again(draft, by=wang).state == Article.State.DRAFT
    assert Article.objects.get().published_at is None


def test_an_archived_article_comes_back_published(article: Article, wang: Person) -> None:
    archive(article, by=wang)
    assert take_out_again(article, by=wang).state == Article.State.PUBLISHED


def test_only_the_first_publication_says_so(article: Article, wang: Person) -> None:
    save_draft(article, title=article.draft_title, claim="", markdown="第二版", by=wang, version=article.version)
    publish(Article.objects.get(), by=wang)
    rows = Activity.objects.filter(verb="knowledge.article_published").order_by("pk")
    assert [row.data["first"] for row in rows] == [True, False]


def test_an_acknowledgement_is_announced_once(article: Article, xu: Person) -> None:
    for _ in range(2):
        acknowledge(article, by=xu)
    rows = Activity.objects.filter(verb="knowledge.article_acknowledged")
    assert [(row.by_id, row.thing_id) for row in rows] == [(xu.pk, article.pk)]


@pytest.mark.parametrize(("days", "due"), [(-1, True), (0, False), (1, False)])
def test_an_article_is_overdue_from_the_day_after_its_date(
    article: Article, wang: Person, days: int, due: bool
) -> None:
    Article.objects.update(review_on=timezone.localdate() + dt.timedelta(days=days))
    article = Article.objects.get()
    assert (due_for_review(wang), article.is_overdue) == ([article] if due else [], due)


def test_a_draft_begins_with_who_wrote_it_and_nobody_else(library: Library, wang: Person, xu: Person) -> None:
    made: Any = start_draft(library=library, title="题目", markdown="文字", by=wang)
    assert list(made.authors.all()) == [wang]
