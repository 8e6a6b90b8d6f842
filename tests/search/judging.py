"""Judged searches: what colleagues of the sample company type, and what each should find (``judged.txt``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.search.index import find
from zhiliu.search.understanding import understand

FIRST = 3


def judged() -> Iterator[tuple[str, list[str]]]:
    """Yield each search with parts of the titles that are right."""
    for line in (Path(__file__).parent / "judged.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, right = line.rsplit(" = ", 1)
            yield text, right.split(" | ")


def missed(by: Person) -> list[str]:
    """Return the searches without a right hit among the first three."""
    return [text for text, right in judged() if not _is_found(text, right, by)]


def _is_found(text: str, right: list[str], by: Person) -> bool:
    hits = find(understand(text, by), keys=reach(by).keys, limit=FIRST).hits
    return any(part in (hit.title or hit.body) for hit in hits for part in right)
