"""Models of document imports."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import receiver
from zhiliu.kit.web.addresses import address

from ..facts import DocumentImportGivenUp
from ..models import Run


class DocumentRunQuerySet(models.QuerySet["DocumentRun"]):
    """Queries about imports of documents."""

    def visible_to(self, person: Person) -> DocumentRunQuerySet:
        """Return imports into places for which the person may import documents; the twin of ``rules.can_bring``."""
        return self.filter(place__in=[place.key for place in receiver.provider.places(person)])


class DocumentRun(Run):
    """The import of a packed folder of documents: previewed, then applied."""

    GIVEN_UP = DocumentImportGivenUp

    place = models.BigIntegerField(help_text="Key of where they go; the receiver knows it.")
    folder = models.CharField(max_length=200, blank=True, help_text="The folder there under which all lies.")
    publishes = models.BooleanField(default=True, help_text="Readers see the pages at once; else they are drafts.")
    looked = models.PositiveIntegerField(default=0, help_text="How many files were looked at.")
    files = models.PositiveIntegerField(default=0, help_text="How many there are.")

    rows: Any
    objects: Any = DocumentRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["place", "-at", "-id"], name="document_import_by_time")]

    def get_absolute_url(self) -> str:
        """Return its page."""
        return address("documents:run", self.pk)


class DocumentFile(models.Model):
    """A document with its preview."""

    class Outcome(models.TextChoices):
        NEW = "new", pgettext_lazy("imported document", "New")
        CHANGED = "changed", pgettext_lazy("imported document", "Changed")
        SAME = "same", pgettext_lazy("imported document", "Unchanged")
        LEFT = "left", pgettext_lazy("imported document", "Edited here, left unchanged")
        REFUSED = "refused", pgettext_lazy("imported document", "Rejected")
        GONE = "gone", pgettext_lazy("imported document", "No longer in the source")

    run = models.ForeignKey(DocumentRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Its place in the order of the files, from 1.")
    source = models.CharField(max_length=500, help_text="Its path in what was brought.")
    title = models.CharField(max_length=120, blank=True)
    folder = models.JSONField(default=list, help_text="Names of the folders it goes into, from the top.")
    digest = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=20, blank=True, help_text="Why it is refused.")
    notes = models.JSONField(default=list, help_text="[kind, detail] of links and pictures that lead nowhere.")
    targets = models.JSONField(default=list, help_text="Sources of the pages it links to.")
    spots = models.JSONField(default=list, help_text="[end, source] of its links to a place in another page.")
    waiting = models.BooleanField(default=False, help_text="Is to come in with the next batches.")

    class Meta:
        constraints = [models.UniqueConstraint("run", "number", name="document_file_once")]
        indexes = [
            models.Index(fields=["run", "outcome", "number"], name="document_by_outcome"),
            models.Index(fields=["run", "number"], name="document_waiting", condition=Q(waiting=True)),
        ]

    def __str__(self) -> str:
        return self.source
