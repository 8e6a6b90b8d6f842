"""CSV export of the audit."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.directory.rules import is_admin
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .facts import AuditExported
from .models import Entry
from .queries import entry_words

CHUNK = 500


def export(rows: QuerySet[Entry], *, by: Person) -> Iterator[tuple[object, ...]]:
    """Return entries as table rows, headers first, newest first. The export itself becomes an entry."""
    require(is_admin, by)
    with transaction.atomic():
        announce(AuditExported(by_id=by.pk), change=Change(after={"entries": rows.count()}))
    return _table(rows)


def _table(rows: QuerySet[Entry]) -> Iterator[tuple[object, ...]]:
    yield (
        *(
            _("Time"),
            pgettext("audit", "Who"),
            _("Action"),
            _("Item"),
            _("Community"),
            _("Field"),
            _("Before"),
            _("After"),
        ),
        *(_("Address"), _("Browser"), _("Position in the chain"), _("Seal")),
    )
    last: int | None = None
    while True:
        # Keyset pagination: a cursor open during a slow download would block the database.
        batch = list((rows.filter(pk__lt=last) if last else rows).order_by("-pk")[:CHUNK])
        for shown_entry in entry_words(batch):
            entry = shown_entry.entry
            head = (
                timezone.localtime(entry.at).isoformat(timespec="seconds"),
                shown_entry.who or "",
                shown_entry.what,
                entry.subject,
            )
            tail = entry.address or entry.door, entry.agent, entry.place or "", entry.digest
            for line in shown_entry.lines or [("", "", "")]:
                yield (*head, shown_entry.community, *line, *tail)
        if len(batch) < CHUNK:
            return
        last = batch[-1].pk
