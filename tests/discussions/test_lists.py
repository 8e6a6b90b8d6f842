"""What lists and pages of questions and posts show: of one community, of one question, as far as the viewer sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import hand_to
from zhiliu.discussions.asking_experts import ask_expert, decline_expert_request
from zhiliu.discussions.faq import put_into_faq
from zhiliu.discussions.models import Answer, ExpertRequest, Finding, Post, Question
from zhiliu.discussions.queries import (
    HowItGoes,
    PostRow,
    answered_by,
    answers_of,
    asked_of,
    faq_of,
    how_it_goes,
    other_questions,
    post_list,
    question_list,
    question_rows,
    question_sources,
    waiting_for_answers,
)
from zhiliu.discussions.resolving import accept_answer
from zhiliu.lineage.models import Link

from .stage import DAY, HOUR, answered, asked, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "停机后多久能再启动", xu)


@pytest.fixture
def other(community: Community, wang: Person) -> Question:
    return asked(community, "门关不上", wang)


@pytest.fixture
def elsewhere(closed_community: Community, wang: Person) -> Question:
    return asked(closed_community, "底价多少", wang)


# -- lists of a community ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", ["all", "unanswered", "unresolved", "mine"])
def test_a_list_holds_the_questions_of_one_community(
    community: Community, other: Question, elsewhere: Question, wang: Person, show: str
) -> None:
    assert list(question_list(community, wang, show=show)) == [other]
    assert list(question_list(elsewhere.community, wang, show=show)) == [elsewhere]


def test_a_list_holds_the_resolved_questions_of_one_community(
    community: Community, other: Question, elsewhere: Question, wang: Person
) -> None:
    for thing in (other, elsewhere):
        accept_answer(answered(thing, wang), by=wang)
    assert list(question_list(community, wang, show="resolved")) == [other]


def test_a_list_holds_the_posts_of_one_community(
    community: Community, closed_community: Community, wang: Person
) -> None:
    post, secret = written(community, "看表", wang), written(closed_community, "底价", wang)
    assert list(post_list(community, wang)) == [post]
    assert list(post_list(closed_community, wang, kind="idea")) == [secret]


def test_a_row_of_a_question_is_kept_by_all_it_shows(question: Question, wang: Person) -> None:
    [row] = question_rows([question])
    assert row.key == (question.pk, question.version, (0, False, False), ("徐小满", ""), ())
    hand_to(question, wang, by=wang)
    Question.objects.update(by=None)
    [row] = question_rows(Question.objects.all())
    assert row.key == (question.pk, question.version, (0, False, False), ("", "王一帆"), ())


def test_a_row_of_a_post_is_kept_by_all_it_shows(community: Community, wang: Person) -> None:
    post = written(community, "看表", wang)
    assert PostRow(post).key == (post.pk, (1, 0, 0), "王一帆")
    Post.objects.update(by=None)
    assert PostRow(Post.objects.get()).key == (post.pk, (1, 0, 0), "")


# -- the answers of a question ----------------------------------------------------------------------------------------


@pytest.fixture
def four(question: Question, wang: Person, lin: Person) -> list[Answer]:
    """Taken back, standing, standing and accepted, in the order in which they were written."""
    people = (wang, wang, lin, wang)
    made = [answered(question, by, body) for by, body in zip(people, ("撤回", "一", "二", "采纳"), strict=True)]
    for row, votes in zip(made, (9, 0, 3, 1), strict=True):
        Answer.objects.filter(pk=row.pk).update(vote_count=votes)
    Answer.objects.filter(pk=made[0].pk).update(withdrawn_at=timezone.now())
    accept_answer(made[3], by=lin)
    return made


def test_the_accepted_answer_stands_first_and_those_taken_back_last(
    question: Question, four: list[Answer], xu: Person
) -> None:
    withdrawn, plain, helpful, accepted = four
    shown = answers_of(Question.objects.get(), xu)
    assert [row.answer for row in shown] == [accepted, helpful, plain, withdrawn]
    assert [row.is_accepted for row in shown] == [True, False, False, False]


@pytest.mark.parametrize(
    ("handle", "mine", "withdraws"),
    [("wang", "采纳 一 撤回", "一"), ("lin", "二", "二 一"), ("xu", "", "")],
)
def test_an_answer_is_taken_back_by_author_and_moderator_while_it_stands_and_was_not_accepted(
    four: list[Answer], handle: str, mine: str, withdraws: str
) -> None:
    shown = answers_of(Question.objects.get(), Person.objects.get(handle=handle))
    assert " ".join(row.answer.body for row in shown if row.is_mine) == mine
    assert " ".join(row.answer.body for row in shown if row.may_withdraw) == withdraws


# -- what somebody answered -------------------------------------------------------------------------------------------


def of(person: Person, viewer: Person) -> dict[str, bool]:
    """The questions a person answered, and whether theirs was accepted."""
    return {row.title: row.was_accepted for row in answered_by(person, fresh(viewer))}


def test_a_profile_holds_the_questions_of_others_a_person_answered(
    community: Community, question: Question, other: Question, lin: Person, wang: Person, xu: Person
) -> None:
    answered(question, wang)
    answered(other, wang)
    answered(asked(community, "没人采纳", xu), lin)
    assert (of(wang, lin), of(lin, lin), of(xu, lin)) == ({question.title: False}, {"没人采纳": False}, {})


def test_an_answer_taken_back_is_no_answer_of_a_profile(question: Question, wang: Person, lin: Person) -> None:
    made = answered(question, wang)
    answered(question, lin)
    Answer.objects.filter(pk=made.pk).update(withdrawn_at=timezone.now())
    assert (of(wang, lin), of(lin, lin)) == ({}, {question.title: False})


def test_an_acceptance_counts_for_its_author_and_its_question(
    community: Community, question: Question, lin: Person, wang: Person, xu: Person
) -> None:
    second = asked(community, "油位多少", xu)
    for thing in (question, second):
        answered(thing, lin)
    accept_answer(answered(question, wang), by=xu)
    accept_answer(second.answers.get(by=lin), by=xu)
    assert of(lin, lin) == {question.title: False, second.title: True}
    assert of(wang, lin) == {question.title: True}


# -- beside a question ------------------------------------------------------------------------------------------------


def test_the_origins_of_a_question_are_its_own(question: Question, other: Question, xu: Person, lin: Person) -> None:
    origin, far = written(question.community, "看表", xu), written(question.community, "换门封", xu)
    for source, target in ((origin.pk, ("question", question.pk)), (far.pk, ("question", other.pk))):
        Link.objects.create(source_kind="post", source_id=source, target_kind=target[0], target_id=target[1])
    Link.objects.create(source_kind="post", source_id=far.pk, target_kind="topic", target_id=question.pk)
    assert [card.title for card in question_sources(question, lin)] == ["看表"]


def test_a_request_is_open_for_who_was_asked_and_until_it_is_settled(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    request = ask_expert(question, wang, by=xu)
    asked_me = asked_of(question, wang)
    assert asked_me is not None and (asked_me.request, asked_me.evidence) == (request, None)
    assert asked_of(question, lin) is None
    decline_expert_request(request, by=wang)
    assert asked_of(question, wang) is None


def test_a_request_shows_what_speaks_for_who_was_asked(question: Question, xu: Person, wang: Person) -> None:
    post = written(question.community, "看表", wang)
    request = ask_expert(question, wang, by=xu)
    ExpertRequest.objects.filter(pk=request.pk).update(evidence_kind="post", evidence_id=post.pk)
    asked_me = asked_of(question, wang)
    assert asked_me is not None and asked_me.evidence is not None
    assert (asked_me.evidence.kind, asked_me.evidence.key) == ("post", post.pk)


def test_the_article_of_a_question_is_its_own(question: Question, other: Question, lin: Person, wang: Person) -> None:
    accept_answer(answered(other, wang), by=lin)
    article = put_into_faq(other, by=lin)
    assert (faq_of(question, lin), faq_of(other, lin)) == (None, article)


def test_the_originals_to_choose_from_are_other_questions_of_the_community(
    community: Community, question: Question, other: Question, elsewhere: Question, xu: Person
) -> None:
    near, copy = asked(community, "近的", xu), asked(community, "重复的", xu)
    Question.objects.filter(pk=copy.pk).update(duplicate_of=other)
    assert other_questions(question, [near.pk]) == [other]
    assert other_questions(question, []) == [near, other]


def test_what_waits_for_answers_is_of_others_and_of_these_communities(
    community: Community, question: Question, other: Question, elsewhere: Question, xu: Person, lin: Person
) -> None:
    assert waiting_for_answers(lin, [community.pk]) == [question, other]
    assert waiting_for_answers(xu, [community.pk]) == [other]
    assert waiting_for_answers(lin, [elsewhere.community_id]) == [elsewhere]


# -- how it goes ------------------------------------------------------------------------------------------------------


def test_the_figures_are_of_one_community_and_of_thirty_days(
    community: Community,
    closed_community: Community,
    question: Question,
    other: Question,
    elsewhere: Question,
    wang: Person,
) -> None:
    today = timezone.localdate()
    for place, key, days in ((community, 1, 0), (community, 2, 29), (community, 3, 30), (closed_community, 4, 0)):
        on = today - dt.timedelta(days=days)
        Finding.objects.create(community=place, by=wang, kind="article", thing_id=key, words="停", on=on)
    assert how_it_goes(community) == HowItGoes(None, 2, 2)
    assert how_it_goes(closed_community) == HowItGoes(None, 1, 1)
    Question.objects.filter(pk=other.pk).update(first_answer_at=timezone.now(), at=timezone.now() - 31 * DAY - HOUR)
    assert how_it_goes(community) == HowItGoes(None, 1, 2)
