"""Move articles between libraries, with their files."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .facts import ArticleMoved
from .models import Article, Library
from .rules import can_edit, can_write

_FILE = re.compile(r"/files/([A-Za-z0-9_-]{8,40})/")


def move_article(article: Article, library: Library, *, by: Person) -> Article:
    """Move an article to the top level of another library. Idempotent.

    The new library decides who may read it. A members-only article does not become open in the organisation's library:
    it is then for specific people only.

    Raises:
        Forbidden: ``by`` may not change the article, or not write in the other library.
    """
    require(can_edit, by, article)
    require(can_write, by, library)
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).select_related("library").get(pk=article.pk)
        if article.library_id == library.pk:
            return article
        before = article.library
        bring_files(article, library.community)
        if library.community_id is None and article.audience == Article.Audience.MEMBERS:
            article.audience = Article.Audience.NAMED
        article.library, article.folder, article.pinned_at = library, None, None
        article.changed_at = timezone.now()
        article.version = F("version") + 1
        article.save()
        announce(
            ArticleMoved(
                article_id=article.pk,
                from_library_id=before.pk,
                library_id=library.pk,
                community_id=library.community_id,
                by_id=by.pk,
            )
        )
    article.refresh_from_db()
    return article


def bring_files(article: Article, community: Community | None) -> None:
    """Create new names for the files in the text, for the readers of ``community``.

    The old names stay valid for the old readers, in earlier revisions and everywhere else. Contents are stored once.
    """
    keys = set(_FILE.findall(article.draft_markdown)) | set(_FILE.findall(article.html))
    # A private file stays private: writing its address here must not open it to others.
    for old in Upload.objects.filter(key__in=keys, is_private=False):
        new = Upload.objects.create(file_id=old.file_id, name=old.name, by_id=old.by_id, community=community, at=old.at)
        for field in ("draft_markdown", "html"):
            setattr(article, field, getattr(article, field).replace(f"/files/{old.key}/", f"/files/{new.key}/"))
