"""Nobody waits unseen: the rota, newcomers, how long it takes, what stands on today and on the community's home."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.lifecycle.merging import merge_communities
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask, hand_to
from zhiliu.discussions.deflection import note_found
from zhiliu.discussions.models import Duty, Question
from zhiliu.discussions.rota import give_duty, on_duty, take_off
from zhiliu.discussions.unanswered import tell_of_waiting_newcomers, usual_wait
from zhiliu.kit.contracts.todos import waiting
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db
ZONE = dt.timezone(dt.timedelta(hours=8))
FRIDAY = dt.datetime(2026, 6, 26, 9, 0, tzinfo=ZONE)
HOUR = dt.timedelta(hours=1)
NINE, NOON, SIX = dt.time(9), dt.time(12), dt.time(18)


def told(notice: str) -> set[str]:
    return set(Notification.objects.filter(notice=f"discussions.{notice}").values_list("person__handle", flat=True))


def asked_at(at: dt.datetime, community: Community, by: Person, title: str = "停机") -> Question:
    question = ask(community, title=title, by=by)
    Question.objects.filter(pk=question.pk).update(at=at)
    return Question.objects.get(pk=question.pk)


def todo(person: Person) -> list[str]:
    return [item.title for source in waiting for item in source.find(fresh(person))]


# --- the rota -------------------------------------------------------------------------------------------------------


def test_who_is_on_duty_by_weekday_and_hour_but_not_on_holidays(
    community: Community, lin: Person, wang: Person
) -> None:
    for _ in range(2):
        duty = give_duty(community, wang, weekday=4, starts=NINE, ends=NOON, by=lin)
    assert Duty.objects.count() == 1

    def now(moment: dt.datetime) -> list[Duty]:
        return on_duty(community.pk, moment)

    assert now(FRIDAY) == [duty]
    assert now(FRIDAY + 3 * HOUR) == [] and now(FRIDAY - HOUR) == [] and now(FRIDAY + 24 * HOUR) == []
    SpecialDay.objects.create(date=FRIDAY.date(), name="放假", works=False)
    assert now(FRIDAY) == []


def test_a_night_on_duty_goes_on_after_midnight_and_over_into_monday(
    community: Community, lin: Person, wang: Person
) -> None:
    friday = give_duty(community, wang, weekday=4, starts=SIX, ends=NINE, by=lin)
    sunday = give_duty(community, wang, weekday=6, starts=SIX, ends=dt.time(0), by=lin)
    assert (friday.hours, sunday.hours) == ("18:00–次日 09:00", "18:00–次日 00:00")

    def hours(*, after: int, until: int) -> list[list[Duty]]:
        return [on_duty(community.pk, FRIDAY + hour * HOUR) for hour in range(after, until)]

    # Friday from nine in the morning on, by the hour.
    assert hours(after=0, until=26) == [[]] * 9 + [[friday]] * 15 + [[]] * 2
    assert hours(after=56, until=65) == [[]] + [[sunday]] * 6 + [[]] * 2
    assert on_duty(community.pk, FRIDAY - 7 * HOUR) == []
    # The night belongs to the day on which it begins.
    saturday = SpecialDay.objects.create(date=FRIDAY.date() + dt.timedelta(days=1), name="放假", works=False)
    assert on_duty(community.pk, FRIDAY + 20 * HOUR) == [friday]
    SpecialDay.objects.filter(pk=saturday.pk).update(date=FRIDAY.date())
    assert on_duty(community.pk, FRIDAY + 20 * HOUR) == []


def test_who_has_left_the_community_is_no_longer_on_duty(community: Community, lin: Person, wang: Person) -> None:
    give_duty(community, wang, weekday=4, starts=NINE, ends=NOON, by=lin)
    Membership.objects.filter(person=wang).delete()
    assert on_duty(community.pk, FRIDAY) == []


def test_the_rota_is_kept_by_those_who_look_after_the_community(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden):
        give_duty(community, wang, weekday=0, starts=NINE, ends=NOON, by=wang)
    with pytest.raises(Refused):
        give_duty(community, sun, weekday=0, starts=NINE, ends=NOON, by=lin)
    with pytest.raises(Refused):
        give_duty(community, wang, weekday=0, starts=NOON, ends=NOON, by=lin)
    assert Duty.objects.count() == 0
    duty = give_duty(community, wang, weekday=0, starts=NINE, ends=NOON, by=lin)
    with pytest.raises(Forbidden):
        take_off(duty, by=xu)
    for _ in range(2):
        take_off(duty, by=wang)
    verbs = Activity.objects.filter(verb__contains="duty").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["discussions.duty_given", "discussions.duty_taken_off"]


def test_who_is_on_duty_is_told_at_once_and_only_once(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    Membership.objects.filter(person__in=[wang, lin]).update(involvement="everything")
    for weekday in range(7):
        give_duty(community, wang, weekday=weekday, starts=dt.time(0), ends=dt.time(23, 59, 59), by=lin)
    ask(community, title="停机", by=xu)
    catch_up()
    assert (told("asked_on_duty"), told("asked"), told("duty_given")) == ({"wang"}, {"lin"}, {"wang"})


def test_the_rota_page_shows_the_week_and_takes_lines(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    path = f"/communities/{community.slug}/rota/"
    sent = {"person": wang.pk, "weekday": "4", "starts": "09:00", "ends": "12:00"}
    assert browse(xu).post(path, sent).status_code == 403
    assert browse(lin).post(path, {**sent, "ends": "09:00"}).status_code == 200
    assert browse(lin).post(path, sent).status_code == 302
    duty = Duty.objects.get()
    page = browse(xu).get(path).content.decode()
    assert "王一帆" in page and "09:00–12:00" in page and "removal" not in page
    assert browse(xu).post(f"{path}{duty.pk}/removal/").status_code == 403
    browse(lin).post(f"{path}{duty.pk}/removal/")
    assert Duty.objects.count() == 0


def test_who_is_on_duty_now_stands_beside_questions_and_on_the_home(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    for weekday in range(7):
        give_duty(community, wang, weekday=weekday, starts=dt.time(0), ends=dt.time(23, 59, 59), by=lin)
    base = f"/communities/{community.slug}/"
    for path in (base, f"{base}questions/", f"/questions/new/?community={community.slug}"):
        page = browse(xu).get(path).content.decode()
        assert wang.get_absolute_url() in page and f"{base}rota/" in page, path


def test_the_rota_moves_with_its_community_and_nobody_is_down_twice(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    for place in (community, closed_community):
        give_duty(place, wang, weekday=4, starts=NINE, ends=NOON, by=lin)
    give_duty(closed_community, lin, weekday=4, starts=NINE, ends=NOON, by=lin)
    merge_communities(closed_community, community, by=lin)
    assert sorted(community.duties.values_list("person__handle", flat=True)) == ["lin", "wang"]


# --- newcomers ------------------------------------------------------------------------------------------------------


def test_a_newcomers_question_that_waits_24_working_hours_is_told_to_the_manager_once(
    community: Community, xu: Person, lin: Person, catch_up: Any
) -> None:
    Person.objects.filter(pk=xu.pk).update(hired_on=dt.date(2026, 6, 1))
    question = asked_at(FRIDAY, community, xu)
    # A working day has seven and a half hours: Friday, Monday, Tuesday are 22.5, so 24 are over on Wednesday at 10:30.
    wednesday = FRIDAY + dt.timedelta(days=5)
    assert tell_of_waiting_newcomers(FRIDAY + dt.timedelta(days=3)) == 0
    assert tell_of_waiting_newcomers(wednesday + 1.4 * HOUR) == 0
    assert tell_of_waiting_newcomers(wednesday + 1.5 * HOUR) == 1
    assert tell_of_waiting_newcomers(wednesday + 5 * HOUR) == 0
    assert Question.objects.get(pk=question.pk).late_told_at == wednesday + 1.5 * HOUR
    catch_up()
    row = Notification.objects.get(notice="discussions.newcomer_unanswered")
    assert (row.person, row.count, row.calls) == (lin, 1, True)


def test_who_is_new_in_the_community_is_a_newcomer_too(community: Community, wang: Person) -> None:
    question = asked_at(FRIDAY, community, wang)
    later = FRIDAY + dt.timedelta(days=6)
    Membership.objects.filter(person=wang).update(joined_at=FRIDAY - dt.timedelta(days=91))
    assert tell_of_waiting_newcomers(later) == 0
    Membership.objects.filter(person=wang).update(joined_at=FRIDAY - dt.timedelta(days=89))
    assert tell_of_waiting_newcomers(later) == 1
    assert question.pk == Activity.objects.get(verb="discussions.newcomer_unanswered").thing_id


def test_nothing_is_told_when_it_was_answered_or_the_community_is_archived(
    community: Community, xu: Person, wang: Person
) -> None:
    Person.objects.filter(pk=xu.pk).update(hired_on=dt.date(2026, 6, 1))
    later = FRIDAY + dt.timedelta(days=6)
    answer(asked_at(FRIDAY, community, xu), body="等三分钟", by=wang)
    own = asked_at(FRIDAY, community, xu, "自己答了一句")
    answer(own, body="补充：是 50 匹的", by=xu)
    Community.objects.filter(pk=community.pk).update(phase="archived")
    assert tell_of_waiting_newcomers(later) == 0
    Community.objects.filter(pk=community.pk).update(phase="active")
    assert tell_of_waiting_newcomers(later) == 1
    assert Activity.objects.get(verb="discussions.newcomer_unanswered").thing_id == own.pk


def test_without_a_manager_the_leader_is_told(community: Community, lin: Person, wang: Person, catch_up: Any) -> None:
    new = make_person("new", hired_on=dt.date(2026, 6, 1))
    add_members(community, {new: Role.MEMBER}, by=lin)
    Membership.objects.filter(person=wang).update(role=Role.LEADER)
    Membership.objects.filter(person=lin).delete()
    asked_at(FRIDAY, community, new)
    tell_of_waiting_newcomers(FRIDAY + dt.timedelta(days=6))
    catch_up()
    assert told("newcomer_unanswered") == {"wang"}


# --- how it goes ----------------------------------------------------------------------------------------------------


def test_the_usual_wait_is_a_median_in_working_hours(community: Community, xu: Person, wang: Person) -> None:
    now = FRIDAY + dt.timedelta(days=7)
    assert usual_wait(community, now) is None
    for hours in (1, 2, 24 * 3 + 1):  # the last one is answered on Monday at 10: Friday's 7.5 hours and one more
        question = asked_at(FRIDAY, community, xu)
        answer(question, body="答", by=wang)
        Question.objects.filter(pk=question.pk).update(first_answer_at=FRIDAY + hours * HOUR)
    asked_at(FRIDAY, community, xu)
    assert usual_wait(community, now) == 2 * HOUR
    Question.objects.filter(first_answer_at=FRIDAY + HOUR).delete()
    assert usual_wait(community, now) == 5.25 * HOUR
    assert usual_wait(community, FRIDAY + dt.timedelta(days=40)) is None


def test_the_figures_are_for_those_who_look_after_the_community(
    community: Community, lin: Person, xu: Person, wang: Person, browse: Any
) -> None:
    question = ask(community, title="停机", by=xu)
    note_found(community, ("question", question.pk), words="停", by=wang)
    path = f"/communities/{community.slug}/questions/"
    assert "figures" in browse(lin).get(path).content.decode()
    assert "figures" not in browse(xu).get(path).content.decode()


# --- where it shows -------------------------------------------------------------------------------------------------


def test_experts_owners_and_those_who_want_everything_see_it_on_today(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    Membership.objects.filter(person=wang).update(role=Role.EXPERT)
    question = ask(community, title="停机后多久", by=xu)
    assert "停机后多久" in todo(wang)
    assert "停机后多久" not in todo(lin) and "停机后多久" not in todo(xu)
    hand_to(question, lin, by=lin)
    assert "停机后多久" in todo(lin)
    answer(question, body="等三分钟", by=lin)
    assert "停机后多久" not in todo(wang) and "停机后多久" not in todo(lin)
    Question.objects.filter(pk=question.pk).update(first_answer_at=timezone.now() - dt.timedelta(hours=25))
    assert "停机后多久" in todo(xu)


def test_what_waits_stands_on_the_communitys_home(community: Community, xu: Person, wang: Person, browse: Any) -> None:
    question = ask(community, title="停机后多久", by=xu)
    home = community.get_absolute_url()
    assert question.get_absolute_url() in browse(wang).get(home).content.decode()
    old = asked_at(timezone.now() - dt.timedelta(days=31), community, xu, "没人管的旧提问")
    assert old.get_absolute_url() not in browse(wang).get(home).content.decode()
    answer(question, body="等三分钟", by=wang)
    assert question.get_absolute_url() not in browse(wang).get(home).content.decode()


def test_an_archived_community_leaves_nothing_to_do(community: Community, lin: Person, wang: Person) -> None:
    owned = hand_to(ask(community, title="停机", by=wang), lin, by=lin)
    solved = ask(community, title="除霜", by=wang)
    answer(solved, body="三分钟", by=lin)
    Question.objects.filter(pk=solved.pk).update(first_answer_at=timezone.now() - dt.timedelta(days=2))
    assert owned.title in todo(lin) and solved.title in todo(wang)
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    assert owned.title not in todo(lin) and solved.title not in todo(wang)
