"""Stores uploads: checked by content, deduplicated."""

from __future__ import annotations

import hashlib
import io
import re
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.pictures import PICTURES, BadPicture, cleaned
from zhiliu.kit.system.storage import store_file
from zhiliu.kit.text.chinese_text import without_invisibles

from .models import File, Upload


def upload(
    content: IO[bytes],
    *,
    name: str,
    by: Person,
    community: Community | None = None,
    is_private: bool = False,
    seconds: int | None = None,
) -> Upload:
    """Store an uploaded file.

    Args:
        content: the bytes, at their beginning.
        name: the file name on the person's device.
        community: where it is shown; its members may open it.
        is_private: only pages with a rule of their own show it.
        seconds: length of a recording, as far as the device knows it.

    Raises:
        Refused: empty, too large, or a picture that is broken or absurdly large.
    """
    _digest, size = _measure(content)
    if size == 0:
        raise Refused(_("The file is empty."))
    content, name, content_type, width, height = _as_kept(content, name)
    digest, size = _measure(content)
    stored = File.objects.filter(sha256=digest).first()
    if stored is None:
        # The content is written before its row: a crash between the two leaves an unused file, never a missing one.
        path = f"{digest[:2]}/{digest}"
        if not default_storage.exists(path):
            store_file(content, path)
    with transaction.atomic():
        stored, is_new = File.objects.get_or_create(
            sha256=digest,
            defaults={"size": size, "content_type": content_type, "width": width, "height": height},
        )
        upload_row = Upload.objects.create(
            file=stored,
            name=safe_name(name),
            by=by,
            community=community,
            is_private=is_private,
            seconds=seconds,
        )
        if is_new and stored.is_picture:
            from .tasks import make_previews

            transaction.on_commit(lambda: make_previews.enqueue(stored.pk))
    return upload_row


def _measure(content: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
        if size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1 << 20)
            raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": limit})
    return digest.hexdigest(), size


def _as_kept(content: IO[bytes], name: str) -> tuple[IO[bytes], str, str, int | None, int | None]:
    """Return content, name and type to store, and a picture's displayed size in pixels.

    Pictures lose private metadata, and formats that browsers cannot show become JPEG or PNG.
    """
    content.seek(0)
    content_type = type_of(content.read(8192), name)
    content.seek(0)
    if content_type not in PICTURES:
        return content, name, content_type, None, None
    try:
        cleaned_bytes, new_type, width, height = confined(cleaned, content.read(), content_type)
    except Overrun:
        raise Refused(_("The picture takes too long to read.")) from None
    except BadPicture as error:
        raise Refused(_WHY_NOT[error.code]) from None
    return io.BytesIO(cleaned_bytes), stored_name(name, new_type, content_type), new_type, width, height


def stored_name(name: str, content_type: str, before: str) -> str:
    """Return a file's name with the extension of its new type."""
    return name if content_type == before else f"{name.rpartition('.')[0] or name}.{_ENDINGS[content_type]}"


_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
_WHY_NOT = {
    "large": _("The picture has too many pixels. Make it smaller and try again."),
    "damaged": _("The picture is damaged and can’t be opened."),
}


def safe_name(name: str) -> str:
    """Return a file name without folders and control characters."""
    last = re.split(r"[\\/]", without_invisibles(name))[-1].strip(". ")
    return last[-200:] or "file"
