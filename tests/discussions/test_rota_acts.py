"""The rota and the waiting of newcomers: one community, one day, one line, one question at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.cast import gone
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.discussions import unanswered
from zhiliu.discussions.models import Duty, Question
from zhiliu.discussions.rota import MOST, end_duties, give_duty, on_duty, take_off
from zhiliu.discussions.unanswered import is_newcomers, tell_of_waiting_newcomers, usual_wait
from zhiliu.kit.errors import Refused

from .stage import DAY, FRIDAY, HOUR, asked, log

pytestmark = pytest.mark.django_db
NINE, NOON = dt.time(9), dt.time(12)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def duty(community: Community, person: Person, by: Person, weekday: int = 4) -> Duty:
    return give_duty(community, person, weekday=weekday, starts=NINE, ends=NOON, by=by)


# -- the rota ---------------------------------------------------------------------------------------------------------


def test_neither_a_member_of_another_community_nor_who_left_the_organisation_is_put_on_duty(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    for place, person in ((closed_community, xu), (community, gone(wang))):
        assert Membership.objects.filter(person=person).exists()
        with pytest.raises(Refused, match="Choose a member of the community"):
            duty(place, person, lin)
    assert (Duty.objects.count(), log("duty_given")) == (0, [])


def test_a_full_rota_leaves_room_in_the_rota_of_another_community(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    Duty.objects.bulk_create(
        Duty(community=community, person=wang, weekday=1, starts=NINE, ends=dt.time(10 + n // 60, n % 60))
        for n in range(MOST)
    )
    with pytest.raises(Refused, match="The rota is full"):
        duty(community, wang, lin)
    given = duty(closed_community, wang, lin)
    assert list(Duty.objects.filter(weekday=4)) == [given]


def test_the_end_of_a_duty_is_announced_when_it_ends_and_not_when_it_has_ended(
    community: Community, lin: Person, wang: Person
) -> None:
    given = duty(community, wang, lin)
    take_off(given, by=lin)
    assert (Duty.objects.count(), log("duty_taken_off")) == (0, [lin.pk])
    take_off(given, by=wang)
    assert log("duty_taken_off") == [lin.pk]


def test_duties_of_those_who_were_not_named_stay(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    for person in (wang, xu):
        duty(community, person, lin)
    Membership.objects.filter(person__in=[wang, xu]).delete()
    end_duties([wang.pk])
    assert list(Duty.objects.values_list("person", flat=True)) == [xu.pk]
    assert Activity.objects.filter(verb="discussions.duty_taken_off").count() == 1


def test_who_left_the_organisation_has_no_duty_though_still_a_member(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    for person in (wang, xu):
        duty(community, person, lin)
    gone(wang)
    assert [line.person for line in on_duty(community.pk, FRIDAY)] == [xu]
    end_duties([wang.pk, xu.pk])
    assert list(Duty.objects.values_list("person", flat=True)) == [xu.pk]
    assert log("duty_taken_off") == [None]


def test_on_duty_in_one_community_is_not_on_duty_in_another(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    given = duty(community, wang, lin)
    assert (on_duty(community.pk, FRIDAY), on_duty(closed_community.pk, FRIDAY)) == ([given], [])


@pytest.mark.parametrize(
    ("days", "works", "is_on_duty"),
    [(0, False, False), (0, True, True), (7, False, True), (-7, False, True)],
    ids=["holiday", "working day", "holiday in a week", "holiday a week ago"],
)
def test_nobody_is_on_duty_on_a_holiday_and_only_then(
    community: Community, lin: Person, wang: Person, days: int, works: bool, is_on_duty: bool
) -> None:
    given = duty(community, wang, lin)
    SpecialDay.objects.create(date=(FRIDAY + days * DAY).date(), name="端午", works=works)
    assert on_duty(community.pk, FRIDAY) == [given] * is_on_duty


# -- newcomers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def waits(community: Community, xu: Person) -> Question:
    """A newcomer's question, since Friday at nine."""
    Person.objects.filter(pk=xu.pk).update(hired_on=dt.date(2026, 6, 1))
    return asked(community, "停机后多久", xu, at=FRIDAY)


def told() -> list[int]:
    """The questions that were announced."""
    rows = Activity.objects.filter(verb="discussions.newcomer_unanswered").order_by("pk")
    return list(rows.values_list("thing_id", flat=True))


def test_who_is_new_in_another_community_is_no_newcomer_here(
    community: Community, closed_community: Community, wang: Person
) -> None:
    question = asked(community, "停机", wang, at=FRIDAY)
    Membership.objects.filter(person=wang).update(joined_at=FRIDAY - 91 * DAY)
    Membership.objects.filter(person=wang, community=closed_community).update(joined_at=FRIDAY - DAY)
    assert not is_newcomers(question)
    assert is_newcomers(asked(closed_community, "底价", wang, at=FRIDAY))


def test_a_waiting_newcomer_is_announced_at_the_clock_when_no_other_moment_is_given(
    waits: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    wednesday = FRIDAY + 5 * DAY
    for moment, count in ((wednesday + HOUR, 0), (wednesday + 1.5 * HOUR, 1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert tell_of_waiting_newcomers() == count
    assert Question.objects.get().late_told_at == wednesday + 1.5 * HOUR


@pytest.mark.parametrize(("age", "count"), [(30 * DAY, 0), (30 * DAY - HOUR, 1)])
def test_a_question_of_thirty_days_is_not_announced_any_more(waits: Question, age: dt.timedelta, count: int) -> None:
    now = FRIDAY + 3 * DAY
    Person.objects.update(hired_on=(now - 40 * DAY).date())
    Question.objects.update(at=now - age)
    assert tell_of_waiting_newcomers(now) == count
    assert told() == [waits.pk] * count


def test_an_announced_question_takes_no_turn_of_the_next(
    community: Community, waits: Question, xu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = asked(community, "门关不上", xu, at=FRIDAY + HOUR)
    monkeypatch.setattr(unanswered, "MOST", 1)
    assert [tell_of_waiting_newcomers(FRIDAY + 6 * DAY) for _turn in range(3)] == [1, 1, 0]
    assert told() == [waits.pk, later.pk]


def test_an_announcement_is_noted_on_its_question_only(community: Community, waits: Question, lin: Person) -> None:
    Membership.objects.filter(person=lin).update(joined_at=FRIDAY - 200 * DAY)
    other = asked(community, "老同事的提问", lin, at=FRIDAY)
    assert tell_of_waiting_newcomers(FRIDAY + 6 * DAY) == 1
    told_at = dict(Question.objects.values_list("pk", "late_told_at"))
    assert told_at == {waits.pk: FRIDAY + 6 * DAY, other.pk: None}


def test_the_usual_wait_is_that_of_one_community(
    community: Community, closed_community: Community, wang: Person
) -> None:
    for place, hours in ((community, 1), (closed_community, 3)):
        question = asked(place, "停机", wang, at=FRIDAY)
        Question.objects.filter(pk=question.pk).update(first_answer_at=FRIDAY + hours * HOUR)
    now = FRIDAY + DAY
    assert (usual_wait(community, now), usual_wait(closed_community, now)) == (HOUR, 3 * HOUR)
