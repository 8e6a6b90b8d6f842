"""Pages of the audit, for administrators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from zhiliu.directory.rules import is_admin
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.paging import page_of

from .exporting import export as taken
from .forms import SearchForm
from .queries import entries, entry_words


@require_GET
@login_required
def audit(request: Request) -> HttpResponseBase:
    """List administrative acts, newest first."""
    require(is_admin, request.user)
    form, filters = _asked(request)
    page = page_of(entries(**filters), request, by="-at")
    context = {"form": form, "page": page, "rows": entry_words(page.rows), "asked": any(filters.values())}
    return render(request, "audit/entries.html", context)


@require_POST
@login_required
def export(request: Request) -> HttpResponseBase:
    """Export all entries of the current search as CSV."""
    _form, filters = _asked(request)
    return csv_answer(taken(entries(**filters), by=request.user), "audit")


def _asked(request: Request) -> tuple[SearchForm, dict[str, Any]]:
    """Return the search filters from the address, without invalid ones."""
    form = SearchForm(request.GET)
    form.is_valid()
    return form, {name: value for name, value in form.cleaned_data.items() if value}
