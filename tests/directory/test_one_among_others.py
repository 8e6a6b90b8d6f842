"""What is done to one person, place or day leaves the others as they are, and is told once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.cast import fresh, gone, make_person
from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.directory.accounts import change_people, deactivate, invite_guest, new_person, reactivate
from zhiliu.directory.calendar import WorkCalendar, seed_year, working_days_from
from zhiliu.directory.following import (
    bond,
    follow,
    followed_by,
    follower_count,
    followers_among,
    followers_of,
    unfollow,
)
from zhiliu.directory.holidays import year_shown
from zhiliu.directory.login_links import hand_link, make_login_link, read_login_link, send_forgotten, use_link
from zhiliu.directory.login_links import login_link_key as key_of
from zhiliu.directory.managing.departments import add_department, change_department, remove_department
from zhiliu.directory.managing.people import change_person, enter_person, set_administrator
from zhiliu.directory.managing.places import remove_location, remove_room, save_location, save_room
from zhiliu.directory.managing.positions import remove_position, save_position
from zhiliu.directory.models import (
    Attempt,
    Department,
    Endorsement,
    Follow,
    Location,
    LoginLink,
    Person,
    Position,
    Room,
    SpecialDay,
    WorkHours,
)
from zhiliu.directory.queries import (
    best_skills,
    counts,
    managed_people,
    people_list,
    room_names,
    skills_of,
    with_people,
)
from zhiliu.directory.reach import visible_people
from zhiliu.directory.sessions import end_sessions, open_sessions
from zhiliu.directory.skills import declare_skills, endorse, withdraw_endorsement
from zhiliu.directory.throttling import may_try
from zhiliu.directory.working_time import confirm_year, enter_year, remove_day, set_day, set_hours
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.models import Session

pytestmark = pytest.mark.django_db
NEW = "tall trees by the river"
DAY = dt.timedelta(days=1)


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=f"directory.{verb}").count()


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_used_link_ends_the_links_and_sessions_of_its_person_only(lin: Person, wang: Person, admin: Person) -> None:
    first, second, other = hand_link(lin, by=admin), make_login_link(lin, "forgotten"), hand_link(wang, by=admin)
    clients = [Client(), Client()]
    for client, name in zip(clients, ("lin", "wang"), strict=True):
        client.post("/signin/", {"username": name, "password": "correct horse battery"})
    use_link(first, password=NEW)
    for link in (first, second):
        with pytest.raises(Refused, match="用过了，或者过期"):
            read_login_link(key_of(link))
    assert read_login_link(key_of(other)).person == wang
    assert [client.get("/people/").status_code for client in clients] == [302, 200]
    assert (fresh(lin).check_password(NEW), fresh(wang).check_password(NEW)) == (True, False)


def test_a_handed_link_replaces_the_handed_one_and_leaves_others(lin: Person, wang: Person, admin: Person) -> None:
    forgotten, other, first = make_login_link(lin, "forgotten"), hand_link(wang, by=admin), hand_link(lin, by=admin)
    hand_link(lin, by=admin)
    used = dict(LoginLink.objects.values_list("pk", "used_at"))
    assert [used[link.pk] is None for link in (forgotten, other, first)] == [True, True, False]


@pytest.mark.parametrize(("minutes", "works"), [(1, True), (-1, False)])
def test_a_link_works_until_it_expires(lin: Person, admin: Person, minutes: int, works: bool) -> None:
    link = hand_link(lin, by=admin)
    LoginLink.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=minutes))
    if works:
        assert read_login_link(key_of(link)) == link
        assert use_link(link, password=NEW) == lin
    else:
        for act in (lambda: read_login_link(key_of(link)), lambda: use_link(link, password=NEW)):
            with pytest.raises(Refused):
                act()
    assert fresh(lin).check_password(NEW) is works


@pytest.mark.parametrize("change", [{"is_active": False}, {"kind": Person.Kind.BOT}])
def test_an_open_link_of_who_may_not_come_in_lets_nobody_in(lin: Person, admin: Person, change: dict[str, Any]) -> None:
    link = hand_link(lin, by=admin)
    Person.objects.filter(pk=lin.pk).update(**change)
    for act in (lambda: read_login_link(key_of(link)), lambda: use_link(link, password=NEW)):
        with pytest.raises(Refused, match="过期"):
            act()
    assert not fresh(lin).check_password(NEW) and LoginLink.objects.get().used_at is None


def test_a_bot_neither_gets_a_link_nor_comes_in(admin: Person) -> None:
    bot = make_person("robot", kind=Person.Kind.BOT)
    with pytest.raises(Refused):
        hand_link(bot, by=admin)
    assert send_forgotten("robot") is None
    answer = Client().post("/signin/", {"username": "robot", "password": "correct horse battery"})
    assert answer.status_code == 200 and not LoginLink.objects.exists()


def test_links_of_the_last_hour_count_towards_the_limit_of_one_person(lin: Person, wang: Person, admin: Person) -> None:
    for _ in range(3):
        assert send_forgotten("lin") is not None
    hand_link(wang, by=admin)
    assert (send_forgotten("lin"), send_forgotten("wang") is None) == (None, False)
    LoginLink.objects.filter(person=lin).update(at=timezone.now() - dt.timedelta(minutes=61))
    assert send_forgotten("lin") is not None and facts("password_forgotten") == 5


def test_only_the_first_password_is_called_first(admin: Person) -> None:
    worker = new_person(name="石长根", employee_number="L7")
    for _ in range(2):
        use_link(hand_link(worker, by=admin), password=NEW)
    data = Activity.objects.filter(verb="directory.password_set").order_by("pk").values_list("data", flat=True)
    assert [row["first"] for row in data] == [True, False]


def test_attempts_are_counted_by_act_and_person_and_forgotten_after_a_day() -> None:
    assert [may_try("letter", 1, limit=2, minutes=15) for _ in range(3)] == [True, True, False]
    assert may_try("letter", 2, limit=2, minutes=15) and may_try("call", 1, limit=2, minutes=15)
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=16))
    assert may_try("letter", 1, limit=1, minutes=15) and Attempt.objects.count() == 6
    Attempt.objects.exclude(at__gt=timezone.now() - dt.timedelta(minutes=1)).update(at=timezone.now() - 2 * DAY)
    may_try("letter", 1, limit=1, minutes=15)
    assert Attempt.objects.count() == 2


def session(person: Person, key: str, **fields: Any) -> Session:
    values = {"expire_date": timezone.now() + DAY, "seen_at": timezone.now(), **fields}
    return Session.objects.create(session_key=key, account_id=person.pk, **values)


def test_open_sessions_are_those_that_neither_expired_nor_were_left(lin: Person, wang: Person) -> None:
    session(lin, "here")
    session(lin, "old", seen_at=timezone.now() - dt.timedelta(minutes=5))
    session(lin, "expired", expire_date=timezone.now() - DAY)
    session(lin, "left", seen_at=timezone.now() - 400 * DAY)
    session(wang, "theirs")
    shown = open_sessions(lin, asking="here")
    assert [(entry.row.session_key, entry.is_this) for entry in shown] == [("here", True), ("old", False)]
    assert end_sessions(lin, by=lin, spare="here", only=shown[1].mark) == 1
    assert end_sessions(lin, by=lin, spare="here", only=shown[0].mark) == 0
    assert set(Session.objects.values_list("session_key", flat=True)) == {"here", "expired", "left", "theirs"}
    with pytest.raises(Forbidden):
        end_sessions(lin, by=wang)
    assert (end_sessions(lin, by=lin, spare="here"), end_sessions(lin, by=lin, spare="here")) == (2, 0)
    assert facts("sessions_ended") == 2


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_leaver_takes_their_own_links_and_sessions_along(lin: Person, wang: Person, admin: Person) -> None:
    for person in (lin, wang):
        hand_link(person, by=admin)
        session(person, person.handle)
    for _ in range(2):
        deactivate(lin, by=admin)
    assert list(LoginLink.objects.filter(used_at=None).values_list("person__handle", flat=True)) == ["wang"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["wang"]
    assert (fresh(wang).is_active, facts("person_left")) == (True, 1)
    for _ in range(2):
        reactivate(lin, by=admin)
    assert (fresh(lin).is_active, facts("person_returned")) == (True, 1)


def test_administrators_are_made_and_unmade_one_by_one(lin: Person, wang: Person, admin: Person) -> None:
    for _ in range(2):
        set_administrator(lin, True, by=admin)
    assert [fresh(person).is_admin for person in (lin, wang, admin)] == [True, False, True]
    for _ in range(2):
        set_administrator(lin, False, by=admin)
    assert (facts("administrator_made"), facts("administrator_unmade")) == (1, 1)
    gone(fresh(lin))
    Person.objects.filter(pk=lin.pk).update(is_admin=True)
    with pytest.raises(Refused):
        deactivate(admin, by=admin)


def test_changed_people_are_found_by_their_new_names_and_others_as_before(
    lin: Person, wang: Person, admin: Person
) -> None:
    change_person(lin, version=1, by=admin, name="高志远", email="GAO@example.com")
    assert (fresh(lin).email, list(Person.objects.named("gaozhiyuan"))) == ("gao@example.com", [lin])
    assert not Person.objects.named("林晓岚") and list(Person.objects.named("王一帆")) == [wang]
    change_people([wang], by=admin)
    assert list(Person.objects.named("wangyifan")) == [wang]
    changed = Entry.objects.filter(verb="directory.people_changed").order_by("pk")
    assert [bool(entry.after) for entry in changed] == [True, False][: len(changed)]


def test_what_is_taken_by_another_is_refused_with_the_field(lin: Person, wang: Person, admin: Person) -> None:
    for fields, field in (({"employee_number": "N-lin"}, "employee_number"), ({"email": "lin@example.com"}, "email")):
        with pytest.raises(Refused, match="已有人用") as refused:
            change_person(wang, version=1, by=admin, **fields)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        change_person(wang, version=1, by=admin, name="")
    assert refused.value.field == "name" and "已有人用" not in str(refused.value)
    assert fresh(wang).version == 1


def test_a_handle_that_is_an_address_or_taken_is_not_given() -> None:
    assert new_person(name="何远").handle == "heyuan"
    assert new_person(name="何远").handle.startswith("heyuan-")
    assert new_person(name="New").handle.startswith("new-")
    assert new_person(name="何远", handle="own").handle == "own"
    with pytest.raises(ValidationError):
        new_person(name="何远", handle="own")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("一帆", True), ("yifan", True), ("帆", False), ("fan", False), ("w", True), ("wangyifan", True)],
)
def test_a_given_name_is_a_name_and_a_part_of_it_is_not(wang: Person, typed: str, found: bool) -> None:
    assert (wang in Person.objects.named(typed)) is found


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [("欧阳小明", "阳小明", True), ("abcde", "bcde", False), ("Wei Zhang", "zhang", True), ("丁", "丁", True)],
)
def test_names_of_two_to_four_characters_have_a_given_name(name: str, typed: str, found: bool) -> None:
    assert Person.objects.named(typed).filter(name=name).exists() is False
    new_person(name=name, handle="somebody")
    assert Person.objects.named(typed).exists() is found


def test_a_guest_is_invited_again_but_no_colleague_and_no_leaver(lin: Person, wang: Person) -> None:
    first, link = invite_guest(name="赵敏", email="Zhao@partner.example", by=lin)
    again, second = invite_guest(name="赵", email="zhao@PARTNER.example", by=lin)
    assert (first, first.kind, link == second) == (again, Person.Kind.GUEST, False)
    gone(first)
    for email, name in (("zhao@partner.example", "赵敏"), ("wang@example.com", "王")):
        with pytest.raises(Refused) as refused:
            invite_guest(name=name, email=email, by=lin)
        assert refused.value.field == "email"
    assert (facts("guest_invited"), LoginLink.objects.count()) == (2, 2)


def test_who_is_seen_by_whom(
    community: Any, lin: Person, wang: Person, zhao: Person, sun: Person, admin: Person
) -> None:
    stranger = make_person("stranger", kind=Person.Kind.GUEST)
    left = gone(make_person("left"))
    seen = {
        person.handle: set(visible_people(fresh(person)).values_list("handle", flat=True))
        for person in (lin, sun, zhao, stranger, admin)
    }
    colleagues = {"lin", "wang", "xu", "sun", "admin"}
    assert seen == {
        "lin": colleagues | {"zhao"},
        "sun": colleagues,
        "zhao": {"lin", "wang", "xu", "zhao"},
        "stranger": {"stranger"},
        "admin": colleagues | {"zhao", "stranger"},
    }
    assert left.handle not in seen["admin"]


def test_administrators_list_leavers_guests_and_administrators(
    lin: Person, wang: Person, zhao: Person, admin: Person
) -> None:
    make_person("robot", kind=Person.Kind.BOT)
    gone(wang)
    listed = {
        show: set(managed_people(show=show).values_list("handle", flat=True))
        for show in ("", "gone", "guests", "admins")
    }
    assert listed == {"": {"lin", "zhao", "admin"}, "gone": {"wang"}, "guests": {"zhao"}, "admins": {"admin"}}
    assert set(managed_people(text="lin").values_list("handle", flat=True)) == {"lin"}
    assert counts()["people"] == 3


def test_people_are_counted_by_department_while_they_are_here(lin: Person, wang: Person, xu: Person) -> None:
    here, empty = (Department.objects.create(name=name) for name in ("售后", "空的"))
    Person.objects.filter(pk__in=[lin.pk, wang.pk]).update(department=here)
    gone(wang)
    assert with_people([here, empty], "department") == [(here, 1), (empty, 0)]


def test_the_list_of_people_has_no_bots_and_looks_for_names_departments_and_skills(
    lin: Person, wang: Person, xu: Person
) -> None:
    make_person("robot", kind=Person.Kind.BOT)
    department = Department.objects.create(name="检测组")
    Person.objects.filter(pk=wang.pk).update(department=department)
    declare_skills(xu, ["检测"], by=xu)
    assert set(people_list(lin)) == {lin, wang, xu}
    assert set(people_list(lin, text="检测")) == {wang, xu}
    assert set(people_list(lin, text="林")) == {lin}
    assert set(people_list(lin, department=department)) == {wang}


# --- following and skills ---------------------------------------------------------------------------------------------


def test_one_pair_of_followers_is_told_from_the_next(lin: Person, wang: Person, xu: Person, sun: Person) -> None:
    for person, by in ((lin, wang), (wang, lin), (xu, wang), (lin, sun)):
        follow(person, by=by)
    assert (bond(wang, lin).is_mutual, bond(wang, xu).is_mutual, bond(xu, wang).is_mutual) == (True, False, False)
    assert (bond(wang, xu).follows, bond(xu, wang).followed) == (True, True)
    assert {row.person: row.is_mutual for row in followed_by(wang)} == {lin: True, xu: False}  # type: ignore[attr-defined]
    assert {row.by: row.is_mutual for row in followers_of(lin)} == {wang: True, sun: False}  # type: ignore[attr-defined]
    assert (follower_count(lin), follower_count(wang), follower_count(sun)) == (2, 1, 0)
    assert set(followers_among([xu.pk, None])) == {wang.pk}
    assert sorted(followers_among([lin.pk, xu.pk])) == sorted([wang.pk, sun.pk])
    unfollow(lin, by=wang)
    assert set(Follow.objects.values_list("person__handle", "by__handle")) == {
        ("wang", "lin"),
        ("xu", "wang"),
        ("lin", "sun"),
    }
    gone(sun)
    assert not followers_among([lin.pk])


def test_skills_of_one_person_are_replaced_and_those_of_others_stay(lin: Person, wang: Person, xu: Person) -> None:
    declare_skills(wang, ["报价", "回款"], by=wang)
    declare_skills(xu, ["报价"], by=xu)
    claim = wang.skills.get(skill__name="回款")
    for by in (lin, xu):
        endorse(claim, by=by)
    endorse(xu.skills.get(), by=lin)
    assert [(row.skill.name, row.count, row.mine) for row in skills_of(wang, lin)] == [
        ("回款", 2, True),
        ("报价", 0, False),
    ]  # type: ignore[attr-defined]
    assert [row.skill.name for row in best_skills(wang, 1)] == ["回款"]
    withdraw_endorsement(claim, by=xu)
    assert set(Endorsement.objects.values_list("claim__person__handle", "by__handle")) == {
        ("wang", "lin"),
        ("xu", "lin"),
    }
    declare_skills(wang, [" 报价 "], by=wang)
    assert [row.skill.name for row in wang.skills.all()] == ["报价"] and xu.skills.count() == 1
    assert facts("skill_endorsed") == 3


# --- structure --------------------------------------------------------------------------------------------------------


def test_an_empty_department_goes_while_the_one_beside_it_is_full(admin: Person) -> None:
    full, empty, above = (add_department(name=name, by=admin) for name in ("满", "空", "上"))
    add_department(name="下", parent=above, by=admin)
    make_person("p1", department=full)
    for department in (full, above):
        with pytest.raises(Refused):
            remove_department(department, by=admin)
    before = facts("department_changed")
    for _ in range(2):
        remove_department(empty, by=admin)
    assert set(Department.objects.values_list("name", flat=True)) == {"满", "上", "下"}
    assert facts("department_changed") == before + 1


def test_a_department_keeps_its_name_and_takes_no_siblings_name(admin: Person) -> None:
    above = add_department(name="上", by=admin)
    first, second = (add_department(name=name, parent=above, by=admin) for name in ("甲", "乙"))
    change_department(first, name="甲", parent=above, head=admin, by=admin)
    with pytest.raises(Refused) as refused:
        change_department(first, name="乙", parent=above, head=None, by=admin)
    assert refused.value.field == "name"
    change_department(first, name="乙", parent=None, head=None, by=admin)
    names = dict(Department.objects.values_list("name", "parent__name").order_by("pk"))
    assert (names, Department.objects.get(pk=second.pk).head) == ({"上": None, "乙": "上"}, None)
    with pytest.raises(Forbidden):
        change_department(second, name="丙", parent=None, head=None, by=make_person("p1"))


def test_an_unused_place_position_or_room_goes_while_its_neighbours_are_used(admin: Person, lin: Person) -> None:
    used, bare, roomy = (save_location(None, name=name, by=admin) for name in ("用", "空", "有房"))
    room, other = (save_room(None, location=roomy, name=name, seats=8, by=admin) for name in ("一号", "二号"))
    held, unheld = (save_position(None, name=name, level=3, by=admin) for name in ("任", "缺"))
    Person.objects.filter(pk=lin.pk).update(location=used, position=held)
    for act, thing in ((remove_location, used), (remove_location, roomy), (remove_position, held)):
        with pytest.raises(Refused):
            act(thing, by=admin)
    before = facts("location_changed") + facts("position_changed")
    for act, thing in ((remove_location, bare), (remove_position, unheld), (remove_room, room)):
        with pytest.raises(Forbidden):
            act(thing, by=lin)
        for _ in range(2):
            act(thing, by=admin)
    assert facts("location_changed") + facts("position_changed") == before + 3
    assert [*Location.objects.order_by("pk"), *Position.objects.all(), *Room.objects.all()] == [
        used,
        roomy,
        held,
        other,
    ]
    gone(fresh(lin))
    remove_location(used, by=admin)
    remove_position(held, by=admin)
    assert fresh(lin).location is None


def test_a_taken_name_of_a_place_or_position_is_refused(admin: Person, lin: Person) -> None:
    first = save_location(None, name="甲", by=admin)
    other = save_location(None, name="乙", by=admin)
    save_position(None, name="岗", level=1, by=admin)
    room = save_room(None, location=first, name="一号", seats=8, by=admin)
    for act in (
        lambda: save_location(other, name="甲", by=admin),
        lambda: save_position(None, name="岗", level=2, by=admin),
        lambda: save_room(None, location=first, name="一号", seats=9, by=admin),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == "name"
    with pytest.raises(Forbidden):
        save_room(room, location=first, name="二号", seats=8, by=lin)
    save_room(room, location=other, name="一号", seats=9, by=admin)
    assert room_names() == ["一号"]
    acts = Activity.objects.filter(verb="directory.location_changed").order_by("pk").values_list("data", flat=True)
    assert [row["act"] for row in acts] == ["added", "added", "added", "changed"]


# --- working time -----------------------------------------------------------------------------------------------------


def test_one_day_is_removed_and_the_others_stay(admin: Person) -> None:
    days = [dt.date(2027, 3, day) for day in (1, 2)]
    for day in days:
        set_day(day, name="厂庆", works=False, by=admin)
    before = facts("working_time_changed")
    for _ in range(2):
        remove_day(days[0], by=admin)
    assert list(SpecialDay.objects.values_list("date", flat=True)) == [days[1]]
    assert facts("working_time_changed") == before + 1


def test_a_year_is_confirmed_alone_and_once(admin: Person) -> None:
    for year in (2027, 2028):
        SpecialDay.objects.create(date=dt.date(year, 5, 1), name="劳动节", provisional=True)
    for _ in range(2):
        confirm_year(2027, by=admin)
    assert dict(SpecialDay.objects.values_list("date__year", "provisional")) == {2027: False, 2028: True}
    assert facts("working_time_changed") == 1
    assert [year_shown(year).provisional for year in (2027, 2028)] == [False, True]


@pytest.mark.parametrize(("ahead", "fine"), [(-6, False), (-5, True), (2, True), (3, False)])
def test_years_near_enough_to_be_known_are_entered(admin: Person, ahead: int, fine: bool) -> None:
    year = timezone.localdate().year + ahead
    if fine:
        assert enter_year(year, by=admin) > 0
        assert set(SpecialDay.objects.values_list("date__year", flat=True)) == {year}
        assert (enter_year(year, by=admin), facts("working_time_changed")) == (0, 1)
    else:
        with pytest.raises(Refused):
            enter_year(year, by=admin)
        assert not SpecialDay.objects.exists()


@pytest.mark.parametrize(
    ("times", "fine"),
    [
        ((9, 12, 13, 18), True),
        ((9, 12, 12, 18), True),
        ((9, 9, 13, 18), False),
        ((9, 13, 12, 18), False),
        ((9, 12, 18, 18), False),
    ],
)
def test_the_day_has_a_morning_and_an_afternoon(admin: Person, times: tuple[int, ...], fine: bool) -> None:
    names = ("starts", "lunch_starts", "lunch_ends", "ends")
    for _ in range(2):
        if fine:
            set_hours(**dict(zip(names, map(dt.time, times), strict=True)), by=admin)
        else:
            with pytest.raises(Refused):
                set_hours(**dict(zip(names, map(dt.time, times), strict=True)), by=admin)
    assert WorkHours.objects.count() == fine


def test_hours_end_with_the_minute_and_lie_on_one_working_day() -> None:
    SpecialDay.objects.create(date="2027-03-06", name="调休上班", works=True)
    SpecialDay.objects.create(date="2027-03-04", name="春社", works=False)
    calendar = WorkCalendar(dt.date(2027, 3, 1), dt.date(2027, 3, 8))
    zone = dt.timezone(dt.timedelta(hours=8))

    def fits(day: int, start: str, end: str, until: int = 0) -> bool:
        moments = (
            dt.datetime.fromisoformat(f"2027-03-{d:02}T{clock}").replace(tzinfo=zone)
            for d, clock in ((day, start), (until or day, end))
        )
        return calendar.in_hours(*moments)

    assert [fits(3, "09:00", "12:00"), fits(3, "13:30", "18:00"), fits(6, "09:00", "10:00")] == [True] * 3
    assert not any((fits(3, "08:59", "10:00"), fits(3, "11:00", "12:01"), fits(3, "13:29", "14:00")))
    assert not any((fits(3, "17:00", "18:01"), fits(4, "09:00", "10:00"), fits(7, "09:00", "10:00")))
    assert not fits(2, "14:00", "15:00", until=3)
    assert [calendar.next_working_day(dt.date(2027, 3, day)).day for day in (3, 4, 6, 7)] == [3, 5, 6, 8]
    assert working_days_from(dt.date(2027, 3, 3), 2) == dt.date(2027, 3, 6)


def test_a_seeded_year_holds_days_of_that_year_and_keeps_corrections() -> None:
    SpecialDay.objects.create(date="2026-10-01", name="值班", works=True)
    entered = seed_year(2026)
    assert entered == SpecialDay.objects.count() - 1 > 20
    assert set(SpecialDay.objects.values_list("date__year", flat=True)) == {2026}
    assert SpecialDay.objects.get(date="2026-10-01").name == "值班"
    assert not SpecialDay.objects.filter(provisional=True).exists()
    assert SpecialDay.objects.filter(works=True, date__week_day__in=[1, 7]).exists()


def test_a_holiday_runs_over_its_weekend_and_is_called_by_its_names() -> None:
    rows = {"03-04": "春社", "03-05": "休息日", "03-08": "妇女节（半天）", "03-20": "植树节"}
    for day, name in rows.items():
        SpecialDay.objects.create(date=f"2027-{day}", name=name, works=False)
    SpecialDay.objects.create(date="2027-03-13", name="调休上班", works=True)
    SpecialDay.objects.create(date="2027-03-16", name="照常", works=True)
    year = year_shown(2027)
    assert [(stretch.name, stretch.first.day, stretch.days) for stretch in year.stretches] == [
        ("春社、妇女节", 4, 5),
        ("植树节", 20, 2),
    ]
    assert [day.date.day for day in year.shifted] == [13, 16]
    march = [day for week in year.months[2][1] for day in week if day]
    assert [day.date.day for day in march if day.holiday] == [4, 5, 6, 7, 8, 20, 21]
    assert [day.date.day for day in march if not day.works][:6] == [4, 5, 6, 7, 8, 14]
    assert not any(day.today for day in march) and year.others == [2026, 2027, 2028]


def test_only_administrators_enter_people(lin: Person) -> None:
    with pytest.raises(Forbidden):
        enter_person(by=lin, name="新人")
    assert Person.objects.count() == 1
