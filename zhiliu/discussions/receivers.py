"""Listeners, followers and live events of discussions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhiliu.activity.consumers import LogEntry, followers
from zhiliu.comments.facts import Commented, CommentPutBack, CommentWithdrawn, Voted
from zhiliu.comments.models import Comment
from zhiliu.communities.facts import MemberLeft, MembersLeft
from zhiliu.directory.facts import PeopleLeft, PersonLeft
from zhiliu.kit.contracts.facts import listen
from zhiliu.live.topics import Event, gates, sources

from . import facts
from .models import Answer, Post, Question
from .notification_types import forget_answer
from .rota import end_duties

_OF_ANSWERS = (
    facts.QuestionAnswered,
    facts.AnswerChanged,
    facts.AnswerWithdrawn,
    facts.AnswerPutBack,
    facts.AnswerAccepted,
    facts.AcceptanceUndone,
)


@listen(Commented)
def count_comment(fact: Commented) -> None:
    """Denormalise the number of comments on the post, so that lists need not count."""
    if fact.kind == "post":
        _count(fact.thing_id)


@listen(CommentWithdrawn)
def count_withdrawn(fact: CommentWithdrawn) -> None:
    """Recount when a comment is deleted."""
    _count_about(fact.comment_id)


@listen(CommentPutBack)
def count_put_back(fact: CommentPutBack) -> None:
    """Recount when a comment is restored."""
    _count_about(fact.comment_id)


def _count_about(comment_id: int) -> None:
    comment = Comment.objects.filter(pk=comment_id, kind="post").first()
    if comment is not None:
        _count(comment.thing_id)


def _count(post_id: int) -> None:
    count = Comment.objects.filter(kind="post", thing_id=post_id, withdrawn_at=None).count()
    Post.objects.filter(pk=post_id).update(comment_count=count)


@followers.register(key="discussions.leavers")
def end_duties_of_leavers(entries: Sequence[LogEntry]) -> None:
    """Remove leavers from rotas."""
    for entry in entries:
        if isinstance(entry.fact, PersonLeft | MemberLeft):
            end_duties([entry.fact.person_id])
        elif isinstance(entry.fact, PeopleLeft | MembersLeft):
            end_duties(entry.fact.person_ids)


@followers.register(key="discussions.withdrawn")
def forget_withdrawn_answers(entries: Sequence[LogEntry]) -> None:
    """Remove deleted answers from inboxes."""
    for entry in entries:
        if isinstance(entry.fact, facts.AnswerWithdrawn):
            for answer in Answer.objects.filter(pk=entry.fact.answer_id, withdrawn_at__isnull=False):
                forget_answer(answer)


@sources.register(key="discussions")
def question_events(entry: LogEntry) -> Iterable[Event]:
    """Return an event when the answers of a question change, so that open pages refetch them."""
    fact = entry.fact
    if isinstance(fact, _OF_ANSWERS):
        return [Event(("question", fact.question_id), "answers")]
    if isinstance(fact, Voted) and fact.kind == "answer":
        keys = Answer.objects.filter(pk=fact.thing_id).values_list("question_id", flat=True)
        return [Event(("question", key), "answers") for key in keys]
    return []


gates.register(lambda person, key: Question.objects.visible_to(person).filter(pk=key).exists(), key="question")
