"""The index: text is folded and segmented here, stored by tantivy beside the database, and filtered by the reader's
keys.

Besides the segmenter's words, every pair of neighbouring Chinese characters is indexed, so that a word is found
mid-sentence even where the segmenter split differently. One process writes (the jobs), any number read.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from zhiliu.kit.contracts.search_documents import SearchDocument, searchables

from .analysis import codes, folded, pairs, sounds, terms, triples
from .matching import MUST, WEAK, Matcher, enough
from .parsing import ParsedSearch, parse

Reference = tuple[str, int]

LAYOUT = "v3"
MAX_BODY = 60_000
# No document weighs less.
LOWEST_WEIGHT = 0.5
NEWNESS_FROM, NEWNESS_SPAN = 1_577_836_800, 20 * 365 * 86_400  # 2020 to 2040, in seconds since 1970


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
    """The best hits, and the number of hits of each type.

    Args:
        is_weak: nothing has enough of what was asked; these have a part of it.
    """

    hits: list[Hit]
    counts: dict[str, int]
    is_weak: bool = False

    @property
    def total(self) -> int:
        """Return the total number of hits."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Matches:
    """References of hits, best first. Their texts are read only for those that are shown: :meth:`hits`."""

    references: dict[Reference, Any]
    counts: dict[str, int]
    is_weak: bool
    searcher: Any

    @property
    def total(self) -> int:
        """Return the total number of matches."""
        return sum(self.counts.values())

    def hits(self, references: Iterable[Reference]) -> dict[Reference, Hit]:
        """Return those of ``references`` that are matches, with their texts."""
        chosen = (reference for reference in references if reference in self.references)
        return {reference: _hit(self.searcher, *self.references[reference]) for reference in chosen}


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("ref", "kind"):
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("readers", "community", "person", "marks"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body", "names", "tags"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("grams", "codes", "sounds"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_float_field("weight", fast=True)
    builder.add_text_field("shown_title", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("shown_body", stored=True)
    builder.add_text_field("people", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", stored=True, fast=True)
    builder.add_unsigned_field("kind_number", fast=True)
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


def write(documents: Iterable[SearchDocument], removed: Iterable[tuple[str, int]] = (), heap_mb: int = 20) -> int:
    """Upsert documents by reference, and delete ``removed`` ones.

    Returns:
        How many documents were written.
    """
    opened, count = index(), 0
    writer = opened.writer(heap_mb * 1_000_000, 1)
    try:
        for kind, key in removed:
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
    title, text = folded(document.title), folded(body)
    tantivy_document = tantivy.Document()
    tantivy_document.add_text("ref", f"{document.kind}:{document.key}")
    tantivy_document.add_text("kind", document.kind)
    tantivy_document.add_unsigned("key", document.key)
    tantivy_document.add_unsigned("kind_number", _number_of(document.kind))
    tantivy_document.add_text("title", " ".join(terms(title)))
    tantivy_document.add_text("body", " ".join(terms(text)))
    tantivy_document.add_text("grams", " ".join(pairs(f"{title} {text}")))
    tantivy_document.add_text("codes", " ".join(triples(codes(f"{title} {text}"))))
    tantivy_document.add_text("sounds", " ".join(triples(sounds(title))))
    tantivy_document.add_text("names", " ".join(folded(name).replace(" ", "") for name in document.names))
    tantivy_document.add_text("tags", " ".join(chain.from_iterable(_tag_terms(tag) for tag in document.tags)))
    tantivy_document.add_float("weight", _stored_weight(document))
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


def _tag_terms(tag: str) -> list[str]:
    text = folded(tag)
    return list(dict.fromkeys(["".join(text.split()), *terms(text)]))


def _stored_weight(document: SearchDocument) -> float:
    """Return what tantivy makes ``document.weight`` of: it multiplies scores by log2(2 + value).

    Newer documents weigh up to 4 % more, so that of equal ones the newer stands first.
    """
    age = (document.at.timestamp() - NEWNESS_FROM) / NEWNESS_SPAN if document.at else 0.0
    newness = 1 + 0.04 * min(1.0, max(0.0, age))
    return float(2 ** (document.weight / LOWEST_WEIGHT * newness)) - 2


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to.

    Args:
        kinds: of objects. since, until: seconds since 1970, 0 for open.
        people: authors, any of them. marks: marks, all of them. any_mark: any of them.
    """

    kinds: Sequence[str] = ()
    community_id: int | None = None
    since: int = 0
    until: int = 0
    people: Sequence[int] = ()
    marks: Sequence[str] = ()
    any_mark: Sequence[str] = ()

    @property
    def alone_says_enough(self) -> bool:
        """Return whether a search without words is a search."""
        return bool(self.people or self.marks or self.any_mark or self.since or self.until)

    def filters(self) -> list[tuple[Any, tantivy.Query]]:
        """Return the filters but that of the kinds, which counts ignore."""
        filters = [_must("marks", [mark]) for mark in self.marks]
        if self.community_id:
            filters.append(_must("community", [str(self.community_id)]))
        if self.since or self.until:
            span = tantivy.Query.range_query(
                _schema(), "at", tantivy.FieldType.Integer, self.since, self.until or 1 << 40
            )
            filters.append((MUST, tantivy.Query.const_score_query(span, 0.0)))
        if self.people:
            filters.append(_must("person", [str(person) for person in self.people]))
        if self.any_mark:
            filters.append(_must("marks", list(self.any_mark)))
        return filters


def match(
    search: ParsedSearch,
    *,
    keys: Sequence[str],
    narrowed: Narrowed | None = None,
    limit: int = 20,
    offset: int = 0,
    counts: bool = False,
    by_time: bool = False,
    alike: bool = False,
) -> Matches:
    """Return what the holder of ``keys`` may read about ``search``, best first, or newest first.

    Args:
        search: may be empty if it is narrowed otherwise. keys: the reader's permission keys.
        counts: also count the matches of each type, whatever the kinds; a second pass over all of them.
        alike: ``search`` is a text for which similar ones are sought; any of its words suffices.
    """
    nothing, narrowed = Matches({}, {}, is_weak=False, searcher=None), narrowed or Narrowed()
    if (search.is_empty and not narrowed.alone_says_enough) or not exists():
        return nothing
    searcher = index().searcher()
    matcher = Matcher(_schema(), searcher)
    filters = [_must("readers", list(keys)), *narrowed.filters()]
    kinds = [_must("kind", list(narrowed.kinds))] if narrowed.kinds else []
    order: dict[str, Any] = {"order_by_field": "at"} if by_time else {"weight_by_field": "weight"}
    for share in (0.0,) if search.is_empty or alike else (enough(search), WEAK):
        about = tantivy.Query.all_query() if search.is_empty else matcher.query(search, share)
        query = tantivy.Query.boolean_query([(MUST, about), *filters])
        of_kinds = tantivy.Query.boolean_query([(MUST, about), *filters, *kinds]) if kinds else query
        result = searcher.search(of_kinds, limit=limit, offset=offset, count=False, **order)
        counted = _counts(searcher, query) if counts else {}
        if result.hits or counted:
            return Matches(_references(searcher, result.hits), counted, share == WEAK, searcher)
    return nothing


def find(
    text: str | ParsedSearch,
    *,
    keys: Sequence[str],
    limit: int = 20,
    offset: int = 0,
    counts: bool = False,
    by_time: bool = False,
    alike: bool = False,
    **narrowed: Any,
) -> Found:
    """Return hits with their texts: :func:`match` for ``text`` as it was typed, narrowed as :class:`Narrowed` says."""
    search = parse(text) if isinstance(text, str) else text
    matches = match(
        search,
        keys=keys,
        narrowed=Narrowed(**narrowed),
        limit=limit,
        offset=offset,
        counts=counts,
        by_time=by_time,
        alike=alike,
    )
    return Found(list(matches.hits(matches.references).values()), matches.counts, matches.is_weak)


def _references(searcher: Any, hits: list[tuple[float, Any]]) -> dict[Reference, Any]:
    """Return (score, address) by reference, without reading the stored texts."""
    addresses = [address for _score, address in hits]
    kinds = {_number_of(kind): kind for kind in searchables.names()}
    numbers = searcher.fast_field_values("kind_number", addresses)
    keys = searcher.fast_field_values("key", addresses)
    return {(kinds[number], key): hit for number, key, hit in zip(numbers, keys, hits, strict=True) if number in kinds}


def _number_of(kind: str) -> int:
    """Return a number for a kind: columns hold no texts."""
    return zlib.crc32(kind.encode())


def _must(name: str, values: list[str]) -> tuple[Any, tantivy.Query]:
    return MUST, _filter(name, values)


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
