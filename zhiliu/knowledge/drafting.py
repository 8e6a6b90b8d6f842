"""Start, save and restore working copies of articles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import Rendered, render
from zhiliu.lineage.linking import note_reached

from .facts import ArticleHandedOver, DraftSaved, DraftStarted
from .models import Article, Folder, Library, Revision
from .rules import can_edit, can_write

# Saves of one person within this time share one revision; a pause or another writer starts a new one.
ONE_SITTING = dt.timedelta(minutes=10)


class StaleDraft(Refused):
    """Someone else changed the working copy since it was opened.

    Args:
        article: its current state, to show the difference.
    """

    def __init__(self, article: Article) -> None:
        super().__init__(_("Someone else changed this. Your text is still here: compare and send again."))
        self.article = article


def library_of(community: Community) -> Library:
    """Return the community's library, created on first use."""
    library, _new = Library.objects.get_or_create(
        community=community, defaults={"slug": Library.slug_for(community), "name": community.name}
    )
    return library


def organisation_library() -> Library:
    """Return the library of the whole organisation."""
    library, _new = Library.objects.get_or_create(community=None, slug="company", defaults={"name": ""})
    return library


def start_draft(
    *,
    library: Library,
    title: str,
    markdown: str,
    by: Person,
    owner: Person | None = None,
    template: str = Article.Template.PLAIN,
    authors: Iterable[Person] = (),
    claim: str = "",
    folder: Folder | None = None,
) -> Article:
    """Start an article.

    Args:
        owner: who is responsible for it; ``by`` if None.
        authors: who contributed, besides ``by`` and the owner.

    Raises:
        Forbidden: ``by`` may not write in this library.
    """
    require(can_write, by, library)
    with transaction.atomic():
        article = Article(
            library=library,
            folder=folder,
            template=template,
            owner=owner or by,
            by=by,
            draft_title=title,
            draft_claim=claim,
            draft_markdown=markdown,
        )
        show_to_readers(article)
        article.save()
        article.authors.set({by, *([owner] if owner else []), *authors})
        _new_revision(article, by=by, note="")
        note_reached(("article", article.pk), 3)
        announce(DraftStarted(article_id=article.pk, community_id=library.community_id, by_id=by.pk))
        if owner is not None and owner.pk != by.pk:
            announce(
                ArticleHandedOver(
                    article_id=article.pk, owner_id=owner.pk, community_id=library.community_id, by_id=by.pk
                )
            )
    return article


def save_draft(
    article: Article, *, title: str, claim: str, markdown: str, by: Person, version: int, note: str = ""
) -> Article:
    """Save the working copy. Idempotent for unchanged text.

    Args:
        version: of the working copy the person started from.
        note: why, for the history.

    Raises:
        StaleDraft: someone else saved in the meantime; nothing was changed.
    """
    require(can_edit, by, article)
    values = {"draft_title": title, "draft_claim": claim, "draft_markdown": markdown}
    with transaction.atomic():
        current = (
            Article.objects.select_for_update(of=("self",)).select_related("library__community").get(pk=article.pk)
        )
        if all(getattr(current, name) == value for name, value in values.items()):
            return current
        if current.version != version:
            raise StaleDraft(current)
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.changed_at = timezone.now()
        if current.state == Article.State.DRAFT:
            show_to_readers(current)
        current.save()
        current.authors.add(by)
        revision = keep_revision(current, by=by, note=note)
        announce(
            DraftSaved(
                article_id=current.pk,
                revision_id=revision.pk,
                community_id=current.library.community_id,
                by_id=by.pk,
            )
        )
    return current


def show_to_readers(article: Article) -> None:
    """Render the working copy into the fields readers see. The caller saves."""
    show_rendered(article, render_article(article.draft_markdown))


def render_article(markdown: str) -> Rendered:
    """Render the text of an article; slow for long texts."""
    return with_boxes(render(markdown, html=True))


def with_boxes(rendered: Rendered) -> Rendered:
    """Add checkboxes to tasks."""
    return replace(rendered, html=_TASK.sub(_box, rendered.html))


def show_rendered(article: Article, rendered: Rendered) -> None:
    """Copy the working copy and its rendering into the fields readers see. The caller saves."""
    article.title, article.claim = article.draft_title or gettext("Untitled"), article.draft_claim
    article.html, article.plain = rendered.html, rendered.plain
    article.headings = [[heading.level, heading.text, heading.anchor] for heading in rendered.headings]


# Tasks (`- [x] done`) get a checkbox. The renderer leaves their marks as text, so this runs on sanitised HTML.
_TASK = re.compile(r"(<li>\s*(?:<p>)?)\[([ xX])\] ")


def _box(match: re.Match[str]) -> str:
    done = match[2] != " "
    look, sign = ("task-box done", "☑") if done else ("task-box", "☐")
    return f'{match[1]}<span class="{look}"><span class="hidden-text">{sign}</span></span> '


def keep_revision(article: Article, *, by: Person, note: str = "") -> Revision:
    """Store the working copy in the history; one sitting of one person is one revision."""
    last = article.revisions.select_related("publication").first()
    same_sitting = (
        last is not None
        and not last.is_published
        and last.by_id == by.pk
        and last.restored_from_id is None
        and timezone.now() - last.at < ONE_SITTING
    )
    if last is not None and same_sitting:
        last.title, last.claim, last.markdown = article.draft_title, article.draft_claim, article.draft_markdown
        last.note = note or last.note
        last.save()
        return last
    return _new_revision(article, by=by, note=note)


def _new_revision(article: Article, *, by: Person, note: str, restored_from: Revision | None = None) -> Revision:
    last = article.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        article=article,
        number=last + 1,
        title=article.draft_title,
        claim=article.draft_claim,
        markdown=article.draft_markdown,
        by=by,
        note=note,
        restored_from=restored_from,
    )


def restore(revision: Revision, *, by: Person) -> Article:
    """Restore an earlier revision as the working copy, as a new revision. Idempotent."""
    require(can_edit, by, revision.article)
    with transaction.atomic():
        article = (
            Article.objects.select_for_update(of=("self",))
            .select_related("library__community")
            .get(pk=revision.article_id)
        )
        if (article.draft_title, article.draft_claim, article.draft_markdown) == (
            revision.title,
            revision.claim,
            revision.markdown,
        ):
            return article
        article.draft_title, article.draft_claim = revision.title, revision.claim
        article.draft_markdown = revision.markdown
        article.version += 1
        article.changed_at = timezone.now()
        if article.state == Article.State.DRAFT:
            show_to_readers(article)
        article.save()
        new_revision = _new_revision(article, by=by, note="", restored_from=revision)
        announce(
            DraftSaved(
                article_id=article.pk,
                revision_id=new_revision.pk,
                community_id=article.library.community_id,
                by_id=by.pk,
            )
        )
    return article
