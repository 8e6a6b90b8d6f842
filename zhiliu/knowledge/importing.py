"""Import documents as articles, many at a time, and update them when the documents are imported again.

Every document is stored (:class:`~.models.ImportedPage`) with a digest of the working copy it left behind. If that copy
differs now, a person edited it, and the import leaves the article alone.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import safe_name, upload
from zhiliu.kit.contracts.documents import DocumentPage, Path, Standing
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import update_rows
from zhiliu.kit.text.markdown import Rendered, anchor_of
from zhiliu.kit.text.parallel_markdown import renderer
from zhiliu.kit.web.addresses import address

from .drafting import show_rendered, with_boxes
from .facts import ArticlesImported
from .models import Article, Folder, ImportedPage, Library, Publication, Revision
from .publishing import REVIEW_AFTER
from .rules import can_import


def compare_page(library_id: int, digests: Mapping[str, str]) -> dict[str, Standing]:
    """Return how documents relate to the articles of a library, by source, without new ones. Two queries.

    Args:
        digests: of the documents, by source.
    """
    pages = ImportedPage.objects.filter(library=library_id, source__in=list(digests))
    stored = {page.source: page for page in pages}
    differ = [page.article_id for page in stored.values() if page.digest != digests[page.source]]
    articles = {article.pk: article for article in Article.objects.filter(pk__in=differ)}
    standings = {}
    for source, page in stored.items():
        if page.digest == digests[source]:
            standings[source] = Standing.SAME
        elif is_touched(page, articles[page.article_id]):
            standings[source] = Standing.LEFT
        elif page.digest:
            standings[source] = Standing.CHANGED
    return standings


def is_touched(page: ImportedPage, article: Article) -> bool:
    """Return whether a person edited or archived an article since its import."""
    return page.written != _digest(article) or article.state == Article.State.ARCHIVED


def _digest(article: Article) -> str:
    text = "\0".join([article.draft_title, article.draft_claim, article.draft_markdown])
    return hashlib.sha256(text.encode()).hexdigest()


def addresses(library_id: int) -> dict[str, str]:
    """Return the addresses of all imported articles of a library, by source."""
    rows = ImportedPage.objects.filter(library=library_id).values_list("source", "article")
    return {source: address("knowledge:article", key) for source, key in rows}


def anchors_of_page(library_id: int, sources: Iterable[str]) -> dict[str, set[str]]:
    """Return the link targets in imported articles, by source. One query."""
    rows = ImportedPage.objects.filter(library=library_id, source__in=list(sources))
    fields = ("source", "article__draft_title", "article__headings", "article__html")
    return {
        # The anchor of the title leads to the top.
        source: {anchor_of(title), *(heading[2] for heading in headings), *_NAMES.findall(html)}
        for source, title, headings, html in rows.values_list(*fields)
    }


# Sanitised HTML has its attributes in double quotes.
_NAMES = re.compile(r'\sid="([^"]+)"')


def titles(library_id: int, origin: str) -> dict[str, str]:
    """Return the titles of imported articles with an origin that are not archived, by source."""
    rows = ImportedPage.objects.filter(library=library_id, origin=origin).exclude(digest="")
    rows = rows.exclude(article__state=Article.State.ARCHIVED)
    return dict(rows.values_list("source", "article__draft_title"))


def make_folders(library: Library, folders: Sequence[Path]) -> None:
    """Create missing folders and their parents, each after its siblings."""
    with transaction.atomic():
        # The row lock serialises two imports that create the same folder, so that it is created once.
        Library.objects.select_for_update().get(pk=library.pk)
        by_path = _folders(library)
        last = library.folders.aggregate(last=Max("place"))["last"] or 0
        for path in dict.fromkeys(folder[:deep] for folder in folders for deep in range(1, len(folder) + 1)):
            if path not in by_path:
                last += 1
                parent = by_path.get(path[:-1])
                by_path[path] = Folder.objects.create(library=library, parent=parent, name=path[-1], place=last)


def _folders(library: Library) -> dict[Path, Folder]:
    """Return all folders of a library by their path."""
    rows = {folder.pk: folder for folder in Folder.objects.without_tree_fields().filter(library=library)}
    return {_path(folder, rows): folder for folder in rows.values()}


def _path(folder: Folder, rows: Mapping[int, Folder]) -> Path:
    names: list[str] = []
    above: Folder | None = folder
    while above is not None and len(names) < 30:
        names.insert(0, above.name)
        above = rows.get(above.parent_id) if above.parent_id else None
    return tuple(names)


def reserve(library: Library, pages: Sequence[tuple[str, str]], *, by: Person) -> None:
    """Start an empty draft for each new page (source, title), so that other pages can link to it."""
    require(can_import, by, library)
    with transaction.atomic():
        # The row lock settles two imports of the same document: the second finds the draft of the first.
        Library.objects.select_for_update().get(pk=library.pk)
        sources = [source for source, _title in pages]
        existing = set(
            ImportedPage.objects.filter(library=library, source__in=sources).values_list("source", flat=True)
        )
        new = [
            (source, Article(library=library, owner=by, by=by, title=title, draft_title=title))
            for source, title in pages
            if source not in existing
        ]
        Article.objects.bulk_create([article for _source, article in new])
        Article.authors.through.objects.bulk_create(
            [Article.authors.through(article_id=article.pk, person_id=by.pk) for _source, article in new]
        )
        ImportedPage.objects.bulk_create(
            [ImportedPage(library=library, source=source, article=item, written=_digest(item)) for source, item in new]
        )


def release(library_id: int, sources: Iterable[str]) -> None:
    """Delete drafts that were started for documents and never filled."""
    empty = ImportedPage.objects.filter(library=library_id, source__in=list(sources), digest="").select_related(
        "article"
    )
    keys = [page.article_id for page in empty if not is_touched(page, page.article)]
    Article.objects.filter(pk__in=keys).delete()


def keep_file(library: Library, name: str, content: bytes, *, by: Person) -> tuple[str, bool] | None:
    """Store a file for the readers of a library; the same content under the same name is stored once.

    Returns:
        Its address and whether browsers show it as a picture; None if it cannot be stored.
    """
    digest, name = hashlib.sha256(content).hexdigest(), safe_name(name)
    there = Upload.objects.filter(file__sha256=digest, name=name, community=library.community)
    stored = there.select_related("file").first()
    if stored is None:
        try:
            stored = upload(io.BytesIO(content), name=name, by=by, community=library.community)
        except Refused:
            return None
    return stored.get_absolute_url(), stored.file.is_picture


@dataclass(frozen=True)
class PreparedPage:
    """A page with its rendered text."""

    page: DocumentPage
    rendered: Rendered


@contextmanager
def preparing(count: int) -> Iterator[Callable[[Sequence[DocumentPage]], Callable[[], list[PreparedPage]]]]:
    """Render pages in parallel if there are many. This is slow and runs before the transaction."""
    with renderer(count) as begin:

        def prepare(pages: Sequence[DocumentPage]) -> Callable[[], list[PreparedPage]]:
            later = begin([page.markdown for page in pages])
            return lambda: [
                PreparedPage(page, with_boxes(rendered)) for page, rendered in zip(pages, later(), strict=True)
            ]

        yield prepare


def take(library: Library, prepared: Sequence[PreparedPage], *, by: Person, publishes: bool) -> set[str]:
    """Fill the articles of pages, in the caller's transaction. Idempotent for unchanged pages.

    Args:
        publishes: whether readers see them at once; otherwise the working copies change, and new ones are drafts.

    Returns:
        The sources of skipped pages, whose articles a person edited in the meantime.
    """
    require(can_import, by, library)
    by_source = {item.page.source: item for item in prepared}
    # The row locks make a second import of the same documents wait; it then finds the digests.
    rows = ImportedPage.objects.select_for_update().filter(library=library, source__in=list(by_source))
    pages = [page for page in rows if page.digest != by_source[page.source].page.digest]
    articles = Article.objects.select_for_update().in_bulk([page.article_id for page in pages])
    skipped = {page.source for page in pages if is_touched(page, articles[page.article_id])}
    filled = [(page, articles[page.article_id]) for page in pages if page.source not in skipped]
    folders = _folders(library) if any(not page.digest for page, _article in filled) else {}
    for page, article in filled:
        _fill(page, article, by_source[page.source], folders, publishes)
    update_rows([article for _page, article in filled], _FILLED)
    _keep_history([article for _page, article in filled], by, publishes)
    update_rows([page for page, _article in filled], ["digest", "written", "at", "origin"])
    if filled:
        keys = tuple(article.pk for _page, article in filled)
        announce(
            ArticlesImported(article_ids=keys, library_id=library.pk, community_id=library.community_id, by_id=by.pk)
        )
    return skipped


_FILLED = (
    *("draft_title", "draft_claim", "draft_markdown", "changed_at", "version", "folder", "place"),
    *("state", "published_at", "review_on", "title", "claim", "html", "plain", "headings"),
)


def _fill(
    page: ImportedPage, article: Article, prepared: PreparedPage, folders: Mapping[Path, Folder], publishes: bool
) -> None:
    now = timezone.now()
    article.draft_title, article.draft_claim = prepared.page.title, prepared.page.summary
    article.draft_markdown, article.changed_at = prepared.page.markdown, now
    article.version += 1
    article.place = prepared.page.place
    if not page.digest:
        # Only new articles are filed: people may have moved existing ones.
        article.folder = folders.get(prepared.page.folder)
    if publishes:
        article.state = Article.State.PUBLISHED
        article.published_at = article.published_at or now
        article.review_on = article.review_on or timezone.localdate() + REVIEW_AFTER
    if article.state == Article.State.DRAFT or publishes:
        show_rendered(article, prepared.rendered)
    page.origin = prepared.page.origin
    page.digest, page.written, page.at = prepared.page.digest, _digest(article), now


def _keep_history(articles: Sequence[Article], by: Person, publishes: bool) -> None:
    """Add a revision for each article, published or not, in three queries."""
    last = dict(
        Revision.objects.filter(article__in=articles).order_by().values_list("article").annotate(last=Max("number"))
    )
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                article=article,
                number=last.get(article.pk, 0) + 1,
                title=article.draft_title,
                claim=article.draft_claim,
                markdown=article.draft_markdown,
                by=by,
            )
            for article in articles
        ]
    )
    if publishes:
        Publication.objects.bulk_create([Publication(revision=revision, by=by) for revision in revisions])
