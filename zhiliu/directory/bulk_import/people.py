"""Creates, changes and deactivates many people at once: one transaction and one fact per batch."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.importing import Values
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.system.db import insert_rows, update_rows
from zhiliu.kit.text.chinese_text import readings

from ..accounts import NOT_HANDLES, keep_an_administrator, write_name_keys
from ..facts import PeopleEnrolled, PeopleLeft, PersonReturned
from ..fields import merged
from ..managing.structure import hold_structure
from ..models import LoginLink, NameKey, Person
from ..photos import withdraw_photos
from ..rules import is_admin
from .lines import DEFINED, parted
from .structure import Structure

OWN = (
    "name",
    "employee_number",
    "email",
    "department_id",
    "position_id",
    "location_id",
    "manager_id",
    "hired_on",
    "extra",
)
BACK = "back"


@dataclass
class Enrolled:
    """Result of a batch.

    Args:
        new, changed: counts. later: indexes of rows whose manager does not exist yet.
        refused: indexes of rows that conflict with the directory: another person's number or mail, a cycle.
    """

    new: int = 0
    changed: int = 0
    later: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


class Known:
    """The people some rows identify, and the owners of their mail addresses, in three queries."""

    def __init__(self, rows: Sequence[Values], *, lock: bool = False) -> None:
        numbers = {row["employee_number"] for row in rows if "employee_number" in row}
        mails = {row["email"] for row in rows if row.get("email")}
        people = Person.objects.defer("password", "tagline", "experience")
        if lock:
            people = people.select_for_update()
        self.by_number = {
            str(person.employee_number): person for person in people.filter(employee_number__among=numbers)
        }
        people_by_mail = {str(person.email): person for person in people.filter(email__among=mails)}
        by_pk = {person.pk: person for person in self.by_number.values()}
        # One instance per person, however they are found.
        self.by_mail = {mail: by_pk.get(person.pk, person) for mail, person in people_by_mail.items()}

        self._zeros = self._zeros_of(rows) if not lock else {}

    def _zeros_of(self, rows: Sequence[Values]) -> dict[tuple[str, str], str]:
        """Return numbers by (number without leading zeros, name): spreadsheets strip the zeros."""
        lines = {
            row["employee_number"]: row["name"]
            for row in rows
            if "name" in row and row.get("employee_number", "").isdecimal()
        }
        bare = {number.lstrip("0") for number in lines if number.startswith("0")}
        alike = Q(employee_number__startswith="0") | Q(employee_number__among=bare)
        people = Person.objects.active().filter(alike, name__among=set(lines.values()))
        pairs = people.values_list("employee_number", "name")
        return {(number.lstrip("0"), name): number for number, name in pairs if number and number.isdecimal()}

    def with_zeros(self, values: Values) -> str | None:
        """Return the existing number that differs in leading zeros alone and has this name."""
        return self._zeros.get((values.get("employee_number", "").lstrip("0"), values.get("name", "")))

    def person(self, values: Values) -> Person | None:
        """Return the person with this number, or the employee without a number who has the mail and the name."""
        if person := self.by_number.get(values.get("employee_number", "")):
            return person
        person = self.by_mail.get(values.get("email", ""))
        alike = person is not None and person.employee_number is None and person.kind == Person.Kind.EMPLOYEE
        return person if person is not None and alike and person.name == values.get("name") else None


def enrol_people(rows: Sequence[Values], *, by: Person) -> Enrolled:
    """Create or update the people of a batch, with the departments, positions and locations they name. Idempotent.

    Empty values change nothing. New people have no password; they sign in by a link.

    Args:
        rows: values by key as :class:`.lines.LineReader` reads them; ``back`` reactivates a leaver.
    """
    require(is_admin, by)
    with transaction.atomic():
        hold_structure()
        return _Batch(rows, by).enrol()


def dismiss_people(people: Sequence[int], *, by: Person) -> int:
    """Deactivate many people; their content stays. People who have left already, and ``by``, are skipped.

    Returns:
        How many left.

    Raises:
        Refused: it includes the last administrator.
    """
    require(is_admin, by)
    with transaction.atomic():
        rows = Person.objects.active().filter(pk__in=list(people)).exclude(pk=by.pk)
        leaving = list(rows.select_for_update().order_by("pk").only("pk", "is_admin", "name"))
        for person in leaving:
            if person.is_admin:
                keep_an_administrator(without=person)
        keys = [person.pk for person in leaving]
        Person.objects.filter(pk__in=keys).update(is_active=False, password=_no_password())
        LoginLink.objects.filter(person__in=keys, used_at=None).update(used_at=timezone.now())
        withdraw_photos(keys)
        if keys:
            names = "、".join(person.name for person in leaving)
            announce(PeopleLeft(person_ids=tuple(keys), by_id=by.pk), change=Change(after={"left": names}))
    return len(keys)


@dataclass(slots=True)
class Newcomer:
    """A person to be created, with the fields of a row; a whole :class:`Person` takes ten times as long."""

    pk: int = 0
    handle: str = ""
    name: str = ""
    employee_number: str | None = None
    email: str | None = None
    department_id: int | None = None
    position_id: int | None = None
    location_id: int | None = None
    manager_id: int | None = None
    hired_on: dt.date | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def changes(person: Person | Newcomer, values: Values, place: dict[str, int], manager_id: int | None) -> dict[str, Any]:
    """Return the columns of ``person`` that the row changes."""
    columns: dict[str, Any] = {key: values[key] for key in ("name", "employee_number", "email") if values.get(key)}
    columns |= place
    if manager_id is not None:
        columns["manager_id"] = manager_id
    if values.get("hired_on"):
        columns["hired_on"] = dt.date.fromisoformat(values["hired_on"])
    if custom := {key.removeprefix(DEFINED): value for key, value in values.items() if key.startswith(DEFINED)}:
        columns["extra"] = merged(person.extra, custom)
    return {column: value for column, value in columns.items() if getattr(person, column) != value}


def emptied_columns(person: Person, emptied: Iterable[str]) -> dict[str, None]:
    """Return the columns of ``person`` that the row empties."""
    columns = [_COLUMN_OF.get(key, key) for key in emptied]
    return {column: None for column in columns if getattr(person, column) is not None}


_COLUMN_OF = {key: f"{key}_id" for key in ("department", "position", "location", "manager")}


class _Batch:
    """One call of :func:`enrol_people`."""

    def __init__(self, rows: Sequence[Values], by: Person) -> None:
        self.rows, self.by, self.done = rows, by, Enrolled()
        self.structure = Structure()
        self.known = Known(rows, lock=True)
        numbers = {row["manager"] for row in rows if row.get("manager")}
        managers = Person.objects.active().filter(employee_number__among=numbers).values_list("employee_number", "pk")
        self.managers: dict[str, int] = dict(managers)
        self.new: dict[int, Newcomer] = {}
        self.taken: set[str] = set()
        self.changed: dict[int, Person] = {}
        self.renamed: list[Person] = []
        self.back: list[Person] = []

    def enrol(self) -> Enrolled:
        for place, line in enumerate(self.rows):
            values, emptied = parted(line)
            person = self.known.person(values)
            if not self._fits(values, person):
                self.done.refused.add(place)
                continue
            self.structure.prepare(values, by=self.by)
            if person is None:
                self._take_in(place, values)
            else:
                self._change(place, person, values, emptied)
        self._refuse_circles()
        self._save()
        return self.done

    def _fits(self, values: Values, person: Person | None) -> bool:
        """Return True if the row is about an employee and nobody else has taken its number or mail since the check."""
        owner = self.known.by_mail.get(values.get("email", ""))
        if owner is not None and (person is None or owner.pk != person.pk):
            return False
        if "employee_number" not in values or (person is None and "name" not in values):
            return False
        if person is None:
            is_first = values["employee_number"] not in self.taken
            self.taken.add(values["employee_number"])
            return is_first
        return person.kind == Person.Kind.EMPLOYEE and (person.is_active or BACK in values)

    def _take_in(self, place: int, values: Values) -> None:
        person = Newcomer()
        columns = changes(person, values, self.structure.place(values), self._manager(place, values))
        for column, value in columns.items():
            setattr(person, column, value)
        self.new[place] = person

    def _change(self, place: int, person: Person, values: Values, emptied: set[str]) -> None:
        returns = not person.is_active
        differing = changes(person, values, self.structure.place(values), self._manager(place, values))
        differing |= emptied_columns(person, emptied)
        if returns:
            person.is_active = True
            self.back.append(person)
        if not differing and not returns:
            return
        for column, value in differing.items():
            setattr(person, column, value)
        if differing.keys() & {"name", "employee_number", "email"}:
            self.renamed.append(person)
        if differing:
            person.version += 1
        self.changed[place] = person

    def _manager(self, place: int, values: Values) -> int | None:
        number = values.get("manager")
        if not number or number == values.get("employee_number"):
            return None
        pk = self.managers.get(number)
        if pk is None:
            self.done.later.add(place)
        return pk

    def _refuse_circles(self) -> None:
        """Leave out managers who report to the person by now."""
        moved = {person.pk: place for place, person in self.changed.items() if person.manager_id}
        above = {self.changed[place].pk: self.changed[place].manager_id for place in moved.values()}
        unknown = {pk for pk in above.values() if pk not in above}
        while unknown:
            rows = dict(Person.objects.filter(pk__in=unknown).values_list("pk", "manager_id"))
            above |= rows
            unknown = {pk for pk in rows.values() if pk is not None and pk not in above}
        for pk, place in moved.items():
            if _leads_to_itself(pk, above):
                above[pk] = None
                self.changed.pop(place)
                self.done.refused.add(place)

    def _save(self) -> None:
        new = list(self.new.values())
        if new:
            _give_handles(new)
            _insert(new)
            write_name_keys(new)
        changed = list({person.pk: person for person in self.changed.values()}.values())
        if changed:
            Person.objects.bulk_update(changed, [*OWN, "is_active", "version"], batch_size=100)
        if self.renamed:
            NameKey.objects.filter(person__in=self.renamed).delete()
            write_name_keys(self.renamed)
        self._join_managers()
        for person in self.back:
            fact = PersonReturned(person_id=person.pk, by_id=self.by.pk)
            announce(fact, change=Change(person.name, "directory.person"))
        self.done.new, self.done.changed = len(new), len(changed)
        if new or changed:
            ids = (tuple(person.pk for person in new), tuple(person.pk for person in changed))
            announce(
                PeopleEnrolled(person_ids=ids[0], changed_ids=ids[1], by_id=self.by.pk),
                change=Change(after={"new": len(new), "changed": len(changed)}),
            )

    def _join_managers(self) -> None:
        """Set managers created in the same batch."""
        fresh = {person.employee_number: person.pk for person in self.new.values()}
        joined = []
        for place in sorted(self.done.later):
            person, manager = self.new.get(place), fresh.get(self.rows[place]["manager"])
            if person is not None and manager is not None:
                person.manager_id = manager
                joined.append((place, person))
        joined = [(place, person) for place, person in joined if not self._circles(person)]
        if joined:
            rows = [Person(pk=person.pk, manager_id=person.manager_id) for _place, person in joined]
            update_rows(rows, ["manager_id"])
            self.done.later -= {place for place, _person in joined}

    def _circles(self, person: Newcomer) -> bool:
        above = {newcomer.pk: newcomer.manager_id for newcomer in self.new.values()}
        if _leads_to_itself(person.pk, above):
            person.manager_id = None
            return True
        return False


def _leads_to_itself(pk: int, above: dict[int, int | None]) -> bool:
    visited: set[int] = set()
    step = above.get(pk)
    while step is not None and step not in visited:
        if step == pk:
            return True
        visited.add(step)
        step = above.get(step)
    return False


def _no_password() -> str:
    """Return the same as ``make_password(None)``, fifty times as fast."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


