"""Handle mails that become answers to questions, and comments on questions and posts."""

from __future__ import annotations

from django.http import Http404

from zhiliu.comments.reply_handlers import offers_comments_by_mail
from zhiliu.directory.models import Person
from zhiliu.files.linking import as_markdown
from zhiliu.kit.contracts.inbound_mail import (
    FilesPlace,
    InboundMessage,
    ReplyHandler,
    offers_reply_handler,
    refuse_longer,
    with_breaks,
)
from zhiliu.kit.contracts.rules import require

from .answering import answer
from .forms import BODY
from .models import Question
from .notification_types import ANSWER
from .rules import can_answer

offers_comments_by_mail("question")
offers_comments_by_mail("post")


@offers_reply_handler
class AnswerByMail(ReplyHandler):
    """An answer to a question."""

    name = ANSWER

    def place(self, person: Person, thing_id: int) -> FilesPlace:
        """Return where attachments belong, if the person may answer."""
        question = _question(person, thing_id)
        require(can_answer, person, question)
        return FilesPlace(community=question.community)

    def take(self, person: Person, thing_id: int, letter: InboundMessage) -> None:
        """Post the mail as an answer."""
        body = "\n\n".join(part for part in (with_breaks(letter.text), as_markdown(letter.uploads)) if part)
        refuse_longer(body, BODY)
        answer(_question(person, thing_id), body=body, by=person)


def _question(person: Person, key: int) -> Question:
    question = Question.objects.visible_to(person).select_related("community").filter(pk=key).first()
    if question is None:
        raise Http404(key)
    return question
