"""Pages of imports of documents, for those who look after a library."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.documents import receiver
from zhiliu.kit.doors import once
from zhiliu.kit.errors import Refused
from zhiliu.kit.http import Request
from zhiliu.kit.paging import page_of
from zhiliu.kit.rules import require
from zhiliu.kit.tables import csv_answer

from ..rules import can_bring_somewhere
from ..views import stepper
from . import bringing
from .forms import BringForm
from .models import DocumentRun
from .queries import SHOWS, STEPS, files_of, progress_of, recent_runs, report, told
from .sentences import RUN

State = DocumentRun.State


@require_http_methods(["GET", "POST"])
@login_required
@once
def runs(request: Request) -> HttpResponseBase:
    """Bring documents; earlier imports below."""
    require(can_bring_somewhere, request.user)
    places = receiver.provider.places(request.user)
    chosen = {"library": request.GET.get("library", "")}
    form = BringForm(request.POST or None, request.FILES or None, places=places, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            made = _bring(request, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(made)
    names = {place.key: place.name for place in places}
    page = page_of(recent_runs(request.user), request, by="-at")
    rows = [(run, names.get(run.place, "")) for run in page]
    return render(request, "transfers/documents/runs.html", {"form": form, "page": page, "rows": rows})


def _bring(request: Request, form: BringForm) -> DocumentRun:
    wanted = form.cleaned_data
    return bringing.bring(
        wanted["file"],
        name=wanted["file"].name,
        place=form.places[wanted["library"]],
        folder=wanted["folder"],
        publishes=not wanted["drafts"],
        by=request.user,
    )


def _run(request: Request, pk: int) -> DocumentRun:
    found: DocumentRun = get_object_or_404(recent_runs(request.user), pk=pk)
    return found


@require_GET
@login_required
def run(request: Request, pk: int) -> HttpResponseBase:
    """One import, at whatever step it is."""
    one = _run(request, pk)
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "run": one,
        "place": receiver.provider.place(one.place),
        "steps": stepper([_("Check"), _("Import"), _("Report")], STEPS, one),
        "error": RUN.get(one.error, ""),
        **_numbers(one),
    }
    if one.state in bringing.OPEN:
        context |= _files(request, one, show if show in SHOWS else "attention")
    return render(request, "transfers/documents/run.html", context)


def _numbers(one: DocumentRun) -> dict[str, Any]:
    waiting = one.rows.filter(waiting=True).count() if one.state == State.READY else 0
    counts = one.counts() if one.state != State.LOOKING else None
    return {"counts": counts, "progress": progress_of(one), "waiting": waiting}


def _files(request: Request, one: DocumentRun, show: str) -> dict[str, Any]:
    page = page_of(files_of(one, show), request, by="number")
    attention = files_of(one, "attention").count()
    return {"page": page, "files": told(one, page.rows), "show": show, "attention": attention}


@require_GET
@login_required
def progress(request: Request, pk: int) -> HttpResponseBase:
    """How far the work is, asked every two seconds; at the next step the whole page is loaded."""
    one = _run(request, pk)
    if one.state != request.GET.get("state"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "transfers/documents/progress.html", {"run": one, **_numbers(one)})


@require_POST
@login_required
def start(request: Request, pk: int) -> HttpResponseBase:
    """Bring in what is new or changed."""
    one = _run(request, pk)
    bringing.start(one, by=request.user)
    return redirect(one)


@require_POST
@login_required
def pausing(request: Request, pk: int) -> HttpResponseBase:
    """Pause (``on=1``) or go on (``on=0``)."""
    one = _run(request, pk)
    (bringing.pause if request.POST.get("on") == "1" else bringing.resume)(one, by=request.user)
    return redirect(one)


@require_POST
@login_required
def removal(request: Request, pk: int) -> HttpResponseBase:
    """Throw the import away; what is in stays in."""
    bringing.discard(_run(request, pk), by=request.user)
    messages.success(request, _("Import discarded. Articles already imported stay."))
    return redirect("documents:runs")


@require_GET
@login_required
def report_file(request: Request, pk: int) -> HttpResponseBase:
    """What became of each file, as a file."""
    one = _run(request, pk)
    return csv_answer(report(one), f"documents-{one.pk}")
