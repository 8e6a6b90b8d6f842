"""People come in, are found, and leave."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.directory.accounts import deactivate, invite_guest, new_person
from zhiliu.directory.calendar import WorkCalendar, seed_year, working_days_from
from zhiliu.directory.login_links import login_link_key, read_login_link, use_link
from zhiliu.directory.models import Department, Endorsement, LoginLink, Person
from zhiliu.directory.queries import people_list
from zhiliu.directory.skills import declare_skills, endorse
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["单雄", "雄", "shanxiong", "danxiong", "SX", "dx", "L77", "ShanX"])
def test_a_person_is_found_by_name_every_reading_initials_and_number(typed: str) -> None:
    person = new_person(name="单雄", employee_number="L77", handle="shan")
    new_person(name="王一帆", handle="wang")
    assert list(Person.objects.named(typed)) == [person]


def test_people_are_found_by_department_and_skill(lin: Person) -> None:
    department = Department.objects.create(name="华东大区")
    person = new_person(name="何远", department=department)
    declare_skills(person, ["氟系统检漏"], by=person)
    assert person in people_list(lin, text="华东")
    assert person in people_list(lin, text="检漏")
    assert person not in people_list(lin, text="华南")


def test_a_department_includes_those_below_it(lin: Person) -> None:
    above = Department.objects.create(name="营销中心")
    below = Department.objects.create(name="华东大区", parent=above)
    person = new_person(name="何远", department=below)
    assert list(people_list(lin, department=above)) == [person]


def test_two_of_the_same_name_get_different_handles() -> None:
    assert new_person(name="何远").handle != new_person(name="何远").handle


def test_a_leaver_cannot_sign_in_and_leaves_once(lin: Person, admin: Person) -> None:
    deactivate(lin, by=admin)
    deactivate(lin, by=admin)
    assert not Client().login(username="lin", password="correct horse battery")
    assert not Person.objects.get(pk=lin.pk).is_active


@pytest.mark.parametrize("name", ["N-lin", "lin@example.com", "LIN@example.com", "lin"])
def test_sign_in_by_number_mail_or_handle(lin: Person, name: str) -> None:
    answer = Client().post("/signin/", {"username": name, "password": "correct horse battery"})
    assert answer.status_code == 302


def test_a_wrong_password_is_told_in_a_sentence_and_keeps_the_name(lin: Person) -> None:
    answer = Client().post("/signin/", {"username": "lin", "password": "wrong"})
    assert answer.status_code == 200
    assert "工号和密码对不上" in answer.content.decode()
    assert 'value="lin"' in answer.content.decode()


def test_guessing_is_slowed_down(lin: Person) -> None:
    client = Client()
    answers = [client.post("/signin/", {"username": "lin", "password": f"wrong {n}"}) for n in range(9)]
    assert answers[-1].status_code == 429
    assert "15 分钟" in answers[-1].content.decode()
    assert client.post("/signin/", {"username": "lin", "password": "correct horse battery"}).status_code == 429


def test_the_page_after_sign_in_is_never_another_site(lin: Person) -> None:
    for wanted in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = Client().post("/signin/", {"username": "lin", "password": "correct horse battery", "next": wanted})
        assert answer.headers["Location"] == "/"


def test_one_click_sign_in_exists_in_demo_mode_only(lin: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(extra={"demo_part": "经理"})
    assert Client().post("/signin/demo/lin/").status_code == 404
    with override_settings(DEMO=True):
        assert Client().post("/signin/demo/lin/").status_code == 302


def test_a_guest_comes_in_by_a_link_that_works_once(lin: Person, catch_up: Any) -> None:
    guest, invitation = invite_guest(name="赵敏", email="Zhao@partner.example", by=lin)
    key = login_link_key(invitation)
    client = Client()
    assert client.get(f"/invitations/{key}/").status_code == 200
    assert client.post(f"/invitations/{key}/", {"password": "short"}).status_code == 200
    assert client.post(f"/invitations/{key}/", {"password": "a long enough sentence"}).status_code == 302
    assert Client().get(f"/invitations/{key}/").status_code == 410
    assert Client().get("/invitations/forged/").status_code == 410
    assert guest.kind == Person.Kind.GUEST
    with pytest.raises(Refused):
        use_link(invitation, password="another long sentence")


def test_an_expired_invitation_is_refused(lin: Person) -> None:
    _guest, invitation = invite_guest(name="赵敏", email="zhao@partner.example", by=lin)
    LoginLink.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(Refused):
        read_login_link(login_link_key(invitation))


def test_a_guest_gets_the_link_by_mail(lin: Person, catch_up: Any, run_jobs: Any) -> None:
    invite_guest(name="赵敏", email="zhao@partner.example", by=lin)
    catch_up()
    run_jobs()
    assert [message.to for message in mail.outbox] == [["zhao@partner.example"]]
    assert "/invitations/" in mail.outbox[0].body
    assert "correct horse" not in mail.outbox[0].body


def test_skills_are_vouched_for_by_others_once(lin: Person, wang: Person) -> None:
    declare_skills(wang, ["报价", "报价", " "], by=wang)
    claim = wang.skills.get()
    endorse(claim, by=lin)
    endorse(claim, by=lin)
    with pytest.raises(Refused):
        endorse(claim, by=wang)
    assert Endorsement.objects.count() == 1
    declare_skills(wang, ["报价", "回款"], by=wang)
    assert Endorsement.objects.count() == 1


def test_guests_vouch_for_nobody(wang: Person, zhao: Person) -> None:
    Person.objects.filter(pk=zhao.pk).update(kind=Person.Kind.GUEST)
    declare_skills(wang, ["报价"], by=wang)
    with pytest.raises(Forbidden):
        endorse(wang.skills.get(), by=fresh(zhao))
    assert not Endorsement.objects.exists()


def test_shifted_working_days_are_known() -> None:
    seed_year(2026)
    calendar = WorkCalendar(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert not calendar.works(dt.date(2026, 10, 1))
    assert calendar.works(dt.date(2026, 7, 1))
    assert not calendar.works(dt.date(2026, 7, 4))
    shifted = [day.date for day in calendar._special.values() if day.works]
    assert shifted and all(day.weekday() >= 5 and calendar.works(day) for day in shifted)
    assert seed_year(2026) == 0
    assert working_days_from(dt.date(2026, 9, 30), 1) > dt.date(2026, 10, 1)


def test_tenure_counts_full_years() -> None:
    person = make_person("x1", hired_on=dt.date(2020, 3, 2))
    assert person.tenure_years(dt.date(2026, 3, 1)) == 5
    assert person.tenure_years(dt.date(2026, 3, 2)) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_asks_a_fixed_number_of_questions(
    count: int, lin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    department = Department.objects.create(name="售后")
    for number in range(count):
        new_person(name=f"人{number}", department=department)
    client = browse(lin)
    client.get("/people/")
    with django_assert_max_num_queries(9):
        assert client.get("/people/").status_code == 200
