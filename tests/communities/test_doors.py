"""What doors of communities show to whom."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Department, Person

pytestmark = pytest.mark.django_db


def test_guests_are_not_shown_a_form_they_may_not_send(zhao: Person, lin: Person, browse: Any) -> None:
    assert browse(zhao).get("/communities/new/").status_code == 403
    assert browse(lin).get("/communities/new/").status_code == 200


def test_the_gallery_is_not_there_where_people_work(lin: Person, browse: Any, settings: Any) -> None:
    assert browse(lin).get("/gallery/").status_code == 404
    settings.DEMO = True
    assert browse(lin).get("/gallery/").status_code == 200


def test_a_department_is_in_from_the_start(lin: Person, wang: Person, browse: Any) -> None:
    lin.department = wang.department = Department.objects.create(name="Service")
    Person.objects.bulk_update([lin, wang], ["department"])
    sent = {"name": "After-sales", "kind": "help", "department": lin.department.pk}
    assert browse(lin).post("/communities/new/", sent).status_code == 302
    roles = Membership.objects.filter(community__name="After-sales").values_list("person__handle", "role")
    assert dict(roles) == {lin.handle: Role.MANAGER, wang.handle: Role.MEMBER}
