"""What an importer is: an app says which columns a file may have, what is wrong with a line, and how lines come in.

The engine above reads files, keeps every line until it is checked, shows what needs a person, and hands the lines over
in short batches.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet

from .registry import Registry

Values = dict[str, str]
# What is meant instead of names of a file: by field, the name that is there by the written one.
Meant = dict[str, dict[str, str]]
Choice = tuple[str, str]


@dataclass(frozen=True)
class ImportField:
    """Something a column can be.

    Args:
        key: its name in :data:`Values`. label: as people read it.
        names: further headers it is recognised by, folded. required: no line comes in without it.
    """

    key: str
    label: Any
    names: Sequence[str] = ()
    required: bool = False


@dataclass(frozen=True)
class Problem:
    """Something about a line that a person should decide.

    Args:
        kind: which sentence says it. field: the value it is about. detail: what the sentence names.
        fix: values proposed instead ('' takes one out), or None. skip: leaving the line out is proposed.
        redundant: with ``skip``: nothing is lost without the line. passed: the line is no record and is passed over.
    """

    kind: str
    field: str = ""
    detail: str = ""
    fix: Values | None = None
    skip: bool = False
    redundant: bool = False
    passed: bool = False

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "field": self.field,
            "detail": self.detail[:200],
            "fix": self.fix,
            "skip": self.skip,
            "redundant": self.redundant,
            "passed": self.passed,
        }


@dataclass
class RowVerdict:
    """What a line would do: ``new``, ``changed`` or ``same``, and what stands against it."""

    outcome: str
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Across:
    """What only all lines together show.

    Args:
        problems: by line. depth: lines that must come in after those with a smaller number; 0 where missing.
        settled: names whose meaning all lines together show. asked: names somebody has to explain, by field, each
            with (value, label) of what may be meant.
    """

    problems: dict[int, list[Problem]] = field(default_factory=dict)
    depth: dict[int, int] = field(default_factory=dict)
    settled: Meant = field(default_factory=dict)
    asked: dict[str, dict[str, list[Choice]]] = field(default_factory=dict)


@dataclass
class Applied:
    """What a batch did.

    Args:
        new, changed: how many. later: numbers of rows (in the batch) that lack something a later line may bring.
        refused: numbers of rows the directory has come to contradict since they were checked.
    """

    new: int = 0
    changed: int = 0
    later: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Made:
    """Something beside the lines that would be made because lines name it and it is not there.

    Args:
        field: key of the field that names it. name: as the lines have it. lines: how many. first: the first of them.
        near: a name that is there and may be meant, or ''. choices: (value, label) of what may be meant.
    """

    field: str
    name: str
    lines: int
    first: int
    near: str = ""
    choices: tuple[Choice, ...] = ()


class Importer(ABC):
    """A kind of thing that can be brought in from a file. ``identity`` is the field that tells lines apart.

    ``naming`` are the fields that name something else, which is made when it is missing; each with the fields that help
    to tell it.
    """

    key: ClassVar[str]
    identity: ClassVar[str]
    name: ClassVar[Any]
    naming: ClassVar[dict[str, tuple[str, ...]]] = {}
    # The field that names somebody who may stand in another line.
    refers: ClassVar[str] = ""
    # Words in a header, folded, that say whose or which: a column is not known by what follows them.
    others: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def fields(self) -> list[ImportField]:
        """What columns can be."""

    @abstractmethod
    def begin(self) -> None:
        """Called before the lines of a file are read, and before they come in."""

    @abstractmethod
    def clean(self, cells: dict[str, Any]) -> tuple[Values, list[Problem]]:
        """The cells of one line in the form they are kept in, without the empty ones, and what cannot be read."""

    @abstractmethod
    def compare(self, rows: Sequence[Values]) -> list[RowVerdict]:
        """Each line beside what is there already, in a fixed number of queries."""

    @abstractmethod
    def across(self, rows: Iterable[tuple[int, Values]]) -> Across:
        """All lines (number, values) of a file together."""

    @abstractmethod
    def apply(self, rows: Sequence[Values], *, by: Any) -> Applied:
        """Bring lines in, in the caller's transaction. Idempotent."""

    @abstractmethod
    def gone(self, keys: QuerySet[Any, Any]) -> QuerySet[Any]:
        """What is there but not among ``keys``, when the file was to be the full list."""

    @abstractmethod
    def remove(self, keys: Sequence[int], *, by: Any) -> int:
        """Take away what a person ticked among :meth:`gone`; returns how many."""

    def would_make(self, field: str, named: Iterable[tuple[Values, int, int]]) -> list[Made]:
        """What lines would make because of what they say in a field of :attr:`naming`.

        Args:
            named: values of the field and of those that help, how many lines say so, and the first of them.
        """
        return []

    def names(self, field: str) -> list[str]:
        """What is there and may be meant by a field of :attr:`naming`."""
        return []

    def absent(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` that are not here yet."""
        return set()

    def remarks(self, rows: QuerySet[Any, Any]) -> list[str]:
        """What is noticed about lines together and stands in nobody's way, in words."""
        return []

    def example(self) -> Values:
        """The line that shows how a template is filled in; it is passed over when it comes back."""
        return {}

    def person(self, text: str, rows: QuerySet[Any, Any]) -> str | None:
        """The number of the only person here, or in rows of the file, whom a number or a name means."""
        return None

    def meaning(self, values: Values, meant: Meant) -> Values:
        """A line's values with the names that are meant in place of those written."""
        return values

    def newcomers(self, keys: QuerySet[Any, Any], since: dt.datetime) -> QuerySet[Any] | None:
        """People among ``keys`` who came in after ``since`` and cannot sign in yet; None where no people come in."""
        return None

    @abstractmethod
    def sentence(self, problem: Problem) -> str:
        """What is wrong, in words."""

    @abstractmethod
    def proposal(self, problem: Problem) -> str:
        """What is proposed, in words; '' for nothing."""


importers: Registry[Importer] = Registry("importers")


def offers_importer(kind: type[Importer]) -> type[Importer]:
    """Class decorator: put the importer in the registry."""
    importers.register(kind(), key=kind.key)
    return kind
