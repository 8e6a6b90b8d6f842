"""The same pages without optimisations, as a baseline: ``bench.plain:application``.

Rows and page frame are rendered every time, the ORM compiles the frame's queries for each page, and addresses come from
Django's ``reverse``.
"""

from __future__ import annotations

from typing import Any

from config.wsgi import application
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web import addresses
from zhiliu.kit.web.fragments import Fragments

__all__ = ["application"]


def _composed_anew(self: CompiledQuery[Any], *values: int | str) -> list[tuple[Any, ...]]:
    rows: Any = self._make(*values)
    # Anew: "flat" ones give no tuples.
    return list(rows.values_list(*rows._fields or ()))


def _objects_of_orm(self: CompiledQuery[Any], *values: int | str) -> Any:
    return list(self._make(*values))


Fragments.get = lambda self, key: None  # type: ignore[method-assign]
Fragments.put = lambda self, key, text: None  # type: ignore[method-assign]
CompiledQuery.rows = _composed_anew  # type: ignore[method-assign]
CompiledQuery.objects = _objects_of_orm  # type: ignore[method-assign]
addresses._looked_up = addresses._looked_up.__wrapped__  # type: ignore[assignment]
