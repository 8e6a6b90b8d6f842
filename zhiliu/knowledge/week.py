"""What the manager's week shows of articles: those overdue for review."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.week import ActResult, WeekAct, WeekRow, WeekRows, WeekSection, week_sections
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.addresses import address

from .models import Article, ArticleQuerySet
from .publishing import review


def _overdue(communities: Sequence[Community], viewer: Person) -> ArticleQuerySet:
    rows = Article.objects.visible_to(viewer).published().filter(library__community__in=communities)
    overdue: ArticleQuerySet = rows.filter(review_on__lt=timezone.localdate())
    return overdue


def overdue_articles(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return published articles past their review date, longest overdue first."""
    rows = _overdue(communities, viewer)
    shown = rows.select_related("library__community", "owner").defer("html", "plain", "draft_markdown")
    return WeekRows([_row(article) for article in shown.order_by("review_on", "pk")[:most]], rows.count())


def _row(article: Article) -> WeekRow:
    days = (timezone.localdate() - (article.review_on or timezone.localdate())).days
    late = ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}
    meta = (article.community.name if article.community else "", late, _owner_words(article))
    link = (pgettext("an article", "Review"), address("knowledge:review", article.pk))
    return WeekRow(article.title, article.get_absolute_url(), meta, key=article.pk, link=link)


def _owner_words(article: Article) -> str:
    """Return who owns the article, and whether they have been told of this review date already."""
    if article.owner is None or not article.owner.is_active:
        return _("No one owns it any more")
    name = article.owner.name
    if article.review_told_on == article.review_on:
        return _("%(name)s owns it and has been told") % {"name": name}
    return _("%(name)s owns it") % {"name": name}


def still_right(communities: Sequence[Community], keys: Sequence[int], by: Person) -> ActResult:
    """Record a review of each article that is still overdue."""
    count, refused = 0, []
    for key in keys:
        try:
            with transaction.atomic():
                # Race: the row lock makes a repeated click wait, and then find the article reviewed.
                article = Article.objects.filter(pk=key).select_for_update().first()
                if article is None or not _overdue(communities, by).filter(pk=key).exists():
                    continue
                review(article, by=by)
        except Refused as error:
            refused.append((article.title, error.reason))  # type: ignore[union-attr]
        else:
            count += 1
    return ActResult(count, tuple(refused))


week_sections.register(
    WeekSection(
        gettext_lazy("Articles overdue for review"),
        pgettext_lazy("nothing waits", "no article is overdue for review"),
        overdue_articles,
        WeekAct(
            gettext_lazy("Still correct"),
            still_right,
            lambda n: (
                ngettext(
                    "%(n)s article reviewed. It will come up again in half a year.",
                    "%(n)s articles reviewed. They will come up again in half a year.",
                    n,
                )
                % {"n": n}
            ),
        ),
    ),
    key="reviews",
    weight=40,
)
