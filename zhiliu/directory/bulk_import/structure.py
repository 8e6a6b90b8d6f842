"""Departments, positions and locations by their names in a roster; missing ones are created."""

from __future__ import annotations

from functools import lru_cache

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.importing import Values

from ..facts import DepartmentChanged, LocationChanged, PositionChanged
from ..models import Department, Location, Person, Position

Path = tuple[str, ...]
# Id, name, id of the parent, code.
Row = tuple[int, str, int | None, str | None]


class _Tree:
    """Departments by path and by the ends of paths; an ambiguous end maps to None."""

    def __init__(self, paths: dict[Path, int], tails: dict[Path, int | None]) -> None:
        self.paths, self.tails = paths, tails

    def enter(self, path: Path, pk: int) -> None:
        self.paths.setdefault(path, pk)
        for start in range(1, len(path)):
            tail = path[start:]
            self.tails[tail] = None if tail in self.tails else pk

    def copy(self) -> _Tree:
        return _Tree(dict(self.paths), dict(self.tails))


@lru_cache(maxsize=1)
def _tree_of(rows: tuple[Row, ...]) -> _Tree:
    """Build the tree. Cached for all batches until a department changes."""
    parents = {pk: (name, parent) for pk, name, parent, _code in rows}
    tree = _Tree({}, {})
    for pk in parents:
        tree.enter(_path(parents, pk), pk)
    return tree


class Structure:
    """The existing structure, read once for many rows.

    A path is looked up from the root; an incomplete path means the department whose path ends with it, if there is
    exactly one.
    """

    def __init__(self) -> None:
        departments = Department.objects.without_tree_fields().order_by("pk")
        rows = tuple(departments.values_list("pk", "name", "parent_id", "code"))
        self.codes = {code: pk for pk, _name, _parent, code in rows if code}
        self._tree, self._is_shared = _tree_of(rows), True
        self.positions = dict(Position.objects.values_list("name", "pk"))
        self.locations = dict(Location.objects.values_list("name", "pk"))

    @property
    def paths(self) -> dict[Path, int]:
        """Return departments by their full path."""
        return self._tree.paths

    def department(self, values: Values) -> int | None:
        """Return the department of a row, by code or path; None if it names none or a new one."""
        if "code" in values and (pk := self.codes.get(values["code"])):
            return pk
        if not (path := path_of_department(values)):
            return None
        return self._tree.paths.get(path) or self._tree.tails.get(path)

    def path(self, pk: int) -> Path:
        """Return the path of a department."""
        return next(path for path, key in self._tree.paths.items() if key == pk)

    def imagine(self, path: Path, code: str | None) -> None:
        """Treat a department as created; its id is negative."""
        if path not in self._tree.paths:
            self._enter(path, -len(self._tree.paths) - 1)
        if code:
            self.codes.setdefault(code, self._tree.paths[path])

    def prepare(self, values: Values, *, by: Person) -> None:
        """Create missing objects that a row names."""
        if "department" in values and self.department(values) is None:
            self._add_department(path_of_department(values), values.get("code"), by)
        if (name := values.get("position")) and name not in self.positions:
            position = Position.objects.create(name=name, level=int(values.get("level", 1)))
            self.positions[name] = position.pk
            announce(PositionChanged(position_id=position.pk, act="added", by_id=by.pk))
        if (name := values.get("location")) and name not in self.locations:
            place = Location.objects.create(name=name)
            self.locations[name] = place.pk
            announce(LocationChanged(location_id=place.pk, act="added", by_id=by.pk))

    def _add_department(self, path: Path, code: str | None, by: Person) -> None:
        parent = None
        for depth in range(1, len(path) + 1):
            existing = self._tree.paths.get(path[:depth])
            if existing is None:
                last = depth == len(path)
                department = Department.objects.create(
                    name=path[depth - 1], parent_id=parent, code=code if last else None
                )
                self._enter(path[:depth], department.pk)
                if last and code:
                    self.codes[code] = department.pk
                announce(DepartmentChanged(department_id=department.pk, act="added", by_id=by.pk))
                existing = department.pk
            parent = existing

    def _enter(self, path: Path, pk: int) -> None:
        if self._is_shared:
            self._tree, self._is_shared = self._tree.copy(), False
        self._tree.enter(path, pk)

    def place(self, values: Values) -> dict[str, int]:
        """Return a person's columns for the department, position and location of a row."""
        columns = {
            "department_id": self.department(values),
            "position_id": self.positions.get(values.get("position", "")),
            "location_id": self.locations.get(values.get("location", "")),
        }
        return {column: pk for column, pk in columns.items() if pk is not None}


def path_of_department(values: Values) -> Path:
    """Return the path a row names, from the root."""
    return tuple(values["department"].split("/")) if "department" in values else ()


def _path(parents: dict[int, tuple[str, int | None]], pk: int | None) -> Path:
    path: list[str] = []
    while pk is not None:
        name, pk = parents[pk]
        path.insert(0, name)
    return tuple(path)
