"""Pages of document imports, for managers of libraries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from zhiliu.kit.contracts.documents import receiver
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..rules import can_bring_somewhere
from ..run_views import RunViews
from ..views import stepper
from . import document_import
from .forms import BringForm
from .messages import RUN
from .models import DocumentRun
from .queries import SHOWS, STEPS, document_report, files_of, progress_of, recent_runs, told

State = DocumentRun.State


@require_http_methods(["GET", "POST"])
@login_required
@once
def runs(request: Request) -> HttpResponseBase:
    """Import documents; earlier imports are listed below."""
    require(can_bring_somewhere, request.user)
    places = receiver.provider.places(request.user)
    chosen = {"library": request.GET.get("library", "")}
    form = BringForm(request.POST or None, request.FILES or None, places=places, initial=chosen)
    if request.method == "POST" and form.is_valid():
        document_run = form.attempt(_bring, request, form)
        if document_run is not None:
            return redirect(document_run)
    names = {place.key: place.name for place in places}
    page = page_of(recent_runs(request.user), request, by="-at")
    rows = [(run, names.get(run.place, "")) for run in page]
    return render(request, "transfers/documents/runs.html", {"form": form, "page": page, "rows": rows})


def _bring(request: Request, form: BringForm) -> DocumentRun:
    wanted = form.cleaned_data
    return document_import.bring(
        wanted["file"],
        name=wanted["file"].name,
        place=form.places[wanted["library"]],
        folder=wanted["folder"],
        publishes=not wanted["drafts"],
        by=request.user,
    )


def _run(request: Request, pk: int) -> DocumentRun:
    document_run: DocumentRun = get_object_or_404(recent_runs(request.user), pk=pk)
    return document_run


@require_GET
@login_required
def run(request: Request, pk: int) -> HttpResponseBase:
    """Show an import in its current step."""
    document_run = _run(request, pk)
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "run": document_run,
        "place": receiver.provider.place(document_run.place),
        "steps": stepper([_("Check"), _("Import"), _("Report")], STEPS, document_run),
        "error": RUN.get(document_run.error, ""),
        **_numbers(document_run),
    }
    if document_run.state in document_import.OPEN:
        context |= _files(request, document_run, show if show in SHOWS else "attention")
    return render(request, "transfers/documents/run.html", context)


def _numbers(document_run: DocumentRun) -> dict[str, Any]:
    waiting = document_run.rows.filter(waiting=True).count() if document_run.state == State.READY else 0
    counts = document_run.counts() if document_run.state != State.LOOKING else None
    return {"counts": counts, "progress": progress_of(document_run), "waiting": waiting}


def _files(request: Request, document_run: DocumentRun, show: str) -> dict[str, Any]:
    page = page_of(files_of(document_run, show), request, by="number")
    attention = files_of(document_run, "attention").count()
    return {"page": page, "files": told(document_run, page.rows), "show": show, "attention": attention}


class DocumentImportViews(RunViews[DocumentRun]):
    """The views that documents share with tables."""

    namespace, report_name = "documents", "documents"
    verbs = document_import
    progress_template = "transfers/documents/progress.html"
    discarded = gettext_lazy("Import discarded. Articles already imported stay.")

    def load(self, request: Request, pk: int) -> DocumentRun:
        """Return an import into a library the person manages."""
        return _run(request, pk)

    def numbers(self, run: DocumentRun) -> dict[str, Any]:
        """Return the counts of files and the progress."""
        return _numbers(run)

    def report(self, run: DocumentRun) -> Iterator[Sequence[object]]:
        """Yield the outcome of each file."""
        return document_report(run)
