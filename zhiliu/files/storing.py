"""Files come in: checked by their content, kept once."""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import re
from typing import IO

from django.conf import settings
from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.confined import Overrun, confined
from zhiliu.kit.errors import Refused
from zhiliu.kit.hanzi import without_invisibles

from .models import File, Upload
from .pictures import PICTURES, BadPicture, cleaned

logger = logging.getLogger(__name__)


def upload(
    content: IO[bytes], *, name: str, by: Person, community: Community | None = None, is_private: bool = False
) -> Upload:
    """Keep an uploaded file.

    Args:
        content: the bytes, at their beginning.
        name: as the person's device calls it.
        community: where it is shown, and so who may open it.
        is_private: only pages that ask their own rule show it.

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
        # The content is written before its row: a cut between the two leaves an unused file, never a missing one.
        path = f"{digest[:2]}/{digest}"
        if not default_storage.exists(path):
            _keep(content, path)
    with transaction.atomic():
        stored, is_new = File.objects.get_or_create(
            sha256=digest,
            defaults={"size": size, "content_type": content_type, "width": width, "height": height},
        )
        made = Upload.objects.create(
            file=stored, name=safe_name(name), by=by, community=community, is_private=is_private
        )
        if is_new and stored.is_picture:
            from .tasks import make_previews

            transaction.on_commit(lambda: make_previews.enqueue(stored.pk))
    return made


def _keep(content: IO[bytes], path: str) -> None:
    content.seek(0)
    try:
        default_storage.save(path, DjangoFile(content))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What was written so far must not be taken for the whole content next time.
        default_storage.delete(path)
        logger.critical("the disk is full: %s could not be kept", path)
        raise Refused(_("The disk is full; the file was not kept. An administrator has to make room.")) from None


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
    """Content, name and type under which a file is kept, and the size of a picture in pixels as it is shown.

    Pictures lose what nobody meant to share, and those browsers do not show become JPEG.
    """
    content.seek(0)
    content_type = type_of(content.read(8192), name)
    content.seek(0)
    if content_type not in PICTURES:
        return content, name, content_type, None, None
    try:
        kept, new_type, width, height = confined(cleaned, content.read(), content_type)
    except Overrun:
        raise Refused(_("The picture takes too long to read.")) from None
    except BadPicture as error:
        raise Refused(_WHY_NOT[error.code]) from None
    if new_type != content_type:
        name = f"{name.rpartition('.')[0] or name}.jpg"
    return io.BytesIO(kept), name, new_type, width, height


_WHY_NOT = {
    "large": _("The picture has too many pixels. Make it smaller and try again."),
    "damaged": _("The picture is damaged and cannot be opened."),
}


def type_of(head: bytes, name: str) -> str:
    """The content type found in the first bytes; text and the unknown become types in which nothing runs."""
    import puremagic

    if of_phones := _phone_type(head):
        return of_phones
    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        found = ""
    if not found or found in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml"):
        return "text/plain" if _is_text(head) else "application/octet-stream"
    return str(found)


_BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
}


def _phone_type(head: bytes) -> str:
    """The type of what phones and browsers record, which its container tells; '' for anything else."""
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:200] else "audio/ogg"
    if head[4:8] in (b"moov", b"mdat", b"wide") and b"\0" in head[:4]:
        return "video/quicktime"
    if head[4:8] != b"ftyp":
        return ""
    brands = [head[at : at + 4] for at in range(8, min(int.from_bytes(head[:4], "big"), 200), 4)]
    if brands[:1] in ([b"mif1"], [b"msf1"]) and {b"avif", b"avis"} & set(brands):
        return "image/avif"
    if brands and brands[0].startswith((b"3gp", b"3g2", b"3ge")):
        return "video/3gpp"
    return _BRANDS.get(brands[0], "video/mp4") if brands else ""


def _is_text(head: bytes) -> bool:
    try:
        io.TextIOWrapper(io.BytesIO(head[:8000]), encoding="utf-8", errors="strict").read()
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def safe_name(name: str) -> str:
    """A file name without folders and control characters."""
    last = re.split(r"[\\/]", without_invisibles(name))[-1].strip(". ")
    return last[-200:] or "file"
