"""Links for a first sign-in are handed out by the department, in a file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.directory import link_handover
from zhiliu.directory.accounts import deactivate, new_person
from zhiliu.directory.link_handover import hand_links, link_lines, without_password
from zhiliu.directory.login_links import hand_link, login_link_key, read_login_link
from zhiliu.directory.models import Department, LoginLink, Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
NEW = "tall trees by the river"


@pytest.fixture
def workers(admin: Person) -> list[Person]:
    """Three without a password, two of them below the plant."""
    plant = Department.objects.create(name="制造")
    line = Department.objects.create(name="一线", parent=plant)
    places = (plant, line, Department.objects.create(name="销售"))
    return [new_person(name=f"石长根{n}", employee_number=f"L{n}", department=place) for n, place in enumerate(places)]


def facts() -> list[dict[str, Any]]:
    return list(
        Activity.objects.filter(verb="directory.login_links_handed").order_by("pk").values_list("data", flat=True)
    )


def test_a_batch_is_one_fact_and_the_links_before_stop_working(workers: list[Person], admin: Person) -> None:
    before = hand_link(workers[0], by=admin)
    keys = [person.pk for person in workers]
    links = hand_links(keys, by=admin)
    assert [link.person_id for link in links] == keys
    with pytest.raises(Refused):
        read_login_link(login_link_key(before))
    assert [read_login_link(login_link_key(link)).person_id for link in links] == keys
    assert facts() == [{"person_ids": keys}]
    assert Entry.objects.get(verb="directory.login_links_handed").after == {"links": 3}


def test_who_has_a_password_or_has_left_gets_none(workers: list[Person], admin: Person) -> None:
    workers[0].set_password(NEW)
    workers[0].save()
    deactivate(workers[1], by=admin)
    assert [link.person_id for link in hand_links([worker.pk for worker in workers], by=admin)] == [workers[2].pk]
    assert hand_links([workers[0].pk], by=admin) == [] and len(facts()) == 1


def test_only_administrators_hand_links(workers: list[Person], lin: Person) -> None:
    with pytest.raises(Forbidden):
        hand_links([worker.pk for worker in workers], by=lin)
    assert not LoginLink.objects.exists() and facts() == []


def test_links_are_made_batch_by_batch(workers: list[Person], admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_handover, "BATCH", 2)
    people = without_password().filter(pk__in=[worker.pk for worker in workers])
    lines = list(link_lines(people, base="https://zhiliu.example.com", by=admin))
    assert [line[:3] for line in lines[1:]] == [
        ("石长根0", "L0", "制造"),
        ("石长根1", "L1", "一线"),
        ("石长根2", "L2", "销售"),
    ]
    assert [len(fact["person_ids"]) for fact in facts()] == [2, 1]


def test_a_department_gets_a_file_of_links_that_let_in(workers: list[Person], admin: Person, browse: Any) -> None:
    plant = workers[0].department
    assert plant is not None
    client, page = browse(admin), f"/administration/departments/{plant.pk}/"
    assert "2 人还没有密码" in client.get(page).content.decode()
    answer = client.post(f"{page}links.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="links-{plant.pk}.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert [line.split(",")[1] for line in lines] == ["工号", "L0", "L1"]
    path = "/password/links/" + lines[1].partition("/password/links/")[2]
    worker = Client()
    assert worker.post(path, {"password": NEW}).status_code == 302
    assert worker.get("/people/").status_code == 200
    assert "1 人还没有密码" in client.get(page).content.decode()


def test_others_download_no_links(workers: list[Person], lin: Person, browse: Any) -> None:
    plant = workers[0].department
    assert plant is not None
    assert browse(lin).post(f"/administration/departments/{plant.pk}/links.csv").status_code == 403
    assert not LoginLink.objects.exists()
