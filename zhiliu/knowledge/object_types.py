"""Object types of articles and uses."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Article, Use


@offers_object_type
class ArticleKind(ModelObjectType[Article]):
    """Articles: the fourth station of a line."""

    label = "article"
    model = Article
    select_related = ("library",)
    page = "knowledge:article"
    icon = "book"
    name = pgettext_lazy("kind of thing", "Article")
    station = 3

    def card(self, article: Article) -> ObjectCard:
        """Return the card of a loaded article."""
        url, community_id = article.get_absolute_url(), article.library.community_id
        text = article_text(article)
        return ObjectCard("article", article.pk, article.title, url, text, community_id, article.changed_at, article)


def article_text(article: Article) -> str:
    """Return the state of an article in a few words."""
    if article.state != Article.State.PUBLISHED:
        return str(article.get_state_display())
    return str(article.get_template_display())


@offers_object_type
class UseKind(ModelObjectType[Use]):
    """Uses: the fifth station of a line."""

    label = "use"
    model = Use
    select_related = ("article__library",)
    icon = "circle-check"
    name = pgettext_lazy("kind of thing", "Use")
    station = 4

    def seen_by(self, person: Any) -> QuerySet[Use]:
        """Return uses of the articles the person sees."""
        return self.rows().filter(article__in=Article.objects.visible_to(person).values("pk"))

    def card(self, use: Use) -> ObjectCard:
        """Return the card of a loaded use."""
        community_id = use.article.library.community_id
        return ObjectCard(
            "use", use.pk, use.article.title, use.get_absolute_url(), use_text(use), community_id, use.at, use
        )


def use_text(use: Use) -> str:
    """Return where it was used and the outcome."""
    words = {
        Use.Outcome.WORKED: _("Worked at %(where)s"),
        Use.Outcome.FAILED: _("Didn’t help at %(where)s"),
        Use.Outcome.UNKNOWN: _("Used at %(where)s"),
    }
    return words[Use.Outcome(use.outcome)] % {"where": use.where}
