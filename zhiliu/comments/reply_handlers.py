"""Mails that become comments. An app whose things are commented on puts one for its kind in the registry."""

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
    """A comment on a thing of one kind.

    Args:
        kind: label of the kind of thing.
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
    """What the arrival of comments on a kind of thing is called."""
    return f"{kind}.comment"


def offers_comments_by_mail(kind: str) -> None:
    """Let mails become comments on things of this kind."""
    comment_by_mail = CommentByMail(kind)
    arrivals.register(comment_by_mail, key=comment_by_mail.name)
