"""Which SQLite stands under the product: one that does not lose what several processes write.

Before 3.51.3 (and 3.50.7, 3.44.6 in their lines) a checkpoint could take pages for copied that another connection had
just written to a journal begun anew: committed rows vanished, or the file was malformed (sqlite.org/wal.html, "The
WAL-reset bug"). Most Pythons come with an older one. So the driver is the package ``pysqlite3``, which carries its own;
where there is none for the platform and Python's is too old, the rollback journal is used: slower while others write,
and sound.
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
# Older lines into which the mending was carried back.
SOUND_LINES = ((3, 44, 6), (3, 50, 7))


def is_sound(version: Sequence[int]) -> bool:
    """Whether the write-ahead log of a SQLite can be written by several processes at once."""
    version = tuple(version)
    return version >= SOUND_FROM or any(version[:2] == line[:2] and version >= line for line in SOUND_LINES)


def journal_mode(version: Sequence[int]) -> str:
    """The journal a SQLite is trusted with."""
    return "WAL" if is_sound(version) else "DELETE"


def choose() -> tuple[int, ...]:
    """Make ``sqlite3`` mean the packaged driver for everybody who imports it from now on, unless Python's own is sound.

    Two engines must never write the same file, so the choice is made once, before Django looks.

    Returns:
        The version of the SQLite that is used.
    """
    if packaged is not None and not is_sound(sqlite3.sqlite_version_info):
        sys.modules["sqlite3"] = packaged
        sys.modules["sqlite3.dbapi2"] = packaged_dbapi2
        return tuple(packaged.sqlite_version_info)
    return tuple(sqlite3.sqlite_version_info)
