"""Documents to bring in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from PIL import Image

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import DocumentPlace, receiver
from zhiliu.knowledge.drafting import organisation_library
from zhiliu.knowledge.models import Article, ImportedPage, Library
from zhiliu.transfers.documents.document_import import advance, bring, start
from zhiliu.transfers.documents.models import DocumentRun

Files = Mapping[str, str | bytes]


def packed(files: Files) -> bytes:
    """A ZIP file of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def png(size: int = 3) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def library(db: None) -> Library:
    """The organisation's."""
    return organisation_library()


@pytest.fixture
def place(library: Library) -> DocumentPlace:
    """The same, as imports know it."""
    document_place = receiver.provider.place(library.pk)
    assert document_place is not None
    return document_place


@pytest.fixture
def look_at(admin: Person, place: DocumentPlace) -> Callable[..., DocumentRun]:
    """look_at(files or bytes) brings documents and looks at them."""

    def go(files: Files | bytes, *, name: str = "手册.zip", by: Person = admin, **wanted: Any) -> DocumentRun:
        content = files if isinstance(files, bytes) else packed(files)
        run = bring(io.BytesIO(content), name=name, by=by, **{"place": place, "work": False, **wanted})
        advance(run)
        return run

    return go


@pytest.fixture
def bring_in(look_at: Callable[..., DocumentRun], admin: Person) -> Callable[..., DocumentRun]:
    """bring_in(files or bytes) brings documents in to the end."""

    def go(files: Files | bytes, *, by: Person = admin, **wanted: Any) -> DocumentRun:
        run = look_at(files, by=by, **wanted)
        start(run, by=by, work=False)
        run.refresh_from_db()
        advance(run)
        return run

    return go


def article(source: str) -> Article:
    """What a document became."""
    found: Article = ImportedPage.objects.select_related("article__folder").get(source=source).article
    return found


def outcomes(run: DocumentRun) -> dict[str, str]:
    """What would become, or became, of each document: outcome, or reason where it is refused."""
    return {row.source: row.reason or row.outcome for row in run.rows.order_by("number")}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Nothing may connect anywhere; what tried is in the list."""
    import socket

    tried: list[Any] = []

    def refuse(_self: Any, address: Any) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: refuse(None, args))
    yield tried
