"""Pages of imports, for administrators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.directory.link_handover import link_lines
from zhiliu.directory.mailing import mail_links
from zhiliu.directory.queries import links_left
from zhiliu.kit.contracts.importing import importers
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url
from zhiliu.kit.web.table_export import XLSX

from . import importing
from .forms import FileForm
from .models import ImportRow, ImportRun, Run
from .notes import notes_of
from .queries import STEPS, freed_by, mendable, new_rows, progress_of, recent_runs, wrong_rows
from .report import import_report
from .rules import can_import
from .run_views import RunViews
from .templating import as_workbook, template_rows
from .unreadable import SENTENCES
from .value_mapping import settle_names, value_mappings

State = ImportRun.State
GONE_SHOWN = 200


@require_http_methods(["GET", "POST"])
@login_required
@once
def runs(request: Request) -> HttpResponseBase:
    """Import a file; earlier imports are listed below."""
    require(can_import, request.user)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, full = form.cleaned_data["file"], form.cleaned_data["full"]
        import_run = form.attempt(importing.receive_file, file, name=file.name, full=full, by=request.user)
        if import_run is not None:
            return redirect(import_run)
    page = page_of(recent_runs(), request, by="-at")
    return render(request, "transfers/runs.html", {"form": form, "page": page})


def _run(request: Request, pk: int) -> ImportRun:
    require(can_import, request.user)
    return get_object_or_404(ImportRun.objects.select_related("by"), pk=pk)


@require_GET
@login_required
def run(request: Request, pk: int) -> HttpResponseBase:
    """Show an import in its current step."""
    return _page(request, _run(request, pk))


def _page(request: Request, import_run: ImportRun, **more: Any) -> HttpResponseBase:
    context: dict[str, Any] = {"run": import_run, "steps": _steps(import_run), **_numbers(import_run), **more}
    if import_run.state == State.UNREADABLE:
        context["error"] = SENTENCES[import_run.error]
    elif import_run.state == State.COLUMNS:
        context |= _columns(import_run)
        context["notes"] = notes_of(import_run)
    elif import_run.state in importing.OPEN:
        page = page_of(wrong_rows(import_run), request, by="line")
        context |= {"page": page, "lines": mendable(import_run, page.rows), "gone": _gone(import_run, request.user)}
        context |= _columns(import_run) if import_run.state == State.READY else {}
        context["namings"] = value_mappings(import_run, more.get("typed", {}))
        context["notes"] = notes_of(import_run)
        context["needs_a_community"] = import_run.state == State.DONE and not Community.objects.exists()
        people = new_rows(import_run)
        context |= links_left(people) if people is not None else {}
    status = 422 if {"refused", "refused_columns"} & more.keys() else 200
    return render(request, "transfers/run.html", context, status=status)


def _numbers(import_run: ImportRun) -> dict[str, Any]:
    counted = import_run.state in (*importing.OPEN, State.APPLYING, State.RECHECKING)
    waiting = import_run.rows.filter(waiting=True).count() if import_run.state in importing.OPEN else 0
    return {"counts": import_run.counts() if counted else None, "progress": progress_of(import_run), "waiting": waiting}


def _steps(import_run: ImportRun) -> list[tuple[str, str]]:
    """Return the steps, each done, current or to come; the file step is done."""
    words = [_("Match columns"), _("Check"), _("Import"), _("Report")]
    return stepper(words, STEPS, import_run)


def stepper(words: list[str], steps: Sequence[tuple[Any, set[Any]]], run: Run) -> list[tuple[str, str]]:
    """Return the steps of an import after "Choose a file".

    Args:
        words: the label of each step. steps: the states in which each is current.
    """
    at = next((place for place, (_step, states) in enumerate(steps) if run.state in states), 0)
    states = ["done" if place < at else "here" if place == at else "" for place in range(len(steps))]
    return [(_("Choose a file"), "done"), *zip(words, states, strict=True)]


def _columns(import_run: ImportRun) -> dict[str, Any]:
    return {"matched": _matched(import_run), "fields": import_run.importer.fields()}


def _matched(import_run: ImportRun) -> list[dict[str, Any]]:
    """Return each column with its first values and its field."""
    samples = [list(filter(None, column)) for column in _columns_of(import_run)]
    rows = zip(import_run.headers, import_run.columns, samples, strict=True)
    return [{"header": header, "key": key, "samples": found[:2]} for header, key, found in rows]


def _columns_of(import_run: ImportRun) -> list[list[str]]:
    width = len(import_run.headers)
    return [[row[place] if place < len(row) else "" for row in import_run.samples] for place in range(width)]


def _gone(import_run: ImportRun, by: Any) -> dict[str, Any] | None:
    if not import_run.full or not import_run.path:
        return None
    people = import_run.importer.gone(import_run.rows.values("key")).exclude(pk=by.pk)
    return {"count": people.count(), "people": people.order_by("name", "pk")[:GONE_SHOWN]}


@require_POST
@login_required
def columns(request: Request, pk: int) -> HttpResponseBase:
    """Set the field of each column."""
    import_run = _run(request, pk)
    try:
        chosen = request.POST.getlist("column")
        importing.choose_columns(import_run, chosen, full=request.POST.get("full") == "on", by=request.user)
    except Refused as refused:
        import_run.columns = [*chosen, *[""] * len(import_run.headers)][: len(import_run.headers)]
        return _page(
            request,
            import_run,
            **{"refused" if import_run.state == State.COLUMNS else "refused_columns": refused.reason},
        )
    return redirect(import_run)


@require_POST
@login_required
def sheet(request: Request, pk: int) -> HttpResponseBase:
    """Choose the sheet of a workbook that holds the table."""
    import_run = _run(request, pk)
    importing.choose_sheet(import_run, request.POST.get("sheet", ""), by=request.user)
    return redirect(import_run)


@require_GET
@login_required
def template(request: Request, form: str) -> HttpResponseBase:
    """Return a template file."""
    require(can_import, request.user)
    importer = importers.get("people")
    assert importer is not None
    rows = template_rows(importer)
    if form == "csv":
        return csv_answer(iter(rows), "people")
    headers = {"Content-Disposition": 'attachment; filename="people.xlsx"'}
    return HttpResponse(as_workbook(rows), content_type=XLSX, headers=headers)


@require_POST
@login_required
def line(request: Request, pk: int, line: int) -> HttpResponseBase:
    """Correct a line: ``act`` is take, skip or write."""
    import_run, act = _run(request, pk), request.POST.get("act")
    if act == "take":
        row = importing.take_proposal(import_run, line, by=request.user)
    elif act == "skip":
        row = importing.skip_line(import_run, line, by=request.user)
    else:
        row = importing.mend_line(import_run, line, _written(import_run, request), by=request.user)
    if not request.htmx:
        return redirect(import_run)
    done = row.outcome != ImportRow.Outcome.WRONG
    context = {
        "run": import_run,
        "mended": mendable(import_run, [row])[0],
        "done": done,
        "row": row,
        **_numbers(import_run),
        "fresh": True,
    }
    context["freed"] = mendable(import_run, freed_by(import_run, row))
    return render(request, "transfers/line.html", context)


def _written(import_run: ImportRun, request: Request) -> dict[str, str]:
    """Return typed values, parsed like those of the file."""
    keys = {field.key for field in import_run.importer.fields()}
    return {key: str(text).strip()[:500] for key, text in request.POST.items() if key in keys}


@require_POST
@login_required
def proposals(request: Request, pk: int) -> HttpResponseBase:
    """Accept all proposals."""
    import_run = _run(request, pk)
    taken = importing.take_proposals(import_run, by=request.user)
    messages.success(request, ngettext("%(n)s line is settled", "%(n)s lines are settled", taken) % {"n": taken})
    return redirect(import_run)


@require_POST
@login_required
def names(request: Request, pk: int) -> HttpResponseBase:
    """Map names to existing ones: those typed in, a suggestion (``use``), or none."""
    import_run = _run(request, pk)
    columns = (request.POST.getlist(key) for key in ("field", "written", "meant"))
    chosen = [list(row) for row in zip(*columns, strict=False)]
    offered, use = request.POST.getlist("near"), request.POST.get("use", "")
    if use.isdecimal() and int(use) < min(len(offered), len(chosen)):
        chosen[int(use)][2] = offered[int(use)]
    back = request.POST.get("back", "")
    kept = [(field, written, meant) for field, written, meant in chosen if meant.strip()]
    if back.isdecimal() and int(back) < len(chosen):
        kept = [(chosen[int(back)][0], chosen[int(back)][1], "")]
    try:
        settle_names(import_run, kept, by=request.user)
    except Refused as refused:
        typed = {(field, written): meant for field, written, meant in kept}
        return _page(request, import_run, refused_name=refused.field, refused=refused.reason, typed=typed)
    return redirect(import_run)


@require_POST
@login_required
def gone(request: Request, pk: int) -> HttpResponseBase:
    """Deactivate the selected people."""
    import_run = _run(request, pk)
    keys = [int(key) for key in request.POST.getlist("person") if key.isdecimal() and len(key) < 19]
    left = importing.say_goodbye(import_run, keys, by=request.user)
    messages.success(request, ngettext("%(n)s person has left", "%(n)s people have left", left) % {"n": left})
    return redirect(import_run)


@require_POST
@login_required
@never_cache
def links(request: Request, pk: int) -> HttpResponseBase:
    """Return links for the first sign-in of everyone added by this run; they are only in this file."""
    import_run = _run(request, pk)
    people = new_rows(import_run)
    if people is None:
        raise Http404
    return csv_answer(link_lines(people, base=base_url(request), by=request.user), f"links-{import_run.pk}")


@require_POST
@login_required
def mailing(request: Request, pk: int) -> HttpResponseBase:
    """Send the same links by mail, to those who have an address."""
    import_run = _run(request, pk)
    people = new_rows(import_run)
    if people is None:
        raise Http404
    return redirect(mail_links(people, about=import_run.name, by=request.user))


class ImportViews(RunViews[ImportRun]):
    """The views that tables share with documents."""

    namespace, report_name = "transfers", "import"
    verbs = importing
    progress_template = "transfers/progress.html"
    discarded = gettext_lazy("Import discarded. People already imported stay.")

    def load(self, request: Request, pk: int) -> ImportRun:
        """Return any import to administrators."""
        return _run(request, pk)

    def numbers(self, run: ImportRun) -> dict[str, Any]:
        """Return the counts of lines and how far the work is."""
        return _numbers(run)

    def report(self, run: ImportRun) -> Iterator[Sequence[object]]:
        """Yield the lines that need a person."""
        return import_report(run)
