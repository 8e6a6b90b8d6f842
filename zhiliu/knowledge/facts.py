"""What happens with articles."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class DraftStarted(Fact, name="knowledge.draft_started"):
    """An article was begun."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class DraftSaved(Fact, name="knowledge.draft_saved"):
    """The working copy of an article changed."""

    about = ("article", "article_id")
    article_id: int
    revision_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(Fact, name="knowledge.article_published"):
    """A revision was shown to readers."""

    about = ("article", "article_id")
    article_id: int
    revision_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class MentionedInArticle(Fact, name="knowledge.mentioned_in_article"):
    """People were named in an article for the first time, and may read it."""

    about = ("article", "article_id")
    article_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ArticleChanged(Fact, name="knowledge.article_changed"):
    """Owner, place, audience, tags, review date or state of an article changed."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleHandedOver(Fact, name="knowledge.article_handed_over"):
    """Somebody else became responsible for an article."""

    about = ("article", "article_id")
    article_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewDue(Fact, name="knowledge.review_due"):
    """The review date of an article has come."""

    about = ("article", "article_id")
    article_id: int
    on: str


@dataclass(frozen=True, kw_only=True)
class ArticleReviewed(Fact, name="knowledge.article_reviewed"):
    """Somebody checked that an article still holds, perhaps verified it."""

    about = ("article", "article_id")
    article_id: int
    verifies: bool


@dataclass(frozen=True, kw_only=True)
class ArticleUsed(Fact, name="knowledge.article_used"):
    """Somebody used an article in their work."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class UseChanged(Fact, name="knowledge.article_use_changed"):
    """What came of a use was told later."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class Acknowledged(Fact, name="knowledge.article_acknowledged"):
    """Somebody concerned acknowledged an SOP."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlePinned(Fact, name="knowledge.article_pinned"):
    """An article was put at the top of its library."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleUnpinned(Fact, name="knowledge.article_unpinned"):
    """An article took its usual place again."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleMoved(Fact, name="knowledge.article_moved"):
    """An article was put into another library."""

    about = ("article", "article_id")
    article_id: int
    from_library_id: int
    library_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlesImported(Fact, name="knowledge.articles_imported"):
    """Some articles were made or changed by an import of documents, in one batch."""

    article_ids: tuple[int, ...]
    library_id: int
