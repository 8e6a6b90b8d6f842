"""Lines of a roster beside who is here, and beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from zhiliu.kit.importing import Across, Problem, Values, Verdict

from ..models import Person
from .lines import parted
from .people import BACK, Known, changes, emptied_columns
from .structure import Structure


def compare(rows: Sequence[Values]) -> list[Verdict]:
    """What each line would do to the directory, and what stands against it."""
    known, structure = Known(rows), Structure()
    numbers = {row["manager"] for row in rows if row.get("manager")}
    managers = dict(Person.objects.filter(number__among=numbers).values_list("number", "pk"))
    return [_verdict(values, known, structure, managers) for values in rows]


def _verdict(line: Values, known: Known, structure: Structure, managers: dict[str | None, int]) -> Verdict:
    values, emptied = parted(line)
    if "number" not in values:
        return Verdict("new", [_without_number(values, known)])
    person = known.person(values)
    problems = _taken(values, person, known)
    if "code" in values and "department" not in values and values["code"] not in structure.codes:
        problems.append(Problem("no_code", "code", values["code"], {"code": ""}))
    if person is None:
        return Verdict("new", [*problems, *([] if "name" in values else [Problem("missing", "name")])])
    if person.kind != Person.Kind.EMPLOYEE:
        return Verdict("changed", [*problems, Problem("guest", "number", person.name, skip=True)])
    if not person.is_active and BACK not in values:
        problems.append(Problem("left", "number", person.name, {BACK: "1"}))
    differs = _differs(person, values, structure, managers) or emptied_columns(person, emptied)
    return Verdict("changed" if differs else "same", problems)


def _without_number(values: Values, known: Known) -> Problem:
    """Mail address and name tell whose line it is, if they belong to somebody who has a number."""
    owner = known.by_mail.get(values.get("email", ""))
    known_number = owner.number if owner is not None and owner.name == values.get("name") else None
    return Problem("missing", "number", fix={"number": known_number} if known_number else None)


def _taken(values: Values, person: Person | None, known: Known) -> list[Problem]:
    owner = known.by_mail.get(values.get("email", ""))
    if owner is None or (person is not None and owner.pk == person.pk):
        return []
    return [Problem("mail_taken", "email", owner.name, {"email": ""})]


def _differs(person: Person, values: Values, structure: Structure, managers: dict[str | None, int]) -> bool:
    named = {"department": "department_id", "position": "position_id", "location": "location_id"}
    place = structure.place(values)
    if any(key in values and column not in place for key, column in named.items()):
        return True
    manager = values.get("manager")
    if manager and manager not in managers:
        return True
    return not person.is_active or bool(changes(person, values, place, managers.get(manager)))


class Crowd:
    """All lines of a file together with everybody who is here: repeats, managers, circles, and an order."""

    def __init__(self, rows: Iterable[tuple[int, Values]]) -> None:
        self.found = Across()
        self.lines: dict[str, int] = {}
        self.names: dict[str, list[str]] = defaultdict(list)
        self.wanted: dict[str, str] = {}
        self._first: dict[str, Values] = {}
        self._mails: dict[str, int] = {}
        self.reports_to = self._directory()
        for line, values in rows:
            self._read(line, values)

    def _directory(self) -> dict[str, str]:
        """Managers as they are, by number; who has none is named by key."""
        people = list(Person.objects.order_by("pk").values_list("pk", "number", "manager_id", "is_active", "name"))
        named = {pk: number or f"#{pk}" for pk, number, _manager, _active, _name in people}
        self.active = {named[pk] for pk, _number, _manager, active, _name in people if active}
        for _pk, number, _manager, active, name in people:
            if number and active:
                self.names[name].append(number)
        return {named[pk]: named[manager] for pk, _number, manager, _active, _name in people if manager}

    def _say(self, line: int, problem: Problem) -> None:
        self.found.problems.setdefault(line, []).append(problem)

    def _read(self, line: int, written: Values) -> None:
        values, emptied = parted(written)
        number, mail = values.get("number"), values.get("email")
        if number is None:
            return
        if number in self.lines:
            return self._repeated(line, number, written)
        if mail and (other := self._mails.setdefault(mail, line)) != line:
            self._say(line, Problem("mail_repeated", "email", str(other), {"email": ""}))
        self.lines[number] = line
        self._first[number] = written
        if "manager" in emptied:
            self.reports_to.pop(number, None)
        if number not in self.active and "name" in values:
            self.names[values["name"]].append(number)
        if manager := values.get("manager"):
            self.wanted[number] = manager

    def _repeated(self, line: int, number: str, values: Values) -> None:
        first = self.lines[number]
        if self._first[number] == values:
            return self._say(line, Problem("same_line", "number", str(first), skip=True))
        self._say(line, Problem("number_repeated", "number", str(first), skip=True))
        if not any(problem.kind == "number_repeated" for problem in self.found.problems.get(first, [])):
            self._say(first, Problem("number_repeated", "number", str(line)))

    def judge(self) -> Across:
        """What is wrong, and which lines come after which."""
        here = self.active | self.lines.keys()
        for number, manager in self.wanted.items():
            if manager == number:
                self._say(self.lines[number], Problem("own_manager", "manager", manager, {"manager": ""}))
            elif manager in here:
                self.reports_to[number] = manager
            else:
                self._unknown_manager(self.lines[number], manager)
        depth, circling = _depths(self.reports_to)
        for number in circling & self.lines.keys():
            if number in self.wanted:
                chain = " → ".join(_chain(number, self.reports_to))
                self._say(self.lines[number], Problem("circle", "manager", chain, {"manager": ""}))
        self.found.depth = {line: depth[number] for number, line in self.lines.items() if depth.get(number)}
        return self.found

    def _unknown_manager(self, line: int, manager: str) -> None:
        meant = self.names.get(manager, [])
        fix = {"manager": meant[0] if len(meant) == 1 else ""}
        self._say(line, Problem("manager_named" if len(meant) == 1 else "no_manager", "manager", manager, fix))


def _depths(above: dict[str, str]) -> tuple[dict[str, int], set[str]]:
    """How many stand above each, and who stands above themselves."""
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
        for further, one in enumerate(reversed(path), start=1):
            depth[one] = base + further
    return depth, circling


def _chain(number: str, above: dict[str, str], most: int = 6) -> list[str]:
    chain = [number]
    while len(chain) < most and (len(chain) == 1 or chain[-1] != number):
        chain.append(above[chain[-1]])
    return chain
