"""What discussions listen to."""

from __future__ import annotations

from collections.abc import Iterable

from zhiliu.activity.following import Entry
from zhiliu.comments.facts import Commented, CommentWithdrawn, Voted
from zhiliu.comments.models import Comment
from zhiliu.kit.facts import listen
from zhiliu.live.topics import Event, gates, sources

from . import facts
from .models import Answer, Post, Question

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
    """Keep the number of comments with the post, so that lists need not count."""
    if fact.kind == "post":
        _count(fact.thing_id)


@listen(CommentWithdrawn)
def count_withdrawn(fact: CommentWithdrawn) -> None:
    """The same when a comment is taken back."""
    comment = Comment.objects.filter(pk=fact.comment_id, kind="post").first()
    if comment is not None:
        _count(comment.thing_id)


def _count(post_id: int) -> None:
    count = Comment.objects.filter(kind="post", thing_id=post_id, withdrawn_at=None).count()
    Post.objects.filter(pk=post_id).update(comment_count=count)


@sources.adds(key="discussions")
def question_events(entry: Entry) -> Iterable[Event]:
    """The answers of a question changed: an open page fetches them."""
    fact = entry.fact
    if isinstance(fact, _OF_ANSWERS):
        return [Event(("question", fact.question_id), "answers")]
    if isinstance(fact, Voted) and fact.kind == "answer":
        keys = Answer.objects.filter(pk=fact.thing_id).values_list("question_id", flat=True)
        return [Event(("question", key), "answers") for key in keys]
    return []


gates.put(lambda person, key: Question.objects.visible_to(person).filter(pk=key).exists(), key="question")
