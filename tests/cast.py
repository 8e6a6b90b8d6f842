"""The cast: the same people in every test.

Lin manages the community; Wang and Xu are members (Xu is new), Zhao is a guest of it, Sun is a colleague outside, and
Admin administers the installation.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import start_community
from zhiliu.directory.accounts import add_person, person_of
from zhiliu.directory.models import Person

NAMES = {"lin": "林晓岚", "wang": "王一帆", "zhao": "赵敏", "sun": "孙立", "xu": "徐小满", "admin": "周航"}


def make_person(key: str, **fields: Any) -> Person:
    """Create one of the cast, or another person by the name in ``fields``."""
    today = timezone.localdate()
    by_key: dict[str, dict[str, Any]] = {
        "zhao": {"kind": Person.Kind.GUEST},
        "admin": {"is_admin": True},
        "xu": {"hired_on": today - dt.timedelta(days=12), "came_in_at": timezone.now() - dt.timedelta(days=12)},
    }
    values: dict[str, Any] = {
        "name": NAMES.get(key, key),
        "handle": key,
        "employee_number": f"N-{key}",
        "email": f"{key}@example.com",
        "password": "correct horse battery",
        "hired_on": today - dt.timedelta(days=900),
        "came_in_at": timezone.now() - dt.timedelta(days=900),
        **by_key.get(key, {}),
        **fields,
    }
    # Without validation, which is half of the work: most tests begin with four of these.
    return add_person(person_of(**values))


def one_of_cast(handle: str, *, is_there: bool) -> Person:
    """Return one of the cast, who may be in the database already."""
    return Person.objects.get(handle=handle) if is_there else make_person(handle)


def make_community(
    lin: Person, *members: Person, name: str = "售后互助站", kind: str = "help", **fields: Any
) -> Community:
    """Create a community that Lin manages, with members."""
    community = start_community(name=name, kind=kind, by=lin, **fields)
    add_members(community, dict.fromkeys(members, Role.MEMBER), by=lin)
    return community


def fresh(person: Person) -> Person:
    """Return the person as a new request would load them."""
    return Person.objects.get(pk=person.pk)


def gone(person: Person) -> Person:
    """Deactivate a person, and return them as a leaver."""
    Person.objects.filter(pk=person.pk).update(is_active=False)
    return fresh(person)


def who_may(rule: Any, thing: Any) -> str:
    """Return the handles of everybody the rule allows, each loaded as by a new request."""
    return " ".join(person.handle for person in Person.objects.order_by("pk") if rule(person, thing))
