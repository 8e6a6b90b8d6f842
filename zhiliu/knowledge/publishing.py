"""Publish, archive, hand over, review and acknowledge articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.search.models import Tag

from .drafting import StaleDraft, keep_revision, show_to_readers
from .facts import Acknowledged, ArticleChanged, ArticleHandedOver, ArticlePublished, ArticleReviewed, ReviewDue
from .mentions import tell_mentioned
from .models import Acknowledgement, Article, Publication, Review, Revision
from .rules import can_edit, can_publish, can_see, can_verify

REVIEW_AFTER = dt.timedelta(days=180)


def publish(article: Article, *, by: Person, note: str = "", version: int | None = None) -> Publication:
    """Publish the working copy. Idempotent. An archived article is restored.

    Args:
        note: why, for the history. version: of the working copy the person has read, if any.

    Raises:
        Refused: without a title or text.
        StaleDraft: the working copy has changed since it was read.
    """
    require(can_publish, by, article)
    with transaction.atomic():
        article = (
            Article.objects.select_for_update(of=("self",)).select_related("library__community").get(pk=article.pk)
        )
        if version is not None and version != article.version:
            raise StaleDraft(article)
        if not article.draft_title.strip() or not article.draft_markdown.strip():
            raise Refused(_("Write a title and some text first."))
        revision = article.revisions.select_related("publication").first()
        if revision is None or not _holds(revision, article):
            revision = keep_revision(article, by=by, note=note)
        elif note and not revision.is_published:
            revision.note = note
            revision.save(update_fields=["note"])
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
            tell_mentioned(article, revision, by=by)
        elif article.state == Article.State.ARCHIVED:
            # Its last revision is published already: the article comes back as it was.
            take_out_again(article, by=by)
    return publication


def _holds(revision: Revision, article: Article) -> bool:
    return (revision.title, revision.claim, revision.markdown) == (
        article.draft_title,
        article.draft_claim,
        article.draft_markdown,
    )


def change_article(article: Article, *, by: Person, tags: Iterable[str] | None = None, **fields: Any) -> Article:
    """Change an article's settings: owner, authors, folder, audience, review date, state, tags."""
    require(can_edit, by, article)
    with transaction.atomic():
        named, authors = fields.pop("named_readers", None), fields.pop("authors", None)
        owner = fields.get("owner")
        if owner is not None and owner.pk != article.owner_id:
            _hand_over(article, owner, by)
        Article.objects.filter(pk=article.pk).update(**fields, changed_at=timezone.now())
        if authors is not None:
            article.authors.set(authors)
        if tags is not None:
            names = list(dict.fromkeys(tag.strip()[:40] for tag in tags if tag.strip()))[:12]
            article.tags.set([Tag.objects.get_or_create(name=name)[0] for name in names])
        if named is not None:
            article.named_readers.set(named)
        _tell_changed(article, by)
    article.refresh_from_db()
    return article


def _hand_over(article: Article, owner: Person, by: Person) -> None:
    community_id = article.library.community_id
    announce(ArticleHandedOver(article_id=article.pk, owner_id=owner.pk, community_id=community_id, by_id=by.pk))


def archive(article: Article, *, by: Person) -> Article:
    """Archive an article. It stays readable, but search and lists leave it out."""
    return change_article(article, by=by, state=Article.State.ARCHIVED, pinned_at=None)


def take_out_again(article: Article, *, by: Person) -> Article:
    """Restore an archived article."""
    state = Article.State.PUBLISHED if article.published_at else Article.State.DRAFT
    return change_article(article, by=by, state=state)


def review(article: Article, *, by: Person, next_on: dt.date | None = None, verifies: bool = False) -> Review:
    """Record that an article was checked and still holds.

    Args:
        next_on: the next review date; in half a year if None.
        verifies: adds the badge; requires the permission to verify.

    Raises:
        Refused: nothing is published.
    """
    require(can_verify if verifies else can_edit, by, article)
    if article.published_at is None:
        raise Refused(_("Nothing is published yet."))
    next_on = next_on or timezone.localdate() + REVIEW_AFTER
    with transaction.atomic():
        row = Review.objects.create(article=article, by=by, next_on=next_on, verifies=verifies)
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
    return row


def acknowledge(article: Article, *, by: Person) -> Acknowledgement:
    """Record that the person has read the published SOP. Idempotent.

    Raises:
        Refused: nothing is published.
    """
    require(can_see, by, article)
    publication = Publication.objects.filter(revision__article=article).order_by("-pk").first()
    if publication is None:
        raise Refused(_("Nothing is published yet."))
    with transaction.atomic():
        acknowledgement, is_new = Acknowledgement.objects.get_or_create(publication=publication, person=by)
        if is_new:
            announce(Acknowledged(article_id=article.pk, community_id=article.library.community_id, by_id=by.pk))
    return acknowledgement


def _tell_changed(article: Article, by: Person) -> None:
    announce(ArticleChanged(article_id=article.pk, community_id=article.library.community_id, by_id=by.pk))


def tell_due_reviews(today: dt.date | None = None) -> int:
    """Announce articles whose review date has come, once per date.

    Returns:
        How many were announced.
    """
    today, count = today or timezone.localdate(), 0
    articles = (
        Article.objects.published()
        .filter(review_on__lte=today)
        .filter(Q(review_told_on=None) | ~Q(review_told_on=F("review_on")))
    )
    for article in articles.select_related("library"):
        with transaction.atomic():
            # The filter settles the race of two job processes.
            untold = Article.objects.filter(pk=article.pk, review_on=article.review_on)
            untold = untold.filter(Q(review_told_on=None) | ~Q(review_told_on=article.review_on))
            if untold.update(review_told_on=article.review_on):
                count += 1
                on, community_id = str(article.review_on), article.library.community_id
                announce(ReviewDue(article_id=article.pk, on=on, community_id=community_id))
    return count
