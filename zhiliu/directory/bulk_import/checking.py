"""Checks roster rows against the directory and against each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from zhiliu.kit.contracts.importing import Across, Choice, Problem, RowVerdict, Values

from ..models import Person
from .lines import parted
from .naming import Nearest
from .people import BACK, Known, changes, emptied_columns
from .structure import Structure


def compare_row(rows: Sequence[Values]) -> list[RowVerdict]:
    """Return each row's effect on the directory, and its problems."""
    known, structure = Known(rows), Structure()
    numbers = {row["manager"] for row in rows if row.get("manager")}
    managers = dict(Person.objects.filter(employee_number__among=numbers).values_list("employee_number", "pk"))
    return [_verdict(values, known, structure, managers) for values in rows]


def _verdict(line: Values, directory: Known, structure: Structure, managers: dict[str | None, int]) -> RowVerdict:
    values, emptied = parted(line)
    if "employee_number" not in values:
        return RowVerdict("new", [_without_number(values, directory)])
    person = directory.person(values)
    problems = [*_taken(values, person, directory), *_zeros_lost(values, person, directory)]
    if "code" in values and "department" not in values and values["code"] not in structure.codes:
        problems.append(Problem("no_code", "code", values["code"], {"code": ""}))
    if person is None:
        return RowVerdict("new", [*problems, *([] if "name" in values else [Problem("missing", "name")])])
    if person.kind != Person.Kind.EMPLOYEE:
        return RowVerdict("changed", [*problems, Problem("guest", "employee_number", person.name, skip=True)])
    if not person.is_active and BACK not in values:
        problems.append(Problem("left", "employee_number", person.name, {BACK: "1"}))
    differs = _differs(person, values, structure, managers) or emptied_columns(person, emptied)
    return RowVerdict("changed" if differs else "same", problems)


def _without_number(values: Values, directory: Known) -> Problem:
    """Report a missing number; propose the number of the person with this mail address and name, if any."""
    owner = directory.by_mail.get(values.get("email", ""))
    known_number = owner.employee_number if owner is not None and owner.name == values.get("name") else None
    return Problem("missing", "employee_number", fix={"employee_number": known_number} if known_number else None)


def _taken(values: Values, person: Person | None, directory: Known) -> list[Problem]:
    owner = directory.by_mail.get(values.get("email", ""))
    if owner is None or (person is not None and owner.pk == person.pk):
        return []
    return [Problem("mail_taken", "email", owner.name, {"email": ""})]


def _zeros_lost(values: Values, person: Person | None, directory: Known) -> list[Problem]:
    """Report lost zeros: a spreadsheet turns 00101 into 101, now or in an earlier import, so an existing person is
    meant.
    """
    number = directory.with_zeros(values) if person is None else None
    if number is None:
        return []
    kind = "zeros_lost" if len(number) > len(values["employee_number"]) else "zeros_here"
    return [Problem(kind, "employee_number", number, {"employee_number": number})]


def _differs(person: Person, values: Values, structure: Structure, managers: dict[str | None, int]) -> bool:
    columns = {"department": "department_id", "position": "position_id", "location": "location_id"}
    place = structure.place(values)
    if any(key in values and column not in place for key, column in columns.items()):
        return True
    manager = values.get("manager")
    if manager and manager not in managers:
        return True
    return not person.is_active or bool(changes(person, values, place, managers.get(manager)))


# At most this many possible people are shown for a name.
_CHOICES = 20


class Crowd:
    """All rows of a file together with the directory: duplicates, managers, cycles, and the order of import."""

    def __init__(self, rows: Iterable[tuple[int, Values]]) -> None:
        self.found = Across()
        self.lines: dict[str, int] = {}
        self.people = NamedManager()
        self.wanted: dict[str, str] = {}
        self._first: dict[str, Values] = {}
        self._mails: dict[str, int] = {}
        self.reports_to = self._directory()
        for line, values in rows:
            self._read(line, values)

    def _directory(self) -> dict[str, str]:
        """Return the current managers by number; people without a number are identified by id."""
        columns = ("pk", "employee_number", "manager_id", "is_active", "name", "department__name")
        people = list(Person.objects.order_by("pk").values_list(*columns))
        identifiers = {pk: number or f"#{pk}" for pk, number, *_more in people}
        self.active = {identifiers[pk] for pk, _number, _manager, active, *_more in people if active}
        for _pk, number, _manager, active, name, department in people:
            if number and active:
                self.people.add(number, name, department or "")
        return {identifiers[pk]: identifiers[manager] for pk, _number, manager, *_more in people if manager}

    def _say(self, line: int, problem: Problem) -> None:
        self.found.problems.setdefault(line, []).append(problem)

    def _read(self, line: int, written: Values) -> None:
        values, emptied = parted(written)
        number, mail = values.get("employee_number"), values.get("email")
        if number is None:
            return
        number = self.people.spelled(number)
        if number in self.lines:
            return self._repeated(line, number, written)
        if mail and (first_line := self._mails.setdefault(mail, line)) != line:
            self._say(line, Problem("mail_repeated", "email", str(first_line), {"email": ""}))
        self.lines[number] = line
        self._first[number] = written
        if "manager" in emptied:
            self.reports_to.pop(number, None)
        if number not in self.active and "name" in values:
            self.people.add(number, values["name"], values.get("department", "").rpartition("/")[2])
        if manager := values.get("manager"):
            self.wanted[number] = manager

    def _repeated(self, line: int, number: str, values: Values) -> None:
        first = self.lines[number]
        if self._first[number] == values:
            return self._say(line, Problem("same_line", "employee_number", str(first), skip=True, redundant=True))
        self._say(line, Problem("number_repeated", "employee_number", str(first), skip=True))
        if not any(problem.kind == "number_repeated" for problem in self.found.problems.get(first, [])):
            self._say(first, Problem("number_repeated", "employee_number", str(line)))

    def judge(self) -> Across:
        """Return problems, the meaning of managers' names, and the order of rows."""
        here = self.active | self.lines.keys()
        for number, manager_name in self.wanted.items():
            is_plain = manager_name in here and not self._lost_zeros(manager_name)
            manager = manager_name if is_plain else self._settled(manager_name)
            if manager is None:
                self._unknown_manager(self.lines[number], manager_name)
            elif manager == number:
                self._say(self.lines[number], Problem("own_manager", "manager", manager_name, {"manager": ""}))
            else:
                self.reports_to[number] = manager
        self._tell_circles()
        return self.found

    def _lost_zeros(self, number: str) -> bool:
        """Return True if a row is an existing person whose zeros a spreadsheet removed."""
        longer = self.people.with_zeros(number) if number not in self.active else None
        return longer in self.active and self.people.name_of(longer) == self._first[number].get("name")

    def _settled(self, value: str) -> str | None:
        settled = self.found.settled.setdefault("manager", {})
        if value not in settled and (number := self.people.with_zeros(value) or self.people.meant(value)):
            settled[value] = number
        return settled.get(value)

    def _tell_circles(self) -> None:
        depth, circling = _depths(self.reports_to)
        for number in circling & self.lines.keys():
            if number in self.wanted:
                chain = " → ".join(_chain(number, self.reports_to))
                self._say(self.lines[number], Problem("circle", "manager", chain, {"manager": ""}))
        self.found.depth = {line: depth[number] for number, line in self.lines.items() if depth.get(number)}

    def _unknown_manager(self, line: int, manager: str) -> None:
        """Ask about a name once for all rows that use it; a number is reported as an error of this row."""
        if any(map(str.isdigit, manager)):
            self._say(line, Problem("no_manager", "manager", manager, {"manager": ""}))
        else:
            questions = self.found.asked.setdefault("manager", {})
            questions.setdefault(manager, self.people.choices(manager))


