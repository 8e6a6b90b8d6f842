"""The upload as one packed file: which documents it contains, and how members are read safely.

Nothing is unpacked to the disk, so no member name can escape; names are still checked, because links between pages are
resolved by them. Sizes come from the archive listing, and are measured again while reading.
"""

from __future__ import annotations

import io
import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..packed_files import list_bytes
from ..reading import kept_file
from ..unreadable import Unreadable

MAX_FILES = 20_000
MAX_UNPACKED = 2 << 30
# The listing is read before its entries can be counted: 20,000 names of usual length take a tenth of this.
MAX_LIST = 16 << 20
MAX_TEXT = 4 << 20
MAX_WORD = 100 << 20
PAGES = (".md", ".markdown", ".docx")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")
_OLD_WORD = (".doc", ".wps", ".rtf")
_HIDDEN = re.compile(r"(^|/)(\.[^/.]|__MACOSX/|~\$)")
_TOC = re.compile(r"(?i)(?:^|/)(?:toc(?:-[^/]*)?|summary|_sidebar)\.md$")
_DRIVE = re.compile(r"^[A-Za-z]:")


class NotTaken(Exception):
    """Raised for a document that cannot be imported; ``code`` identifies the message in :mod:`.messages`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Bundle:
    """The members of a packed file.

    Args:
        members: by path, those that can be read. refused: path and code of those that are listed but refused.
        root: the only top-level folder, with its slash; '' if there are several, or files beside it.
    """

    packed: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    root: str = ""

    @property
    def pages(self) -> list[str]:
        """Paths of documents, sorted by name."""
        return sorted(path for path in self.members if path.lower().endswith(PAGES) and not _TOC.search(path))

    @property
    def contents(self) -> list[str]:
        """Paths of the table-of-contents files, the main one first."""
        return sorted((path for path in self.members if _TOC.search(path)), key=lambda path: (len(path), path))

    def documents(self) -> list[tuple[str, str]]:
        """Return paths of all documents, each with the code of its refusal, or ''."""
        return [*((path, "") for path in self.pages), *sorted(self.refused)]

    def stamp(self, path: str) -> str:
        """Return what identifies a member's content, without reading it."""
        info = self.members[path]
        return f"{info.CRC:08x}-{info.file_size}"

    def read(self, path: str, limit: int) -> bytes:
        """Return a member's bytes.

        Args:
            limit: in bytes.

        Raises:
            NotTaken: it is too large or damaged.
        """
        info = self.members[path]
        if info.file_size > limit:
            raise NotTaken("too_large")
        try:
            with self.packed.open(info) as content:
                found = content.read(limit + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise NotTaken("broken") from None
        except Exception as error:  # zlib and its relatives raise unrelated exceptions
            raise NotTaken("broken") from error
        if len(found) > limit:
            raise NotTaken("too_large")
        return found


@contextmanager
def open_bundle(path: str) -> Iterator[Bundle]:
    """Yield the stored file of a run.

    Raises:
        Unreadable: it is not a packed file, or too large.
    """
    with kept_file(path) as kept, kept.open("rb") as content:
        yield bundle_of(content)


def bundle_of(content: IO[bytes]) -> Bundle:
    """Read the listing of a packed file.

    Raises:
        Unreadable: it is not a packed file, or too large.
    """
    try:
        if list_bytes(content) > MAX_LIST:
            raise Unreadable("too_many_files")
        packed = zipfile.ZipFile(content)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        raise Unreadable("broken") from None
    members = packed.infolist()
    if len(members) > MAX_FILES:
        raise Unreadable("too_many_files")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Unreadable("too_large")
    bundle = Bundle(packed)
    for info in members:
        _sort_in(bundle, info)
    bundle.root = _root(list(bundle.members))
    if not bundle.pages and not bundle.refused:
        raise Unreadable("no_documents")
    return bundle


def _sort_in(bundle: Bundle, info: zipfile.ZipInfo) -> None:
    name = _name(info)
    if info.is_dir() or _HIDDEN.search(name):
        return
    code = _why_not(bundle, info, name)
    if not code:
        bundle.members[posixpath.normpath(name)] = info
    elif name.lower().endswith((*PAGES, *_OLD_WORD, *_ARCHIVES)) or code in ("outside", "link"):
        bundle.refused.append((name[:500], code))


def _why_not(bundle: Bundle, info: zipfile.ZipInfo, name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts or len(name) > 500 or "\0" in name:
        return "outside"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if info.flag_bits & 1:
        return "locked"
    if posixpath.normpath(name) in bundle.members:
        return "twice"
    kinds = ((_ARCHIVES, "nested"), (_OLD_WORD, "old_word"))
    return next((code for ends, code in kinds if name.lower().endswith(ends)), "")


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name. Without the UTF-8 flag its encoding is guessed: UTF-8 if valid, else GB18030."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding).replace("\\", "/")
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _root(paths: list[str]) -> str:
    tops = {path.split("/", 1)[0] if "/" in path else "" for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""


# ---- making one ------------------------------------------------------------------------------------------------------


def pack_file(content: IO[bytes], name: str) -> IO[bytes]:
    """Return a single document as a packed file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(name), content.read())
    out.seek(0)
    return out


def pack_folder(folder: Path, out: IO[bytes]) -> None:
    """Return a folder as a packed file. Symbolic links are packed as links: reported and refused, never followed."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for place, folders, names in os.walk(folder, followlinks=False):
            folders.sort()
            for name in sorted([*names, *(text for text in folders if (Path(place) / text).is_symlink())]):
                path = Path(place) / name
                inside = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                if path.is_symlink():
                    link = zipfile.ZipInfo(inside)
                    link.external_attr = (stat.S_IFLNK | 0o777) << 16
                    packed.writestr(link, os.readlink(path))
                elif path.is_file():
                    packed.write(path, inside)
    out.seek(0)
