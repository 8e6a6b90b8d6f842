"""Questions, answers and posts as moderated types."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import Evidence, EvidenceLine, ModeratedType, RecentPost, offers_moderated
from zhiliu.kit.contracts.rules import Rule
from zhiliu.kit.errors import Refused

from . import asking, posting
from .answering import place_of, publish_answer
from .asking import publish_question, words_of
from .deletion import (
    put_back_answer,
    put_back_post,
    put_back_question,
    take_back_answer,
    take_back_post,
    take_back_question,
)
from .facts import Posted, QuestionAnswered, QuestionAsked
from .models import Answer, Post, Question
from .posting import publish_post
from .rules import has_place_to_answer, has_place_to_ask, has_place_to_post

AROUND = 2


def _require_place(rule: Rule, author: Person, thing: Any) -> None:
    if thing is None or not rule(author, thing):
        raise Refused(_("The place for this no longer exists."))


class _Titled(ModeratedType):
    """A type with title and body and no surrounding context."""

    model: type[Question | Post]
    place_in: Callable[[int], str]

    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return the evidence; one query."""
        rows = self.model.objects.filter(pk__in=list(keys))
        return {row.pk: _exhibit(row) for row in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return the evidence of held payloads without a query."""
        return [Evidence(payload["text"], "", community_id=payload["community"]) for payload in payloads]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return the person's recent texts in other places; one query."""
        rows = self.model.objects.filter(by=person_id, at__gt=since).order_by("-at", "-pk")[:most]
        posts = (
            RecentPost(words_of(row.title, row.body), row.at, row.community_id, self.place_in(row.community_id))
            for row in rows
        )
        return [recent_post for recent_post in posts if recent_post.place != place]


@offers_moderated
class ModeratedQuestions(_Titled):
    """Questions."""

    kind, said, model = "question", QuestionAsked, Question
    place_in = staticmethod(asking.question_place)

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """Publish a held question."""
        community = Community.objects.filter(pk=payload["community"]).first()
        _require_place(has_place_to_ask, author, community)
        source = tuple(payload["source"]) if payload["source"] else None
        fields = {key: payload[key] for key in ("title", "body", "tags")}
        return publish_question(community, **fields, source=source, by=author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """Delete a question."""
        take_back_question(Question.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """Restore a question."""
        put_back_question(Question.objects.get(pk=thing_id), by=by)


@offers_moderated
class ModeratedPosts(_Titled):
    """Posts."""

    kind, said, model = "post", Posted, Post
    place_in = staticmethod(posting.post_place)

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """Publish a held post."""
        community = Community.objects.filter(pk=payload["community"]).first()
        _require_place(has_place_to_post, author, community)
        fields = {key: payload[key] for key in ("kind", "title", "body")}
        return publish_post(community, **fields, by=author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """Delete a post."""
        take_back_post(Post.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """Restore a post."""
        put_back_post(Post.objects.get(pk=thing_id), by=by)


@offers_moderated
class Answers(ModeratedType):
    """Answers, with the other answers to the question as context."""

    kind, said = "answer", QuestionAnswered

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """Publish a held answer."""
        question = Question.objects.filter(pk=payload["question"]).select_related("community").first()
        _require_place(has_place_to_answer, author, question)
        return publish_answer(question, body=payload["text"], by=author).pk  # type: ignore[arg-type]

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """Delete an answer."""
        take_back_answer(Answer.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """Restore an answer."""
        put_back_answer(Answer.objects.get(pk=thing_id), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return the answers with those around them; two queries."""
        rows = list(Answer.objects.filter(pk__in=list(keys)).select_related("question"))
        beside = _beside({row.question_id for row in rows})
        return {row.pk: _answer_exhibit(row, beside[row.question_id]) for row in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return the questions being answered, with their latest answers."""
        keys = {payload["question"] for payload in payloads}
        questions, beside = Question.objects.in_bulk(keys), _beside(keys)
        return [
            _held_answer(payload, questions.get(payload["question"]), beside[payload["question"]])
            for payload in payloads
        ]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return the person's recent answers to other questions; one query."""
        rows = Answer.objects.filter(by=person_id, at__gt=since).select_related("question").order_by("-at", "-pk")
        return [
            RecentPost(row.body, row.at, row.question.community_id, place_of(row.question_id))
            for row in rows[:most]
            if place_of(row.question_id) != place
        ]


def _exhibit(item: Question | Post) -> Evidence:
    return Evidence(
        text=words_of(item.title, item.body),
        where="",
        author_id=item.by_id,
        url=item.get_absolute_url(),
        community_id=item.community_id,
        at=item.at,
        is_down=item.withdrawn_at is not None,
    )


def _answer_exhibit(answer: Answer, others: list[Answer]) -> Evidence:
    return Evidence(
        text=answer.body,
        where=answer.question.title,
        author_id=answer.by_id,
        url=answer.get_absolute_url(),
        community_id=answer.question.community_id,
        at=answer.at,
        before=[_line(other) for other in others if other.pk < answer.pk][-AROUND:],
        after=[_line(other) for other in others if other.pk > answer.pk][:AROUND],
        is_down=answer.withdrawn_at is not None,
    )


def _held_answer(payload: dict[str, Any], question: Question | None, others: list[Answer]) -> Evidence:
    before = [_line(other) for other in others[-AROUND:]]
    if question is None:
        return Evidence(payload["text"], "", before=before)
    url, community = question.get_absolute_url(), question.community_id
    return Evidence(payload["text"], question.title, url=url, community_id=community, before=before)


def _beside(questions: Iterable[int]) -> dict[int, list[Answer]]:
    """Return the standing answers per question, oldest first; one query."""
    answers: dict[int, list[Answer]] = defaultdict(list)
    rows = Answer.objects.filter(question__in=list(questions), withdrawn_at=None).select_related("by")
    for row in rows.order_by("pk"):
        answers[row.question_id].append(row)
    return answers


def _line(answer: Answer) -> EvidenceLine:
    return EvidenceLine(answer.by.name if answer.by else "", answer.body[:200], answer.at)
