"""Importer of documents into libraries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import DocumentPlace, Path, Prepare, Receiver, Standing, receiver

from . import importing
from .importing import PreparedPage
from .models import Library
from .queries import libraries_to_import_into
from .rules import can_import


class LibraryReceiver(Receiver):
    """Turn pages into articles of a library."""

    def places(self, person: Person) -> list[DocumentPlace]:
        """Return the libraries the person may import into."""
        return [_place(library) for library in libraries_to_import_into(person)]

    def place(self, key: int) -> DocumentPlace | None:
        """Return a library."""
        library = _library(key)
        return _place(library) if library is not None else None

    def why_not(self, person: Person, key: int) -> Any:
        """Return the reason of the rule."""
        library = _library(key)
        return can_import.why_not(person, library) if library is not None else _("This library no longer exists.")

    def compare(self, key: int, digests: Mapping[str, str]) -> dict[str, Standing]:
        """Compare digests with the stored ones, and the articles of those that differ."""
        return importing.compare_page(key, digests)

    def addresses(self, key: int) -> dict[str, str]:
        """Return the addresses of the articles."""
        return importing.addresses(key)

    def anchors(self, key: int, sources: Iterable[str]) -> dict[str, set[str]]:
        """Return the anchors of the articles as readers see them."""
        return importing.anchors_of_page(key, sources)

    def titles(self, key: int, origin: str) -> dict[str, str]:
        """Return the titles of the articles that are not archived."""
        return importing.titles(key, origin)

    def make_folders(self, key: int, folders: Sequence[Path]) -> None:
        """Create the missing folders."""
        importing.make_folders(Library.objects.get(pk=key), folders)

    def reserve(self, key: int, pages: Sequence[tuple[str, str]], *, by: Any) -> None:
        """Create drafts without text."""
        importing.reserve(Library.objects.get(pk=key), pages, by=by)

    def keep_file(self, key: int, name: str, content: bytes, *, by: Any) -> tuple[str, bool] | None:
        """Store a file for the readers of the library."""
        return importing.keep_file(Library.objects.select_related("community").get(pk=key), name, content, by=by)

    def preparing(self, count: int) -> AbstractContextManager[Prepare]:
        """Return the context that renders pages."""
        return importing.preparing(count)

    def take(self, key: int, prepared: Sequence[PreparedPage], *, by: Any, publishes: bool) -> set[str]:
        """Fill the articles."""
        library = Library.objects.select_related("community").get(pk=key)
        return importing.take(library, prepared, by=by, publishes=publishes)

    def release(self, key: int, sources: Iterable[str]) -> None:
        """Delete the drafts that were never filled."""
        importing.release(key, sources)


def _library(key: int) -> Library | None:
    library: Library | None = Library.objects.select_related("community").filter(pk=key).first()
    return library


def _place(library: Library) -> DocumentPlace:
    return DocumentPlace(library.pk, library.slug, str(library), library.get_absolute_url())


receiver.provide(LibraryReceiver())
