"""Questions, votes and answers."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import (
    ask_in_room,
    mark_answered,
    put_back_room_question,
    remove_question,
    start_answering,
    vote_for_question,
)
from zhiliu.gatherings.models import Gathering, Question
from zhiliu.gatherings.queries import questions_of
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

from .stage import make_fixed, make_talk, now_running


def states(gathering: Gathering) -> dict[str, str]:
    return dict(gathering.questions.values_list("text", "state"))


def test_the_same_words_are_one_question(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    first = ask_in_room(talk, "第一句说什么？", by=wang)
    assert ask_in_room(talk, "  第一句說什麼？ ", by=lin).pk == first.pk
    assert (Question.objects.get().by, Question.objects.get().text) == (wang, "第一句说什么？")


def test_of_an_anonymous_question_nothing_leads_to_who_asked(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    question = ask_in_room(talk, "为什么总是我们降价", anonymous=True, by=wang)
    row = Activity.objects.get(verb="gatherings.question_asked")
    assert (question.by_id, row.by_id, row.data["question_id"]) == (None, None, None)
    assert {field.name for field in Question._meta.fields if "time" in field.get_internal_type().lower()} == set()


def test_keys_of_questions_do_not_tell_their_order(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    keys = [ask_in_room(talk, f"第 {number} 问", by=wang).pk for number in range(10)]
    assert keys != sorted(keys)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_question_is_refused(community: Community, lin: Person, wang: Person, text: str) -> None:
    with pytest.raises(Refused):
        ask_in_room(make_talk(community, lin), text, by=wang)


def test_nobody_asks_out_of_reach_or_what_was_called_off(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden):
        ask_in_room(make_talk(closed_community, lin), "问", by=sun)
    with pytest.raises(Refused, match="was cancelled"):
        ask_in_room(cancel(make_talk(community, lin), reason="不办", by=lin), "问", by=wang)
    assert not Question.objects.exists()


def test_a_vote_counts_once_and_can_be_taken_back(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    question = ask_in_room(make_talk(community, lin), "问", by=wang)
    for _ in range(2):
        vote_for_question(question, on=True, by=xu)
    assert vote_for_question(question, on=True, by=lin).count == 2
    assert vote_for_question(question, on=False, by=lin).mine is False
    question.refresh_from_db()
    assert question.vote_count == 1


def test_one_question_is_answered_at_a_time(community: Community, lin: Person, wang: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    first, second = ask_in_room(talk, "甲", by=wang), ask_in_room(talk, "乙", by=wang)
    start_answering(first, by=lin)
    start_answering(second, by=lin)
    start_answering(second, by=lin)
    assert states(talk) == {"甲": "answered", "乙": "answering"}
    put_back_room_question(second, by=lin)
    assert states(talk) == {"甲": "answered", "乙": "waiting"}


def test_an_answer_in_words_is_kept_and_told_to_who_asked(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    talk = now_running(make_fixed(community, lin, sharer=wang))
    named, nameless = ask_in_room(talk, "甲", by=lin), ask_in_room(talk, "乙", by=lin, anonymous=True)
    mark_answered(named, by=wang, answer=" 先问交期 ")
    mark_answered(nameless, by=wang, answer="再问价")
    mark_answered(named, by=wang)
    named.refresh_from_db()
    assert (named.answer, named.state) == ("先问交期", "answered")
    catch_up()
    assert list(
        Notification.objects.filter(notice="gatherings.question_answered").values_list("person", flat=True)
    ) == [lin.pk]


def test_only_host_and_sharer_lead_the_questions(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    question = ask_in_room(talk, "甲", by=xu)
    for act in (start_answering, mark_answered, put_back_room_question):
        with pytest.raises(Forbidden):
            act(question, by=xu)
    start_answering(question, by=wang)
    assert states(talk) == {"甲": "answering"}


def test_who_asked_under_their_name_and_the_host_take_a_question_away(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    own, nameless = ask_in_room(talk, "甲", by=wang), ask_in_room(talk, "乙", by=wang, anonymous=True)
    vote_for_question(own, on=True, by=xu)
    with pytest.raises(Forbidden):
        remove_question(nameless, by=wang)
    remove_question(own, by=wang)
    remove_question(own, by=wang)
    remove_question(nameless, by=lin)
    assert not Question.objects.exists()


def test_the_queue_is_ordered_by_votes_with_the_current_one_on_top(
    community: Community, lin: Person, wang: Person, xu: Person, django_assert_num_queries: Any
) -> None:
    talk = now_running(make_fixed(community, lin))
    _few, many, current, done = (ask_in_room(talk, text, by=wang) for text in ("少", "多", "正在", "完了"))
    for person in (wang, xu):
        vote_for_question(many, on=True, by=person)
    vote_for_question(done, on=True, by=wang)
    start_answering(current, by=lin)
    mark_answered(done, by=lin)
    with django_assert_num_queries(2):
        asked = questions_of(talk, xu)
    assert [item.question.text for item in asked] == ["正在", "多", "少", "完了"]
    assert [item.votes.mine for item in asked] == [False, True, False, False]
