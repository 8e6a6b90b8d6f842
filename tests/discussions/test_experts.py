"""Who may know is found by evidence, and asked politely."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh, make_person
from tests.directory.test_races import together
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask, hand_to
from zhiliu.discussions.asking_experts import ask_around, ask_expert, decline_expert_request, set_limit
from zhiliu.discussions.experts import expert_suggestions, faded
from zhiliu.discussions.models import ExpertRequest, Question
from zhiliu.discussions.resolving import accept_answer
from zhiliu.kit.contracts.todos import waiting
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import publish
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db
ZONE = dt.timezone(dt.timedelta(hours=8))
FRIDAY = dt.datetime(2026, 6, 26, 9, 0, tzinfo=ZONE)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def qian(community: Community, lin: Person) -> Person:
    """Has written about compressors."""
    person = make_person("qian", name="钱牧之")
    add_members(community, {person: Role.MEMBER}, by=lin)
    return person


@pytest.fixture
def evidence(community: Community, wang: Person, qian: Person, catch_up: Any) -> Article:
    article = start_draft(
        library=library_of(community), title="压缩机停机后再启动", markdown="压缩机停机，再启动之前先看油位。", by=qian
    )
    publish(article, by=qian)
    other = ask(community, title="压缩机停机的报警怎么复位", by=qian)
    answer(other, body="长按复位键，压缩机三分钟后启动。", by=wang)
    unrelated = start_draft(library=library_of(community), title="羽毛球场地", markdown="周六三号场。", by=wang)
    publish(unrelated, by=wang)
    catch_up()
    return article


@pytest.fixture
def question(community: Community, xu: Person, evidence: Article) -> Question:
    made = ask(community, title="压缩机停机后多久能启动", by=xu)
    Question.objects.filter(pk=made.pk).update(at=FRIDAY)
    return Question.objects.select_related("community", "by").get(pk=made.pk)


def names(question: Question, viewer: Person) -> list[str]:
    return [suggestion.person.handle for suggestion in expert_suggestions(question, fresh(viewer))]


def states() -> list[tuple[str, str]]:
    return list(ExpertRequest.objects.order_by("at").values_list("person__handle", "state"))


def test_who_wrote_and_answered_about_it_is_found_with_what_speaks_for_them(
    question: Question, evidence: Article, xu: Person
) -> None:
    found = expert_suggestions(question, fresh(xu))
    assert {suggestion.person.handle for suggestion in found} == {"qian", "wang"}
    qian = next(suggestion for suggestion in found if suggestion.person.handle == "qian")
    assert [(card.kind, card.key) for card in qian.evidence] == [("article", evidence.pk)]
    wang = next(suggestion for suggestion in found if suggestion.person.handle == "wang")
    assert [card.title for card in wang.evidence] == ["压缩机停机的报警怎么复位"]


def test_a_question_about_something_else_points_to_nobody(community: Community, evidence: Article, xu: Person) -> None:
    assert names(ask(community, title="年假怎么请", by=xu), xu) == []


def test_evidence_halves_in_120_days() -> None:
    now = FRIDAY
    assert faded(int(now.timestamp()), now) == 1
    assert faded(int((now - dt.timedelta(days=120)).timestamp()), now) == 0.5
    assert faded(int((now - dt.timedelta(days=240)).timestamp()), now) == 0.25


def test_evidence_comes_only_from_what_the_asker_may_see(
    question: Question,
    evidence: Article,
    closed_community: Community,
    xu: Person,
    wang: Person,
    lin: Person,
    catch_up: Any,
) -> None:
    secret = ask(closed_community, title="压缩机停机再启动的底价", by=wang)
    answer(secret, body="压缩机停机看量", by=lin)
    catch_up()
    assert "lin" not in names(question, xu)
    assert "lin" in names(question, wang)


def test_who_was_asked_often_lately_comes_later(
    question: Question, xu: Person, community: Community, qian: Person
) -> None:
    first, second = names(question, xu)
    busy = Person.objects.get(handle=first)
    for number in range(6):
        other = ask(community, title=f"别的 {number}", by=xu)
        at = dt.datetime.now(dt.UTC) - dt.timedelta(days=10)
        ExpertRequest.objects.create(question=other, person=busy, state="passed", at=at)
    assert names(question, xu) == [second, first]


def test_those_who_answered_asked_or_were_asked_are_left_out(
    question: Question, xu: Person, wang: Person, qian: Person
) -> None:
    answer(question, body="等三分钟", by=wang)
    assert names(question, xu) == ["qian"]
    ask_expert(question, qian, by=xu)
    assert names(question, xu) == []


def test_a_colleague_is_asked_once_and_told_why(
    question: Question, evidence: Article, xu: Person, qian: Person, catch_up: Any, browse: Any
) -> None:
    for _ in range(2):
        request = ask_expert(question, qian, by=fresh(xu))
    assert (request.evidence_kind, request.evidence_id, request.by) == ("article", evidence.pk, xu)
    catch_up()
    row = Notification.objects.get(notice="discussions.expert_asked")
    assert (row.person, row.calls, row.count) == (qian, True, 1)
    page = browse(qian).get(question.get_absolute_url()).content.decode()
    assert f"{question.get_absolute_url()}declining/" in page and evidence.get_absolute_url() in page
    todo = [item.title for source in waiting for item in source.find(fresh(qian))]
    assert question.title in todo


def test_one_after_the_other(question: Question, xu: Person, qian: Person, wang: Person) -> None:
    first = ask_expert(question, qian, by=xu)
    with pytest.raises(Refused):
        ask_expert(question, wang, by=xu)
    with pytest.raises(Forbidden):
        decline_expert_request(first, by=wang)
    for _ in range(2):
        decline_expert_request(first, by=qian)
    ask_expert(question, wang, by=xu)
    assert states() == [("qian", "declined"), ("wang", "waiting")]
    answer(question, body="等三分钟", by=wang)
    assert states() == [("qian", "declined"), ("wang", "answered")]


def test_only_who_asked_sees_to_it_or_moderates_asks_around(
    question: Question, xu: Person, wang: Person, lin: Person, sun: Person, zhao: Person, qian: Person
) -> None:
    for person in (wang, sun, qian):
        with pytest.raises(Forbidden):
            ask_expert(question, qian, by=person)
    for nobody in (xu, zhao):
        with pytest.raises(Refused):
            ask_expert(question, nobody, by=lin)
    hand_to(question, wang, by=wang)
    ask_expert(question, qian, by=wang)
    assert states() == [("qian", "waiting")]


def test_nobody_is_asked_who_cannot_see_it(closed_community: Community, lin: Person, sun: Person) -> None:
    hidden = ask(closed_community, title="底价怎么谈", by=lin)
    with pytest.raises(Refused):
        ask_expert(hidden, sun, by=lin)
    assert ExpertRequest.objects.count() == 0


def test_each_only_as_often_a_week_as_they_like(
    question: Question, community: Community, xu: Person, qian: Person
) -> None:
    set_limit(0, by=qian)
    assert names(question, xu) == ["wang"]
    with pytest.raises(Refused):
        ask_expert(question, qian, by=xu)
    set_limit(1, by=qian)
    other = ask(community, title="别的", by=xu)
    ask_expert(other, qian, by=xu)
    with pytest.raises(Refused):
        ask_expert(question, qian, by=xu)
    ExpertRequest.objects.update(at=dt.datetime.now(dt.UTC) - dt.timedelta(days=8))
    assert ask_expert(question, qian, by=xu).person == qian


@pytest.mark.django_db(transaction=True)
def test_not_more_often_when_asked_about_many_things_at_the_same_moment(
    question: Question, community: Community, xu: Person, qian: Person
) -> None:
    set_limit(1, by=qian)
    others = [ask(community, title=f"第 {number} 台压缩机", by=xu) for number in range(5)]
    refused = together(*(partial(ask_expert, other, qian, by=xu) for other in [question, *others]))
    assert (refused, ExpertRequest.objects.filter(person=qian).count()) == (5, 1)


def test_it_is_asked_around_after_two_working_hours_then_every_eight(question: Question) -> None:
    def rounds(*moments: dt.datetime) -> list[int]:
        return [ask_around(moment) for moment in moments]

    assert rounds(FRIDAY + HOUR, FRIDAY + 1.9 * HOUR) == [0, 0]
    assert rounds(FRIDAY + 2 * HOUR, FRIDAY + 2 * HOUR, FRIDAY + 6 * HOUR) == [1, 0, 0]
    first = ExpertRequest.objects.get()
    assert (first.by, first.state) == (None, "waiting")
    # Friday 11:00 to 18:00 are five and a half working hours, so eight are over on Monday at 11:30.
    monday = FRIDAY + dt.timedelta(days=3)
    assert rounds(FRIDAY + dt.timedelta(days=1, hours=6), monday + 2 * HOUR, monday + 2.5 * HOUR) == [0, 0, 1]
    assert [state for _who, state in states()] == ["passed", "waiting"]
    # There is nobody left who may know.
    tuesday = monday + dt.timedelta(days=1)
    assert rounds(tuesday + 8 * HOUR, tuesday + dt.timedelta(days=1)) == [0, 0]
    assert {state for _who, state in states()} == {"passed"}


def test_it_is_not_asked_around_when_it_is_answered_resolved_or_closed(
    question: Question, community: Community, xu: Person, wang: Person, lin: Person
) -> None:
    later = FRIDAY + 5 * HOUR
    answer(question, body="我自己找到了", by=xu)
    own = question.answers.get()
    accept_answer(own, by=xu)
    assert ask_around(later) == 0
    own.resolutions.all().delete()
    Community.objects.filter(pk=community.pk).update(phase="archived")
    assert ask_around(later) == 0
    Community.objects.filter(pk=community.pk).update(phase="active", features=["needs"])
    assert ask_around(later) == 0
    Community.objects.filter(pk=community.pk).update(features=["questions"])
    answer(Question.objects.get(pk=question.pk), body="等三分钟", by=lin)
    assert ask_around(later) == 0
    question.answers.filter(by=lin).delete()
    Question.objects.filter(pk=question.pk).update(first_answer_at=None)
    assert ask_around(later) == 1


def test_who_says_nothing_is_passed_by_also_when_somebody_else_answered(
    question: Question, xu: Person, qian: Person, wang: Person, lin: Person
) -> None:
    ask_expert(question, qian, by=xu, now=FRIDAY)
    answer(question, body="等三分钟", by=lin)
    ask_around(FRIDAY + dt.timedelta(days=3, hours=1))
    assert states() == [("qian", "passed")]
    assert ask_expert(question, wang, by=xu).state == "waiting"


def test_when_one_declines_the_next_round_asks_the_next(question: Question) -> None:
    ask_around(FRIDAY + 2 * HOUR)
    first = ExpertRequest.objects.get()
    decline_expert_request(first, by=first.person)
    assert ask_around(FRIDAY + 2.2 * HOUR) == 1
    assert [state for _who, state in states()] == ["declined", "waiting"]


def test_asking_and_declining_and_the_limit_through_the_pages(
    question: Question, xu: Person, qian: Person, browse: Any
) -> None:
    url = question.get_absolute_url()
    assert "钱牧之" in browse(xu).get(f"{url}experts/").content.decode()
    assert browse(qian).get(f"{url}experts/").status_code == 403
    browse(xu).post(f"{url}experts/", {"person": qian.pk})
    assert states() == [("qian", "waiting")]
    assert 'name="person"' not in browse(xu).get(url).content.decode()
    assert 'name="person"' not in browse(xu).get(f"{url}experts/").content.decode()
    browse(qian).post(f"{url}declining/")
    assert 'name="person"' in browse(xu).get(url).content.decode()
    assert states() == [("qian", "declined")]
    assert browse(xu).post(f"{url}declining/").status_code == 404
    assert browse(qian).get("/questions/limit/").status_code == 200
    browse(qian).post("/questions/limit/", {"most": "5"})
    assert qian.asking_limit.most == 5
    assert browse(qian).post("/questions/limit/", {"most": "99"}).status_code == 200
    assert Person.objects.get(pk=qian.pk).asking_limit.most == 5


def test_suggestions_ask_a_fixed_number_of_questions(
    question: Question, community: Community, lin: Person, xu: Person, catch_up: Any
) -> None:
    counts = []
    for round_ in range(2):
        for number in range(1 + round_ * 2):
            person = make_person(f"e{round_}{number}")
            other = ask(community, title=f"压缩机停机启动 {round_}{number}", by=lin)
            answer(other, body="压缩机停机三分钟", by=person)
        catch_up()
        viewer = fresh(xu)
        with CaptureQueriesContext(connection) as asked:
            assert expert_suggestions(question, viewer)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def todo_titles(person: Person) -> list[str]:
    return [item.title for source in waiting for item in source.find(fresh(person))]


def test_a_duplicate_and_a_question_out_of_reach_wait_for_nobody(
    question: Question, community: Community, xu: Person, qian: Person, lin: Person
) -> None:
    ask_expert(question, qian, by=xu)
    Question.objects.filter(pk=question.pk).update(duplicate_of=ask(community, title="停机怎么办", by=lin))
    assert question.title not in todo_titles(qian)
    Question.objects.filter(pk=question.pk).update(duplicate_of=None)
    assert question.title in todo_titles(qian)
    Community.objects.filter(pk=community.pk).update(visibility=Community.Visibility.PRIVATE)
    assert question.title in todo_titles(qian)
    Membership.objects.filter(community=community, person=qian).delete()
    assert question.title not in todo_titles(qian)


def test_nobody_is_asked_whether_an_answer_out_of_reach_solved_it(
    question: Question, community: Community, xu: Person, qian: Person
) -> None:
    answer(question, body="等三分钟", by=qian)
    Question.objects.filter(pk=question.pk).update(first_answer_at=timezone.now() - dt.timedelta(days=2))
    assert question.title in todo_titles(xu)
    Community.objects.filter(pk=community.pk).update(visibility=Community.Visibility.PRIVATE)
    Membership.objects.filter(community=community, person=xu).delete()
    assert question.title not in todo_titles(xu)
