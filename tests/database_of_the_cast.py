"""A second database of each test process, in which the community and its people are there already.

Nearly half of the tests begin with them, and making them takes longer than many a test. SQLite only: there the
database of a connection is a file, and can be another one for the next test. What a test writes is rolled back in
either.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.db import connection, connections

from .cast import make_community, make_person
from .database_template import database_template


def begins_with_cast(request: pytest.FixtureRequest) -> bool:
    """Return whether a test needs the community and rolls back what it writes, so that the next finds it again."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    needed = set(request.fixturenames)
    return connection.vendor == "sqlite" and "community" in needed and not commits and "transactional_db" not in needed


def make_database_of_cast() -> Path:
    """Make the database with the community and its people next to the one of this process, and return it."""
    path = Path(settings.DATABASES["default"]["TEST"]["NAME"]).with_name("cast.sqlite3")
    shutil.copy(database_template(), path)
    was = connection.settings_dict["NAME"]
    use_database(path)
    make_community(*(make_person(handle) for handle in ("lin", "wang", "xu", "zhao")))
    use_database(was)
    return path


def use_database(path: Path | str) -> None:
    """Let connections lead to another file from now on, also in the thread that asgiref keeps for code of pages."""
    if str(connection.settings_dict["NAME"]) == str(path):
        return
    connections.close_all()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
    connection.settings_dict["NAME"] = str(path)
