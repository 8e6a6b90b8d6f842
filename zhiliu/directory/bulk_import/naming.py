"""New names in a roster: what they would create, and which existing names they may mean instead.

A typo in a department's name would create a department. So every new name is listed beforehand with the most similar
existing one, and the importer decides which names mean what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.db.models import Min, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from zhiliu.kit.contracts.importing import Made, Meant, Values
from zhiliu.kit.text.chinese_text import normalise, readings

from ..models import Location, Position
from .lines import parted
from .structure import Path, Structure, path_of_department

# Minimum similarity of a proposed name, from 0 to 1: 研发不 and 研发部 are 0.67.
NEAR = 0.65
# Larger groups of siblings are not compared with each other: that would take minutes.
_COMPARED = 300
NAMING: dict[str, tuple[str, ...]] = {"department": ("code",), "position": (), "location": (), "manager": ()}
# 一部 and 二部 are two departments, no typo.
_COUNTED = set("0123456789一二三四五六七八九十甲乙丙丁东南西北abcdef")


def meaning(values: Values, replacements: Meant) -> Values:
    """Return a row's values with mapped names. Mapping a department includes those below it."""
    mapped = dict(values)
    for field, names in replacements.items():
        if name := values.get(field):
            mapped[field] = _department_meant(name, names) if field == "department" else names.get(name, name)
    return mapped


def _department_meant(written: str, names: dict[str, str]) -> str:
    """Map a path repeatedly: the target may lie below another mapped name. Each name applies once, so this ends."""
    path, remaining = written, dict(names)
    while True:
        starts = [name for name in remaining if path == name or path.startswith(f"{name}/")]
        if not starts:
            return path
        start = max(starts, key=len)
        path = remaining.pop(start) + path[len(start) :]


def would_make(field: str, named: Iterable[tuple[Values, int, int]]) -> list[Made]:
    """Return new departments, positions or locations that rows would create, likely typos first.

    Args:
        named: values, how many rows have them, and the first of those rows.
    """
    if field == "manager":
        return []
    rows = sorted(((parted(values)[0], lines, first) for values, lines, first in named), key=lambda entry: entry[2])
    if not rows:
        return []
    new_names = _departments(rows, Structure()) if field == "department" else _plain(field, rows)
    return sorted(new_names, key=lambda made: (not made.near, made.first))


def level_remarks(rows: QuerySet[Any, Any]) -> list[str]:
    """Return remarks about positions with different levels in rows or the directory: a position has one, the first."""
    columns = {f"said_{key}": KeyTextTransform(key, "values") for key in ("position", "level")}
    with_both = rows.filter(values__has_key="position").filter(values__has_key="level").order_by()
    levels: dict[str, dict[str, int]] = defaultdict(dict)
    for position, level, first in with_both.annotate(**columns).values_list(*columns).annotate(first=Min("line")):
        levels[position][level] = first
    for position, level in Position.objects.filter(name__among=set(levels)).values_list("name", "level"):
        levels[position][str(level)] = 0
    return [_level_remark(name, lines) for name, lines in sorted(levels.items()) if len(lines) > 1]


def _level_remark(position: str, levels: dict[str, int]) -> str:
    stays = min(levels, key=levels.__getitem__)
    return _("Position “%(position)s” appears with different levels: %(levels)s. We’ll use %(level)s.") % {
        "position": position,
        "levels": "、".join(sorted(levels, key=lambda level: (len(level), level))),
        "level": stays,
    }


def names(field: str) -> list[str]:
    """Return existing departments by path, positions or locations, sorted."""
    if field == "manager":
        return []
    if field == "department":
        return sorted("/".join(path) for path in Structure().paths)
    model = Position if field == "position" else Location
    return sorted(model.objects.values_list("name", flat=True))


def _plain(field: str, value_rows: list[tuple[Values, int, int]]) -> list[Made]:
    there = names(field)
    nearest, existing = Nearest(there), {None, *there}
    new = [(values[field], lines, first) for values, lines, first in value_rows if values.get(field) not in existing]
    usual = Usual({(name,): lines for name, lines, _first in new}, by_sound=True)
    return [Made(field, name, n, first, nearest.to(name) or usual.near((name,))) for name, n, first in new]


