"""The index: text is folded and segmented here, stored by tantivy beside the database, and filtered by the reader's
keys.

Besides the segmenter's words, every pair of neighbouring Chinese characters is indexed, so that a word is found
mid-sentence even where the segmenter split differently. One process writes (the jobs), any number read.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from zhiliu.kit.contracts.search_documents import SearchDocument
from zhiliu.kit.text.chinese_text import normalise, words, words_of_folded

LAYOUT = "v2"
MAX_BODY = 60_000
_HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_WEIGHTS = (("title", 3.0), ("names", 4.0), ("tags", 2.5), ("body", 1.0))
_WEIGHTS_OF_QUESTIONS = (("title", 3.0), ("body", 1.0))
GRAM_WEIGHT = 0.35
SHORT = 6


@dataclass(frozen=True)
class Hit:
    """A search result.

    Args:
        kind, key: the object. score: higher is better.
        title, body: the indexed text, for the snippet.
        people: ids of its authors. at: seconds since 1970, 0 when unknown.
    """

    kind: str
    key: int
    score: float
    title: str
    body: str
    people: tuple[int, ...]
    at: int


@dataclass(frozen=True)
class Found:
    """The best hits, and the number of hits of each type."""

    hits: list[Hit]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Return the total number of hits."""
        return sum(self.counts.values())


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("ref", "kind"):
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("readers", "community", "person", "marks"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body", "names", "tags"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("shown_title", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("shown_body", stored=True)
    builder.add_text_field("people", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", stored=True)
    builder.add_integer_field("at", stored=True, indexed=True, fast=True)
    return builder.build()


def folder() -> Path:
    """Return the folder of the index."""
    return Path(settings.SEARCH_DIR) / LAYOUT


@cache
def _open(path: str) -> tantivy.Index:
    Path(path).mkdir(parents=True, exist_ok=True)
    return tantivy.Index(_schema(), path=path)


def index() -> tantivy.Index:
    """Return the index, opened once per process and created if missing."""
    return _open(str(folder()))


def exists() -> bool:
    """Return True if there is an index."""
    return bool(folder().exists() and tantivy.Index.exists(str(folder())))


def remove_documents() -> None:
    """Delete the index; the next round rebuilds it."""
    _open.cache_clear()
    shutil.rmtree(folder(), ignore_errors=True)


def write(documents: Iterable[SearchDocument], gone: Iterable[tuple[str, int]] = (), heap_mb: int = 20) -> int:
    """Upsert documents by reference, and delete ``gone`` ones.

    Returns:
        How many documents were written.
    """
    opened, count = index(), 0
    writer = opened.writer(heap_mb * 1_000_000, 1)
    try:
        for kind, key in gone:
            writer.delete_documents_by_term("ref", f"{kind}:{key}")
        for document in documents:
            writer.delete_documents_by_term("ref", f"{document.kind}:{document.key}")
            writer.add_document(_as_tantivy(document))
            count += 1
        writer.commit()
    finally:
        writer.wait_merging_threads()
    opened.reload()
    return count


def _as_tantivy(document: SearchDocument) -> tantivy.Document:
    body = document.body[:MAX_BODY]
    title, folded = normalise(document.title), normalise(body)
    tantivy_document = tantivy.Document()
    tantivy_document.add_text("ref", f"{document.kind}:{document.key}")
    tantivy_document.add_text("kind", document.kind)
    tantivy_document.add_unsigned("key", document.key)
    tantivy_document.add_text("title", " ".join(words_of_folded(title)))
    tantivy_document.add_text("body", " ".join(words_of_folded(folded)))
    tantivy_document.add_text("grams", " ".join(_grams(f"{title} {folded}")))
    tantivy_document.add_text("names", " ".join(normalise(name).replace(" ", "") for name in document.names))
    tantivy_document.add_text("tags", " ".join(word for tag in document.tags for word in [normalise(tag), *words(tag)]))
    tantivy_document.add_text("shown_title", document.title)
    tantivy_document.add_bytes("shown_body", body.encode())
    tantivy_document.add_integer("at", int(document.at.timestamp()) if document.at else 0)
    for key in document.readers:
        tantivy_document.add_text("readers", key)
    for mark in document.marks:
        tantivy_document.add_text("marks", mark)
    for person in document.people:
        tantivy_document.add_text("people", str(person))
        tantivy_document.add_text("person", str(person))
    if document.community_id:
        tantivy_document.add_text("community", str(document.community_id))
    return tantivy_document


def _grams(folded: str) -> list[str]:
    runs = _HAN_RUN.findall(folded)
    return [run[start : start + 2] for run in runs for start in range(len(run) - 1)]


def find(
    text: str,
    *,
    keys: Sequence[str],
    kinds: Sequence[str] = (),
    community_id: int | None = None,
    since: int = 0,
    until: int = 0,
    people: Sequence[int] = (),
    marks: Sequence[str] = (),
    any_mark: Sequence[str] = (),
    limit: int = 20,
    offset: int = 0,
    counts: bool = False,
) -> Found:
    """Return what the holder of ``keys`` may read about ``text``, best first.

    Args:
        text: as typed; may be empty if another filter is set. keys: the reader's permission keys.
        kinds, community_id, since, until: filters; times in seconds since 1970.
        people: filter by author, any of them. marks: filter by marks, all of them. any_mark: any of them.
        counts: also count the hits of each type, ignoring ``kinds``; a second pass over all hits.
    """
    query_words = words(text)[:32]
    narrowed_only = not query_words and (people or marks or any_mark or since or until)
    if not (query_words or narrowed_only) or not exists():
        return Found([], {})
    searcher = index().searcher()
    must = tantivy.Occur.Must
    about = _about(text, query_words) if query_words else tantivy.Query.all_query()
    base = [(must, about), (must, _filter("readers", list(keys)))]
    if community_id:
        base.append((must, _filter("community", [str(community_id)])))
    if since or until:
        recent = tantivy.Query.range_query(_schema(), "at", tantivy.FieldType.Integer, since, until or 1 << 40)
        base.append((must, tantivy.Query.const_score_query(recent, 0.0)))
    if people:
        base.append((must, _filter("person", [str(person) for person in people])))
    base += [(must, _filter("marks", [mark])) for mark in marks]
    if any_mark:
        base.append((must, _filter("marks", list(any_mark))))
    query = tantivy.Query.boolean_query(base)
    narrowed = query
    if kinds:
        narrowed = tantivy.Query.boolean_query([*base, (must, _filter("kind", list(kinds)))])
    result = searcher.search(narrowed, limit=limit, offset=offset, count=False)
    hits = [_hit(searcher, score, address) for score, address in result.hits]
    return Found(hits, _counts(searcher, query) if counts else {})


def _about(text: str, wanted: Sequence[str]) -> tantivy.Query:
    schema, should = _schema(), tantivy.Occur.Should
    parts = []
    # A long question is matched by its words; names, tags and character pairs help short searches.
    is_short = len(wanted) <= SHORT
    for word in dict.fromkeys(wanted):
        for name, weight in _WEIGHTS if is_short else _WEIGHTS_OF_QUESTIONS:
            parts.append((should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, word), weight)))
    if not is_short:
        return tantivy.Query.boolean_query(parts)
    whole = normalise(text).replace(" ", "")
    parts.append((should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, "names", whole), 8.0)))
    grams = list(dict.fromkeys(_grams(normalise(text))))[:24]
    if grams:
        grams_queries = [
            (tantivy.Occur.Must, tantivy.Query.term_query(schema, "grams", gram, "freq")) for gram in grams
        ]
        parts.append((should, tantivy.Query.boost_query(tantivy.Query.boolean_query(grams_queries), GRAM_WEIGHT)))
    return tantivy.Query.boolean_query(parts)


def _filter(name: str, values: list[str]) -> tantivy.Query:
    return tantivy.Query.const_score_query(tantivy.Query.term_set_query(_schema(), name, values), 0.0)


def _counts(searcher: Any, query: tantivy.Query) -> dict[str, int]:
    answer = searcher.aggregate(query, {"kinds": {"terms": {"field": "kind", "size": 20}}})
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["kinds"]["buckets"]}


def _hit(searcher: Any, score: float, address: Any) -> Hit:
    stored = searcher.doc(address)
    return Hit(
        kind=stored.get_first("kind"),
        key=int(stored.get_first("key")),
        score=float(score),
        title=stored.get_first("shown_title") or "",
        body=bytes(stored.get_first("shown_body") or b"").decode(),
        people=tuple(int(value) for value in stored.get_all("people")),
        at=int(stored.get_first("at") or 0),
    )
