"""Documents become articles of one library; what people wrote, and other libraries, are left alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.documents import DocumentPage, Standing
from zhiliu.kit.errors import Forbidden
from zhiliu.knowledge import importing
from zhiliu.knowledge.drafting import library_of, save_draft
from zhiliu.knowledge.importing import (
    addresses,
    anchors_of_page,
    compare_page,
    keep_file,
    make_folders,
    preparing,
    release,
    reserve,
    take,
    titles,
)
from zhiliu.knowledge.models import Article, Folder, ImportedPage, Library, Publication, Revision
from zhiliu.knowledge.publishing import REVIEW_AFTER, archive, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(closed_community: Community) -> Library:
    """Another library, in which the same documents may lie."""
    return library_of(closed_community)


def page(source: str = "a.md", digest: str = "1", **fields: object) -> DocumentPage:
    values = {
        "title": f"题 {source}",
        "summary": "一句",
        "markdown": f"## 节 {digest}\n\n文字 {digest}\n",
        "folder": (),
    }
    return DocumentPage(source=source, digest=digest, **{**values, **fields})  # type: ignore[arg-type]


def bring(library: Library, *pages: DocumentPage, by: Person, publishes: bool = False) -> set[str]:
    """Reserve and fill, as an import does."""
    reserve(library, [(item.source, item.title) for item in pages], by=by)
    with preparing(len(pages)) as prepare:
        return take(library, prepare(pages)(), by=by, publishes=publishes)


def article_of(library: Library, source: str = "a.md") -> Article:
    return Article.objects.get(imported_page__library=library, imported_page__source=source)


def rewrite(article: Article, by: Person) -> None:
    save_draft(
        article, title=article.draft_title, claim="", markdown="我改过", by=by, version=Article.objects.get().version
    )


def imported() -> list[list[int]]:
    rows = Activity.objects.filter(verb="knowledge.articles_imported").order_by("pk")
    return [list(row.data["article_ids"]) for row in rows]


def test_who_only_writes_in_a_library_does_not_import_into_it(library: Library, lin: Person, wang: Person) -> None:
    with pytest.raises(Forbidden):
        reserve(library, [("a.md", "题")], by=wang)
    assert not Article.objects.exists()
    reserve(library, [("a.md", "题")], by=lin)
    with preparing(1) as prepare, pytest.raises(Forbidden):
        take(library, prepare([page()])(), by=wang, publishes=True)
    assert (article_of(library).draft_markdown, ImportedPage.objects.get().digest) == ("", "")


def test_room_is_made_once_for_a_document_and_in_every_library_of_its_own(
    library: Library, other: Library, lin: Person
) -> None:
    reserve(library, [("a.md", "甲")], by=lin)
    reserve(library, [("a.md", "甲"), ("b.md", "乙")], by=lin)
    reserve(other, [("b.md", "乙")], by=lin)
    rows = ImportedPage.objects.order_by("pk").values_list("library", "source", "article__draft_title")
    assert list(rows) == [(library.pk, "a.md", "甲"), (library.pk, "b.md", "乙"), (other.pk, "b.md", "乙")]
    article = article_of(library)
    assert (article.owner, article.by, list(article.authors.all()), article.state) == (lin, lin, [lin], "draft")


def test_a_document_comes_in_as_a_draft_with_one_revision(library: Library, lin: Person) -> None:
    assert bring(library, page(), by=lin) == set()
    article = article_of(library)
    assert (article.title, article.claim, article.plain) == ("题 a.md", "一句", "节 1\n文字 1")
    assert (article.state, article.published_at, article.review_on) == ("draft", None, None)
    assert [(revision.number, revision.by, revision.is_published) for revision in Revision.objects.all()] == [
        (1, lin, False)
    ]
    assert imported() == [[article.pk]]


def test_a_document_that_readers_see_at_once_is_published_with_a_day_to_review_it(
    library: Library, lin: Person
) -> None:
    bring(library, page(), by=lin, publishes=True)
    article = article_of(library)
    assert (article.state, article.review_on) == ("published", timezone.localdate() + REVIEW_AFTER)
    assert article.published_at is not None
    assert [publication.revision.number for publication in Publication.objects.all()] == [1]


def test_the_same_document_again_changes_and_announces_nothing(library: Library, lin: Person) -> None:
    bring(library, page(), by=lin)
    version = article_of(library).version
    assert bring(library, page(), by=lin) == set()
    assert (article_of(library).version, Revision.objects.count(), len(imported())) == (version, 1, 1)


def test_a_document_that_changed_brings_its_article_along(library: Library, lin: Person) -> None:
    bring(library, page(), page("b.md"), by=lin)
    bring(library, page(digest="2"), page("b.md"), by=lin)
    assert (article_of(library).plain, article_of(library, "b.md").plain) == ("节 2\n文字 2", "节 1\n文字 1")
    assert [revision.number for revision in article_of(library).revisions.all()] == [2, 1]
    assert article_of(library, "b.md").revisions.count() == 1
    assert imported()[1:] == [[article_of(library).pk]]


def test_published_articles_change_for_readers_only_with_an_import_that_publishes(
    library: Library, lin: Person
) -> None:
    bring(library, page(), by=lin, publishes=True)
    review_on = timezone.localdate() + dt.timedelta(days=7)
    Article.objects.update(review_on=review_on)
    first = article_of(library).published_at
    bring(library, page(digest="2"), by=lin)
    article = article_of(library)
    assert (article.plain, article.draft_markdown) == ("节 1\n文字 1", "## 节 2\n\n文字 2\n")
    bring(library, page(digest="3"), by=lin, publishes=True)
    article = article_of(library)
    assert (article.plain, article.published_at, article.review_on) == ("节 3\n文字 3", first, review_on)


def test_an_article_somebody_wrote_on_is_left_alone(library: Library, lin: Person) -> None:
    bring(library, page(), by=lin)
    rewrite(article_of(library), lin)
    assert bring(library, page(digest="2"), page("b.md"), by=lin) == {"a.md"}
    assert (article_of(library).draft_markdown, article_of(library, "b.md").draft_markdown) == (
        "我改过",
        "## 节 1\n\n文字 1\n",
    )
    assert imported()[1:] == [[article_of(library, "b.md").pk]]


def test_an_import_of_which_all_was_left_announces_nothing(library: Library, lin: Person) -> None:
    bring(library, page(), by=lin)
    archive(article_of(library), by=lin)
    assert bring(library, page(digest="2"), by=lin) == {"a.md"}
    assert (article_of(library).draft_markdown, len(imported())) == ("## 节 1\n\n文字 1\n", 1)


def test_an_import_touches_its_own_library(library: Library, other: Library, lin: Person) -> None:
    for place in (library, other):
        bring(place, page(), page("b.md"), by=lin)
    bring(library, page(digest="2"), by=lin)
    assert [article_of(place).plain for place in (library, other)] == ["节 2\n文字 2", "节 1\n文字 1"]
    assert article_of(library, "b.md").plain == "节 1\n文字 1"


def test_documents_are_compared_with_what_lies_in_their_library(library: Library, other: Library, lin: Person) -> None:
    bring(library, page("same.md"), page("changed.md"), page("gone.md"), page("mine.md"), by=lin)
    reserve(library, [("empty.md", "题")], by=lin)
    bring(other, page("same.md", "9"), page("elsewhere.md"), by=lin)
    archive(article_of(library, "gone.md"), by=lin)
    mine = article_of(library, "mine.md")
    save_draft(mine, title="我的", claim="", markdown="我改过", by=lin, version=mine.version)
    sources = ["changed.md", "gone.md", "mine.md", "empty.md", "new.md", "elsewhere.md"]
    digests = {"same.md": "1", **dict.fromkeys(sources, "2")}
    assert compare_page(library.pk, digests) == {
        "same.md": Standing.SAME,
        "changed.md": Standing.CHANGED,
        "gone.md": Standing.LEFT,
        "mine.md": Standing.LEFT,
    }
    assert compare_page(library.pk, {"same.md": "1"}) == {"same.md": Standing.SAME}


def test_addresses_anchors_and_titles_are_those_of_the_library(library: Library, other: Library, lin: Person) -> None:
    bring(library, page(origin="手册"), page("b.md", origin="手册"), page("c.md", origin="别的"), by=lin)
    bring(other, page("d.md", origin="手册"), by=lin)
    reserve(library, [("empty.md", "题")], by=lin)
    assert addresses(library.pk) == {
        source: article_of(library, source).get_absolute_url() for source in ("a.md", "b.md", "c.md", "empty.md")
    }
    assert anchors_of_page(library.pk, ["a.md", "d.md"]) == {"a.md": {"题-amd", "节-1"}}
    assert titles(library.pk, "手册") == {"a.md": "题 a.md", "b.md": "题 b.md"}
    assert titles(library.pk, "") == {}
    archive(article_of(library, "b.md"), by=lin)
    assert titles(library.pk, "手册") == {"a.md": "题 a.md"}


def test_folders_are_made_once_with_those_above_them(library: Library, other: Library) -> None:
    make_folders(other, [("手册",)])
    make_folders(library, [("手册", "安装")])
    make_folders(library, [("手册", "安装"), ("手册", "维护")])
    rows = Folder.objects.without_tree_fields().filter(library=library).order_by("place")
    assert [(folder.name, folder.parent and folder.parent.name, folder.place) for folder in rows] == [
        ("手册", None, 1),
        ("安装", "手册", 2),
        ("维护", "手册", 3),
    ]


def test_a_new_article_lies_in_its_folder_and_later_stays_where_people_put_it(library: Library, lin: Person) -> None:
    make_folders(library, [("手册", "安装")])
    bring(library, page(folder=("手册", "安装")), by=lin)
    folder = article_of(library).folder
    assert folder is not None and folder.name == "安装"
    Article.objects.update(folder=None)
    bring(library, page(digest="2", folder=("手册", "安装")), page("b.md", folder=("手册",)), by=lin)
    below = article_of(library, "b.md").folder
    assert (article_of(library).folder, below and below.name) == (None, "手册")


def test_drafts_that_were_never_filled_go_and_no_others(library: Library, other: Library, lin: Person) -> None:
    bring(library, page("filled.md"), by=lin)
    for place in (library, other):
        reserve(place, [(name, name) for name in ("a.md", "mine.md", "b.md")], by=lin)
    mine = article_of(library, "mine.md")
    save_draft(mine, title="我的", claim="", markdown="我写的", by=lin, version=mine.version)
    release(library.pk, ["filled.md", "a.md", "mine.md"])
    rows = ImportedPage.objects.order_by("source")
    assert [row.source for row in rows.filter(library=library)] == ["b.md", "filled.md", "mine.md"]
    assert [row.source for row in rows.filter(library=other)] == ["a.md", "b.md", "mine.md"]
    assert Article.objects.count() == 6


def test_a_file_is_kept_once_for_each_name_and_each_circle_of_readers(
    library: Library, other: Library, lin: Person
) -> None:
    first = keep_file(library, "图.txt", b"one", by=lin)
    assert keep_file(library, "图.txt", b"one", by=lin) == first
    assert Upload.objects.count() == 1
    for place, name, content in ((other, "图.txt", b"one"), (library, "表.txt", b"one"), (library, "图.txt", b"two")):
        assert keep_file(place, name, content, by=lin) != first
    assert [(upload.name, upload.community) for upload in Upload.objects.order_by("pk")] == [
        ("图.txt", library.community),
        ("图.txt", other.community),
        ("表.txt", library.community),
        ("图.txt", library.community),
    ]


def test_an_empty_file_is_not_kept(library: Library, lin: Person) -> None:
    assert keep_file(library, "空.txt", b"", by=lin) is None
    assert not Upload.objects.exists()


def test_the_history_of_other_articles_does_not_count(
    library: Library, lin: Person, wang: Person, article: Article
) -> None:
    publish(article, by=wang)
    bring(library, page(), by=lin)
    assert [revision.number for revision in article_of(library).revisions.all()] == [1]
    assert importing.is_touched(ImportedPage.objects.get(), article_of(library)) is False
