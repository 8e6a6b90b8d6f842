"""Importers: an app declares which columns a file may have, what is wrong with a row, and how rows are stored.

The engine reads files, stages every row until it is checked, shows what needs a decision, and hands the rows over in
short batches.
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
# Value mapping: by field, the existing name to use for a name written in the file.
Meant = dict[str, dict[str, str]]
Choice = tuple[str, str]


@dataclass(frozen=True)
class ImportField:
    """Something a column can hold.

    Args:
        key: its name in :data:`Values`. label: as people read it.
        names: further headers it is recognised by, folded. required: a row without it is not imported.
    """

    key: str
    label: Any
    names: Sequence[str] = ()
    required: bool = False


@dataclass(frozen=True)
class Problem:
    """Something about a row that needs a decision.

    Args:
        kind: selects the message. field: the field concerned. detail: the value the message names.
        fix: proposed values ('' removes one), or None. skip: skipping the row is proposed.
        redundant: with ``skip``: nothing is lost without the row. passed: the row is no record and is ignored.
    """

    kind: str
    field: str = ""
    detail: str = ""
    fix: Values | None = None
    skip: bool = False
    redundant: bool = False
    passed: bool = False

    def data(self) -> dict[str, Any]:
        """Return the problem as JSON values."""
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
    """Effect of a row: ``new``, ``changed`` or ``same``, and its problems."""

    outcome: str
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Across:
    """Findings that need all rows of a file.

    Args:
        problems: by row. depth: rows are stored after those with a smaller depth; 0 where missing.
        settled: names whose meaning follows from all rows. asked: names a person has to explain, by field, each with
            the (value, label) of possible meanings.
    """

    problems: dict[int, list[Problem]] = field(default_factory=dict)
    depth: dict[int, int] = field(default_factory=dict)
    settled: Meant = field(default_factory=dict)
    asked: dict[str, dict[str, list[Choice]]] = field(default_factory=dict)


@dataclass
class Applied:
    """Result of a batch.

    Args:
        new, changed: counts. later: indexes of rows (in the batch) that need something a later row may create.
        refused: indexes of rows that conflict with the directory by now.
    """

    new: int = 0
    changed: int = 0
    later: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Made:
    """A related object that would be created because rows name it and it does not exist.

    Args:
        field: key of the field that names it. name: as written in the rows. lines: how many. first: the first of them.
        near: an existing name that may be meant, or ''. choices: (value, label) of what may be meant.
    """

    field: str
    name: str
    lines: int
    first: int
    near: str = ""
    choices: tuple[Choice, ...] = ()


class Importer(ABC):
    """A type of record that can be imported from a file. ``identity`` is the field that identifies a row.

    ``naming`` lists the fields that name related objects, which are created when missing; each with the fields that
    help to identify them.
    """

    key: ClassVar[str]
    identity: ClassVar[str]
    name: ClassVar[Any]
    naming: ClassVar[dict[str, tuple[str, ...]]] = {}
    # The field that names a person who may be in another row.
    refers: ClassVar[str] = ""
    # Header words, folded, that mean "whose" or "which": the words after them do not identify a column.
    others: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def fields(self) -> list[ImportField]:
        """Return the possible columns."""

    @abstractmethod
    def begin(self) -> None:
        """Prepare for a file; called before its rows are read, and before they are stored."""

    @abstractmethod
    def clean(self, cells: dict[str, Any]) -> tuple[Values, list[Problem]]:
        """Return the cells of one row in stored form, without empty ones, and the problems of unreadable cells."""

    @abstractmethod
    def compare(self, rows: Sequence[Values]) -> list[RowVerdict]:
        """Compare each row with the existing records, in a fixed number of queries."""

    @abstractmethod
    def across(self, rows: Iterable[tuple[int, Values]]) -> Across:
        """Check all rows (number, values) of a file together."""

    @abstractmethod
    def apply(self, rows: Sequence[Values], *, by: Any) -> Applied:
        """Store rows in the caller's transaction. Idempotent."""

    @abstractmethod
    def gone(self, keys: QuerySet[Any, Any]) -> QuerySet[Any]:
        """Return existing records that are not among ``keys``, for a file that is the full list."""

    @abstractmethod
    def remove(self, keys: Sequence[int], *, by: Any) -> int:
        """Remove the records a person ticked among :meth:`gone`; return how many."""

    def would_make(self, field: str, named: Iterable[tuple[Values, int, int]]) -> list[Made]:
        """Return the related objects that rows would create through a field of :attr:`naming`.

        Args:
            named: values of the field and of its helper fields, how many rows have them, and the first of those rows.
        """
        return []

    def names(self, field: str) -> list[str]:
        """Return existing names that a field of :attr:`naming` may mean."""
        return []

    def absent(self, keys: Iterable[str]) -> set[str]:
        """Return those of ``keys`` that do not exist yet."""
        return set()

    def remarks(self, rows: QuerySet[Any, Any]) -> list[str]:
        """Return remarks about the rows together that block nothing, as sentences."""
        return []

    def example(self) -> Values:
        """Return the example row of a template; it is ignored when the file comes back."""
        return {}

    def person(self, text: str, rows: QuerySet[Any, Any]) -> str | None:
        """Return the number of the only person, here or in the file's rows, that a number or a name identifies."""
        return None

    def meaning(self, values: Values, replacements: Meant) -> Values:
        """Return a row's values with mapped names in place of the written ones."""
        return values

    def newcomers(self, keys: QuerySet[Any, Any], since: dt.datetime) -> QuerySet[Any] | None:
        """Return people among ``keys`` created after ``since`` who cannot sign in yet; None where no people are
        imported.
        """
        return None

    @abstractmethod
    def sentence(self, problem: Problem) -> str:
        """Return the message for a problem."""

    @abstractmethod
    def proposal(self, problem: Problem) -> str:
        """Return the message for the proposed fix; '' for none."""


importers: Registry[Importer] = Registry("importers")


def offers_importer(kind: type[Importer]) -> type[Importer]:
    """Class decorator: register the importer."""
    importers.register(kind(), key=kind.key)
    return kind
