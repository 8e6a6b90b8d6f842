"""Turns mails into comments. An app with commentable objects registers a handler for its type."""

from __future__ import annotations

from zhiliu.directory.models import Person
from zhiliu.files.linking import as_markdown
from zhiliu.kit.contracts.inbound_mail import (
    FilesPlace,
    InboundMessage,
    ReplyHandler,
    arrivals,
    refuse_longer,
    with_breaks,
)
from zhiliu.kit.contracts.object_types import card_or_404

from .commenting import MOST_CHARACTERS, comment, require_part


class CommentByMail(ReplyHandler):
    """A comment on an object of one type.

    Args:
        kind: label of the object type.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = name_for(kind)  # type: ignore[misc]

    def place(self, person: Person, thing_id: int) -> FilesPlace:
        """See the class above."""
        card = card_or_404(self.kind, thing_id, person)
        return FilesPlace(community=require_part(card, person))

    def take(self, person: Person, thing_id: int, letter: InboundMessage) -> None:
        """See the class above."""
        body = "\n\n".join(part for part in (with_breaks(letter.text), as_markdown(letter.uploads)) if part)
        refuse_longer(body, MOST_CHARACTERS)
        comment(self.kind, thing_id, body=body, by=person)


def name_for(kind: str) -> str:
    """Return the name of the reply handler for comments on a type."""
    return f"{kind}.comment"


def offers_comments_by_mail(kind: str) -> None:
    """Let mails become comments on objects of this type."""
    comment_by_mail = CommentByMail(kind)
    arrivals.register(comment_by_mail, key=comment_by_mail.name)
