"""Who publishes, what a publication keeps, and what moving an article to another library changes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import make_community
from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, organisation_library, save_draft, start_draft
from zhiliu.knowledge.models import Article, Library, Publication, Revision
from zhiliu.knowledge.moving import move_article
from zhiliu.knowledge.publishing import archive, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def notes() -> list[str]:
    return list(Revision.objects.order_by("number").values_list("note", flat=True))


def again(by: Person, markdown: str) -> Publication:
    article = Article.objects.get()
    save_draft(article, title=article.draft_title, claim="", markdown=markdown, by=by, version=article.version)
    return publish(Article.objects.get(), by=by)


def test_who_does_not_write_a_draft_does_not_publish_it(draft: Article, xu: Person) -> None:
    with pytest.raises(Forbidden, match="Only its authors, its owner"):
        publish(draft, by=xu)
    assert (Article.objects.get().state, Publication.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(("title", "text"), [("题目", " \n"), (" ", "文字")])
def test_neither_a_title_alone_nor_a_text_alone_is_published(
    library: Library, wang: Person, title: str, text: str
) -> None:
    draft = start_draft(library=library, title=title, markdown=text, by=wang)
    with pytest.raises(Refused, match="Write a title and some text first"):
        publish(draft, by=wang)
    assert (Article.objects.get().state, Publication.objects.count()) == ("draft", 0)


def test_publishing_what_was_saved_makes_no_further_revision(draft: Article, wang: Person) -> None:
    assert publish(draft, by=wang, note="第一版").revision.number == 1
    assert notes() == ["第一版"]


def test_an_article_without_history_is_published_with_its_first_revision(library: Library, wang: Person) -> None:
    fields = {"draft_title": "占位", "draft_markdown": "文字"}
    article = Article.objects.create(library=library, owner=wang, by=wang, title="占位", **fields)
    assert publish(article, by=wang).revision.number == 1


def test_a_text_that_the_history_does_not_hold_is_published_as_a_revision(draft: Article, wang: Person) -> None:
    publish(draft, by=wang)
    Article.objects.update(draft_markdown="别的文字")
    revision = publish(Article.objects.get(), by=wang).revision
    assert (revision.number, revision.markdown) == (2, "别的文字")


def test_the_note_of_a_draft_stays_without_another_one_and_that_of_a_publication_always(
    draft: Article, wang: Person
) -> None:
    Revision.objects.update(note="补数字")
    publish(draft, by=wang)
    assert notes() == ["补数字"]
    publish(draft, by=wang, note="后来的")
    assert notes() == ["补数字"]


def test_the_next_publication_keeps_the_first_day_and_the_day_of_review(article: Article, wang: Person) -> None:
    first, review_on = timezone.now() - dt.timedelta(days=90), timezone.localdate() + dt.timedelta(days=7)
    Article.objects.update(published_at=first, review_on=review_on)
    again(wang, "第二版")
    article = Article.objects.get()
    assert (article.published_at, article.review_on, article.plain) == (first, review_on, "第二版")


@pytest.mark.parametrize(
    ("before", "to_whole", "after"),
    [("members", True, "named"), ("members", False, "members"), ("library", True, "library")],
)
def test_only_what_members_read_is_narrowed_and_only_for_the_whole_organisation(
    article: Article, lin: Person, wang: Person, before: str, to_whole: bool, after: str
) -> None:
    Article.objects.update(audience=before)
    target = organisation_library() if to_whole else library_of(make_community(lin, wang, name="闭门"))
    assert move_article(Article.objects.get(), target, by=wang).audience == after


def test_moving_is_announced_with_both_libraries(article: Article, wang: Person) -> None:
    before, target = article.library, organisation_library()
    for _turn in range(2):
        move_article(Article.objects.get(), target, by=wang)
    rows = Activity.objects.filter(verb="knowledge.article_moved")
    assert [(row.by_id, row.data["from_library_id"], row.data["library_id"]) for row in rows] == [
        (wang.pk, before.pk, target.pk)
    ]


def test_files_of_what_readers_see_and_of_the_working_copy_go_along_and_no_others(
    article: Article, wang: Person
) -> None:
    published, working, other = (
        upload(io.BytesIO(name.encode()), name=name, by=wang, community=article.community)
        for name in ("旧.txt", "新.txt", "别的.txt")
    )
    again(wang, f"[旧](/files/{published.key}/)")
    now = Article.objects.get()
    save_draft(now, title="题", claim="", markdown=f"[新](/files/{working.key}/)", by=wang, version=now.version)
    moved = move_article(Article.objects.get(), organisation_library(), by=wang)
    new = {row.name: row.key for row in Upload.objects.filter(community=None)}
    assert set(new) == {"旧.txt", "新.txt"}
    assert (f"/files/{new['旧.txt']}/" in moved.html, f"/files/{new['新.txt']}/" in moved.draft_markdown) == (
        True,
        True,
    )
    assert list(Upload.objects.filter(file=other.file)) == [other]


def test_publishing_brings_an_archived_article_back_even_if_its_text_is_published_already(
    article: Article, wang: Person
) -> None:
    archive(article, by=wang)
    for _ in range(2):
        publish(article, by=wang)
    assert (Article.objects.get().state, Publication.objects.count()) == ("published", 1)
    assert Activity.objects.filter(verb="knowledge.article_published").count() == 1
