"""Questions, answers and posts as those who moderate see them, publish them and take them down."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.moderating import Exhibit, Line, Moderated, Utterance, offers_moderated
from zhiliu.kit.rules import Rule

from . import asking, posting
from .answering import place_of, publish_answer
from .asking import publish_question, words_of
from .facts import Posted, QuestionAnswered, QuestionAsked
from .models import Answer, Post, Question
from .posting import publish_post
from .rules import has_place_to_answer, has_place_to_ask, has_place_to_post
from .withdrawing import (
    put_back_answer,
    put_back_post,
    put_back_question,
    take_back_answer,
    take_back_post,
    take_back_question,
)

AROUND = 2


def _require_place(rule: Rule, author: Person, thing: Any) -> None:
    if thing is None or not rule(author, thing):
        raise Refused(_("The place for this no longer exists."))


class _Titled(Moderated):
    """What has a title and a text; nothing stands around it."""

    model: type[Question | Post]
    place_in: Callable[[int], str]

    def exhibits(self, keys: Iterable[int]) -> dict[int, Exhibit]:
        """One query."""
        rows = self.model.objects.filter(pk__in=list(keys))
        return {one.pk: _exhibit(one) for one in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Exhibit]:
        """No query."""
        return [Exhibit(one["text"], "", community_id=one["community"]) for one in payloads]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[Utterance]:
        """One query."""
        rows = self.model.objects.filter(by=person_id, at__gt=since).order_by("-at", "-pk")[:most]
        said = (
            Utterance(words_of(one.title, one.body), one.at, one.community_id, self.place_in(one.community_id))
            for one in rows
        )
        return [one for one in said if one.place != place]


@offers_moderated
class Questions(_Titled):
    """Questions."""

    kind, said, model = "question", QuestionAsked, Question
    place_in = staticmethod(asking.place_in)

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class."""
        community = Community.objects.filter(pk=payload["community"]).first()
        _require_place(has_place_to_ask, author, community)
        source = tuple(payload["source"]) if payload["source"] else None
        said = {key: payload[key] for key in ("title", "body", "tags")}
        return publish_question(community, **said, source=source, by=author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        take_back_question(Question.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        put_back_question(Question.objects.get(pk=thing_id), by=by)


@offers_moderated
class Posts(_Titled):
    """Posts."""

    kind, said, model = "post", Posted, Post
    place_in = staticmethod(posting.place_in)

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class."""
        community = Community.objects.filter(pk=payload["community"]).first()
        _require_place(has_place_to_post, author, community)
        said = {key: payload[key] for key in ("kind", "title", "body")}
        return publish_post(community, **said, by=author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        take_back_post(Post.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        put_back_post(Post.objects.get(pk=thing_id), by=by)


@offers_moderated
class Answers(Moderated):
    """Answers, among the other answers to their question."""

    kind, said = "answer", QuestionAnswered

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class."""
        question = Question.objects.filter(pk=payload["question"]).select_related("community").first()
        _require_place(has_place_to_answer, author, question)
        return publish_answer(question, body=payload["text"], by=author).pk  # type: ignore[arg-type]

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        take_back_answer(Answer.objects.get(pk=thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        put_back_answer(Answer.objects.get(pk=thing_id), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Exhibit]:
        """The answers, and what was answered beside them; two queries."""
        rows = list(Answer.objects.filter(pk__in=list(keys)).select_related("question"))
        beside = _beside({one.question_id for one in rows})
        return {one.pk: _answer_exhibit(one, beside[one.question_id]) for one in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Exhibit]:
        """What they answer, and what was answered last."""
        keys = {one["question"] for one in payloads}
        questions, beside = Question.objects.in_bulk(keys), _beside(keys)
        return [_held_answer(one, questions.get(one["question"]), beside[one["question"]]) for one in payloads]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[Utterance]:
        """One query."""
        rows = Answer.objects.filter(by=person_id, at__gt=since).select_related("question").order_by("-at", "-pk")
        return [
            Utterance(one.body, one.at, one.question.community_id, place_of(one.question_id))
            for one in rows[:most]
            if place_of(one.question_id) != place
        ]


def _exhibit(one: Question | Post) -> Exhibit:
    return Exhibit(
        text=words_of(one.title, one.body),
        where="",
        author_id=one.by_id,
        url=one.get_absolute_url(),
        community_id=one.community_id,
        at=one.at,
        is_down=one.withdrawn_at is not None,
    )


def _answer_exhibit(made: Answer, others: list[Answer]) -> Exhibit:
    return Exhibit(
        text=made.body,
        where=made.question.title,
        author_id=made.by_id,
        url=made.get_absolute_url(),
        community_id=made.question.community_id,
        at=made.at,
        before=[_line(one) for one in others if one.pk < made.pk][-AROUND:],
        after=[_line(one) for one in others if one.pk > made.pk][:AROUND],
        is_down=made.withdrawn_at is not None,
    )


def _held_answer(payload: dict[str, Any], question: Question | None, others: list[Answer]) -> Exhibit:
    before = [_line(one) for one in others[-AROUND:]]
    if question is None:
        return Exhibit(payload["text"], "", before=before)
    url, community = question.get_absolute_url(), question.community_id
    return Exhibit(payload["text"], question.title, url=url, community_id=community, before=before)


def _beside(questions: Iterable[int]) -> dict[int, list[Answer]]:
    """The answers that stand, oldest first; one query."""
    found: dict[int, list[Answer]] = defaultdict(list)
    rows = Answer.objects.filter(question__in=list(questions), withdrawn_at=None).select_related("by")
    for one in rows.order_by("pk"):
        found[one.question_id].append(one)
    return found


def _line(one: Answer) -> Line:
    return Line(one.by.name if one.by else "", one.body[:200], one.at)
