"""Notification types of articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.comments.facts import Commented
from zhiliu.comments.notification_types import OfComment
from zhiliu.communities.models import Membership
from zhiliu.directory.following import followers_among
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.search.following import tag_followers
from zhiliu.search.models import Tag

from .facts import ArticleHandedOver, ArticlePublished, ArticleUsed, MentionedInArticle, ReviewDue, UseChanged
from .models import Article, Use


def _writers(article_id: int) -> set[int]:
    """Return the ids of an article's owner and authors."""
    people: set[int] = set()
    for owner, author in Article.objects.filter(pk=article_id).values_list("owner_id", "authors"):
        people |= {owner, author} - {None}
    return people


@offers_notification
class ArticleIsOut(NotificationType):
    """Fully involved members are notified of a new article."""

    key = "knowledge.published"
    fact = ArticlePublished
    icon = "book"
    says = gettext_lazy("%(who)s published “%(title)s”")

    def recipients(self, fact: ArticlePublished) -> Iterable[int]:
        """Return fully involved members at the first publication, unless it is for specific people."""
        article = Article.objects.filter(pk=fact.article_id).exclude(audience=Article.Audience.NAMED).first()
        if article is None or not fact.first or fact.community_id is None:
            return []
        everything = Membership.Involvement.EVERYTHING
        rows = Membership.objects.filter(community_id=fact.community_id, involvement=everything)
        return rows.values_list("person_id", flat=True)


@offers_notification
class MentionedYou(NotificationType):
    """People mentioned in an article are notified, once."""

    key = "knowledge.mentioned"
    group = "mine"
    fact = MentionedInArticle
    icon = "at-sign"
    calls = True
    mail = True
    tells = "person_ids"
    says = gettext_lazy("%(who)s mentioned you in “%(title)s”")

    def still_wanted(self, fact: MentionedInArticle) -> bool:
        """Return whether it is still published."""
        return bool(Article.objects.published().filter(pk=fact.article_id).exists())


@offers_notification
class SomebodyUsedIt(NotificationType):
    """Owner and authors are notified that someone used an article."""

    key = "knowledge.used"
    group = "support"
    fact = ArticleUsed
    icon = "circle-check"
    mail = True

    def recipients(self, fact: ArticleUsed) -> Iterable[int]:
        """Return owner and authors."""
        return _writers(fact.article_id)

    def details(self, fact: ArticleUsed) -> dict[str, Any]:
        """Store the outcome."""
        return {"outcome": _outcome(fact.use_id)}

    def sentence(self, row: Any) -> Any:
        """Return the text naming the user and the outcome."""
        if row.others:
            return ngettext(
                "%(who)s and %(count)s other used what you wrote: “%(title)s”",
                "%(who)s and %(count)s others used what you wrote: “%(title)s”",
                row.others,
            ) % {"who": row.who, "count": row.others, "title": row.title}
        return _used(row.details.get("outcome", "")) % {"who": row.who, "title": row.title}


def _outcome(use_id: int) -> str:
    return Use.objects.filter(pk=use_id).values_list("outcome", flat=True).first() or ""


def _used(outcome: str) -> str:
    if outcome == Use.Outcome.FAILED:
        return _("%(who)s tried what you wrote, but it didn’t help: “%(title)s”")
    if outcome == Use.Outcome.WORKED:
        return _("%(who)s used what you wrote, and it worked: “%(title)s”")
    return _("%(who)s used what you wrote: “%(title)s”")


@offers_notification
class OutcomeTold(NotificationType):
    """Owner and authors are notified of the outcome of a use."""

    key = "knowledge.outcome"
    group = "support"
    fact = UseChanged
    icon = "circle-check"

    def recipients(self, fact: UseChanged) -> Iterable[int]:
        """Return owner and authors."""
        return _writers(fact.article_id)

    def details(self, fact: UseChanged) -> dict[str, Any]:
        """Store the outcome."""
        return {"outcome": _outcome(fact.use_id)}

    def sentence(self, row: Any) -> Any:
        """Return the text naming the outcome."""
        words = {
            Use.Outcome.WORKED.value: _("%(who)s reported: “%(title)s” worked"),
            Use.Outcome.FAILED.value: _("%(who)s reported: “%(title)s” didn’t help"),
        }
        text = words.get(row.details.get("outcome", ""), _("%(who)s reported how it went with “%(title)s”"))
        return text % {"who": row.who, "title": row.title}


