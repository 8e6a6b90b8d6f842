"""A migrated SQLite database, made once and copied: migrating takes longer than many a folder of tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "database-templates"
# What decides how a migrated database looks: our migrations, and the versions of the libraries with theirs.
_SOURCES = ("zhiliu/**/migrations/*.py", "requirements/runtime.txt")


def database_template() -> Path:
    """Return a migrated database; it is made again when a migration changes."""
    template = FOLDER / f"{_digest()}.sqlite3"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for outdated in FOLDER.glob("*.sqlite3"):
                outdated.unlink()
            _make_in_child(template)
    return template


def _digest() -> str:
    digest = hashlib.sha256()
    root = FOLDER.parent.parent
    for pattern in _SOURCES:
        for path in sorted(root.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make_in_child(template: Path) -> None:
    """Migrate in a child: this process shall not have a connection to a database that is not its own."""
    child = os.fork()
    if child == 0:
        try:
            _make(template)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    if not template.exists():
        raise RuntimeError("the database for tests could not be made")


def _make(template: Path) -> None:
    import django

    django.setup()
    from django.db import connections
    from django.test.utils import setup_databases

    [(connection, *_rest)] = setup_databases(verbosity=0, interactive=False)
    name = connection.settings_dict["NAME"]
    connections.close_all()
    shutil.copy(name, template.with_suffix(".new"))
    Path(name).unlink()
    template.with_suffix(".new").rename(template)
