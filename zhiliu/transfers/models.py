"""Models of imports: a run and the lines of its file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.importing import Importer, Meant, importers
from zhiliu.kit.web.addresses import address

from .facts import ImportGivenUp


class Run(models.Model):
    """An import; the base of all kinds. ``rows`` are its lines or files."""

    class State(models.TextChoices):
        LOOKING = "looking", pgettext_lazy("import", "Looking at the file")
        COLUMNS = "columns", pgettext_lazy("import", "Columns need you")
        STAGING = "staging", pgettext_lazy("import", "Reading")
        CHECKING = "checking", pgettext_lazy("import", "Checking")
        RECHECKING = "rechecking", pgettext_lazy("import", "Checking")
        READY = "ready", pgettext_lazy("import", "Checked, not imported")
        APPLYING = "applying", pgettext_lazy("import", "Importing")
        PAUSED = "paused", pgettext_lazy("import", "Paused")
        DONE = "done", pgettext_lazy("import", "Imported")
        UNREADABLE = "unreadable", pgettext_lazy("import", "Can’t be read")

    # The fields that are cleared when its file and rows are deleted.
    FORGOTTEN: ClassVar[dict[str, Any]] = {"path": ""}
    # The fact announced when its job is given up.
    GIVEN_UP: ClassVar[type[Any]]

    name = models.CharField(max_length=200, help_text="Of the file.")
    path = models.CharField(max_length=200, blank=True, help_text="Where the storage keeps it, until it is done with.")
    total = models.PositiveIntegerField(default=0, help_text="How many rows this round brings in.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    error = models.CharField(max_length=40, blank=True, help_text="Why the file cannot be read.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    phase_at = models.DateTimeField(default=timezone.now, help_text="When the present state began.")
    finished_at = models.DateTimeField(null=True)
    tally = models.JSONField(default=dict, help_text="Rows of each outcome, once the rows are forgotten.")

    objects: Any
    rows: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def works(self) -> bool:
        """Whether a job is working on it."""
        return self.state in WORKING

    def counts(self) -> dict[str, int]:
        """Return the number of rows by outcome."""
        found = self.tally or dict(self.rows.order_by().values_list("outcome").annotate(n=Count("pk")))
        return {str(outcome): found.get(outcome, 0) for outcome in self.rows.model.Outcome.values}


_STATES = Run.State
WORKING = (_STATES.LOOKING, _STATES.STAGING, _STATES.CHECKING, _STATES.RECHECKING, _STATES.APPLYING)


class ImportRun(Run):
    """The import of a table: previewed, columns matched, lines read, checked, corrected and applied."""

    FORGOTTEN: ClassVar[dict[str, Any]] = {"path": "", "samples": [], "settled": {}, "asked": {}}
    GIVEN_UP = ImportGivenUp

    rows: Any

    kind = models.CharField(max_length=40, help_text="Key of the importer.")
    format = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    full = models.BooleanField(default=False, help_text="The file is the full list: who is missing may have left.")
    headers = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    columns = models.JSONField(default=list, help_text="Key of a field for each column, '' for none.")
    meant = models.JSONField(default=dict, help_text="By field, the existing name that is meant by a written one.")
    settled = models.JSONField(default=dict, help_text="The same, where all lines together show what is meant.")
    asked = models.JSONField(default=dict, help_text="By field, written names somebody has to explain, with choices.")
    sheet = models.CharField(max_length=80, blank=True, help_text="Of a workbook, the one that is read.")
    sheets = models.JSONField(default=list, help_text="Sheets that may be meant, where there are several.")
    usual_cells = models.PositiveIntegerField(default=0, help_text="A line with fewer cells is broken; 0: not known.")
    notes = models.JSONField(default=list, help_text="[kind, detail] of what was noticed about the file.")
    header_line = models.PositiveIntegerField(default=1)
    lines = models.PositiveIntegerField(default=0, help_text="About how many there are.")
    staged = models.PositiveIntegerField(default=0, help_text="How many records of the file were read.")
    recheck = models.BooleanField(default=False, help_text="Something was mended since all lines were checked.")

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="import_by_time")]

    def get_absolute_url(self) -> str:
        """Return its page."""
        return address("transfers:run", self.pk)

    @property
    def meanings(self) -> Meant:
        """The meanings of written names, from all lines together or set by a person."""
        fields = self.settled.keys() | self.meant.keys()
        return {field: self.settled.get(field, {}) | self.meant.get(field, {}) for field in fields}

    @property
    def importer(self) -> Importer:
        """The importer of its lines."""
        found = importers.get(self.kind)
        assert found is not None, self.kind
        return found


class ImportRow(models.Model):
    """A line of the file, read and checked."""

    class Outcome(models.TextChoices):
        NEW = "new", pgettext_lazy("import line", "New")
        CHANGED = "changed", pgettext_lazy("import line", "Changed")
        SAME = "same", pgettext_lazy("import line", "Unchanged")
        WRONG = "wrong", pgettext_lazy("import line", "Needs you")
        SKIPPED = "skipped", pgettext_lazy("import line", "Skipped")
        LATER = "later", pgettext_lazy("import line", "Imported, manager missing")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField(help_text="In the file, from 1.")
    key = models.CharField(max_length=80, blank=True, help_text="What tells it from the others.")
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    problems = models.JSONField(default=list)
    depth = models.PositiveIntegerField(default=0, help_text="Comes in after lines with a smaller number.")
    waiting = models.BooleanField(default=False, help_text="Is to come in with the next batches.")

    class Meta:
        constraints = [models.UniqueConstraint("run", "line", name="import_line_once")]
        indexes = [
            models.Index(fields=["run", "outcome", "line"], name="import_row_by_outcome"),
            models.Index(fields=["run", "key"], name="import_row_by_key"),
            models.Index(fields=["run", "depth", "line"], name="import_row_waiting", condition=Q(waiting=True)),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.key}"


from .documents.models import DocumentFile, DocumentRun  # noqa: E402, F401  # Django finds models here only
