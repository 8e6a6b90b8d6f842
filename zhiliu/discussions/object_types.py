"""Object types of questions, posts and answers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Answer, Post, Question


@offers_object_type
class QuestionKind(ModelObjectType[Question]):
    """Questions: a need that can be answered in writing, so they are at the first station."""

    label = "question"
    model = Question
    select_related = ("resolution",)
    page = "discussions:question"
    icon = "circle-question-mark"
    name = pgettext_lazy("kind of thing", "Question")
    station = 0

    def card(self, question: Question) -> ObjectCard:
        """Return the card of a loaded question."""
        return ObjectCard(
            "question",
            question.pk,
            question.title,
            question.get_absolute_url(),
            state_words(question),
            question.community_id,
            question.at,
            question,
        )


@offers_object_type
class PostKind(ModelObjectType[Post]):
    """Posts. They are no station of a line."""

    label = "post"
    model = Post
    page = "discussions:post"
    icon = "message-square-text"
    name = pgettext_lazy("kind of thing", "Post")

    def card(self, post: Post) -> ObjectCard:
        """Return the card of a loaded post."""
        kind = str(post.get_kind_display())
        return ObjectCard("post", post.pk, post.title, post.get_absolute_url(), kind, post.community_id, post.at, post)


@offers_object_type
class AnswerKind(ModelObjectType[Answer]):
    """Answers, so that each can be referenced. Deleted ones are excluded."""

    label = "answer"
    model = Answer
    select_related = ("question",)
    icon = "message-circle"
    name = pgettext_lazy("kind of thing", "Answer")

    def rows(self) -> QuerySet[Answer]:
        """Return the answers that were not deleted."""
        return super().rows().filter(withdrawn_at=None)

    def seen_by(self, person: Any) -> QuerySet[Answer]:
        """Return those of questions the person sees."""
        return self.rows().filter(question__in=Question.objects.visible_to(person))

    def card(self, answer: Answer) -> ObjectCard:
        """Return the card of a loaded answer."""
        title = Truncator(" ".join(answer.body.split())).chars(60)
        url, question = answer.get_absolute_url(), answer.question
        return ObjectCard("answer", answer.pk, title, url, question.title, question.community_id, answer.at, answer)


def state_words(question: Question) -> str:
    """Return the state of a question in a word or two."""
    if question.is_duplicate:
        return pgettext("question", "Already asked")
    if question.is_resolved:
        return pgettext("question", "Resolved")
    if not question.answer_count:
        return pgettext("question", "Not answered yet")
    count = question.answer_count
    return npgettext("question", "%(count)s answer", "%(count)s answers", count) % {"count": count}
