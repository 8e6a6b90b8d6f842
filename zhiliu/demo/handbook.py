"""Real pages from beside the project: a library of a product handbook with its pictures.

Read from ``shared/data/handbook-zh-pictures.zip`` (pingcap/docs-cn, CC BY-SA 3.0) where that folder is
present; nothing of it is part of the product.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path

import frontmatter
from django.conf import settings
from django.utils.text import slugify

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused
from zhiliu.knowledge.drafting import show_to_readers
from zhiliu.knowledge.facts import ArticlePublished
from zhiliu.knowledge.models import Article, Library, Publication, Revision
from zhiliu.lineage.linking import note_reached

from .stage import Stage

ARCHIVE = Path("shared") / "data" / "handbook-zh-pictures.zip"
_PICTURE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)(\))")
SOURCE = "来源：pingcap/docs-cn，CC BY-SA 3.0。"


def build(stage: Stage) -> None:
    """Make the library when the archive is there."""
    path = settings.ROOT.parent / ARCHIVE
    if not path.exists():
        return
    library = Library.objects.create(slug="handbook", name="数据库手册", community=None)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".md")]
        for name in sorted(names):
            _page(stage, library, archive, name)


def _page(stage: Stage, library: Library, archive: zipfile.ZipFile, name: str) -> None:
    post = frontmatter.loads(archive.read(name).decode())
    owner, at = stage.people["admin"], stage.clock.at(-140, "16:00")
    text = _with_pictures(archive, name, post.content, owner)
    title = str(post.metadata.get("title") or slugify(Path(name).stem))[:120]
    article = Article(
        library=library,
        draft_title=title,
        draft_claim=str(post.metadata.get("summary") or "")[:200],
        draft_markdown=f"{_without_title(text)}\n\n---\n\n{SOURCE}\n",
        owner=owner,
        by=owner,
        at=at,
        changed_at=at,
        published_at=at,
        state=Article.State.PUBLISHED,
    )
    show_to_readers(article)
    article.save()
    article.authors.set({owner})
    note_reached(("article", article.pk), 3)
    revision = Revision.objects.create(
        article=article, number=1, title=title, markdown=article.draft_markdown, by=owner, at=at
    )
    Publication.objects.create(revision=revision, by=owner, at=at)
    stage.tell(ArticlePublished(article_id=article.pk, revision_id=revision.pk, first=True, by_id=owner.pk), at)


def _without_title(text: str) -> str:
    """The page without its first heading, which stands above it as title."""
    return re.sub(r"\A\s*# [^\n]*\n", "", text)


def _with_pictures(archive: zipfile.ZipFile, page: str, text: str, owner: Person) -> str:
    def replace(found: re.Match[str]) -> str:
        made = _picture(archive, page, found[2], owner)
        return f"{found[1]}{made.get_absolute_url()}{found[3]}" if made else ""

    return _PICTURE.sub(replace, text)


def _picture(archive: zipfile.ZipFile, page: str, address: str, owner: Person) -> Upload | None:
    for base in (posixpath.dirname(page), page.split("/")[0], ""):
        inside = posixpath.normpath(posixpath.join(base, address.lstrip("/")))
        if inside in archive.namelist():
            try:
                return upload(io.BytesIO(archive.read(inside)), name=posixpath.basename(inside), by=owner)
            except Refused:
                return None
    return None
