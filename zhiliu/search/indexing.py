"""The log follower that updates the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from zhiliu.activity.consumers import LogEntry, followers, patient
from zhiliu.kit.contracts.search_documents import SearchDocument, searchables

from . import index

BATCH = 500
patient.add("search")


@followers.register(key="search")
def index_changes(entries: Sequence[LogEntry]) -> None:
    """Reindex what the facts changed; rebuild everything if there is no index."""
    if not index.exists():
        build_index()
        return
    changed: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.fact is not None:
            for searchable in searchables:
                changed[searchable.label] |= set(searchable.changed_by(entry.fact))
    changed = {label: keys for label, keys in changed.items() if keys}
    if changed:
        _write(changed)


def _write(changed: dict[str, set[int]]) -> None:
    documents: list[SearchDocument] = []
    for label, keys in changed.items():
        searchable = searchables.get(label)
        documents += searchable.documents(sorted(keys)) if searchable else []
    references = {(document.kind, document.key) for document in documents}
    missing = [(label, key) for label, keys in changed.items() for key in keys if (label, key) not in references]
    index.write(documents, missing)


def build_index() -> int:
    """Rebuild the index from the database.

    Returns:
        How many documents it holds.
    """
    index.remove_documents()
    return index.write(_everything(), heap_mb=60)


def _everything() -> Iterator[SearchDocument]:
    for searchable in searchables:
        keys = iter(searchable.all_keys())
        while batch := list(islice(keys, BATCH)):
            yield from searchable.documents(batch)
