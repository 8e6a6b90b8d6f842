"""What happens with articles."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class DraftStarted(Fact):
    """An article was begun."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class DraftSaved(Fact):
    """The working copy of an article changed."""

    about = ("article", "article_id")
    article_id: int
    revision_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(Fact):
    """A revision was shown to readers."""

    about = ("article", "article_id")
    article_id: int
    revision_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class MentionedInArticle(Fact):
    """People were named in an article for the first time, and may read it."""

    about = ("article", "article_id")
    article_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ArticleChanged(Fact):
    """Owner, place, audience, tags, review date or state of an article changed."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleHandedOver(Fact):
    """Somebody else became responsible for an article."""

    about = ("article", "article_id")
    article_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewDue(Fact):
    """The review date of an article has come."""

    about = ("article", "article_id")
    article_id: int
    on: str


@dataclass(frozen=True, kw_only=True)
class ArticleReviewed(Fact):
    """Somebody checked that an article still holds, perhaps verified it."""

    about = ("article", "article_id")
    article_id: int
    verifies: bool


@dataclass(frozen=True, kw_only=True)
class ArticleUsed(Fact):
    """Somebody used an article in their work."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class UseChanged(Fact):
    """What came of a use was told later."""

    about = ("article", "article_id")
    article_id: int
    use_id: int


@dataclass(frozen=True, kw_only=True)
class Acknowledged(Fact):
    """Somebody concerned acknowledged an SOP."""

    about = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleMoved(Fact):
    """An article was put into another library."""

    about = ("article", "article_id")
    article_id: int
    from_library_id: int
    library_id: int


@dataclass(frozen=True, kw_only=True)
class ArticlesImported(Fact):
    """Some articles were made or changed by an import of documents, in one batch."""

    article_ids: tuple[int, ...]
    library_id: int
