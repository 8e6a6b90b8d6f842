"""What all notices of comments have in common; whom they are for, the apps say that own what is commented on."""

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
    """One row for the thing that is commented on, that counts; a comment that was taken back is told to nobody."""

    group = "mine"
    fact = Commented
    icon = "message-circle"

    @abstractmethod
    def concerned(self, fact: Commented) -> Iterable[int]:
        """Whom a comment is for."""

    def recipients(self, fact: Commented) -> Iterable[int]:
        """Nobody, once it was taken back."""
        return self.concerned(fact) if _stands(fact) else []

    def thing(self, fact: Commented) -> tuple[str, int]:
        """What was commented on."""
        return fact.kind, fact.thing_id

    def details(self, fact: Commented) -> dict[str, Any]:
        """Which comment."""
        return {"comment": fact.comment_id}

    def reply_to(self, row: Any) -> tuple[str, int]:
        """Another comment."""
        return name_for(row.row.kind), row.row.thing_id

    def said(self, row: Any) -> str:
        """What was said last."""
        return last_words(row.row.kind, row.row.thing_id, row.row.by_id)

    def still_wanted(self, fact: Commented) -> bool:
        """Not once it was taken back."""
        return _stands(fact)


def _stands(fact: Commented) -> bool:
    return Comment.objects.filter(pk=fact.comment_id, withdrawn_at=None).exists()


def forget_comment(comment: Comment) -> None:
    """It was taken back: inboxes count it no longer."""
    about = (comment.kind, comment.thing_id)
    fact = Commented(comment_id=comment.pk, kind=comment.kind, thing_id=comment.thing_id, by_id=comment.by_id)
    for kind in notice_kinds:
        if isinstance(kind, OfComment):
            people = [key for key in kind.concerned(fact) if key]
            forget_news(kind.key, people, about, "comment", comment.pk, by_id=comment.by_id)
