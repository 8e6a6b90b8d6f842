"""Todos of knowledge."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import Todo, waits
from zhiliu.lineage.models import Link

from .models import Article, Use

RIPE = dt.timedelta(days=3)
TELL_AFTER = dt.timedelta(days=14)
FORGET_AFTER = dt.timedelta(days=120)
LIMIT = 5
# In an archived community articles are read, and neither written nor reviewed.
_ARCHIVED = Q(library__community__phase=Community.Phase.ARCHIVED)


@waits("knowledge.drafts", lambda person: Article.objects.filter(owner=person, state=Article.State.DRAFT))
def drafts_to_finish(person: Person) -> list[Todo]:
    """Return own drafts that came from a gathering or have been idle for some days."""
    from_gathering = Link.objects.filter(source_kind="gathering", target_kind="article", target_id=OuterRef("pk"))
    mine = Article.objects.filter(owner=person, state=Article.State.DRAFT).exclude(_ARCHIVED).select_related("library")
    mine = mine.only("title", "at", "library__name")
    ripe = mine.filter(Q(Exists(from_gathering)) | Q(changed_at__lt=timezone.now() - RIPE)).order_by("at")[:LIMIT]
    return [
        Todo(
            "pencil-line",
            _("Finish “%(title)s”") % {"title": article.title},
            reverse("knowledge:edit", args=[article.pk]),
            _("Continue writing"),
            (str(article.library), _("Draft")),
            article.at + RIPE,
        )
        for article in ripe
    ]


@waits("knowledge.reviews", lambda person: Article.objects.published().filter(owner=person, review_on__isnull=False))
def articles_to_review(person: Person) -> list[Todo]:
    """Return own articles whose review date has passed."""
    articles = Article.objects.published().filter(owner=person, review_on__lt=timezone.localdate())
    articles = articles.exclude(_ARCHIVED).select_related("library").only("title", "review_on", "library__name")
    return [
        Todo(
            "clock-alert",
            _("Is “%(title)s” still correct?") % {"title": article.title},
            reverse("knowledge:review", args=[article.pk]),
            _("Review"),
            (str(article.library), _late_by(article)),
            _midnight(article.review_on or timezone.localdate()),
        )
        for article in articles.order_by("review_on")[:LIMIT]
    ]


def _late_by(article: Article) -> str:
    days = (timezone.localdate() - (article.review_on or timezone.localdate())).days
    return ngettext("due %(count)s day ago", "due %(count)s days ago", days) % {"count": days}


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@waits("knowledge.outcomes", lambda person: Use.objects.filter(by=person, outcome=Use.Outcome.UNKNOWN))
def uses_to_tell(person: Person) -> list[Todo]:
    """Return the person's uses without an outcome."""
    now = timezone.now()
    open_uses = Use.objects.filter(article__in=Article.objects.visible_to(person)).filter(
        by=person, outcome=Use.Outcome.UNKNOWN, at__lt=now - TELL_AFTER, at__gt=now - FORGET_AFTER
    )
    open_uses = open_uses.select_related("article").only("where", "at", "article__title")
    return [
        Todo(
            "circle-check",
            _("How did it go at %(where)s?") % {"where": use.where},
            f"{reverse('knowledge:uses', args=[use.article_id])}?use={use.pk}",
            pgettext("how a use went", "Add result"),
            (use.article.title,),
            use.at + TELL_AFTER,
        )
        for use in open_uses.order_by("at")[:LIMIT]
    ]
