"""Import real pages from outside the project: a product handbook with its pictures as a library.

Read from ``shared/data/handbook-zh-pictures.zip`` (pingcap/docs-cn, CC BY-SA 3.0) where that folder is
present; nothing of it is part of the product.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from django.conf import settings

from zhiliu.knowledge.models import Library

from .imports import bring_documents
from .stage import Stage

ARCHIVE = Path("shared") / "data" / "handbook-zh-pictures.zip"
SOURCE = "\n\n---\n\n来源：pingcap/docs-cn，CC BY-SA 3.0。\n"


def build(stage: Stage) -> None:
    """Create the library if the archive exists."""
    path = settings.ROOT.parent / ARCHIVE
    if not path.exists():
        return
    library = Library.objects.create(slug="handbook", name="数据库手册", community=None)
    admin, at = stage.people["admin"], stage.clock.at(-140, "16:00")
    bring_documents(stage, _with_source(path), name="数据库手册.zip", library=library, by=admin, at=at, applies=True)


def _with_source(path: Path) -> io.BytesIO:
    """Return the archive with the source noted below each page."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in archive.namelist():
            content = archive.read(name)
            target.writestr(name, content.rstrip() + SOURCE.encode() if name.endswith(".md") else content)
    out.seek(0)
    return out
