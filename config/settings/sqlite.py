"""Chooses a SQLite that does not lose what several processes write.

Before 3.51.3 (and 3.50.7, 3.44.6 in their lines) a checkpoint could treat pages as copied that another connection had
just written to a restarted log: committed rows vanished, or the file was corrupted (sqlite.org/wal.html, "The WAL-reset
bug"). Most Pythons ship an older version. So the driver is the package ``pysqlite3``, which bundles its own. If there
is no wheel for the platform and Python's version is too old, the rollback journal is used: safe, but slower while
others write.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence

try:
    import pysqlite3 as packaged
    import pysqlite3.dbapi2 as packaged_dbapi2
except ImportError:  # no wheel for this platform
    packaged = None

SOUND_FROM = (3, 51, 3)
# Older lines with the backported fix.
SOUND_LINES = ((3, 44, 6), (3, 50, 7))


def is_sound(version: Sequence[int]) -> bool:
    """Return True if several processes can safely write this SQLite's write-ahead log."""
    version = tuple(version)
    return version >= SOUND_FROM or any(version[:2] == line[:2] and version >= line for line in SOUND_LINES)


def journal_mode(version: Sequence[int]) -> str:
    """Return the journal mode that is safe with this SQLite."""
    return "WAL" if is_sound(version) else "DELETE"


def choose() -> tuple[int, ...]:
    """Replace the module ``sqlite3`` by the packaged driver for all later imports, unless Python's own is safe.

    Two engines must never write the same file, so the choice is made once, before Django is loaded.

    Returns:
        The version of the SQLite in use.
    """
    if packaged is not None and not is_sound(sqlite3.sqlite_version_info):
        sys.modules["sqlite3"] = packaged
        sys.modules["sqlite3.dbapi2"] = packaged_dbapi2
        return tuple(packaged.sqlite_version_info)
    return tuple(sqlite3.sqlite_version_info)
