"""Facts about articles."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class DraftStarted(Fact, name="knowledge.draft_started"):
    """An article was started."""

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
    """A revision was published."""

    about = ("article", "article_id")
    article_id: int
    revision_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class MentionedInArticle(Fact, name="knowledge.mentioned_in_article"):
    """People who may read an article were mentioned in it for the first time."""

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
    """An article got another owner."""

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
    """Someone checked that an article still holds, and may have verified it."""

    about = ("article", "article_id")
    article_id: int
    verifies: bool


@dataclass(frozen=True, kw_only=True)
class ArticleUsed(Fact, name="knowledge.article_used"):
    """Someone used an article in their work."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class UseChanged(Fact, name="knowledge.article_use_changed"):
    """The outcome of a use was added later."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class Acknowledged(Fact, name="knowledge.article_acknowledged"):
    """Someone acknowledged an SOP."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlePinned(Fact, name="knowledge.article_pinned"):
    """An article was pinned in its library."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleUnpinned(Fact, name="knowledge.article_unpinned"):
    """An article was unpinned."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleMoved(Fact, name="knowledge.article_moved"):
    """An article was moved to another library."""

    about = ("article", "article_id")
    article_id: int
    from_library_id: int
    library_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlesImported(Fact, name="knowledge.articles_imported"):
    """Articles were created or changed by an import of documents, in one batch."""

    article_ids: tuple[int, ...]
    library_id: int
