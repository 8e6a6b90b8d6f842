"""Two databases, one behaviour: the few places where SQLite and PostgreSQL are asked differently; and questions that
every page asks, composed once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, CharField, ForeignKey, IntegerField, Model, Q, QuerySet, TextField

M = TypeVar("M", bound=Model)


def on_postgresql() -> bool:
    """Whether the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


def prefix_q(field: str, prefix: str) -> Q:
    """Rows whose ``field`` starts with ``prefix``, through the index on both databases.

    SQLite cannot use an index for LIKE with ESCAPE, so a range is asked for; PostgreSQL has its pattern index.
    """
    if on_postgresql():
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"})


class Breath:
    """Lets others write between the short transactions of long work.

    Who waits for SQLite's lock asks again every tenth of a second; one transaction right after the other would leave
    nobody else a moment.
    """

    EVERY, PAUSE = 0.2, 0.11

    def __init__(self) -> None:
        self._since = time.monotonic()

    def take(self) -> None:
        """Pause, if the last pause was a while ago. Called outside transactions."""
        if not on_postgresql() and time.monotonic() - self._since > self.EVERY:
            time.sleep(self.PAUSE)
            self._since = time.monotonic()


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows without an object for each, in a third of the time of ``bulk_create``; keys are not told.

    Args:
        columns: names of fields, those with defaults included. rows: a value for each column.
    """
    names = ", ".join(_quoted(model, columns))
    sql = f"INSERT INTO {_table(model)} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    _execute_many(sql, model, columns, rows)


def update_rows(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write some fields of rows of one model, with one statement for all: half the time of a ``save`` each.

    Args:
        columns: names of fields.
    """
    if rows:
        model = type(rows[0])
        fields = [model._meta.get_field(name) for name in columns]
        key = model._meta.pk
        assigned = ", ".join(f"{name} = %s" for name in _quoted(model, columns))
        sql = f"UPDATE {_table(model)} SET {assigned} WHERE {_quoted(model, [key.name])[0]} = %s"  # noqa: S608
        values = [[*(getattr(row, field.attname) for field in fields), row.pk] for row in rows]  # type: ignore[union-attr]
        _execute_many(sql, model, [*columns, key.name], values)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(model: type[Model], columns: Sequence[str]) -> list[str]:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    return [connection.ops.quote_name(field.column) for field in fields]


def _execute_many(sql: str, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    plain = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
    prepares = [None if isinstance(field, plain) else field.get_db_prep_save for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [
                [
                    prepare(value, connection) if prepare and value is not None else value
                    for prepare, value in zip(prepares, row, strict=True)
                ]
                for row in rows
            ],
        )


class Prepared(Generic[M]):
    """A question whose SQL is composed at its first use and then only sent with other values.

    Composing takes Django longer than the database takes to answer; for what the frame of every page asks, that is a
    sixth of the page. Nothing about the answer is kept.

    Args:
        make: the query set for some whole numbers or texts; it must use each of them as it is, and nothing else that
            differs from call to call (no "now").
        sample: values of the right types, for composing.
    """

    def __init__(self, make: Callable[..., QuerySet[M, Any]], *sample: int | str) -> None:
        self._make, self._sample = make, sample
        self._composed: dict[str, _Composed] = {}

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """The answer, each row as ``values_list`` gives it."""
        composed = self._for_this_database()
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, composed.parameters(values))
            rows = cursor.fetchall()
        return [composed.converted(row) for row in rows] if composed.converters else rows

    def objects(self, *values: int | str) -> list[M]:
        """The answer as objects; for query sets of whole objects of one table."""
        composed = self._for_this_database()
        return [composed.model.from_db(DEFAULT_DB_ALIAS, composed.names, row) for row in self.rows(*values)]

    def first(self, *values: int | str) -> M | None:
        """The first object, or None; as :meth:`objects`."""
        return next(iter(self.objects(*values)), None)

    def _for_this_database(self) -> _Composed:
        known = self._composed.get(connection.vendor)
        if known is None:
            known = self._composed[connection.vendor] = _compose(self._make, self._sample)
        return known


@dataclass(frozen=True)
class _Composed:
    """A query as it is sent: where the caller's values stand in it, and how columns become Python values."""

    sql: str
    places: list[Any]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    model: Any
    names: list[str]

    def parameters(self, values: tuple[int | str, ...]) -> list[Any]:
        return [values[place.number] if isinstance(place, _Place) else place for place in self.places]

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for column, (steps, expression) in self.converters.items():
            for step in steps:
                values[column] = step(values[column], expression, connection)
        return tuple(values)


def _compose(make: Callable[..., QuerySet[Any, Any]], sample: tuple[int | str, ...]) -> _Composed:
    marks = [_mark(value, number) for number, value in enumerate(sample)]
    rows = make(*marks)
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    places = [_Place(marks.index(value)) if value in marks else value for value in params]
    converters = compiler.get_converters([column[0] for column in compiler.select])
    names = [field.attname for field in rows.model._meta.concrete_fields]
    return _Composed(sql, places, converters, rows.model, names)


class _Place:
    """Where in the parameters of a composed query a value of the caller stands."""

    def __init__(self, number: int) -> None:
        self.number = number


def _mark(sample: int | str, number: int) -> int | str:
    """A value that stands for the caller's while composing, and that no query has of its own."""
    return 9_007_199_254_740_000 + number if isinstance(sample, int) else f"\x02place {number}\x03"
