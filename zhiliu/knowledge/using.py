"""Record readings and uses of articles."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.lineage.linking import link, note_reached
from zhiliu.lineage.models import Link

from .facts import ArticleUsed, UseChanged
from .models import Article, Reading, Use
from .rules import can_see


def note_use(article: Article, *, where: str, by: Person, outcome: str = Use.Outcome.UNKNOWN, story: str = "") -> Use:
    """ "I used this": record where, and the outcome if it is known.

    The same place again updates the outcome instead of counting twice.

    Raises:
        Refused: the article is not published, or no place was given.
    """
    require(can_see, by, article)
    where = where.strip()
    if not where:
        raise Refused(_("Say where you used it."), field="where")
    if article.state == Article.State.DRAFT:
        raise Refused(_("A draft can’t be used yet."))
    with transaction.atomic():
        use, is_new = Use.objects.get_or_create(
            article=article, by=by, where=where, defaults={"outcome": outcome, "story": story}
        )
        if not is_new and outcome == Use.Outcome.UNKNOWN and not story:
            return use
        if not is_new:
            return tell_outcome(use, outcome=outcome, story=story, by=by)
        Article.objects.filter(pk=article.pk).update(use_count=F("use_count") + 1)
        note_reached(("use", use.pk), 4)
        link(("article", article.pk), ("use", use.pk), by_id=by.pk, kind=Link.Kind.APPLIES)
        announce(
            ArticleUsed(article_id=article.pk, use_id=use.pk, community_id=article.library.community_id, by_id=by.pk)
        )
    return use


def tell_outcome(use: Use, *, outcome: str, story: str, by: Person) -> Use:
    """Add the outcome of a use later.

    Raises:
        Forbidden: someone else's use.
    """
    if use.by_id != by.pk:
        raise Forbidden(_("Only the person who used it can add a result."))
    with transaction.atomic():
        changed = Use.objects.filter(pk=use.pk).exclude(outcome=outcome, story=story)
        if changed.update(outcome=outcome, story=story):
            community_id = use.article.library.community_id
            announce(UseChanged(article_id=use.article_id, use_id=use.pk, community_id=community_id, by_id=by.pk))
    use.refresh_from_db()
    return use


def note_reading(article: Article, *, by: Person) -> None:
    """Count a reading, once per person and day, without the article's own writers."""
    if article.state != Article.State.PUBLISHED or article.owner_id == by.pk or by in article.authors.all():
        return
    today = timezone.localdate()
    if Reading.objects.filter(article=article, person=by, day=today).exists():
        # Checked first: on SQLite a transaction is a write lock, and most page views are repeats.
        return
    with transaction.atomic():
        _row, is_new = Reading.objects.get_or_create(article=article, person=by, day=today)
        if is_new:
            Article.objects.filter(pk=article.pk).update(read_count=F("read_count") + 1)
