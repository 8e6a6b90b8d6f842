"""Keyset pagination: the next page starts after the last row seen, however far down that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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


def page_of(rows: QuerySet[M], request: HttpRequest, *, by: str, size: int = 20) -> Page[M]:
    """Return one page of ``rows`` ordered by ``by``, a field name with an optional ``-``; the primary key breaks ties.

    Args:
        rows: the query set, filtered to what the person may see.
        request: has the position as the signed parameter ``after``.
        by: field to order by; must not be null.
        size: rows per page.
    """
    field, down = by.lstrip("-"), by.startswith("-")
    position = _read(request.GET.get("after", ""))
    if position is not None:
        rows = rows.filter(_beyond(field, down, *position))
    page_rows = list(rows.order_by(by, "-pk" if down else "pk")[: size + 1])
    next_url = _next_url(request, page_rows[size - 1], field) if len(page_rows) > size else ""
    return Page(page_rows[:size], next_url)


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
    query["after"] = signing.dumps([str(value), last.pk], salt=_SALT)
    return f"{request.path}?{query.urlencode()}"


def _read(text: str) -> tuple[Any, int] | None:
    """Return the position in ``text``, or None for a forged or stale one, which means the first page."""
    try:
        value, key = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return value, key
