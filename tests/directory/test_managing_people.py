"""Administrators enter people, change them, let them go and bring them back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.accounts import deactivate, reactivate
from zhiliu.directory.bulk_import.people import dismiss_people
from zhiliu.directory.managing.people import StalePerson, change_person, enter_person, set_administrator
from zhiliu.directory.models import Department, Location, Person, Position
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=f"directory.{verb}").count()


def form_of(person: Person, **changes: Any) -> dict[str, Any]:
    values = {"name": person.name, "employee_number": person.employee_number or "", "email": person.email or ""}
    return {**values, "version": person.version, **changes}


def test_somebody_entered_by_hand_comes_in_by_the_link_shown_once(admin: Person, browse: Any) -> None:
    department = Department.objects.create(name="生产部")
    client = browse(admin)
    sent = {
        "name": "石长根",
        "employee_number": "L77",
        "department": department.pk,
        "hired_on": "2025-03-01",
        "_once": "t1",
    }
    assert client.post("/administration/people/new/", sent).status_code == 302
    assert client.post("/administration/people/new/", sent).status_code == 302
    worker = Person.objects.get(employee_number="L77")
    assert (worker.name, worker.department, str(worker.hired_on)) == ("石长根", department, "2025-03-01")
    assert not worker.has_usable_password()
    answer = client.post(f"/administration/people/{worker.handle}/link/")
    path = "/password/links/" + answer.content.decode().split("/password/links/")[1].split('"')[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client().post(path, {"password": "tall trees by the river"}).status_code == 302
    assert list(Person.objects.named("shichanggen")) == [worker]


@pytest.mark.parametrize(
    "changes", [{"employee_number": "N-lin"}, {"email": "LIN@example.com"}, {"name": ""}, {"email": "no address"}]
)
def test_what_is_taken_or_missing_is_refused_and_nothing_is_entered(
    changes: dict[str, Any], admin: Person, lin: Person, browse: Any
) -> None:
    answer = browse(admin).post("/administration/people/new/", {"name": "新人", "employee_number": "L1", **changes})
    assert answer.status_code == 200
    assert 'class="error' in answer.content.decode() or "banner bad" in answer.content.decode()
    assert Person.objects.count() == 2


def test_everything_about_a_person_can_be_changed(admin: Person, lin: Person, wang: Person, browse: Any) -> None:
    position, place = Position.objects.create(name="工程师"), Location.objects.create(name="杭州")
    values = form_of(wang, name="王一凡", employee_number="L9", position=position.pk, location=place.pk, manager=lin.pk)
    assert browse(admin).post("/administration/people/wang/", values).status_code == 302
    changed = fresh(wang)
    assert (changed.name, changed.employee_number, changed.position, changed.location, changed.manager) == (
        "王一凡",
        "L9",
        position,
        place,
        lin,
    )
    assert changed.version == wang.version + 1
    assert list(Person.objects.named("wangyifan")) == [changed]
    assert facts("people_changed") == 1


def test_a_change_made_meanwhile_is_shown_and_nothing_is_lost(admin: Person, wang: Person, browse: Any) -> None:
    stale = form_of(wang, name="王二")
    change_person(wang, version=wang.version, by=admin, name="王三")
    answer = browse(admin).post("/administration/people/wang/", stale)
    text = answer.content.decode()
    assert answer.status_code == 200 and "王三" in text and 'value="王二"' in text
    assert fresh(wang).name == "王三"
    assert f'name="version" value="{fresh(wang).version}"' in text
    again = browse(admin).post("/administration/people/wang/", form_of(fresh(wang), name="王二"))
    assert again.status_code == 302 and fresh(wang).name == "王二"
    with pytest.raises(StalePerson):
        change_person(wang, version=1, by=admin, name="王四")


def test_managers_cannot_form_a_circle(admin: Person, lin: Person, wang: Person, xu: Person, browse: Any) -> None:
    change_person(wang, version=wang.version, by=admin, manager=lin)
    change_person(xu, version=xu.version, by=admin, manager=wang)
    for manager in (xu, lin):
        with pytest.raises(Refused) as refused:
            change_person(lin, version=fresh(lin).version, by=admin, manager=manager)
        assert refused.value.field == "manager"
    answer = browse(admin).post("/administration/people/lin/", form_of(fresh(lin), manager=xu.pk))
    assert "不能再反过来" in answer.content.decode()
    assert fresh(lin).manager is None


def test_who_leaves_is_out_at_once_and_what_they_wrote_stays(admin: Person, lin: Person, browse: Any) -> None:
    lin.tagline = "先说卡在哪儿"
    lin.save()
    theirs = browse(lin)
    assert theirs.get("/people/").status_code == 200
    answer = browse(admin).post("/administration/people/lin/leaving/", {"on": "1"})
    assert answer.status_code == 302
    assert theirs.get("/people/").status_code == 302
    gone = fresh(lin)
    assert (gone.is_active, gone.tagline) == (False, "先说卡在哪儿")
    assert "林晓岚" in browse(admin).get("/administration/people/?show=gone").content.decode()
    browse(admin).post("/administration/people/lin/leaving/", {"on": "0"})
    assert fresh(lin).is_active
    assert theirs.get("/people/").status_code == 302


def test_the_last_administrator_stays(admin: Person, lin: Person) -> None:
    for act in (lambda: deactivate(admin, by=admin), lambda: set_administrator(admin, False, by=admin)):
        with pytest.raises(Refused):
            act()
    assert fresh(admin).is_admin and fresh(admin).is_active
    set_administrator(lin, True, by=admin)
    set_administrator(lin, True, by=admin)
    deactivate(admin, by=fresh(lin))
    with pytest.raises(Refused):
        set_administrator(fresh(lin), False, by=fresh(lin))
    assert fresh(lin).is_admin
    assert facts("administrator_made") == 1


def test_guests_and_leavers_cannot_be_administrators(admin: Person, zhao: Person, lin: Person) -> None:
    deactivate(lin, by=admin)
    for person in (zhao, fresh(lin)):
        with pytest.raises(Refused):
            set_administrator(person, True, by=admin)
        assert not fresh(person).is_admin


def test_only_administrators_may(lin: Person, wang: Person, admin: Person, browse: Any) -> None:
    for act in (
        lambda: enter_person(by=lin, name="新人"),
        lambda: change_person(wang, version=1, by=lin, name="别人"),
        lambda: deactivate(wang, by=lin),
        lambda: reactivate(wang, by=lin),
        lambda: set_administrator(lin, True, by=lin),
    ):
        with pytest.raises(Forbidden):
            act()
    client = browse(lin)
    assert client.get("/administration/people/").status_code == 403
    assert client.get("/administration/people/new/").status_code == 403
    assert client.get("/administration/people/wang/").status_code == 403
    for act in ("leaving", "administrator", "link"):
        assert client.post(f"/administration/people/wang/{act}/", {"on": "1"}).status_code == 403
    assert Client().get("/administration/people/").status_code == 302
    assert fresh(wang).is_active and not fresh(lin).is_admin
    assert Person.objects.count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_questions(
    count: int, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    department = Department.objects.create(name="售后")
    for number in range(count):
        make_person(f"p{number}", department=department)
    client = browse(admin)
    client.get("/administration/people/")
    with django_assert_max_num_queries(11):
        assert client.get("/administration/people/").status_code == 200


def test_a_manager_or_head_who_has_left_is_not_dropped_by_another_change(
    admin: Person, lin: Person, wang: Person, browse: Any
) -> None:
    Person.objects.filter(pk=wang.pk).update(manager=lin)
    department = Department.objects.create(name="生产部", head=lin)
    Person.objects.filter(pk=lin.pk).update(is_active=False)
    client = browse(admin)
    assert f'value="{lin.pk}" selected' in client.get("/administration/people/wang/").content.decode()
    values = form_of(fresh(wang), name="王一凡", manager=lin.pk)
    assert client.post("/administration/people/wang/", values).status_code == 302
    assert (fresh(wang).name, fresh(wang).manager) == ("王一凡", lin)
    page = f"/administration/departments/{department.pk}/"
    assert client.post(page, {"name": "生产一部", "parent": "", "head": lin.pk}).status_code == 302
    assert Department.objects.get(pk=department.pk).head == lin


def test_a_form_open_while_somebody_leaves_returns_or_becomes_administrator_can_be_sent(
    admin: Person, lin: Person, wang: Person
) -> None:
    deactivate(wang, by=admin)
    reactivate(wang, by=admin)
    set_administrator(wang, True, by=admin)
    assert dismiss_people([wang.pk, lin.pk], by=admin) == 2
    changed = change_person(wang, version=wang.version, by=admin, name="王三")
    assert (changed.name, changed.is_active, changed.is_admin) == ("王三", False, True)


def test_somebody_is_entered_by_their_name_alone(admin: Person) -> None:
    person = enter_person(by=admin, name="何远")
    assert (person.handle, person.extra, person.has_usable_password()) == ("heyuan", {}, False)


def test_a_circle_among_others_stops_no_change(admin: Person, lin: Person, wang: Person, xu: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(manager=wang)
    Person.objects.filter(pk=wang.pk).update(manager=lin)
    assert change_person(xu, version=1, by=admin, manager=lin).manager == lin
