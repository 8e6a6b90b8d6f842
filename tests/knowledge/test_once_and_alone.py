"""Each act with an article says once what it did, and leaves other articles, uses and readings as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone, translation

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden
from zhiliu.knowledge import publishing
from zhiliu.knowledge.comparing import Piece, word_diff
from zhiliu.knowledge.drafting import library_of, save_draft
from zhiliu.knowledge.models import Article, Library, Reading, Use
from zhiliu.knowledge.pinning import pin_article, unpin_article
from zhiliu.knowledge.publishing import acknowledge, change_article, publish, tell_due_reviews
from zhiliu.knowledge.using import note_reading, note_use, tell_outcome

from .stage import log, published, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def other(library: Library, wang: Person) -> Article:
    return published(library, "别的", wang)


# -- pins, acknowledgements and mentions ------------------------------------------------------------------------------


def test_unpinning_leaves_other_pins_alone(article: Article, other: Article, lin: Person) -> None:
    pin_article(other, by=lin)
    unpin_article(article, by=lin)
    assert log("article_unpinned") == []
    pin_article(article, by=lin)
    unpin_article(article, by=lin)
    assert (list(Article.objects.pinned()), log("article_unpinned")) == ([other], [article.pk])


def test_an_acknowledgement_is_announced_when_it_is_made_and_not_when_it_stands(article: Article, xu: Person) -> None:
    for _turn in range(2):
        acknowledge(article, by=xu)
        assert log("article_acknowledged") == [article.pk]


def named() -> list[list[int]]:
    """The people each announcement of mentions names."""
    rows = Activity.objects.filter(verb="knowledge.mentioned_in_article").order_by("pk")
    return [row.data["person_ids"] for row in rows]


def test_who_was_named_in_a_draft_that_was_never_published_is_told_at_publication(
    article: Article, wang: Person, xu: Person, lin: Person
) -> None:
    text = f"问 [@某人](/people/{xu.handle}/)。"
    for by in (wang, lin):
        article = Article.objects.get(pk=article.pk)
        save_draft(article, title="题", claim="", markdown=f"{by.handle} {text}", by=by, version=article.version)
    assert named() == []
    publish(Article.objects.get(pk=article.pk), by=lin)
    assert named() == [[xu.pk]]


def test_who_may_read_another_article_only_is_not_told(
    article: Article, other: Article, wang: Person, xu: Person, sun: Person
) -> None:
    change_article(article, by=wang, audience="members")
    text = "、".join(f"[@某人](/people/{person.handle}/)" for person in (xu, sun))
    article = Article.objects.get(pk=article.pk)
    save_draft(article, title="题", claim="", markdown=text, by=wang, version=article.version)
    publish(Article.objects.get(pk=article.pk), by=wang)
    assert named() == [[xu.pk]]


def test_a_long_text_that_was_left_out_or_put_in_is_shown_whole() -> None:
    text = "压缩机停机以后要等三分钟" * 40
    assert word_diff(text, "") == [Piece("-", text)]
    assert word_diff("先断电。", f"先断电。{text}") == [Piece("=", "先断电。"), Piece("+", text)]


# -- reviews that are due ---------------------------------------------------------------------------------------------

DAY = dt.date(2026, 6, 26)


def test_of_two_articles_due_on_the_same_day_both_are_announced(article: Article, other: Article) -> None:
    Article.objects.update(review_on=DAY)
    assert tell_due_reviews(DAY) == 2
    assert sorted(log("review_due")) == sorted([article.pk, other.pk])
    assert set(Article.objects.values_list("review_told_on", flat=True)) == {DAY}


@pytest.mark.parametrize("meanwhile", [{"review_on": DAY + dt.timedelta(days=90)}, {"review_told_on": DAY}])
def test_what_was_put_off_or_announced_by_another_process_meanwhile_is_not_announced(
    article: Article, other: Article, meanwhile: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Article.objects.update(review_on=DAY)
    told: list[int] = []

    def announce(fact: Any) -> None:
        told.append(fact.article_id)
        Article.objects.exclude(pk__in=told).update(**meanwhile)

    monkeypatch.setattr(publishing, "announce", announce)
    assert tell_due_reviews(DAY) == 1
    assert len(told) == 1


# -- uses -------------------------------------------------------------------------------------------------------------


def test_who_does_not_see_an_article_does_not_use_it(closed_community: Community, wang: Person, sun: Person) -> None:
    secret = row(library_of(closed_community), "底价", wang)
    with pytest.raises(Forbidden, match="You can’t see this article"):
        note_use(secret, where="三号库", by=sun)
    assert (Use.objects.count(), log("article_used"), Article.objects.get().use_count) == (0, [], 0)


def test_a_use_is_counted_for_one_article(article: Article, other: Article, xu: Person) -> None:
    note_use(article, where="三号库", by=xu)
    assert dict(Article.objects.values_list("pk", "use_count")) == {article.pk: 1, other.pk: 0}


@pytest.mark.parametrize(
    ("outcome", "story"), [("worked", ""), ("unknown", "还在等"), ("failed", "漏的是门框")], ids=str
)
def test_saying_more_about_the_same_place_is_kept(article: Article, xu: Person, outcome: str, story: str) -> None:
    for values in ({}, {"outcome": outcome, "story": story}, {}):
        note_use(article, where="三号库", by=xu, **values)
        use = Use.objects.get()
    assert (use.outcome, use.story, Article.objects.get().use_count) == (outcome, story, 1)
    assert (log("article_used"), log("article_use_changed")) == ([article.pk], [article.pk])


def test_an_outcome_is_that_of_one_use_and_a_new_story_counts(article: Article, xu: Person, lin: Person) -> None:
    use, untouched = (note_use(article, where="三号库", by=by) for by in (xu, lin))
    for story in ("", "十分钟找到", "十分钟找到"):
        tell_outcome(use, outcome="worked", story=story, by=xu)
    outcomes = {row.pk: (row.outcome, row.story) for row in Use.objects.all()}
    assert outcomes == {use.pk: ("worked", "十分钟找到"), untouched.pk: ("unknown", "")}
    assert log("article_use_changed") == [article.pk] * 2


# -- readings ---------------------------------------------------------------------------------------------------------


def read_counts() -> dict[str, int]:
    return dict(Article.objects.values_list("title", "read_count"))


def test_a_reading_counts_for_one_article_and_once_a_day(
    library: Library, wang: Person, xu: Person, lin: Person
) -> None:
    first, second, _unread = (row(library, title, wang) for title in ("一", "二", "三"))
    for article, by in ((first, xu), (first, xu), (second, xu), (first, lin)):
        note_reading(article, by=by)
    assert read_counts() == {"一": 2, "二": 1, "三": 0}
    Reading.objects.update(day=timezone.localdate() - dt.timedelta(days=1))
    note_reading(first, by=xu)
    assert read_counts() == {"一": 3, "二": 1, "三": 0}


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_only_published_articles_count_their_readings(library: Library, wang: Person, xu: Person, state: str) -> None:
    note_reading(row(library, "题目", wang, state=state), by=xu)
    assert (Reading.objects.count(), read_counts()) == (0, {"题目": 0})


def test_neither_owner_nor_authors_count_as_readers(library: Library, wang: Person, xu: Person, lin: Person) -> None:
    article = row(library, "题目", wang)
    article.authors.add(lin)
    for by in (wang, lin):
        note_reading(article, by=by)
    assert (Reading.objects.count(), read_counts()) == (0, {"题目": 0})
    note_reading(article, by=xu)
    assert read_counts() == {"题目": 1}
