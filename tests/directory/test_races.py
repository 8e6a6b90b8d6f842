"""What two people do at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from tests.cast import fresh, make_person
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.login_links import hand_link, use_link
from zhiliu.directory.managing.departments import add_department, change_department
from zhiliu.directory.managing.people import change_person
from zhiliu.directory.models import Department, LoginLink, Organisation, Person
from zhiliu.kit.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> int:
    """Do all at once, each on a connection of its own; returns how many were refused."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Refused as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return len(refused)


@pytest.fixture
def boss() -> Person:
    Organisation(name="岭东冷链").save()
    return make_person("admin")


def test_two_managers_do_not_become_a_circle(boss: Person) -> None:
    first, second = make_person("lin"), make_person("wang")
    refused = together(
        lambda: change_person(first, version=1, by=boss, manager=second),
        lambda: change_person(second, version=1, by=boss, manager=first),
    )
    assert refused == 1
    assert [fresh(first).manager, fresh(second).manager].count(None) == 1


def test_two_departments_do_not_become_a_circle(boss: Person) -> None:
    first, second = add_department(name="甲", by=boss), add_department(name="乙", by=boss)
    refused = together(
        lambda: change_department(first, name="甲", parent=second, head=None, by=boss),
        lambda: change_department(second, name="乙", parent=first, head=None, by=boss),
    )
    assert refused == 1
    assert Department.objects.without_tree_fields().filter(parent=None).count() == 1


def test_two_administrators_who_remove_each_other_leave_one(boss: Person) -> None:
    other = make_person("lin", is_admin=True)
    assert together(lambda: deactivate(other, by=boss), lambda: deactivate(boss, by=other)) == 1
    assert Person.objects.filter(is_admin=True, is_active=True).count() == 1


def test_a_link_opened_twice_sets_one_password(boss: Person) -> None:
    worker = make_person("p1", password=None)
    link = hand_link(worker, by=boss)
    passwords = ("tall trees by the river", "small boats on the lake")

    def use(password: str) -> Callable[[], object]:
        return lambda: use_link(LoginLink.objects.get(pk=link.pk), password=password)

    assert together(*(use(password) for password in passwords)) == 1
    assert [fresh(worker).check_password(password) for password in passwords].count(True) == 1
