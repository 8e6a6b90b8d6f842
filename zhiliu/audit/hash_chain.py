"""A hash chain: each entry is sealed by a digest over itself and its predecessor.

Sealed after the commit and one at a time, so that concurrent acts need not wait for each other. An entry of a slow
transaction comes later in the chain than its id says, so the chain has its own ``place``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from zhiliu.kit.system.db import on_postgresql

from .models import Entry

BATCH = 500
_LOCK = 7_215_002
_START = "0" * 64
_SEAL = "UPDATE audit_entry SET place = %s, digest = %s WHERE id = %s"


def seal() -> bool:
    """Seal new entries.

    Returns:
        True if there are more.
    """
    if not Entry.objects.filter(place=None).exists():
        return False
    with transaction.atomic():
        if on_postgresql():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Read after the lock: the previous holder may have sealed some.
        entries = list(Entry.objects.filter(place=None).order_by("pk")[:BATCH])
        last = Entry.objects.exclude(place=None).order_by("-place").first()
        place, digest = (last.place or 0, last.digest) if last else (0, _START)
        rows = []
        for entry in entries:
            place, digest = place + 1, entry_digest(entry, digest)
            rows.append((place, digest, entry.pk))
        with connection.cursor() as cursor:
            cursor.executemany(_SEAL, rows)
    return len(entries) == BATCH


def broken_at() -> int | None:
    """Return the place of the first entry with an invalid seal, or None if the chain is intact."""
    digest = _START
    for place, entry in enumerate(_in_order(), start=1):
        digest = entry_digest(entry, digest)
        if entry.place != place or entry.digest != digest:
            return place
    return None


def _in_order() -> Iterator[Entry]:
    return Entry.objects.exclude(place=None).order_by("place").iterator(chunk_size=2000)


def entry_digest(entry: Entry, before: str) -> str:
    """Return the hexadecimal SHA-256 over the digest ``before`` and all fields of an entry."""
    values = [
        getattr(entry, field.attname) for field in Entry._meta.concrete_fields if field.name not in ("place", "digest")
    ]
    text = json.dumps([before, *values], sort_keys=True, ensure_ascii=False, default=_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else str(value)
