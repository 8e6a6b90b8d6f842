"""Each act says once what it did, in its own community, and leaves the row beside it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from zhiliu.comments.voting import set_vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import close_as_duplicate, reopen
from zhiliu.discussions.deflection import note_found
from zhiliu.discussions.deletion import take_back_post
from zhiliu.discussions.faq import put_into_faq
from zhiliu.discussions.models import Answer, FaqEntry, Finding, Post, Question, Resolution
from zhiliu.discussions.posting import vote_for_post
from zhiliu.discussions.resolving import accept_answer
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.models import Flag
from zhiliu.thanks.models import Thanks

from .stage import answered, asked, log, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "停机后多久能再启动", xu)


@pytest.fixture
def other(community: Community, xu: Person) -> Question:
    return asked(community, "门关不上", xu)


def test_opening_again_is_announced_when_it_opens_and_not_when_it_is_open(
    question: Question, other: Question, xu: Person, lin: Person
) -> None:
    reopen(question, by=xu)
    assert log("question_reopened") == []
    close_as_duplicate(question, other, by=xu)
    reopen(question, by=lin)
    assert (Question.objects.get(pk=question.pk).duplicate_of, log("question_reopened")) == (None, [lin.pk])


def test_taking_a_post_back_is_announced_when_it_goes_and_not_when_it_is_gone(
    community: Community, wang: Person, lin: Person
) -> None:
    post = written(community, "看表", wang)
    for by, announced in ((wang, [wang.pk]), (lin, [wang.pk])):
        take_back_post(post, by=by)
        assert (Post.objects.get().withdrawn_by, log("post_deleted")) == (wang, announced)


# -- found instead of asked -------------------------------------------------------------------------------------------


def test_what_was_found_is_announced_once_a_day(community: Community, question: Question, wang: Person) -> None:
    for _turn in range(2):
        card = note_found(community, ("question", question.pk), words="停", by=wang)
        assert (card.kind, card.key) == ("question", question.pk)
        assert log("answer_found") == [wang.pk]
    finding = Finding.objects.get()
    assert (finding.community, finding.by, finding.words) == (community, wang, "停")


def test_nothing_is_found_for_a_community_out_of_reach(
    closed_community: Community, question: Question, sun: Person
) -> None:
    with pytest.raises(Forbidden):
        note_found(closed_community, ("question", question.pk), words="停", by=sun)
    assert (Finding.objects.count(), log("answer_found")) == (0, [])


# -- the FAQ ----------------------------------------------------------------------------------------------------------


def test_each_question_becomes_an_article_of_its_own_and_is_announced_once(
    question: Question, other: Question, xu: Person, wang: Person, lin: Person
) -> None:
    for thing in (question, other):
        accept_answer(answered(thing, wang), by=xu)
    articles = [put_into_faq(thing, by=lin) for thing in (question, other, question)]
    assert [article.title for article in articles] == [question.title, other.title, question.title]
    assert set(FaqEntry.objects.values_list("question", "article")) == {
        (question.pk, articles[0].pk),
        (other.pk, articles[1].pk),
    }
    assert log("question_added_to_faq") == [lin.pk, lin.pk]


# -- posts ------------------------------------------------------------------------------------------------------------


def test_a_post_with_a_weak_sign_of_advertising_is_published_and_flagged(community: Community, wang: Person) -> None:
    written(community, "看表", wang)
    post = written(community, "代购化妆品 99元 包邮", wang)
    assert list(Flag.objects.values_list("kind", "thing_id", "community")) == [("post", post.pk, community.pk)]


def test_votes_on_other_posts_and_on_other_things_do_not_count(
    community: Community, wang: Person, xu: Person, lin: Person
) -> None:
    first, second = written(community, "看表", wang), written(community, "换门封", wang)
    for person in (wang, lin):
        set_vote("topic", first.pk, on=True, by=person)
    vote_for_post(second, on=True, by=lin)
    vote_for_post(first, on=True, by=xu)
    assert list(Post.objects.order_by("pk").values_list("vote_count", flat=True)) == [1, 1]


# -- acceptance -------------------------------------------------------------------------------------------------------


def test_an_answer_accepted_again_beside_another_resolved_question_is_announced_once(
    question: Question, other: Question, xu: Person, wang: Person
) -> None:
    first, second = answered(question, wang), answered(other, wang)
    for made in (first, second, first, second):
        accept_answer(made, by=xu)
    assert set(Resolution.objects.values_list("answer", flat=True)) == {first.pk, second.pk}
    assert log("answer_accepted") == [xu.pk, xu.pk]


def test_another_answer_accepted_instead_is_announced(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    first, second = answered(question, wang), answered(question, lin, "五分钟")
    accept_answer(first, by=xu)
    accept_answer(second, by=lin)
    assert (Resolution.objects.get().answer, log("answer_accepted")) == (second, [xu.pk, lin.pk])


def test_nobody_is_thanked_for_an_answer_whose_author_is_gone(question: Question, xu: Person, wang: Person) -> None:
    made = answered(question, wang)
    Answer.objects.update(by=None)
    with pytest.raises(Refused, match="There is no one to thank here") as refused:
        accept_answer(made, thanks="谢谢", by=xu)
    assert (refused.value.field, Resolution.objects.count(), Thanks.objects.count()) == ("thanks", 0, 0)
    assert log("answer_accepted") == []
