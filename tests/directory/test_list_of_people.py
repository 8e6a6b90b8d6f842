"""The administrators' list of colleagues: who never signed in, orders, links for the chosen, the file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import gone, make_person
from zhiliu.audit.models import Entry
from zhiliu.directory.accounts import new_person
from zhiliu.directory.models import Department, LinkMail, LinkMailing, LoginLink, Person
from zhiliu.directory.queries import managed_people
from zhiliu.notifications.mail_server import BACKEND

pytestmark = pytest.mark.django_db
PAGE = "/administration/people/"


@pytest.fixture
def workers(db: None) -> list[Person]:
    """Three who never signed in: two of the plant and its line, one of whom has an address; one of sales."""
    plant = Department.objects.create(name="制造")
    line = Department.objects.create(name="一线", parent=plant)
    sales = Department.objects.create(name="销售")
    return [
        new_person(name="石长根", employee_number="L2", department=plant, email="shi@example.com"),
        new_person(name="安大勇", employee_number="L1", department=line),
        new_person(name="毛小妹", employee_number="L3", department=sales),
    ]


def names(client: Client, query: str = "") -> list[str]:
    return [person.name for person in client.get(f"{PAGE}?{query}").context["page"]]


def lines(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{PAGE}export/?{query}&as=csv")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_who_never_signed_in_and_who_has_no_email_is_found(
    workers: list[Person], admin: Person, lin: Person, browse: Any
) -> None:
    client, (shi, an, mao) = browse(admin), workers
    page = client.get(PAGE).content.decode()
    assert "3 人从未登录" in page and "没有邮箱" in page
    assert set(names(client, "lack=entry")) == {shi.name, an.name, mao.name}
    assert set(names(client, "lack=email")) == {an.name, mao.name}
    assert names(client, "lack=email&q=mao") == [mao.name]
    shi.email = ""
    assert set(managed_people(lack="email")) == {an, mao}
    Person.objects.filter(pk=mao.pk).update(came_in_at=timezone.now())
    assert "2 人从未登录" in client.get(PAGE).content.decode()


def test_who_has_left_is_not_counted_as_never_signed_in(workers: list[Person], admin: Person, browse: Any) -> None:
    gone(workers[0])
    page = browse(admin).get(f"{PAGE}?show=gone").content.decode()
    assert "2 人从未登录" in page and workers[0].name in page and "从未登录</span>" not in page


def test_a_department_is_shown_with_those_below_it(workers: list[Person], admin: Person, browse: Any) -> None:
    client, (shi, an, mao) = browse(admin), workers
    plant, line = shi.department_id, an.department_id
    assert set(names(client, f"department={plant}")) == {shi.name, an.name}
    assert names(client, f"department={line}") == [an.name]
    assert mao.name in names(client, "department=x") and mao.name in names(client, "department=99999")


def test_the_list_has_four_orders(workers: list[Person], lin: Person, admin: Person, browse: Any) -> None:
    client = browse(admin)
    shi, an, mao = (person.name for person in workers)
    assert names(client) == sorted(names(client))
    assert names(client, "sort=number") == [an, shi, mao, admin.name, lin.name]
    assert names(client, "sort=newest") == [admin.name, lin.name, mao, an, shi]
    browse(lin).get("/people/")
    assert names(client, "sort=seen")[:2] == [lin.name, admin.name]
    assert names(client, "sort=nonsense") == names(client)


@pytest.mark.parametrize("sort", ["", "number", "newest", "seen"])
def test_every_order_goes_on_with_the_next_page(sort: str, admin: Person, browse: Any) -> None:
    for number in range(40):
        new_person(name=f"工{number:02}", employee_number=f"W{number:02}" if number % 2 else None)
    client = browse(admin)
    first = client.get(f"{PAGE}?sort={sort}").context["page"]
    second = client.get(first.next_url).context["page"]
    shown = [person.pk for person in (*first, *second)]
    assert len(first) == 30 and len(shown) == len(set(shown)) == 41


def test_the_filtered_list_is_a_file_and_the_audit_says_who_took_it(
    workers: list[Person], admin: Person, browse: Any
) -> None:
    client = browse(admin)
    found = lines(client, "lack=entry&sort=number")
    assert found[0] == "姓名,工号,部门,岗位,邮箱,身份,入职日期,首次登录,最近在线"
    assert found[1:] == [
        "安大勇,L1,一线,,,员工,,,",
        "石长根,L2,制造,,shi@example.com,员工,,,",
        "毛小妹,L3,销售,,,员工,,,",
    ]
    assert [line.split(",")[0] for line in lines(client, "lack=email")[1:]] == ["安大勇", "毛小妹"]
    assert client.get(f"{PAGE}export/").headers["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    entries = Entry.objects.filter(verb="directory.list_exported", by_id=admin.pk)
    assert {entry.subject for entry in entries} == {"同事名单"} and len(entries) == 3
    own = lines(client, "q=admin")[1].split(",")
    assert own[7][:10] < own[8][:10] == timezone.localdate().isoformat()


def test_chosen_people_get_a_link_by_mail(workers: list[Person], admin: Person, lin: Person, browse: Any) -> None:
    client = browse(admin)
    assert "给他们发登录链接邮件" in client.get(PAGE).content.decode()
    shi, an = workers[:2]
    answer = client.post("/administration/mailings/chosen/", {"person": [shi.pk, an.pk, lin.pk]})
    mailing = LinkMailing.objects.get()
    assert answer.headers["Location"] == mailing.get_absolute_url() and mailing.about == "选中的同事"
    assert dict(mailing.rows.values_list("person", "state")) == {shi.pk: "waiting", an.pk: "no_address"}
    client.post("/administration/mailings/chosen/", {"person": [shi.pk]})
    assert LinkMail.objects.filter(person=shi).count() == 1


def test_all_in_sight_get_a_link_by_the_filters_of_the_address(
    workers: list[Person], admin: Person, browse: Any
) -> None:
    answer = browse(admin).post("/administration/mailings/chosen/links.csv?lack=entry&q=L1", {"all": "1"})
    assert "no-store" in answer.headers["Cache-Control"]
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(",")[1] for row in rows] == ["工号", "L1"]
    assert [link.person for link in LoginLink.objects.all()] == [workers[1]]


def test_without_a_mail_server_the_links_are_a_file(
    workers: list[Person], admin: Person, browse: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = BACKEND
    client = browse(admin)
    page = client.get(PAGE).content.decode()
    assert "下载登录链接" in page and "给他们发登录链接邮件" not in page
    client.post("/administration/mailings/chosen/", {"person": [workers[0].pk]})
    assert not LinkMailing.objects.exists()


def test_who_has_a_password_can_not_be_chosen(admin: Person, lin: Person, browse: Any) -> None:
    make_person("zhao")
    client = browse(admin)
    page = client.get(PAGE).content.decode()
    assert 'name="person"' not in page and "下载登录链接" not in page
    for sent in ({}, {"person": [lin.pk]}, {"person": ["x"]}, {"all": "1"}):
        answer = client.post("/administration/mailings/chosen/links.csv", sent, follow=True)
        assert "选至少一位还没有密码的同事" in answer.content.decode()
    assert not LoginLink.objects.exists()


@pytest.mark.parametrize("path", [f"{PAGE}export/", "/administration/mailings/chosen/links.csv"])
def test_others_get_neither_the_list_nor_links(path: str, workers: list[Person], lin: Person, browse: Any) -> None:
    ask = browse(lin).get if path.endswith("export/") else browse(lin).post
    assert ask(path, {"all": "1"}).status_code == 403
    assert not LoginLink.objects.exists() and not Entry.objects.filter(verb="directory.list_exported").exists()