def _departments(value_rows: list[tuple[Values, int, int]], structure: Structure) -> list[Made]:
    there = set(structure.paths)
    lines: dict[Path, int] = defaultdict(int)
    first: dict[Path, int] = {}
    for values, count, line in value_rows:
        for path in _missing(values, there, structure):
            lines[path] += count
            first.setdefault(path, line)
    beside, usual = Beside(there), Usual(lines)
    near = {path: beside.near(path) or usual.near(path) for path in first}
    return [Made("department", "/".join(path), lines[path], first[path], near[path]) for path in first]


def _missing(values: Values, there: set[Path], structure: Structure) -> list[Path]:
    """Return the missing departments on the path of a row; those of earlier rows count as created."""
    if "department" not in values:
        return []
    pk = structure.department(values)
    if pk is not None and pk > 0:
        return []
    path = structure.path(pk) if pk is not None else path_of_department(values)
    ways = [path[:depth] for depth in range(1, len(path) + 1) if path[:depth] not in there]
    for number, way in enumerate(ways):
        structure.imagine(way, values.get("code") if number == len(ways) - 1 else None)
    return ways


class Usual:
    """Names in the file itself: a rare name may be a typo of a frequent one.

    Args:
        lines: row count of each. by_sound: match by pronunciation only; 经理 and 助理 differ in one character too.
    """

    def __init__(self, lines: dict[Path, int], *, by_sound: bool = False) -> None:
        self._lines, self._by_sound = lines, by_sound
        self._beside: dict[Path, list[str]] = defaultdict(list)
        for path in lines:
            self._beside[path[:-1]].append(path[-1])

    def near(self, path: Path) -> str:
        """Return the most frequent path that differs from this one by a typo, or ''."""
        above, line_count = path[:-1], self._lines[path]
        if len(self._beside[above]) > _COMPARED:
            return ""
        ways = ((*above, name) for name in self._beside[above] if self._is_slip(path[-1], name))
        usual = [way for way in ways if self._lines[way] > line_count]
        if not usual:
            return ""
        most: Path = max(usual, key=lambda way: self._lines[way])
        return "/".join(most)

    def _is_slip(self, name: str, other: str) -> bool:
        if name == other or len(name) != len(other) or _counts_on(normalise(name), normalise(other)):
            return False
        if _reading(name) == _reading(other):
            return True
        return not self._by_sound and len(name) > 2 and sum(a != b for a, b in zip(name, other, strict=True)) == 1


class Beside:
    """Departments grouped by parent."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._alike: dict[str, list[Path]] = defaultdict(list)
        self._children: dict[Path, list[str]] = defaultdict(list)
        for path in paths:
            self._alike[path[-1]].append(path)
            self._children[path[:-1]].append(path[-1])
        self._nearest: dict[Path, Nearest] = {}
        self._anywhere = Nearest(self._alike)

    def near(self, path: Path) -> str:
        """Return the most similar sibling; else the only department of that name elsewhere.

        For a path without parents the name may be mistyped too, because nothing else locates it.
        """
        above = path[:-1]
        if above not in self._nearest:
            self._nearest[above] = Nearest(self._children.get(above, []))
        if near := self._nearest[above].to(path[-1]):
            return "/".join((*above, near))
        name = path[-1] if above else self._anywhere.to(path[-1])
        alike = self._alike.get(name, [])
        return "/".join(alike[0]) if len(alike) == 1 else ""


class Nearest:
    """Finds the most similar name: in writing or in pronunciation.

    Only names with the same first or last character are compared, since all pairs would take minutes.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_end: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
        self._read: dict[str, str] = {}
        for name in names:
            folded = normalise(name)
            for end in (0, -1):
                self._by_end[end, folded[end]][folded] = name
            self._read.setdefault(_reading(name), name)

    def to(self, name: str) -> str:
        """Return the most similar name, or ''."""
        folded = normalise(name)
        near = self._by_end[0, folded[0]] | self._by_end[-1, folded[-1]]
        matches = get_close_matches(
            folded, sorted(text for text in near if not _counts_on(text, folded)), n=1, cutoff=NEAR
        )
        # Typing by pinyin picks a wrong character: 消售部 is pronounced like 销售部.
        return near[matches[0]] if matches else self._read.get(_reading(name), "")


def _reading(name: str) -> str:
    return (readings(name) or [""])[0] or name


def _counts_on(item: str, other: str) -> bool:
    """Return True if two names differ only in numerals or directions: they differ on purpose."""
    differing = [pair for pair in zip(item, other, strict=False) if pair[0] != pair[1]]
    return len(item) == len(other) and all({*pair} <= _COUNTED for pair in differing)
