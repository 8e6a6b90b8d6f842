"""The base of notifications about comments; the apps that own the objects define the recipients."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from zhiliu.kit.contracts.notification_types import NotificationType, notice_kinds
from zhiliu.notifications.delivery import forget_news

from .facts import Commented
from .models import Comment
from .queries import last_words
from .reply_handlers import name_for


class OfComment(NotificationType):
    """One row per commented object, with a counter; deleted comments notify nobody."""

    group = "mine"
    fact = Commented
    icon = "message-circle"

    @abstractmethod
    def concerned(self, fact: Commented) -> Iterable[int]:
        """Return whom a comment concerns."""

    def recipients(self, fact: Commented) -> Iterable[int]:
        """Return nobody if the comment was deleted."""
        return self.concerned(fact) if _stands(fact) else []

    def thing(self, fact: Commented) -> tuple[str, int]:
        """Return the commented object."""
        return fact.kind, fact.thing_id

    def details(self, fact: Commented) -> dict[str, Any]:
        """Store the comment's id."""
        return {"comment": fact.comment_id}

    def reply_to(self, row: Any) -> tuple[str, int]:
        """A reply becomes another comment."""
        return name_for(row.row.kind), row.row.thing_id

    def said(self, row: Any) -> str:
        """Return the actor's latest comment."""
        return last_words(row.row.kind, row.row.thing_id, row.row.by_id)

    def still_wanted(self, fact: Commented) -> bool:
        """Only while the comment is not deleted."""
        return _stands(fact)


def _stands(fact: Commented) -> bool:
    return Comment.objects.filter(pk=fact.comment_id, withdrawn_at=None).exists()


def forget_comment(comment: Comment) -> None:
    """Remove a deleted comment from inbox counters."""
    about = (comment.kind, comment.thing_id)
    fact = Commented(comment_id=comment.pk, kind=comment.kind, thing_id=comment.thing_id, by_id=comment.by_id)
    for kind in notice_kinds:
        if isinstance(kind, OfComment):
            people = [key for key in kind.concerned(fact) if key]
            forget_news(kind.key, people, about, "comment", comment.pk, by_id=comment.by_id)
