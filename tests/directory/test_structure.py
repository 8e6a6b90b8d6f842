"""Departments, positions, locations and rooms are kept in order by administrators."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.reach import reach
from zhiliu.directory.managing.departments import add_department, change_department, remove_department
from zhiliu.directory.managing.places import remove_location, save_location, save_room
from zhiliu.directory.managing.positions import remove_position, save_position
from zhiliu.directory.models import Department, Location, Person, Position, Room
from zhiliu.directory.queries import room_names
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.search.index import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(admin: Person) -> tuple[Department, Department, Department]:
    company = add_department(name="岭东冷链", by=admin)
    service = add_department(name="售后服务部", parent=company, by=admin)
    return company, service, add_department(name="现场服务组", parent=service, by=admin)


def parents() -> dict[str, str | None]:
    rows = Department.objects.without_tree_fields().select_related("parent")
    return {row.name: row.parent.name if row.parent else None for row in rows}


def test_a_department_is_added_renamed_moved_and_given_a_head(
    tree: tuple[Department, ...], admin: Person, lin: Person, browse: Any
) -> None:
    company, _service, field = tree
    client = browse(admin)
    sent = {"name": "现场组", "parent": company.pk, "head": lin.pk}
    assert client.post(f"/administration/departments/{field.pk}/", sent).status_code == 302
    assert parents() == {"岭东冷链": None, "售后服务部": "岭东冷链", "现场组": "岭东冷链"}
    assert Department.objects.get(pk=field.pk).head == lin
    text = client.get("/administration/departments/").content.decode()
    assert "现场组" in text and "林晓岚" in text
    assert Activity.objects.filter(verb="directory.department_changed").count() == 4


def test_a_department_cannot_stand_below_itself(tree: tuple[Department, ...], admin: Person, browse: Any) -> None:
    company, service, field = tree
    before = parents()
    for parent in (field, service):
        with pytest.raises(Refused) as refused:
            change_department(service, name="售后服务部", parent=parent, head=None, by=admin)
        assert refused.value.field == "parent"
    answer = browse(admin).post(f"/administration/departments/{company.pk}/", {"name": "岭东", "parent": field.pk})
    assert "换一个上级部门" in answer.content.decode()
    assert parents() == before


def test_people_are_found_by_the_new_name_of_their_department(
    tree: tuple[Department, ...], admin: Person, lin: Person, catch_up: Any
) -> None:
    person = make_person("p1", name="石长根", department=tree[2])
    catch_up()
    change_department(tree[2], name="急修组", parent=tree[1], head=None, by=admin)
    catch_up()
    assert [hit.key for hit in find("急修组", keys=reach(lin).keys).hits if hit.kind == "person"] == [person.pk]


def test_two_of_one_name_stand_in_different_places_only(tree: tuple[Department, ...], admin: Person) -> None:
    company, service, _field = tree
    with pytest.raises(Refused):
        add_department(name="售后服务部", parent=company, by=admin)
    add_department(name="售后服务部", parent=service, by=admin)
    assert Department.objects.filter(name="售后服务部").count() == 2


def test_only_an_empty_department_is_removed(tree: tuple[Department, ...], admin: Person) -> None:
    _company, service, field = tree
    person = make_person("p1", department=field)
    for department in (service, field):
        with pytest.raises(Refused):
            remove_department(department, by=admin)
    assert Department.objects.count() == 3
    Person.objects.filter(pk=person.pk).update(is_active=False)
    remove_department(field, by=admin)
    remove_department(field, by=admin)
    assert Department.objects.count() == 2
    assert fresh(person).department is None


def test_positions_are_kept_while_held(admin: Person, browse: Any) -> None:
    client = browse(admin)
    assert client.post("/administration/positions/new/", {"name": "工程师", "level": 4}).status_code == 302
    position = Position.objects.get()
    assert (
        "已有这个岗位" in client.post("/administration/positions/new/", {"name": "工程师", "level": 1}).content.decode()
    )
    client.post(f"/administration/positions/{position.pk}/", {"name": "高级工程师", "level": 6})
    assert list(Position.objects.values_list("name", "level")) == [("高级工程师", 6)]
    person = make_person("p1", position=position)
    with pytest.raises(Refused):
        remove_position(position, by=admin)
    assert fresh(person).position == position
    Person.objects.filter(pk=person.pk).update(position=None)
    remove_position(position, by=admin)
    assert not Position.objects.exists()


def test_locations_have_rooms_that_gatherings_offer(admin: Person, browse: Any) -> None:
    client = browse(admin)
    client.post("/administration/places/new/", {"name": "总部"})
    place = Location.objects.get()
    client.post(f"/administration/places/{place.pk}/rooms/new/", {"name": "报告厅", "seats": 160})
    room = Room.objects.get()
    assert room_names() == ["报告厅"]
    client.post(f"/administration/rooms/{room.pk}/", {"name": "报告厅", "seats": 120})
    other = save_location(None, name="杭州", by=admin)
    save_room(None, location=other, name="报告厅", seats=8, by=admin)
    assert sorted(room_names()) == ["总部 报告厅", "杭州 报告厅"]
    with pytest.raises(Refused):
        save_room(None, location=other, name="报告厅", seats=9, by=admin)
    with pytest.raises(Refused):
        remove_location(place, by=admin)
    assert list(Room.objects.order_by("pk").values_list("seats", flat=True)) == [120, 8]
    client.post(f"/administration/rooms/{room.pk}/removal/")
    client.post(f"/administration/places/{place.pk}/removal/")
    assert list(Location.objects.values_list("name", flat=True)) == ["杭州"]


PAGES = ["departments/", "departments/new/", "positions/", "positions/new/", "places/", "places/new/", "fields/"]


@pytest.mark.parametrize("page", ["", "running/", *PAGES])
def test_the_pages_are_for_administrators(page: str, admin: Person, lin: Person, browse: Any) -> None:
    assert browse(lin).get(f"/administration/{page}").status_code == 403
    assert browse(admin).get(f"/administration/{page}").status_code == 200


def test_others_change_nothing(tree: tuple[Department, ...], lin: Person, browse: Any) -> None:
    for act in (
        lambda: add_department(name="新部门", by=lin),
        lambda: remove_department(tree[2], by=lin),
        lambda: save_position(None, name="岗", level=1, by=lin),
        lambda: save_location(None, name="地", by=lin),
    ):
        with pytest.raises(Forbidden):
            act()
    client = browse(lin)
    assert client.post("/administration/departments/new/", {"name": "新部门"}).status_code == 403
    assert client.post(f"/administration/departments/{tree[2].pk}/removal/").status_code == 403
    assert Department.objects.count() == 3
    assert not Position.objects.exists() and not Location.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_a_fixed_number_of_questions(
    count: int, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        add_department(name=f"部门{number}", head=admin, by=admin)
        place = save_location(None, name=f"地点{number}", by=admin)
        save_room(None, location=place, name="会议室", seats=8, by=admin)
    client = browse(admin)
    for page in ("departments/", "places/"):
        client.get(f"/administration/{page}")
        with django_assert_max_num_queries(10):
            assert client.get(f"/administration/{page}").status_code == 200
