"""Pin articles at the top of their library and of their community's home page."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import ArticlePinned, ArticleUnpinned
from .models import Article, Library
from .rules import can_pin

# More pins than one glance takes in would defeat their purpose.
MOST_PINNED = 3


def pin_article(article: Article, *, by: Person) -> None:
    """Pin an article. Idempotent: a pinned one keeps its place.

    Raises:
        Refused: it is not published, or the maximum is pinned.
    """
    require(can_pin, by, article)
    with transaction.atomic():
        # Row lock: of two people who take the last place, the second waits here and is refused.
        library = Library.objects.select_for_update(of=("self",)).get(pk=article.library_id)
        pinned = set(library.articles.pinned().values_list("pk", flat=True))
        if article.pk in pinned:
            return
        if len(pinned) >= MOST_PINNED:
            raise Refused(_("%(n)s articles are pinned here already. Unpin one first.") % {"n": MOST_PINNED})
        published = library.articles.published().filter(pk=article.pk)
        if not published.update(pinned_at=timezone.now()):
            raise Refused(_("Only published articles can be pinned."))
        announce(ArticlePinned(article_id=article.pk, community_id=library.community_id, by_id=by.pk))


def unpin_article(article: Article, *, by: Person) -> None:
    """Unpin an article. Idempotent."""
    require(can_pin, by, article)
    with transaction.atomic():
        if Article.objects.filter(pk=article.pk, pinned_at__isnull=False).update(pinned_at=None):
            announce(ArticleUnpinned(article_id=article.pk, community_id=article.library.community_id, by_id=by.pk))
