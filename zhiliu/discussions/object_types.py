"""Questions and posts where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Answer, Post, Question


@offers_object_type
class QuestionKind(ObjectType):
    """Questions: a need somebody can answer in writing, so they stand at the first station."""

    label = "question"
    page = "discussions:question"
    icon = "circle-question-mark"
    name = pgettext_lazy("kind of thing", "Question")
    station = 0

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Question.objects.filter(pk__in=list(keys)).select_related("resolution")
        return {question.pk: self.card(question) for question in rows}

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Question.objects.visible_to(person).filter(pk__in=list(keys)).select_related("resolution")
        return {question.pk: self.card(question) for question in rows}

    def card(self, question: Question) -> ObjectCard:
        """The card of a loaded question."""
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

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Question.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


@offers_object_type
class PostKind(ObjectType):
    """Posts; they stand beside the line."""

    label = "post"
    page = "discussions:post"
    icon = "message-square-text"
    name = pgettext_lazy("kind of thing", "Post")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {post.pk: self.card(post) for post in Post.objects.filter(pk__in=list(keys))}

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Post.objects.visible_to(person).filter(pk__in=list(keys))
        return {post.pk: self.card(post) for post in rows}

    def card(self, post: Post) -> ObjectCard:
        """The card of a loaded post."""
        kind = str(post.get_kind_display())
        return ObjectCard("post", post.pk, post.title, post.get_absolute_url(), kind, post.community_id, post.at, post)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Post.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


@offers_object_type
class AnswerKind(ObjectType):
    """Answers, so that each can be named by itself; a taken back one is none."""

    label = "answer"
    icon = "message-circle"
    name = pgettext_lazy("kind of thing", "Answer")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {answer.pk: self.card(answer) for answer in self._standing(keys)}

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        seen = Question.objects.visible_to(person)
        return {answer.pk: self.card(answer) for answer in self._standing(keys).filter(question__in=seen)}

    def _standing(self, keys: Iterable[int]) -> Any:
        return Answer.objects.filter(pk__in=list(keys), withdrawn_at=None).select_related("question")

    def card(self, answer: Answer) -> ObjectCard:
        """The card of a loaded answer."""
        title = Truncator(" ".join(answer.body.split())).chars(60)
        url, question = answer.get_absolute_url(), answer.question
        return ObjectCard("answer", answer.pk, title, url, question.title, question.community_id, answer.at, answer)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those of questions the person sees."""
        return set(self.load_visible(person, keys))


def state_words(question: Question) -> str:
    """How far a question has come, in a word or two."""
    if question.is_duplicate:
        return pgettext("question", "Already asked")
    if question.is_resolved:
        return pgettext("question", "Resolved")
    if not question.answer_count:
        return pgettext("question", "Not answered yet")
    count = question.answer_count
    return npgettext("question", "%(count)s answer", "%(count)s answers", count) % {"count": count}
