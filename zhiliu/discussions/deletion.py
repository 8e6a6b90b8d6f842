"""Delete questions, answers and posts, and restore those a moderator removed.

The caller has checked permissions, except for :func:`withdraw_question`. All functions are idempotent.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .counting import recount_answers
from .facts import (
    AcceptanceUndone,
    AnswerPutBack,
    AnswerWithdrawn,
    PostPutBack,
    PostWithdrawn,
    QuestionPutBack,
    QuestionWithdrawn,
)
from .models import Answer, Post, Question, Resolution
from .rules import can_withdraw


def withdraw_question(question: Question, *, by: Person) -> None:
    """Delete a question with its answers: the asker while nobody has answered, moderators at any time.

    Raises:
        Forbidden: neither of them.
    """
    require(can_withdraw, by, question)
    take_back_question(question, by=by)


def take_back_question(question: Question, *, by: Person) -> None:
    """Hide a question and its answers from everybody. The article it became stays."""
    with transaction.atomic():
        rows = Question.objects.filter(pk=question.pk, withdrawn_at=None)
        if rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            announce(QuestionWithdrawn(question_id=question.pk, community_id=question.community_id, by_id=by.pk))


def put_back_question(question: Question, *, by: Person) -> None:
    """Restore a question that someone other than the asker deleted."""
    with transaction.atomic():
        rows = Question.objects.filter(pk=question.pk, withdrawn_at__isnull=False).exclude(withdrawn_by=F("by"))
        if rows.update(withdrawn_at=None, withdrawn_by=None):
            announce(QuestionPutBack(question_id=question.pk, community_id=question.community_id, by_id=by.pk))


def take_back_answer(answer: Answer, *, by: Person) -> None:
    """Hide an answer and leave a placeholder. Its acceptance is undone."""
    with transaction.atomic():
        # Row lock: the counts stay right if someone answers at the same time.
        question = Question.objects.select_for_update().get(pk=answer.question_id)
        rows = Answer.objects.filter(pk=answer.pk, withdrawn_at=None)
        if rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            named = {"question_id": question.pk, "answer_id": answer.pk, "community_id": question.community_id}
            if Resolution.objects.filter(question=question, answer=answer).delete()[0]:
                announce(AcceptanceUndone(**named, by_id=by.pk))
            recount_answers(question)
            announce(AnswerWithdrawn(**named, by_id=by.pk))


def put_back_answer(answer: Answer, *, by: Person) -> None:
    """Restore an answer that someone other than its author deleted. Its acceptance is not restored."""
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=answer.question_id)
        rows = Answer.objects.filter(pk=answer.pk, withdrawn_at__isnull=False).exclude(withdrawn_by=F("by"))
        if rows.update(withdrawn_at=None, withdrawn_by=None):
            recount_answers(question)
            announce(
                AnswerPutBack(
                    question_id=question.pk, answer_id=answer.pk, community_id=question.community_id, by_id=by.pk
                )
            )


def take_back_post(post: Post, *, by: Person) -> None:
    """Hide a post and its comments from everybody."""
    with transaction.atomic():
        rows = Post.objects.filter(pk=post.pk, withdrawn_at=None)
        if rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            announce(PostWithdrawn(post_id=post.pk, community_id=post.community_id, by_id=by.pk))


def put_back_post(post: Post, *, by: Person) -> None:
    """Restore a post that someone other than its author deleted."""
    with transaction.atomic():
        rows = Post.objects.filter(pk=post.pk, withdrawn_at__isnull=False).exclude(withdrawn_by=F("by"))
        if rows.update(withdrawn_at=None, withdrawn_by=None):
            announce(PostPutBack(post_id=post.pk, community_id=post.community_id, by_id=by.pk))
