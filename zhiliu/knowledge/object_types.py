"""Articles and uses where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Article, Use


@offers_object_type
class ArticleKind(ObjectType):
    """Articles: the fourth station."""

    label = "article"
    page = "knowledge:article"
    icon = "book"
    name = pgettext_lazy("kind of thing", "Article")
    station = 3

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Article.objects.filter(pk__in=list(keys)).select_related("library")
        return {article.pk: self.card(article) for article in rows}

    def card(self, article: Article) -> ObjectCard:
        """The card of a loaded article."""
        url, community_id = article.get_absolute_url(), article.library.community_id
        text = article_text(article)
        return ObjectCard("article", article.pk, article.title, url, text, community_id, article.changed_at, article)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Article.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


def article_text(article: Article) -> str:
    """How an article stands, in a few words."""
    if article.state != Article.State.PUBLISHED:
        return str(article.get_state_display())
    return str(article.get_template_display())


@offers_object_type
class UseKind(ObjectType):
    """Uses: the fifth station."""

    label = "use"
    icon = "circle-check"
    name = pgettext_lazy("kind of thing", "Use")
    station = 4

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Use.objects.filter(pk__in=list(keys)).select_related("article__library")
        return {use.pk: self.card(use) for use in rows}

    def card(self, use: Use) -> ObjectCard:
        """The card of a loaded use."""
        community_id = use.article.library.community_id
        return ObjectCard(
            "use", use.pk, use.article.title, use.get_absolute_url(), use_text(use), community_id, use.at, use
        )

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Whoever sees the article sees what came of it."""
        seen = Article.objects.visible_to(person).values("pk")
        return set(Use.objects.filter(pk__in=list(keys), article__in=seen).values_list("pk", flat=True))


def use_text(use: Use) -> str:
    """Where it was used and what came of it."""
    words = {
        Use.Outcome.WORKED: _("Worked at %(where)s"),
        Use.Outcome.FAILED: _("Didn’t help at %(where)s"),
        Use.Outcome.UNKNOWN: _("Used at %(where)s"),
    }
    return words[Use.Outcome(use.outcome)] % {"where": use.where}
