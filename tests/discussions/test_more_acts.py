"""Posts, acceptance, taking back and the rota: each act asks its rule, touches one row, and is announced once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.comments.models import Vote
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer, say_it_helped
from zhiliu.discussions.asking import ask
from zhiliu.discussions.deletion import (
    put_back_answer,
    put_back_post,
    put_back_question,
    take_back_answer,
    take_back_post,
    take_back_question,
    withdraw_question,
)
from zhiliu.discussions.models import Answer, Duty, Post, Question, Resolution
from zhiliu.discussions.posting import edit_post, vote_for_post, withdraw_post, write_post
from zhiliu.discussions.resolving import accept_answer, undo_acceptance
from zhiliu.discussions.rota import MOST, end_duties, give_duty, take_off
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.thanks.models import Thanks

pytestmark = pytest.mark.django_db
NINE, NOON = dt.time(9), dt.time(12)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def asked(community: Community, title: str, by: Person) -> Question:
    question = ask(community, title=title, by=by)
    assert isinstance(question, Question)
    return question


def answered(question: Question, by: Person, body: str = "三分钟") -> Answer:
    made = answer(question, body=body, by=by)
    assert isinstance(made, Answer)
    return made


def written(community: Community, title: str, by: Person) -> Post:
    post = write_post(community, kind="idea", title=title, body="先看表", by=by)
    assert isinstance(post, Post)
    return post


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "停机后多久能再启动", xu)


@pytest.fixture
def other(community: Community, xu: Person) -> Question:
    return asked(community, "门关不上", xu)


@pytest.fixture
def post(community: Community, wang: Person) -> Post:
    return written(community, "看表", wang)


@pytest.fixture
def other_post(community: Community, wang: Person) -> Post:
    return written(community, "换门封", wang)


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    rows = Activity.objects.filter(verb=f"discussions.{verb}").order_by("pk")
    return [row.by_id for row in rows]


# -- acceptance -------------------------------------------------------------------------------------------------------


def test_accepting_touches_one_question_and_is_announced_once(question: Question, other: Question, xu: Person) -> None:
    for thing in (question, other):
        answered(thing, xu)
    for _turn in range(2):
        accept_answer(question.answers.get(), by=xu)
    assert list(Resolution.objects.values_list("question", flat=True)) == [question.pk]
    assert log("answer_accepted") == [xu.pk]


def test_another_reason_for_the_same_answer_is_kept_and_not_announced(question: Question, xu: Person) -> None:
    made = answered(question, xu)
    for why in ("", "油位"):
        accept_answer(made, why=why, by=xu)
    assert (Resolution.objects.get().why, log("answer_accepted")) == ("油位", [xu.pk])


def test_who_neither_asked_nor_moderates_accepts_nothing_and_undoes_nothing(
    question: Question, xu: Person, wang: Person
) -> None:
    made = answered(question, wang)
    with pytest.raises(Forbidden, match="Only the person who asked and the community’s managers"):
        accept_answer(made, by=wang)
    assert (Resolution.objects.count(), log("answer_accepted")) == (0, [])
    accept_answer(made, by=xu)
    with pytest.raises(Forbidden, match="Only the person who asked and the community’s managers"):
        undo_acceptance(question, by=wang)
    assert (Resolution.objects.count(), log("acceptance_undone")) == (1, [])


def test_an_acceptance_is_undone_once_and_for_one_question(question: Question, other: Question, xu: Person) -> None:
    for thing in (question, other):
        accept_answer(answered(thing, xu), by=xu)
    for _turn in range(2):
        undo_acceptance(question, by=xu)
    assert list(Resolution.objects.values_list("question", flat=True)) == [other.pk]
    assert log("acceptance_undone") == [xu.pk]


def test_nothing_is_accepted_where_nobody_is_there_to_thank(question: Question, xu: Person) -> None:
    with pytest.raises(Refused, match="There is no one to thank here"):
        accept_answer(answered(question, xu), thanks="谢谢", by=xu)
    assert (Resolution.objects.count(), Thanks.objects.count(), log("answer_accepted")) == (0, 0, [])


def test_no_answer_of_a_duplicate_is_accepted(question: Question, other: Question, xu: Person) -> None:
    made = answered(question, xu)
    Question.objects.filter(pk=question.pk).update(duplicate_of=other)
    with pytest.raises(Forbidden, match="This question was already asked"):
        accept_answer(Answer.objects.get(pk=made.pk), by=xu)
    assert (Resolution.objects.count(), log("answer_accepted")) == (0, [])


# -- posts ------------------------------------------------------------------------------------------------------------


def test_who_is_no_member_posts_nothing(community: Community, sun: Person) -> None:
    with pytest.raises(Forbidden):
        write_post(community, kind="idea", title="外人", body="我说", by=sun)
    assert (Post.objects.count(), log("post_published")) == (0, [])


def test_a_post_is_mended_alone_and_by_its_author(post: Post, other_post: Post, wang: Person, lin: Person) -> None:
    with pytest.raises(Forbidden, match="Only its author can edit this"):
        edit_post(post, title="改", body="改", kind="idea", by=lin, version=post.version)
    assert (Post.objects.get(pk=post.pk).title, log("post_changed")) == ("看表", [])
    edit_post(post, title="先看表", body="改", kind="idea", by=wang, version=post.version)
    titles = {row.pk: row.title for row in Post.objects.all()}
    assert (titles, log("post_changed")) == ({post.pk: "先看表", other_post.pk: "换门封"}, [wang.pk])


def test_a_post_changed_or_taken_back_meanwhile_is_not_mended(post: Post, wang: Person) -> None:
    with pytest.raises(Refused, match="Someone else changed this"):
        edit_post(post, title="改", body="改", kind="idea", by=wang, version=post.version + 1)
    take_back_post(post, by=wang)
    with pytest.raises(Refused, match="Someone else changed this"):
        edit_post(post, title="改", body="改", kind="idea", by=wang, version=post.version)
    assert (Post.objects.get().title, log("post_changed")) == ("看表", [])


def test_a_post_is_taken_back_alone_and_announced_once(post: Post, other_post: Post, wang: Person, xu: Person) -> None:
    with pytest.raises(Forbidden):
        withdraw_post(post, by=xu)
    assert (Post.objects.filter(withdrawn_at__isnull=False).count(), log("post_deleted")) == (0, [])
    for _turn in range(2):
        withdraw_post(post, by=wang)
    assert list(Post.objects.filter(withdrawn_at__isnull=False)) == [post]
    assert (log("post_published"), log("post_deleted")) == ([wang.pk] * 2, [wang.pk])


def test_a_vote_counts_for_one_post_and_who_does_not_see_it_has_none(
    closed_community: Community, post: Post, other_post: Post, wang: Person, xu: Person, sun: Person
) -> None:
    secret = written(closed_community, "底价", wang)
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        vote_for_post(secret, on=True, by=sun)
    assert not Vote.objects.exists()
    for _turn in range(2):
        vote_for_post(post, on=True, by=xu)
    counts = {row.pk: row.vote_count for row in Post.objects.all()}
    assert counts == {post.pk: 1, other_post.pk: 0, secret.pk: 0}


# -- taken back and put back ------------------------------------------------------------------------------------------


def test_who_neither_asked_nor_moderates_takes_no_question_back(question: Question, wang: Person) -> None:
    with pytest.raises(Forbidden):
        withdraw_question(question, by=wang)
    assert (Question.objects.get().withdrawn_at, log("question_deleted")) == (None, [])


def test_a_question_is_taken_back_and_put_back_alone_and_announced_once_each(
    question: Question, other: Question, lin: Person
) -> None:
    for thing in (question, question, other):
        take_back_question(thing, by=lin)
    for _turn in range(2):
        put_back_question(question, by=lin)
    assert list(Question.objects.filter(withdrawn_at__isnull=False)) == [other]
    assert (log("question_deleted"), log("question_restored")) == ([lin.pk] * 2, [lin.pk])


def test_an_answer_is_taken_back_and_put_back_alone_and_announced_once_each(
    question: Question, wang: Person, lin: Person
) -> None:
    first, second = answered(question, wang), answered(question, wang, "五分钟")
    for made in (first, first, second):
        take_back_answer(made, by=lin)
    assert Question.objects.get().answer_count == 0
    for _turn in range(2):
        put_back_answer(first, by=lin)
    assert list(Answer.objects.filter(withdrawn_at__isnull=False)) == [second]
    assert Question.objects.get().answer_count == 1
    assert (log("answer_deleted"), log("answer_restored")) == ([lin.pk] * 2, [lin.pk])


def test_an_answer_taken_down_ends_its_own_acceptance_only(question: Question, xu: Person, wang: Person) -> None:
    first, second = answered(question, wang), answered(question, wang, "五分钟")
    accept_answer(second, by=xu)
    take_back_answer(first, by=wang)
    assert (Resolution.objects.get().answer, log("acceptance_undone")) == (second, [])
    take_back_answer(second, by=wang)
    assert (Resolution.objects.count(), log("acceptance_undone")) == (0, [wang.pk])


def test_a_post_is_put_back_alone_and_announced_once(post: Post, other_post: Post, lin: Person) -> None:
    for thing in (post, other_post):
        take_back_post(thing, by=lin)
    for _turn in range(2):
        put_back_post(post, by=lin)
    assert list(Post.objects.filter(withdrawn_at__isnull=False)) == [other_post]
    assert log("post_restored") == [lin.pk]


def test_what_its_author_took_back_is_not_put_back(
    question: Question, post: Post, xu: Person, wang: Person, lin: Person
) -> None:
    made = answered(question, wang)
    take_back_answer(made, by=wang)
    take_back_question(question, by=xu)
    take_back_post(post, by=wang)
    put_back_answer(made, by=lin)
    put_back_question(question, by=lin)
    put_back_post(post, by=lin)
    for model in (Answer, Question, Post):
        assert model.objects.filter(withdrawn_at=None).count() == 0
    assert (log("answer_restored"), log("question_restored"), log("post_restored")) == ([], [], [])


# -- the rota ---------------------------------------------------------------------------------------------------------


def duty(community: Community, person: Person, by: Person, weekday: int = 0) -> Duty:
    return give_duty(community, person, weekday=weekday, starts=NINE, ends=NOON, by=by)


def test_who_does_not_look_after_a_community_neither_gives_nor_ends_duties(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    with pytest.raises(Forbidden):
        duty(community, wang, wang)
    assert (Duty.objects.count(), log("duty_given")) == (0, [])
    given = duty(community, wang, lin)
    with pytest.raises(Forbidden):
        take_off(given, by=xu)
    assert (Duty.objects.count(), log("duty_taken_off")) == (1, [])


def test_a_duty_ends_alone_and_is_announced_once(community: Community, lin: Person, wang: Person) -> None:
    first, second = (duty(community, wang, lin, weekday) for weekday in (0, 1))
    for _turn in range(2):
        take_off(first, by=lin)
    assert (list(Duty.objects.all()), log("duty_given"), log("duty_taken_off")) == ([second], [lin.pk] * 2, [lin.pk])


def test_a_rota_has_a_hundred_lines_and_what_stands_on_it_may_be_said_again(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    Duty.objects.bulk_create(
        Duty(community=community, person=wang, weekday=1, starts=NINE, ends=dt.time(10 + n // 60, n % 60))
        for n in range(MOST - 1)
    )
    last = duty(community, wang, lin)
    with pytest.raises(Refused, match="The rota is full"):
        duty(community, lin, lin)
    assert (Duty.objects.count(), log("duty_given")) == (MOST, [lin.pk])
    assert duty(community, wang, lin) == last
    duty(closed_community, wang, lin)
    assert Duty.objects.count() == MOST + 1


def test_duties_end_where_somebody_is_no_longer_a_member_and_nowhere_else(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    duty(community, wang, lin)
    kept = {duty(closed_community, wang, lin).pk, duty(community, xu, lin).pk}
    Membership.objects.filter(community=community, person=wang).delete()
    for _turn in range(2):
        end_duties([wang.pk, xu.pk])
    assert set(Duty.objects.values_list("pk", flat=True)) == kept
    assert log("duty_taken_off") == [None]


def test_a_duty_ends_and_starts_at_different_times_for_a_member(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    with pytest.raises(Refused, match="It must not end when it starts") as refused:
        give_duty(community, wang, weekday=0, starts=NINE, ends=NINE, by=lin)
    assert refused.value.field == "ends"
    with pytest.raises(Refused, match="Choose a member of the community") as refused:
        duty(community, sun, fresh(lin))
    assert (refused.value.field, Duty.objects.count(), log("duty_given")) == ("person", 0, [])


def test_in_an_archived_community_nothing_is_voted_for(community: Community, wang: Person, xu: Person) -> None:
    made, post = answered(asked(community, "除霜设多少", wang), wang), written(community, "换密封条", wang)
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    made, post = Answer.objects.get(pk=made.pk), Post.objects.get(pk=post.pk)
    for act in (lambda: say_it_helped(made, on=True, by=xu), lambda: vote_for_post(post, on=True, by=xu)):
        with pytest.raises(Forbidden, match="This community is archived and read-only"):
            act()
    assert (Answer.objects.get().vote_count, Post.objects.get().vote_count) == (0, 0)
