"""Reprocesses files stored by an earlier release: detects their types again, and cleans pictures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.db import WritePause
from zhiliu.kit.system.pictures import PICTURES, BadPicture, cleaned

from .models import File, Upload
from .storing import stored_name
from .tasks import make_previews

BATCH = 200
CLEANED, TYPED, SAME, LEFT = "cleaned", "typed", "same", "left"


def clean_stored() -> Counter[str]:
    """Process every stored picture and video as if it were uploaded now. Idempotent; restart it after an interruption.

    Returns:
        How many were :data:`CLEANED`, only retyped (:data:`TYPED`), unchanged (:data:`SAME`), or left alone because
        they cannot be read (:data:`LEFT`).
    """
    counts: Counter[str] = Counter()
    breath = WritePause()
    for file in _stored():
        counts[_look_again(file)] += 1
        breath.take()
    return counts


def _stored() -> Iterator[File]:
    """Yield files by key: rows disappear between batches, and their replacements have keys after the end."""
    newest = File.objects.aggregate(pk=Max("pk"))["pk"] or 0
    types = Q(content_type__startswith="image/") | Q(content_type__startswith="video/")
    files = File.objects.filter(types, pk__lte=newest).order_by("pk")
    last = 0
    while batch := list(files.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield from batch


def _look_again(file: File) -> str:
    name = file.uploads.order_by("pk").values_list("name", flat=True).first() or ""
    try:
        with default_storage.open(file.path) as stored:
            head = stored.read(8192)
            content_type = type_of(head, name)
            if content_type not in PICTURES:
                return _typed_anew(file, content_type)
            content = confined(cleaned, head + stored.read(), content_type)
    except (OSError, Overrun, BadPicture):
        return LEFT
    return _kept_anew(file, *content)


def _typed_anew(file: File, content_type: str) -> str:
    if content_type == file.content_type:
        return SAME
    File.objects.filter(pk=file.pk).update(content_type=content_type, width=None, height=None)
    return TYPED


def _kept_anew(file: File, content: bytes, content_type: str, width: int, height: int) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if digest == file.sha256:
        return SAME
    new = File(sha256=digest, size=len(content), content_type=content_type, width=width, height=height)
    # As in an upload: the content before its row.
    if not default_storage.exists(new.path):
        default_storage.save(new.path, ContentFile(content))
    try:
        _replace(file, new)
    except IntegrityError:
        # Race: the same picture is being uploaded now; the next run handles it.
        return LEFT
    return CLEANED


def _replace(old: File, new: File) -> None:
    """Point the uploads to the new content; delete the old one after the commit."""
    paths = [old.path, *(preview.path for preview in old.previews.select_related("file"))]
    with transaction.atomic():
        stored = File.objects.filter(sha256=new.sha256).first()
        if stored is None:
            new.save()
            stored = new
        for upload in Upload.objects.filter(file=old).only("name"):
            name = stored_name(upload.name, stored.content_type, old.content_type)
            Upload.objects.filter(pk=upload.pk).update(file=stored, name=name)
        old.delete()
        transaction.on_commit(lambda: _delete(paths))
        transaction.on_commit(lambda: make_previews.enqueue(stored.pk))


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