@offers_notification
class ArticleIsYours(NotificationType):
    """Someone becomes the owner of an article."""

    key = "knowledge.handed_over"
    group = "mine"
    fact = ArticleHandedOver
    icon = "pencil-line"
    calls = True
    mail = True
    tells = "owner_id"

    def details(self, fact: ArticleHandedOver) -> dict[str, Any]:
        """Store whether it is a draft."""
        return {"draft": Article.objects.filter(pk=fact.article_id, state=Article.State.DRAFT).exists()}

    def sentence(self, row: Any) -> Any:
        """Return the text for a draft or an article."""
        if row.details.get("draft"):
            return _("%(who)s handed you a draft to finish: “%(title)s”") % {"who": row.who, "title": row.title}
        return _("%(who)s made you the owner of “%(title)s”") % {"who": row.who, "title": row.title}

    def still_wanted(self, fact: ArticleHandedOver) -> bool:
        """Return whether they are still the owner."""
        return bool(Article.objects.filter(pk=fact.article_id, owner_id=fact.owner_id).exists())


@offers_notification
class ArticleCommented(OfComment):
    """Owner and authors are notified of a comment."""

    key = "knowledge.commented"
    says = gettext_lazy("%(who)s commented on “%(title)s”")

    def concerned(self, fact: Commented) -> Iterable[int]:
        """Return owner and authors."""
        return _writers(fact.thing_id) if fact.kind == "article" else []


@offers_notification
class ReviewIsDue(NotificationType):
    """The owner is notified that an article is due for review."""

    key = "knowledge.review_due"
    group = "mine"
    fact = ReviewDue
    icon = "clock-alert"
    says = gettext_lazy("“%(title)s” is due for review: is it still correct?")

    def recipients(self, fact: ReviewDue) -> Iterable[int]:
        """Return the owner. Without one nobody is notified; the library shows it as due."""
        return Article.objects.filter(pk=fact.article_id).exclude(owner=None).values_list("owner_id", flat=True)

    def still_wanted(self, fact: ReviewDue) -> bool:
        """Return whether the review date is unchanged."""
        return bool(Article.objects.filter(pk=fact.article_id, review_on=fact.on).exists())


@offers_notification
class FollowedPersonPublished(NotificationType):
    """Followers of an author are notified of a new article."""

    key = "knowledge.by_followed"
    group = "following"
    fact = ArticlePublished
    icon = "user-plus"
    by_the_way = True

    def recipients(self, fact: ArticlePublished) -> Iterable[int]:
        """Return followers of owner and authors, at the first publication."""
        writers = _writers(fact.article_id)
        return set(followers_among(writers)) - writers if fact.first else []

    def details(self, fact: ArticlePublished) -> dict[str, Any]:
        """Store whether the publisher is one of the writers."""
        return {"own": fact.by_id in _writers(fact.article_id)}

    def sentence(self, row: Any) -> Any:
        """Return the text naming the publisher if they wrote it."""
        if row.who and row.details.get("own"):
            return _("%(who)s published “%(title)s”") % {"who": row.who, "title": row.title}
        return _("Someone you follow wrote “%(title)s”") % {"title": row.title}

    def still_wanted(self, fact: ArticlePublished) -> bool:
        """Return whether it is still published."""
        return bool(Article.objects.published().filter(pk=fact.article_id).exists())


@offers_notification
class FollowedTagHasNews(FollowedPersonPublished):
    """Followers of a tag are notified of a new article under it."""

    key = "knowledge.tagged_as_followed"
    icon = "hash"

    def recipients(self, fact: ArticlePublished) -> Iterable[int]:
        """Return followers of its tags, at the first publication."""
        if not fact.first:
            return []
        tags = Tag.objects.filter(articles=fact.article_id).values_list("pk", flat=True)
        return set(tag_followers(tags)) - _writers(fact.article_id)

    def sentence(self, row: Any) -> Any:
        """Return the text for a tag."""
        return _("New under a tag you follow: “%(title)s”") % {"title": row.title}
