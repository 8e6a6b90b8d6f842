"""Keyset pagination: the next page starts after the last row seen, however far down that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
_SALT = "zhiliu.page"


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of rows.

    Args:
        rows: the objects shown.
        next_url: address of the following page, or '' at the end.
    """

    rows: list[M]
    next_url: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class ListOrder:
    """An order people can choose for a list.

    Args:
        by: field name with an optional ``-``; must not be null. label: lazily translated.
    """

    by: str
    label: Any


def chosen_order(request: HttpRequest, orders: Mapping[str, ListOrder], *, name: str = "order") -> str:
    """Return the key of the order the address asks for; else that of the first one."""
    key = request.GET.get(name, "")
    return key if key in orders else next(iter(orders))


def in_order(rows: QuerySet[M], by: str) -> QuerySet[M]:
    """Return ``rows`` ordered by a field name with an optional ``-``; the primary key breaks ties."""
    return rows.order_by(by, "-pk" if by.startswith("-") else "pk")


def page_of(rows: QuerySet[M], request: HttpRequest, *, by: str, size: int = 20) -> Page[M]:
    """Return one page of ``rows`` in an order (:func:`in_order`).

    Args:
        rows: the query set, filtered to what the person may see.
        request: has the position as the signed parameter ``after``.
        by: field to order by; must not be null.
        size: rows per page.
    """
    field, down = by.lstrip("-"), by.startswith("-")
    position = _read(request.GET.get("after", ""), field)
    if position is not None:
        rows = rows.filter(_beyond(field, down, *position))
    page_rows = list(in_order(rows, by)[: size + 1])
    next_url = _next_url(request, page_rows[size - 1], field) if len(page_rows) > size else ""
    return Page(page_rows[:size], next_url)


def kept_filters(request: HttpRequest, *names: str) -> str:
    """Return the parameters of a list's address that a link to another part of the list keeps, as a query string."""
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def _beyond(field: str, down: bool, value: Any, key: int) -> Q:
    side = "lt" if down else "gt"
    if field in ("pk", "id"):
        return Q(**{f"pk__{side}": key})
    return Q(**{f"{field}__{side}": value}) | Q(**{field: value, f"pk__{side}": key})


def _next_url(request: HttpRequest, last: Model, field: str) -> str:
    value: Any = last
    for name in field.split("__"):
        value = getattr(value, name)
    query = request.GET.copy()
    query["after"] = signing.dumps([str(value), last.pk], salt=_salt(field))
    return f"{request.path}?{query.urlencode()}"


def _read(text: str, field: str) -> tuple[Any, int] | None:
    """Return the position in ``text``; None for a forged one or one of another order, which means the first page."""
    try:
        value, key = signing.loads(text, salt=_salt(field))
    except (signing.BadSignature, ValueError):
        return None
    return value, key


def _salt(field: str) -> str:
    return f"{_SALT}.{field}"
