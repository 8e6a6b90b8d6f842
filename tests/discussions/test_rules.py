"""Who may do what with questions, answers and posts: the cast is asked about each rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import who_may
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.discussions import rules
from zhiliu.discussions.models import Answer, Post, Question
from zhiliu.moderation.models import Sanction

pytestmark = pytest.mark.django_db
ALL = "lin wang xu zhao sun admin"


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


@pytest.fixture
def off(community: Community) -> Community:
    """The community with questions and library switched off."""
    community.features = [name for name in community.features if name not in (Feature.QUESTIONS, Feature.LIBRARY)]
    return community


@pytest.fixture
def archived(community: Community) -> Community:
    community.phase = Community.Phase.ARCHIVED
    return community


@pytest.fixture
def mute_wang(wang: Person, lin: Person) -> Any:
    def mute(community: Community) -> None:
        until = timezone.now() + dt.timedelta(days=1)
        Sanction.objects.create(community=community, person=wang, kind="mute", reason="骂人", until=until, by=lin)

    return mute


def question(community: Community, by: Person | None = None, **fields: Any) -> Question:
    return Question(community=community, by=by, **fields)


def answer(community: Community, by: Person | None = None, **fields: Any) -> Answer:
    return Answer(question=question(community), by=by, **fields)


def test_what_was_not_taken_back_is_seen_where_the_community_is(
    community: Community, closed_community: Community
) -> None:
    for kind, rule in ((Question, rules.can_see), (Post, rules.can_see_post)):
        assert who_may(rule, kind(community=community)) == ALL
        assert who_may(rule, kind(community=closed_community)) == "lin wang admin"
        assert who_may(rule, kind(community=community, withdrawn_at=timezone.now())) == ""


def test_whoever_sees_the_community_asks(
    community: Community, closed_community: Community, off: Any, mute_wang: Any
) -> None:
    closed_community.features = [Feature.QUESTIONS]
    assert who_may(rules.can_ask, closed_community) == "lin wang admin"
    mute_wang(closed_community)
    assert who_may(rules.can_ask, closed_community) == "lin admin"
    assert who_may(rules.has_place_to_ask, closed_community) == "lin wang admin"
    assert who_may(rules.can_ask, off) == ""


def test_nobody_asks_answers_or_posts_in_an_archived_community(archived: Community, wang: Person) -> None:
    for rule in (rules.can_ask, rules.can_post):
        assert who_may(rule, archived) == ""
    for rule in (rules.can_answer, rules.can_edit, rules.can_withdraw, rules.can_look_after, rules.can_put_into_faq):
        assert who_may(rule, question(archived, wang)) == ""
    for thing in (question(archived, wang), Post(community=archived, by=wang)):
        assert who_may(rules.can_vote, thing) == ""
    for rule in (rules.can_edit_answer, rules.can_withdraw_answer):
        assert who_may(rule, answer(archived, wang)) == ""
    for rule in (rules.can_edit_post, rules.can_withdraw_post):
        assert who_may(rule, Post(community=archived, by=wang)) == ""


def test_where_questions_are_off_nothing_is_changed(off: Community, wang: Person) -> None:
    assert (who_may(rules.can_post, off), who_may(rules.can_keep_rota, off)) == ("", "")
    for rule in (rules.can_answer, rules.can_edit, rules.can_withdraw, rules.can_put_into_faq, rules.can_vote):
        assert who_may(rule, question(off, wang)) == ""
    for rule in (rules.can_edit_answer, rules.can_withdraw_answer):
        assert who_may(rule, answer(off, wang)) == ""
    for rule in (rules.can_edit_post, rules.can_withdraw_post):
        assert who_may(rule, Post(community=off, by=wang)) == ""


def test_a_question_is_answered_by_who_sees_it_unless_it_is_gone_or_a_duplicate(
    community: Community, closed_community: Community, mute_wang: Any
) -> None:
    closed_community.features = [Feature.QUESTIONS]
    assert who_may(rules.can_answer, question(community)) == ALL
    assert who_may(rules.can_answer, question(closed_community)) == "lin wang admin"
    assert who_may(rules.can_answer, question(community, withdrawn_at=timezone.now())) == ""
    assert who_may(rules.can_answer, question(community, duplicate_of_id=7)) == ""
    mute_wang(community)
    assert who_may(rules.can_answer, question(community)) == "lin xu zhao sun admin"
    assert who_may(rules.has_place_to_answer, question(community)) == ALL


def test_a_question_is_edited_and_its_answer_accepted_by_author_and_moderators(
    community: Community, wang: Person, mute_wang: Any
) -> None:
    mine = question(community, wang)
    for rule in (rules.can_edit, rules.can_accept, rules.can_reword):
        assert who_may(rule, mine) == "lin wang admin"
        assert who_may(rule, question(community)) == "lin admin"
        assert who_may(rule, question(community, wang, withdrawn_at=timezone.now())) == ""
    mute_wang(community)
    assert (who_may(rules.can_edit, mine), who_may(rules.can_reword, mine)) == ("lin wang admin", "lin admin")


def test_an_author_takes_a_question_back_until_somebody_answered(
    community: Community, closed_community: Community, wang: Person, sun: Person
) -> None:
    closed_community.features = [Feature.QUESTIONS]
    assert who_may(rules.can_withdraw, question(community, wang)) == "lin wang admin"
    assert who_may(rules.can_withdraw, question(community, wang, answer_count=1)) == "lin admin"
    assert who_may(rules.can_withdraw, question(closed_community, sun)) == "lin admin"
    assert who_may(rules.can_moderate, question(community, wang)) == "lin admin"


def test_an_answer_is_edited_by_its_author_while_it_stands(community: Community, wang: Person, mute_wang: Any) -> None:
    assert who_may(rules.can_edit_answer, answer(community, wang)) == "wang"
    assert who_may(rules.can_edit_answer, answer(community)) == ""
    assert who_may(rules.can_edit_answer, answer(community, wang, withdrawn_at=timezone.now())) == ""
    assert who_may(rules.can_withdraw_answer, answer(community, wang)) == "lin wang admin"
    mute_wang(community)
    assert who_may(rules.can_edit_answer, answer(community, wang)) == ""
    assert who_may(rules.can_withdraw_answer, answer(community, wang)) == "lin wang admin"


def test_members_look_after_questions_and_moderators_keep_the_rota(community: Community) -> None:
    assert who_may(rules.can_look_after, question(community)) == "lin wang xu zhao admin"
    assert who_may(rules.can_keep_rota, community) == "lin admin"


def test_those_who_publish_put_a_question_into_the_faq_where_there_is_a_library(community: Community) -> None:
    assert who_may(rules.can_put_into_faq, question(community)) == "lin wang xu admin"
    assert who_may(rules.can_put_into_faq, question(community, withdrawn_at=timezone.now())) == ""
    community.features = [name for name in community.features if name != Feature.LIBRARY]
    assert who_may(rules.can_put_into_faq, question(community)) == ""


def test_an_expert_is_asked_by_author_owner_and_moderators(
    community: Community, wang: Person, xu: Person, mute_wang: Any
) -> None:
    owned = question(community, wang, owner=xu)
    assert who_may(rules.can_ask_expert, owned) == "lin wang xu admin"
    assert who_may(rules.can_ask_expert, question(community)) == "lin admin"
    assert who_may(rules.can_ask_expert, question(community, wang, duplicate_of_id=7)) == ""
    mute_wang(community)
    assert who_may(rules.can_ask_expert, owned) == "lin xu admin"


def test_members_post_and_authors_edit_and_take_back(
    community: Community, closed_community: Community, wang: Person, sun: Person, mute_wang: Any
) -> None:
    closed_community.features = [Feature.QUESTIONS]
    mine, elsewhere = Post(community=community, by=wang), Post(community=closed_community, by=sun)
    assert who_may(rules.can_post, community) == "lin wang xu zhao admin"
    assert (who_may(rules.can_edit_post, mine), who_may(rules.can_withdraw_post, mine)) == ("wang", "lin wang admin")
    assert (who_may(rules.can_edit_post, elsewhere), who_may(rules.can_withdraw_post, elsewhere)) == ("", "lin admin")
    assert who_may(rules.can_edit_post, Post(community=community, by=wang, withdrawn_at=timezone.now())) == ""
    mute_wang(community)
    assert who_may(rules.can_post, community) == "lin xu zhao admin"
    assert who_may(rules.has_place_to_post, community) == "lin wang xu zhao admin"
    assert (who_may(rules.can_edit_post, mine), who_may(rules.can_withdraw_post, mine)) == ("", "lin wang admin")
