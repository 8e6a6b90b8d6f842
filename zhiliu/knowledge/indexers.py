"""Search documents of articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiliu.communities.facts import CommunityChanged
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search

from . import facts
from .models import Article

_OWN = (
    facts.DraftStarted,
    facts.DraftSaved,
    facts.ArticlePublished,
    facts.ArticleChanged,
    facts.ArticleHandedOver,
    facts.ArticleReviewed,
    facts.ArticleMoved,
)
# Overdue articles rank lower, verified ones higher.
WEIGHT_OVERDUE = 0.8
WEIGHT_VERIFIED = 1.15


@offers_search
class ArticleIndexer(Indexer):
    """Articles by title, claim, text and tags. Archived ones are excluded."""

    label = "article"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Return one document per article."""
        rows = Article.objects.filter(pk__in=list(keys)).exclude(state=Article.State.ARCHIVED)
        rows = rows.select_related("library__community").prefetch_related("authors", "named_readers", "tags")
        return [_document(article) for article in rows]

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of articles, and for changes of a community's visibility."""
        if isinstance(fact, _OWN):
            return [fact.article_id]
        if isinstance(fact, facts.ArticlesImported):
            return fact.article_ids
        if isinstance(fact, CommunityChanged) and fact.community_id is not None:
            return Article.objects.filter(library__community_id=fact.community_id).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all articles."""
        return Article.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _document(article: Article) -> SearchDocument:
    people = [person.pk for person in article.authors.all()]
    weight = WEIGHT_OVERDUE if article.is_overdue else WEIGHT_VERIFIED if article.verified_at else 1.0
    return SearchDocument(
        kind="article",
        key=article.pk,
        title=article.title,
        body="\n".join(part for part in (article.claim, article.plain) if part),
        readers=article.readers(),
        community_id=article.library.community_id,
        people=list(dict.fromkeys([*([article.owner_id] if article.owner_id else []), *people])),
        tags=[tag.name for tag in article.tags.all()],
        at=article.published_at or article.changed_at,
        weight=weight,
    )