_NAME_NUMBER = re.compile(r"(?P<name>\D*?)[\s(（/_-]*(?P<number>[A-Za-z]*[-\w]*\d)[\s)）]*")
_NUMBER_NAME = re.compile(r"(?P<number>[A-Za-z]*[-\w]*?\d+)[\s(（/_-]*(?P<name>\D+?)[\s)）]*")


class NamedManager:
    """People by number and by name, for resolving the manager column."""

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}
        self._numbers: dict[str, list[str]] = defaultdict(list)
        self._labels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._bare: dict[str, list[str]] = defaultdict(list)
        self._nearest: Nearest | None = None

    def add(self, number: str, name: str, department: str) -> None:
        """Add a person who may be meant."""
        self._spelled.setdefault(number.casefold(), number)
        self._numbers[_plain(name)].append(number)
        self._names[number] = name
        self._labels[number] = f"{name} · {department}" if department else name
        if number.isdecimal():
            self._bare[number.lstrip("0")].append(number)

    def spelled(self, number: str) -> str:
        """Return the first spelling of a number: E1 and e1 are equal."""
        return self._spelled.setdefault(number.casefold(), number)

    def meant(self, value: str) -> str | None:
        """Return the number of the only match of a number or name; a name may include the number."""
        if (number := self._spelled.get(value.casefold())) in self._labels:
            return number
        numbers = self._numbers.get(_plain(value), [])
        return numbers[0] if len(numbers) == 1 else self._with_number(value)

    def _with_number(self, value: str) -> str | None:
        """Resolve 王芳(E12) or E12 王芳."""
        match = _NAME_NUMBER.fullmatch(value) or _NUMBER_NAME.fullmatch(value)
        number = self._spelled.get(match["number"].casefold(), "") if match else ""
        return number if match and number in self._numbers.get(_plain(match["name"]), []) else None

    def name_of(self, number: str | None) -> str | None:
        """Return the name for a number."""
        return self._names.get(number or "")

    def with_zeros(self, number: str) -> str | None:
        """Return the only other number that differs in leading zeros alone."""
        numbers = [text for text in self._bare.get(number.lstrip("0"), []) if text != number]
        return numbers[0] if number.isdecimal() and len(numbers) == 1 else None

    def choices(self, name: str) -> list[Choice]:
        """Return the people of this name, or else those of the most similar name."""
        if self._nearest is None:
            self._nearest = Nearest(name for name in self._numbers if name)
        numbers = self._numbers.get(_plain(name)) or self._numbers.get(self._nearest.to(_plain(name)), [])
        return [(number, f"{self._labels[number]} · {number}") for number in numbers[:_CHOICES]]


def _plain(name: str) -> str:
    return "".join(name.split())


def _depths(above: dict[str, str]) -> tuple[dict[str, int], set[str]]:
    """Return each person's number of managers above them, and the people in cycles."""
    depth: dict[str, int] = {}
    circling: set[str] = set()
    for start in above:
        path: list[str] = []
        on_path: set[str] = set()
        step = start
        while step not in depth and step not in on_path and step in above:
            path.append(step)
            on_path.add(step)
            step = above[step]
        if step in on_path:
            ring = path[path.index(step) :]
            circling.update(ring)
            depth.update(dict.fromkeys(ring, 0))
            path = path[: path.index(step)]
        base = depth.setdefault(step, 0)
        for further, text in enumerate(reversed(path), start=1):
            depth[text] = base + further
    return depth, circling


def _chain(number: str, above: dict[str, str], most: int = 6) -> list[str]:
    chain = [number]
    while len(chain) < most and (len(chain) == 1 or chain[-1] != number):
        chain.append(above[chain[-1]])
    return chain