_COLUMNS = [field.attname for field in Person._meta.concrete_fields if not field.primary_key]
_TOLD = ("handle", *OWN)


def _insert(people: Sequence[Newcomer]) -> None:
    """Insert new people and set their ids."""
    blank = Person(joined_at=timezone.now())
    shared_columns = [column for column in _COLUMNS if column not in {*_TOLD, "password", "calendar_key"}]
    everybody = [getattr(blank, column) for column in shared_columns]
    rows = (
        [*(getattr(person, column) for column in _TOLD), _no_password(), secrets.token_urlsafe(24), *everybody]
        for person in people
    )
    insert_rows(Person, [*_TOLD, "password", "calendar_key", *shared_columns], rows)
    keys = dict(Person.objects.filter(handle__among=[person.handle for person in people]).values_list("handle", "pk"))
    for person in people:
        person.pk = keys[person.handle]


def _give_handles(people: Sequence[Newcomer]) -> None:
    """Set unused handles like :func:`..accounts.free_handle`, with one query."""
    bases = [re.sub(r"[^a-z0-9]+", "", (readings(person.name) or [""])[0])[:40] or "person" for person in people]
    used = set(Person.objects.filter(handle__among=set(bases)).values_list("handle", flat=True)) | NOT_HANDLES
    for person, base in zip(people, bases, strict=True):
        person.handle = base if base not in used else f"{base}-{secrets.token_hex(4)}"
        used.add(person.handle)
