"""Administration of the tree of departments."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..facts import DepartmentChanged
from ..models import Department, Person
from ..rules import is_admin
from .structure import hold_structure


def add_department(
    *, name: str, parent: Department | None = None, head: Person | None = None, by: Person
) -> Department:
    """Create a department.

    Raises:
        Refused: its parent has one of this name.
    """
    require(is_admin, by)
    with transaction.atomic():
        hold_structure()
        _refuse_namesake(name, parent)
        department = Department.objects.create(name=name, parent=parent, head=head)
        fact = DepartmentChanged(department_id=department.pk, act="added", by_id=by.pk)
        announce(fact, change=change(Picture(), picture_of(department)))
    return department


def change_department(
    department: Department, *, name: str, parent: Department | None, head: Person | None, by: Person
) -> None:
    """Rename or move a department, or change its head.

    Raises:
        Refused: it would be below itself, or have a sibling of the same name.
    """
    require(is_admin, by)
    with transaction.atomic():
        hold_structure()
        inside = Department.objects.descendants(department.pk, include_self=True).values_list("pk", flat=True)
        if parent is not None and parent.pk in set(inside):
            raise Refused(
                _("%(parent)s is inside %(department)s. Choose another parent.")
                % {"parent": parent, "department": department},
                field="parent",
            )
        _refuse_namesake(name, parent, without=department)
        was = picture(Department, department.pk)
        Department.objects.filter(pk=department.pk).update(name=name, parent=parent, head=head)
        fact = DepartmentChanged(department_id=department.pk, act="changed", by_id=by.pk)
        announce(fact, change=change(was, picture(Department, department.pk)))


def remove_department(department: Department, *, by: Person) -> None:
    """Remove an empty department. Leavers who were in it end up without one. Idempotent.

    Raises:
        Refused: it has people or sub-departments.
    """
    require(is_admin, by)
    with transaction.atomic():
        hold_structure()
        if Department.objects.filter(parent=department.pk).exists():
            raise Refused(_("It still has sub-departments. Move or remove them first."))
        if Person.objects.active().filter(department=department.pk).exists():
            raise Refused(_("It still has people. Move them first."))
        was = picture(Department, department.pk)
        if Department.objects.filter(pk=department.pk).delete()[0]:
            fact = DepartmentChanged(department_id=department.pk, act="removed", by_id=by.pk)
            announce(fact, change=change(was, Picture()))


def _refuse_namesake(name: str, parent: Department | None, without: Department | None = None) -> None:
    others = Department.objects.filter(name=name, parent=parent)
    if without is not None:
        others = others.exclude(pk=without.pk)
    if others.exists():
        raise Refused(_("A department with this name already exists here."), field="name")
