"""Uploads as text that shows them, or leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .models import Upload


def as_markdown(uploads: Iterable[Upload]) -> str:
    """A line of Markdown for each: pictures are shown, everything else is a link."""
    return "\n\n".join(
        f"{'!' if upload.file.is_picture else ''}[{plain_name(upload.name)}]({upload.get_absolute_url()})"
        for upload in uploads
    )


def plain_name(name: str) -> str:
    """A file's name so that nothing in it is read as Markdown."""
    return re.sub(r"([\\`*_\[\]<>()!#|~])", r"\\\1", name)
