"""Articles are published, archived, handed over and looked after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.rules import require
from zhiliu.search.models import Tag

from .drafting import keep_revision, show_to_readers
from .facts import Acknowledged, ArticleChanged, ArticlePublished, ArticleReviewed
from .models import Acknowledgement, Article, Publication, Review
from .rules import can_edit, can_publish, can_see, can_verify

REVIEW_AFTER = dt.timedelta(days=180)


def publish(article: Article, *, by: Person, note: str = "") -> Publication:
    """Show the working copy to readers. Publishing what is out already changes nothing.

    Raises:
        Refused: without a title or text.
    """
    require(can_publish, by, article)
    with transaction.atomic():
        article = Article.objects.select_for_update().select_related("library__community").get(pk=article.pk)
        if not article.draft_title.strip() or not article.draft_markdown.strip():
            raise Refused(_("Write a title and some text first."))
        revision = article.revisions.select_related("publication").first()
        if revision is None or revision.markdown != article.draft_markdown or revision.title != article.draft_title:
            revision = keep_revision(article, by=by, note=note)
        publication, is_new = Publication.objects.get_or_create(revision=revision, defaults={"by": by})
        if is_new:
            first = article.published_at is None
            show_to_readers(article)
            article.state = Article.State.PUBLISHED
            article.published_at = article.published_at or timezone.now()
            article.changed_at = timezone.now()
            article.review_on = article.review_on or (timezone.localdate() + REVIEW_AFTER)
            article.save()
            announce(
                ArticlePublished(
                    article_id=article.pk,
                    revision_id=revision.pk,
                    first=first,
                    community_id=article.library.community_id,
                    by_id=by.pk,
                )
            )
    return publication


def change_article(article: Article, *, by: Person, tags: Iterable[str] | None = None, **fields: Any) -> Article:
    """Change what stands around the text: owner, folder, audience, review date, state, tags."""
    require(can_edit, by, article)
    with transaction.atomic():
        named = fields.pop("named_readers", None)
        Article.objects.filter(pk=article.pk).update(**fields, changed_at=timezone.now())
        if tags is not None:
            names = list(dict.fromkeys(tag.strip()[:40] for tag in tags if tag.strip()))[:12]
            article.tags.set([Tag.objects.get_or_create(name=name)[0] for name in names])
        if named is not None:
            article.named_readers.set(named)
        _tell_changed(article, by)
    article.refresh_from_db()
    return article


def archive(article: Article, *, by: Person) -> Article:
    """Take an article out of use; it stays readable and is no longer offered first."""
    return change_article(article, by=by, state=Article.State.ARCHIVED)


def take_out_again(article: Article, *, by: Person) -> Article:
    """Bring an archived article back."""
    state = Article.State.PUBLISHED if article.published_at else Article.State.DRAFT
    return change_article(article, by=by, state=state)


def review(article: Article, *, by: Person, next_on: dt.date | None = None, verifies: bool = False) -> Review:
    """Say that an article was checked and still holds.

    Args:
        next_on: when to look again; half a year from now when not given.
        verifies: with the word of somebody who may verify, the article carries the badge.
    """
    require(can_verify if verifies else can_edit, by, article)
    next_on = next_on or timezone.localdate() + REVIEW_AFTER
    with transaction.atomic():
        made = Review.objects.create(article=article, by=by, next_on=next_on, verifies=verifies)
        changes: dict[str, Any] = {"review_on": next_on, "changed_at": timezone.now()}
        if verifies:
            changes |= {"verified_by": by, "verified_at": timezone.now()}
        Article.objects.filter(pk=article.pk).update(**changes)
        announce(
            ArticleReviewed(
                article_id=article.pk, verifies=verifies, community_id=article.library.community_id, by_id=by.pk
            )
        )
    article.refresh_from_db()
    return made


def acknowledge(article: Article, *, by: Person) -> Acknowledgement:
    """Say that one has read the published SOP. Twice is harmless.

    Raises:
        Refused: nothing is published.
    """
    require(can_see, by, article)
    publication = Publication.objects.filter(revision__article=article).order_by("-pk").first()
    if publication is None:
        raise Refused(_("Nothing is published yet."))
    with transaction.atomic():
        made, is_new = Acknowledgement.objects.get_or_create(publication=publication, person=by)
        if is_new:
            announce(Acknowledged(article_id=article.pk, community_id=article.library.community_id, by_id=by.pk))
    return made


def _tell_changed(article: Article, by: Person) -> None:
    announce(ArticleChanged(article_id=article.pk, community_id=article.library.community_id, by_id=by.pk))
