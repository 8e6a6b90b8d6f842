"""Search documents of questions with their answers, and of posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from zhiliu.communities.facts import CommunityChanged
from zhiliu.communities.reach import readers
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search
from zhiliu.kit.text.markdown import plain

from . import facts
from .models import Answer, Post, Question

_ABOUT_ONE = (
    facts.QuestionAsked,
    facts.QuestionChanged,
    facts.QuestionClosedAsDuplicate,
    facts.QuestionReopened,
    facts.QuestionWithdrawn,
    facts.QuestionPutBack,
    facts.QuestionAnswered,
    facts.AnswerChanged,
    facts.AnswerWithdrawn,
    facts.AnswerPutBack,
    facts.AnswerAccepted,
    facts.AcceptanceUndone,
)


@offers_search
class QuestionIndexer(Indexer):
    """Questions with all their answers. Duplicates are found through the question they point to."""

    label = "question"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per question, the accepted answer first."""
        rows = Question.objects.standing().filter(pk__in=list(keys), duplicate_of=None)
        rows = rows.select_related("community", "resolution").prefetch_related("tags")
        answers = _standing([question.pk for question in rows])
        return [self._document(question, answers[question.pk]) for question in rows]

    def _document(self, question: Question, answers: list[Answer]) -> SearchDocument:
        if question.is_resolved:
            answers.sort(key=lambda answer: answer.pk != question.resolution.answer_id)
        return SearchDocument(
            kind="question",
            key=question.pk,
            title=question.title,
            body="\n".join(plain(text) for text in [question.body, *(answer.body for answer in answers)]).strip(),
            readers=readers(question.community),
            community_id=question.community_id,
            # People who answered, not the asker: the search for experts uses them.
            people=list(
                dict.fromkeys(answer.by_id for answer in answers if answer.by_id and answer.by_id != question.by_id)
            ),
            tags=[tag.name for tag in question.tags.all()],
            at=question.at,
        )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of questions, and for changes of a community's visibility."""
        if isinstance(fact, _ABOUT_ONE):
            return [fact.question_id]
        if isinstance(fact, CommunityChanged):
            return Question.objects.filter(community_id=fact.community_id or 0).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all questions."""
        return Question.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _standing(keys: list[int]) -> dict[int, list[Answer]]:
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(question__in=keys, withdrawn_at=None).order_by("-vote_count", "at"):
        answers[answer.question_id].append(answer)
    return answers


@offers_search
class PostIndexer(Indexer):
    """Posts with title and body."""

    label = "post"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per post."""
        for post in Post.objects.filter(pk__in=list(keys), withdrawn_at=None).select_related("community"):
            yield SearchDocument(
                kind="post",
                key=post.pk,
                title=post.title,
                body=plain(post.body),
                readers=readers(post.community),
                community_id=post.community_id,
                people=[post.by_id] if post.by_id else [],
                at=post.at,
            )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of posts, and for changes of a community's visibility."""
        if isinstance(fact, facts.Posted | facts.PostChanged | facts.PostWithdrawn | facts.PostPutBack):
            return [fact.post_id]
        if isinstance(fact, CommunityChanged):
            return Post.objects.filter(community_id=fact.community_id or 0).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all posts."""
        return Post.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)
