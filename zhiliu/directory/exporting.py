"""Lists as files, and the entry in the audit that they left the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.table_export import table_answer

from .facts import ListExported
from .models import Person


def list_answer(
    request: Request, lines: Iterator[Sequence[Any]], *, title: str, file: str, community_id: int | None = None
) -> HttpResponseBase:
    """Return a list as a file, and record who exported it. The caller has checked permissions.

    Args:
        lines: headings first. title: what the list is, in words, with the name of what it belongs to.
        file: name of the file, without extension; ASCII.
    """
    _record(title, by=request.user, community_id=community_id)
    return table_answer(request, lines, file)


def _record(title: str, *, by: Person, community_id: int | None) -> None:
    with transaction.atomic():
        announce(ListExported(community_id=community_id, by_id=by.pk), change=Change(title))
