"""Two databases, one behaviour: the few places where SQLite and PostgreSQL need different SQL; and compiled queries for
what every page needs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Lookup,
    Model,
    Q,
    QuerySet,
    TextField,
)

M = TypeVar("M", bound=Model)
# The arguments of a compiled query.
Value = int | str | list[int] | list[str]


def on_postgresql() -> bool:
    """Return True if the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


def prefix_q(field: str, prefix: str) -> Q:
    """Return a filter for rows whose ``field`` starts with ``prefix``, which uses the index on both databases.

    SQLite cannot use an index for LIKE with ESCAPE, so this is a range; PostgreSQL has its pattern index.
    """
    if on_postgresql():
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"})


@Field.register_lookup
class Among(Lookup[Any]):
    """``field__among=values`` is ``field__in=values`` for hundreds of integers or texts.

    The values are sent as one parameter: for ``__in`` Django prepares each value separately, and each count of values
    is another SQL statement.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Send the values as a JSON list."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, _sent_as_one(self.rhs))  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Send the values as an array."""
        column, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.cast_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", (*params, _sent_as_one(self.rhs))


def _sent_as_one(values: Iterable[Any]) -> Any:
    """Return several values as one parameter of a statement."""
    return list(values) if on_postgresql() else json.dumps(list(values))


class WritePause:
    """Yields SQLite's write lock between the short transactions of long work.

    SQLite's busy handler polls every 100 ms; without pauses, back-to-back transactions would starve other writers.
    """

    EVERY, PAUSE = 0.2, 0.11

    def __init__(self) -> None:
        self._since = time.monotonic()

    def take(self) -> None:
        """Pause unless the last pause was recent. Within a transaction a pause would not release the lock."""
        if on_postgresql() or connection.in_atomic_block:
            return
        if time.monotonic() - self._since > self.EVERY:
            time.sleep(self.PAUSE)
            _settle()
            self._since = time.monotonic()


def _settle() -> None:
    """Checkpoint what others wrote meanwhile, so that the next batch restarts SQLite's write-ahead log.

    A batch that only appends lets the log outgrow its limit, and truncating it holds the lock for a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


class AdaptiveBatch:
    """The number of rows for the next short transaction, so that it lasts about :attr:`AIM` seconds.

    The cost of a row differs a hundredfold between machines, and grows with the table.

    Args:
        size: at first. most: at any time.
    """

    AIM, LEAST = 0.2, 20

    def __init__(self, size: int, most: int) -> None:
        self.size, self._most = size, most

    @contextmanager
    def measured(self, rows: int) -> Iterator[None]:
        """Measure the work on ``rows`` rows. Use it inside the transaction, so that waiting for the lock is not
        counted.
        """
        since = time.monotonic()
        yield
        if rows * 2 >= self.size:  # a few rows say nothing about the speed
            fitting = int(rows * self.AIM / max(time.monotonic() - since, 0.001))
            self.size = min(max(self.LEAST, fitting), self.size * 2, self._most)


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows without model instances, six times as fast as ``bulk_create``; returns no keys.

    Args:
        columns: field names, including those with defaults. rows: a value for each column.
    """
    names = ", ".join(_quoted(model, columns))
    sql = f"INSERT INTO {_table(model)} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    _execute_many(sql, model, columns, rows)


def update_rows(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write some fields of rows of one model with one statement: half the time of one ``save`` each.

    Args:
        columns: field names.
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
    by_column = zip(*rows, strict=True)
    prepared = [_as_sent(model._meta.get_field(name), values) for name, values in zip(columns, by_column, strict=False)]
    if prepared:
        with connection.cursor() as cursor:
            cursor.executemany(sql, list(zip(*prepared, strict=True)))


_SENT_AS_THEY_ARE = (CharField, TextField, IntegerField, BooleanField, ForeignKey)


def _as_sent(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Return the values of a column in the database's form."""
    if isinstance(field, _SENT_AS_THEY_ARE):
        return values
    if isinstance(field, JSONField):
        adapt, encoder = connection.ops.adapt_json_value, field.encoder
        return [None if value is None else adapt(value, encoder) for value in values]
    # Dates and times repeat.
    prepared = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    return [prepared[value] for value in values]


class CompiledQuery(Generic[M]):
    """A query whose SQL is compiled at its first use and then only sent with other parameters.

    Compiling takes Django longer than the database takes to answer; for the queries of the page frame, that is a sixth
    of the page. No results are cached.

    Args:
        make: returns the query set for some integers or texts, or for lists of them after ``__among``. It must use each
            value unchanged, and nothing else that differs between calls (no "now").
        sample: values of the right types, for compiling.
    """

    def __init__(self, make: Callable[..., QuerySet[M, Any]], *sample: Value) -> None:
        self._make, self._sample = make, sample
        self._composed: dict[str, _Composed] = {}

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """Return the rows as ``values_list`` would."""
        composed = self._for_this_database()
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, composed.parameters(values))
            rows = cursor.fetchall()
        return [composed.converted(row) for row in rows] if composed.converters else rows

    def objects(self, *values: Value) -> list[M]:
        """Return model instances; for query sets of whole objects of one table."""
        composed = self._for_this_database()
        return [composed.model.from_db(DEFAULT_DB_ALIAS, composed.names, row) for row in self.rows(*values)]

    def first(self, *values: Value) -> M | None:
        """Return the first instance, or None; see :meth:`objects`."""
        return next(iter(self.objects(*values)), None)

    def _for_this_database(self) -> _Composed:
        composed = self._composed.get(connection.vendor)
        if composed is None:
            composed = self._composed[connection.vendor] = _compose(self._make, self._sample)
        return composed


@dataclass(frozen=True)
class _Composed:
    """A compiled query: the positions of the caller's parameters, and how columns become Python values."""

    sql: str
    places: list[Any]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    model: Any
    names: list[str]

    def parameters(self, values: tuple[Value, ...]) -> list[Any]:
        sent = [_sent_as_one(value) if isinstance(value, list) else value for value in values]
        return [sent[place.number] if isinstance(place, _Place) else place for place in self.places]

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for column, (steps, expression) in self.converters.items():
            for step in steps:
                values[column] = step(values[column], expression, connection)
        return tuple(values)


def _compose(make: Callable[..., QuerySet[Any, Any]], sample: tuple[Value, ...]) -> _Composed:
    marks = [_mark(value, number) for number, value in enumerate(sample)]
    rows = make(*marks)
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    sent = [_sent_as_one(mark) if isinstance(mark, list) else mark for mark in marks]
    places = [_Place(sent.index(value)) if value in sent else value for value in params]
    converters = compiler.get_converters([column[0] for column in compiler.select])
    names = [field.attname for field in rows.model._meta.concrete_fields]
    return _Composed(sql, places, converters, rows.model, names)


class _Place:
    """The position of a caller's value in the parameters of a compiled query."""

    def __init__(self, number: int) -> None:
        self.number = number


def _mark(sample: Value, number: int) -> Value:
    """Return a placeholder for a caller's value that no query contains by itself."""
    if isinstance(sample, list):
        return [_mark(sample[0], number)]  # type: ignore[return-value]
    return 9_007_199_254_740_000 + number if isinstance(sample, int) else f"\x02place {number}\x03"
