"""Markdown for uploads: pictures and links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .models import Upload


def as_markdown(uploads: Iterable[Upload]) -> str:
    """Return a line of Markdown for each upload: pictures are embedded, everything else is a link."""
    return "\n\n".join(
        f"{'!' if upload.file.is_picture else ''}[{plain_name(upload.name)}]({upload.get_absolute_url()})"
        for upload in uploads
    )


def plain_name(name: str) -> str:
    """Return a file's name with Markdown characters escaped."""
    return re.sub(r"([\\`*_\[\]<>()!#|~])", r"\\\1", name)
