"""Links for a first sign-in, for many people at once: a file an administrator passes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .facts import LoginLinksHanded
from .login_links import LIFE, Purpose, login_link_key
from .models import Department, LoginLink, Person
from .rules import is_admin

BATCH = 200


def without_password() -> QuerySet[Person]:
    """Return active employees who have never set a password."""
    here = Person.objects.active().employees()
    return here.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def without_password_in(department: Department) -> QuerySet[Person]:
    """Return those of a department and of all below it."""
    inside = Department.objects.descendants(department.pk, include_self=True).values_list("pk", flat=True)
    return without_password().filter(department__in=list(inside))


def hand_links(people: Sequence[int], *, by: Person) -> list[LoginLink]:
    """Create links to pass on, like :func:`.login_links.hand_link`. Earlier handed links stop working.

    People who have set a password or left meanwhile get none.
    """
    require(is_admin, by)
    now = timezone.now()
    with transaction.atomic():
        # Race: row locks serialise administrators who create links for the same people; the later file is valid.
        rows = without_password().filter(pk__in=list(people)).select_related("department").order_by("pk")
        recipients = list(rows.select_for_update(of=("self",)))
        LoginLink.objects.filter(person__in=recipients, purpose=Purpose.HANDED, used_at=None).update(used_at=now)
        expires = now + LIFE[Purpose.HANDED]
        login_links = [
            LoginLink(person=person, purpose=Purpose.HANDED, by=by, at=now, expires_at=expires) for person in recipients
        ]
        links: list[LoginLink] = LoginLink.objects.bulk_create(login_links)
        if links:
            fact = LoginLinksHanded(person_ids=tuple(person.pk for person in recipients), by_id=by.pk)
            announce(fact, change=Change(after={"links": len(links)}))
    return links


def link_lines(people: QuerySet[Person], *, base: str, by: Person) -> Iterator[tuple[str, ...]]:
    """Yield headers, then name, number, department and link of each person; links are created in batches while reading.

    Args:
        base: the beginning of the links, from :func:`zhiliu.kit.web.site.base_url`.
    """
    yield _("Name"), pgettext("person", "Number"), _("Department"), _("Link")
    # Queried once at the start: a person who sets a password meanwhile does not shift the others.
    keys = list(people.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        for link in hand_links(keys[start : start + BATCH], by=by):
            person = link.person
            url = base + reverse("entry", args=[login_link_key(link)])
            yield person.name, person.employee_number or "", str(person.department or ""), url
