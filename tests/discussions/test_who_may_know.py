"""What counts as evidence that a colleague may know, and whom no evidence makes a suggestion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.asking_experts import set_limit
from zhiliu.discussions.experts import NEAR, expert_suggestions
from zhiliu.discussions.models import ExpertRequest, Post, Question
from zhiliu.search.index import Found, Hit

from .stage import DAY, FRIDAY, asked, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    """Its keywords are the oil level and the alarm."""
    return asked(community, "油位 报警", xu)


def hit(post: Post, score: float = 1.0, title: str = "油位 报警", body: str = "") -> Hit:
    return Hit("post", post.pk, score, title, body, (post.by_id or 0,), int(post.at.timestamp()))


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function: finds(hit, …) makes the index answer with these."""

    def find(*hits: Hit) -> None:
        monkeypatch.setattr("zhiliu.discussions.experts.find", lambda *_args, **_filters: Found(list(hits), {}))

    return find


def names(question: Question, viewer: Person, **values: Any) -> list[str]:
    return [suggestion.person.handle for suggestion in expert_suggestions(question, fresh(viewer), **values)]


@pytest.mark.parametrize(("share", "handles"), [(NEAR, ["lin", "wang"]), (NEAR - 0.01, ["lin"])])
def test_evidence_scores_at_least_a_third_of_the_best(
    community: Community, question: Question, lin: Person, wang: Person, finds: Any, share: float, handles: list[str]
) -> None:
    finds(hit(written(community, "油位", lin)), hit(written(community, "报警", wang), share))
    assert names(question, fresh(question.by)) == handles


@pytest.mark.parametrize(
    ("title", "body", "is_evidence"),
    [
        ("油位", "先看报警", True),
        ("油位", "先看铭牌", False),
        ("停机", "先看油位再看报警", False),
    ],
    ids=["one word in each", "one word alone", "none in the title"],
)
def test_evidence_shares_a_word_in_its_title_and_two_in_all(
    community: Community, question: Question, wang: Person, finds: Any, title: str, body: str, is_evidence: bool
) -> None:
    finds(hit(written(community, "油位", wang), title=title, body=body))
    assert names(question, fresh(question.by)) == ["wang"] * is_evidence


def test_neither_who_asked_nor_who_looks_is_suggested(
    community: Community, question: Question, lin: Person, wang: Person, xu: Person, finds: Any
) -> None:
    finds(*(hit(written(community, person.handle, person)) for person in (xu, lin, wang)))
    assert names(question, lin) == ["wang"]
    assert names(question, xu) == ["lin", "wang"]


def test_outside_an_open_community_only_members_are_suggested(
    community: Community,
    closed_community: Community,
    question: Question,
    lin: Person,
    xu: Person,
    sun: Person,
    finds: Any,
) -> None:
    post = written(community, "油位", xu)
    Post.objects.update(by=sun)
    post.refresh_from_db()
    finds(hit(post))
    assert names(asked(closed_community, "油位 报警", lin), lin) == []
    assert names(question, lin) == ["sun"]


def test_members_of_a_closed_community_are_suggested_there(
    community: Community, closed_community: Community, lin: Person, wang: Person, finds: Any
) -> None:
    finds(hit(written(community, "油位", wang)))
    assert names(asked(closed_community, "油位 报警", lin), lin) == ["wang"]


def test_requests_of_the_week_before_the_given_moment_count_for_the_limit(
    community: Community, question: Question, wang: Person, xu: Person, finds: Any
) -> None:
    finds(hit(written(community, "油位", wang)))
    set_limit(1, by=wang)
    ExpertRequest.objects.create(question=asked(community, "门关不上", xu), person=wang, state="declined", at=FRIDAY)
    assert names(question, xu, now=FRIDAY + 6 * DAY) == []
    assert names(question, xu, now=FRIDAY + 7 * DAY) == ["wang"]
