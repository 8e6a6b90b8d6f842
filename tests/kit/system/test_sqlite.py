"""The SQLite under the product keeps what several processes write."""

import sqlite3

import pytest
from django.db import connection

from config.settings.sqlite import is_sound, journal_mode
from zhiliu.kit.checks import sqlite_is_sound
from zhiliu.kit.system.db import on_postgresql


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_the_log_is_trusted_from_the_release_that_mended_it(version: tuple[int, int, int], sound: bool) -> None:
    assert is_sound(version) is sound
    assert journal_mode(version) == ("WAL" if sound else "DELETE")


@pytest.mark.django_db
def test_the_database_is_opened_with_a_sound_one() -> None:
    if on_postgresql():
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    assert is_sound([int(part) for part in version.split(".")])
    assert journal == "wal"


def test_everybody_in_this_process_opens_files_with_the_same_engine() -> None:
    assert is_sound(sqlite3.sqlite_version_info)


def test_an_unsound_one_is_told_at_the_start(settings: object) -> None:
    assert sqlite_is_sound() == []
    settings.SQLITE_IS_SOUND = False  # type: ignore[attr-defined]
    (told,) = sqlite_is_sound()
    assert told.id == "zhiliu.W001"
