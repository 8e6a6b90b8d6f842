"""Views shared by all imports: progress, start, pause, discard, report."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from zhiliu.directory.models import Person
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.http import Request, reload_page, wished

from .models import Run

R = TypeVar("R", bound=Run)


class RunVerbs(Protocol):
    """The verbs of a run; implemented by a module."""

    def start(self, run: Any, *, by: Person) -> None:
        """Apply what is ready."""

    def pause(self, run: Any, *, by: Person) -> None:
        """Stop after the current batch."""

    def resume(self, run: Any, *, by: Person) -> None:
        """Continue after a pause."""

    def discard(self, run: Any, *, by: Person) -> None:
        """Discard the import."""


class RunViews(abc.ABC, Generic[R]):
    """Views of one kind of import; subclasses load, describe and report a run.

    Args:
        namespace: of its addresses. verbs: the module with the verbs.
        progress_template: the fragment that shows how far a run is. discarded: the message after a run was discarded.
        report_name: of the file, before the number of the run.
    """

    namespace: ClassVar[str]
    verbs: RunVerbs
    progress_template: ClassVar[str]
    discarded: ClassVar[Any]
    report_name: ClassVar[str]

    @abc.abstractmethod
    def load(self, request: Request, pk: int) -> R:
        """Return a run the person may see, or raise ``Http404`` or ``Forbidden``."""

    @abc.abstractmethod
    def numbers(self, run: R) -> dict[str, Any]:
        """Return what the progress fragment shows."""

    @abc.abstractmethod
    def report(self, run: R) -> Iterator[Sequence[object]]:
        """Yield the rows of the report, headings first."""

    def urls(self) -> list[URLPattern]:
        """Return the addresses of these views."""
        return [
            path("<key:pk>/progress/", require_GET(login_required(self.progress)), name="progress"),
            path("<key:pk>/start/", require_POST(login_required(self.start)), name="start"),
            path("<key:pk>/pause/", require_POST(login_required(self.pause)), name="pause"),
            path("<key:pk>/removal/", require_POST(login_required(self.discard)), name="removal"),
            path("<key:pk>/report.csv", require_GET(login_required(self.report_file)), name="report"),
        ]

    def progress(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the progress, polled every two seconds; the next step loads the whole page."""
        run = self.load(request, pk)
        if run.state != request.GET.get("state"):
            return reload_page()
        return render(request, self.progress_template, {"run": run, **self.numbers(run)})

    def start(self, request: Request, pk: int) -> HttpResponseBase:
        """Apply what is ready."""
        run = self.load(request, pk)
        self.verbs.start(run, by=request.user)
        return redirect(f"{self.namespace}:run", pk)

    def pause(self, request: Request, pk: int) -> HttpResponseBase:
        """Pause (``on=1``) or continue (``on=0``)."""
        run = self.load(request, pk)
        (self.verbs.pause if wished(request) else self.verbs.resume)(run, by=request.user)
        return redirect(f"{self.namespace}:run", pk)

    def discard(self, request: Request, pk: int) -> HttpResponseBase:
        """Discard the import; what was imported stays."""
        self.verbs.discard(self.load(request, pk), by=request.user)
        messages.success(request, self.discarded)
        return redirect(f"{self.namespace}:runs")

    def report_file(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the report as a CSV file."""
        run = self.load(request, pk)
        return csv_answer(self.report(run), f"{self.report_name}-{run.pk}")
