"""Folders of a library by their path."""

from __future__ import annotations

from django.db import transaction

from .models import Folder, Library


def folder_at(library: Library, path: str) -> Folder | None:
    """Return the folder at ``path`` ("a/b"), creating it and its parents if missing; None for ''."""
    folder: Folder | None = None
    with transaction.atomic():
        # The row lock serialises two people who file into the same new folder, so that it is created once.
        Library.objects.select_for_update().get(pk=library.pk)
        for name in [part for part in path.split("/") if part]:
            folder, _new = Folder.objects.get_or_create(library=library, parent=folder, name=name)
    return folder


def path_text(folder: Folder | None) -> str:
    """Return the path of a folder as typed."""
    names: list[str] = []
    while folder is not None and len(names) < 20:
        names.insert(0, folder.name)
        folder = folder.parent
    return "/".join(names)
