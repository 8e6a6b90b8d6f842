"""Who changes, reviews and acknowledges an article; each act touches that article only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Acknowledgement, Article, Library
from zhiliu.knowledge.publishing import REVIEW_AFTER, acknowledge, change_article, publish, review, tell_due_reviews

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def other(article: Article, library: Library, wang: Person) -> Article:
    other = start_draft(library=library, title="别的", markdown="文字", by=wang)
    publish(other, by=wang)
    return Article.objects.get(pk=other.pk)


def log(verb: str) -> list[int]:
    """Ids of the articles it was announced of."""
    rows = Activity.objects.filter(verb=f"knowledge.{verb}").order_by("pk")
    return [row.data.get("article_id", row.thing_id) for row in rows]


def test_who_does_not_write_an_article_does_not_change_what_stands_around_it(article: Article, xu: Person) -> None:
    with pytest.raises(Forbidden, match="Only its authors, its owner"):
        change_article(article, by=xu, audience="named")
    assert (Article.objects.get().audience, log("article_changed")) == ("library", [])


def test_a_change_touches_one_article(article: Article, other: Article, wang: Person) -> None:
    change_article(article, by=wang, audience="members")
    assert list(Article.objects.order_by("pk").values_list("audience", flat=True)) == ["members", "library"]
    assert log("article_changed") == [article.pk]


def test_an_article_is_handed_over_to_somebody_else_only(article: Article, wang: Person, xu: Person) -> None:
    change_article(article, by=wang, owner=wang)
    assert log("article_handed_over") == []
    change_article(article, by=wang, owner=xu)
    assert (log("article_handed_over"), Article.objects.get().owner) == ([article.pk], xu)


def test_a_review_sets_the_next_day_of_one_article_and_is_announced(
    article: Article, other: Article, wang: Person
) -> None:
    day = timezone.localdate() + dt.timedelta(days=30)
    assert review(article, by=wang, next_on=day).next_on == day
    assert list(Article.objects.order_by("pk").values_list("review_on", flat=True)) == [day, other.review_on]
    assert review(article, by=wang).next_on == timezone.localdate() + REVIEW_AFTER
    assert log("article_reviewed") == [article.pk, article.pk]


def test_who_does_not_see_an_article_does_not_acknowledge_it(
    closed_community: Community, wang: Person, sun: Person
) -> None:
    draft = start_draft(library=library_of(closed_community), title="底价", markdown="文字", by=wang)
    publish(draft, by=wang)
    with pytest.raises(Forbidden, match="You can’t see this article"):
        acknowledge(draft, by=sun)
    assert (Acknowledgement.objects.count(), log("article_acknowledged")) == (0, [])


def test_the_publication_of_another_article_is_not_acknowledged(draft: Article, library: Library, wang: Person) -> None:
    other = start_draft(library=library, title="别的", markdown="文字", by=wang)
    publish(other, by=wang)
    with pytest.raises(Refused, match="Nothing is published yet"):
        acknowledge(draft, by=wang)
    assert not Acknowledgement.objects.exists()


def test_each_review_date_is_told_once_and_not_before_its_day(article: Article, other: Article) -> None:
    day = timezone.localdate() + dt.timedelta(days=40)
    Article.objects.filter(pk=article.pk).update(review_on=day)
    assert [tell_due_reviews(day - dt.timedelta(days=1)), tell_due_reviews(day), tell_due_reviews(day)] == [0, 1, 0]
    assert log("review_due") == [article.pk]
    later = day + dt.timedelta(days=10)
    Article.objects.filter(pk=article.pk).update(review_on=later)
    assert [tell_due_reviews(later), tell_due_reviews(later)] == [1, 0]
    assert Article.objects.get(pk=article.pk).review_told_on == later
