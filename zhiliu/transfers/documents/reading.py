"""Read one document of a bundle, twice: for the preview, and for applying it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from zhiliu.files.models import PICTURE_TYPES
from zhiliu.kit.contracts.documents import DocumentPage, receiver
from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.pictures import TURNED

from .bundle import MAX_TEXT, MAX_WORD, PAGES, Bundle, NotTaken
from .markdown import End, MarkdownDocument, is_remote, paths_of, read_markdown, relink
from .models import DocumentFile, DocumentRun
from .word import read_word

# Increment it when pages are rendered differently than before, so that they are imported again.
EDITION = "4"
# Of processor time; the longest page of a handbook takes a tenth of it.
SECONDS = 10
MAX_NOTES = 60
MAX_KEPT = 50 << 20


def origin_of(run: DocumentRun, bundle: Bundle) -> str:
    """Return what identifies the source of documents: their top folder, else the packed file's name.

    A single document identifies no source.
    """
    alone = run.name.lower().endswith((*PAGES, ".txt"))
    return "" if alone else (bundle.root or run.name)[:200]


def read_document(bundle: Bundle, source: str, keep_picture: Callable[[str, bytes], str | None]) -> MarkdownDocument:
    """Return a document of either format.

    Raises:
        NotTaken: it cannot be imported.
    """
    if source.lower().endswith(".docx"):
        return read_word(bundle.read(source, MAX_WORD), source, keep_picture)
    try:
        return confined(read_markdown, bundle.read(source, MAX_TEXT), source, seconds=SECONDS)
    except Overrun:
        raise NotTaken("too_slow") from None


# ---- seeing ----------------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """The preview of a document.

    Args:
        notes: [kind, detail] of broken links and losses. targets: sources of the pages it links to.
        spots: [target, source] of links to a place in another page.
    """

    document: MarkdownDocument
    notes: list[list[str]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    spots: list[list[str]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    digest: str = ""


def see(bundle: Bundle, source: str, sources: set[str]) -> Seen:
    """Preview a document without storing anything.

    Args:
        sources: those of all pages it may link to.

    Raises:
        NotTaken: it cannot be imported.
    """
    notes: list[list[str]] = []

    def keep(name: str, content: bytes) -> str | None:
        if type_of(content[:8192], name) in (*PICTURE_TYPES, *TURNED):
            return f"#{hashlib.sha256(content).hexdigest()}"
        notes.append(["unkept", name])
        return None

    seen = Seen(read_document(bundle, source, keep), notes)
    notes += [list(note) for note in seen.document.notes]
    parts = [EDITION, bundle.stamp(source)]

    def resolve(end: str, picture: bool) -> End | None:
        kind, part = _lookup(bundle, source, sources, seen, end, picture)
        parts.append(part)
        if kind:
            seen.notes.append([kind, end[:200]])
        return None

    relink(seen.document.markdown, resolve)
    if seen.inside:
        own = seen.document.anchors()
        seen.notes += [["anchor", end[:200]] for end in seen.inside if not leads_into(end, own)]
    seen.spots = [list(fromkey) for fromkey in dict.fromkeys(map(tuple, seen.spots))]
    seen.notes = [list(fromkey) for fromkey in dict.fromkeys(map(tuple, seen.notes))][:MAX_NOTES]
    seen.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return seen


def _lookup(bundle: Bundle, source: str, sources: set[str], seen: Seen, end: str, picture: bool) -> tuple[str, str]:
    """Return the kind of note for a target, or '', and its contribution to the digest."""
    if end.startswith("#") and not picture:
        seen.inside.append(end)
    if end.startswith("#") or not end:
        return "", end
    if is_remote(end):
        return ("remote" if picture else ""), end
    paths, anchor = paths_of(end, source, bundle.root)
    for path in paths:
        if path in sources and not picture:
            seen.targets.append(path)
            if anchor:
                seen.spots.append([end[:300], path])
            return "", path
        if path in bundle.members:
            return "", f"{path} {bundle.stamp(path)}"
    return ("outside" if not paths else "picture" if picture else "link"), f"? {end}"


def leads_into(end: str, anchors: set[str]) -> bool:
    """Return whether the anchor of a target is one of a page's; ``#`` and ``#top`` lead to the top of any page."""
    anchor = unquote(end.partition("#")[2])
    return anchor in ("", "top") or anchor in anchors


# ---- bringing --------------------------------------------------------------------------------------------------------


class Fetcher:
    """Reads documents for applying: stores pictures, and points links to the pages' addresses.

    Args:
        addresses: of pages, by source. places: in the contents, by source.
    """

    def __init__(
        self, run: DocumentRun, bundle: Bundle, addresses: dict[str, str], places: dict[str, int] | None = None
    ) -> None:
        self.places = places or {}
        self.run, self.bundle, self.addresses, self.origin = run, bundle, addresses, origin_of(run, bundle)
        self._kept: dict[str, tuple[str, bool] | None] = {}
        self._own: set[str] = set()

    def page(self, row: DocumentFile) -> DocumentPage:
        """Return the page of a file.

        Raises:
            NotTaken: it has become unreadable.
        """
        markdown_document = read_document(self.bundle, row.source, self._keep_picture)
        text = relink(markdown_document.markdown, lambda end, picture: self._resolve(row.source, end, picture))
        place = self.places.get(row.source, 0)
        return DocumentPage(
            row.source,
            markdown_document.title,
            markdown_document.summary,
            text,
            tuple(row.folder),
            row.digest,
            self.origin,
            place,
        )

    def _keep_picture(self, name: str, content: bytes) -> str | None:
        kept = receiver.provider.keep_file(self.run.place, name, content, by=self.run.by)
        if kept is None or not kept[1]:
            return None
        self._own.add(kept[0])
        return kept[0]

    def _resolve(self, source: str, end: str, picture: bool) -> End | None:
        if end.startswith("#") or end in self._own or not end:
            return None
        if is_remote(end):
            # A remote picture would tell its host who reads here.
            return End(end, shows=False) if picture else None
        paths, anchor = paths_of(end, source, self.bundle.root)
        for path in paths:
            if path in self.addresses and not picture:
                return End(self.addresses[path] + anchor)
            if path in self.bundle.members and (kept := self._kept_file(path)):
                return End(*kept)
        # A bare word in brackets is hardly meant as a link.
        return End(None) if picture or "." in end or "/" in end else None

    def _kept_file(self, path: str) -> tuple[str, bool] | None:
        if path not in self._kept:
            name = path.rpartition("/")[2]
            try:
                content = self.bundle.read(path, MAX_KEPT)
            except NotTaken:
                self._kept[path] = None
            else:
                self._kept[path] = receiver.provider.keep_file(self.run.place, name, content, by=self.run.by)
        return self._kept[path]
