"""Facts of shared files."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class FileShared(Fact, name="files.file_shared"):
    """A file was shared in a community, or a new version of it."""

    about = ("shared_file", "shared_file_id")
    shared_file_id: int


@dataclass(frozen=True, kw_only=True)
class FileDescribed(Fact, name="files.file_described"):
    """Name, folder or note of a shared file changed."""

    about = ("shared_file", "shared_file_id")
    shared_file_id: int


@dataclass(frozen=True, kw_only=True)
class FileRemoved(Fact, name="files.file_removed"):
    """A shared file was removed, or (``back``) restored."""

    about = ("shared_file", "shared_file_id")
    shared_file_id: int
    back: bool = False
