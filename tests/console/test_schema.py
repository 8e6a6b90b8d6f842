"""Migrations are kept, and an installation of an earlier state comes up to date with what is in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.console.test_console import migrated as migrated
from tests.journeys.conftest import ROOT, environment
from zhiliu.console.doctor import examine
from zhiliu.console.schema import is_up_to_date, migrate, unknown_migrations

KEPT = Path(__file__).parent / "migrations.txt"
FILES = sorted((ROOT / "zhiliu").glob("*/migrations/0*.py"))
# Puts an administrator into the tables as the first kept state had them.
EARLIER = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
first = [tuple(name.split(".")) for name in FIRST.split()]
# What the tables of other packages are is their business: they are brought up to date.
executor = MigrationExecutor(connection)
ours = {app for app, _name in first}
others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours]
executor.migrate([*others, *first])
apps = MigrationExecutor(connection).loader.project_state(first).apps
department = apps.get_model("directory", "Department").objects.create(name="工程")
apps.get_model("directory", "Organisation").objects.create(pk=1, name="岭东冷链")
apps.get_model("directory", "Person").objects.create(
    name="周航", handle="zhou", employee_number="E1", email="it@example.com", department=department, is_admin=True
)
"""
LATER = """
import django; django.setup()
from django.test import Client
from zhiliu.directory.models import Person
person = Person.objects.get(employee_number="E1")
client = Client(HTTP_HOST="localhost")
client.force_login(person)
print(client.get("/").status_code, client.get("/people/zhou/").status_code, person.department.name)
"""

ONE_AFTER_THE_OTHER = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
"""


def structure(data: Path) -> tuple[dict[str, list[str]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What an installation has: its tables, indexes and triggers, its migrations, and the rows they came with.

    Columns are sorted: where a column stands depends on whether a migration made the table anew.
    """
    with sqlite3.connect(next(data.glob("*.sqlite3"))) as database:
        made = database.execute("select name, sql from sqlite_master where sql is not null").fetchall()
        applied = database.execute("select app, name from django_migrations order by app, name").fetchall()
        words = database.execute("select text from moderation_word order by text").fetchall()
    parts = {name: sorted(sql.replace("(", ", ", 1).rstrip(")").split(", ")) for name, sql in made}
    return parts, applied, words


def digests() -> dict[str, str]:
    """Each migration, as ``app.name``, with the SHA-256 of its text."""
    return {f"{file.parts[-3]}.{file.stem}": hashlib.sha256(file.read_bytes()).hexdigest() for file in FILES}


def kept() -> dict[str, str]:
    """What ``migrations.txt`` lists, in the order in which it came."""
    lines = (line.split() for line in KEPT.read_text().splitlines() if not line.startswith("#"))
    return {line[0]: line[1] for line in lines}


def test_a_migration_is_listed_once_it_is_written_and_never_changed_afterwards() -> None:
    """A database somewhere has it applied already. Mend what is wrong with a further one, and add its line."""
    if os.environ.get("ZHILIU_WRITE_MIGRATIONS"):
        new = {name: digest for name, digest in digests().items() if name not in kept()}
        with KEPT.open("a") as file:
            file.writelines(f"{name} {digest}\n" for name, digest in new.items())
    assert digests() == kept()


def program(data: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside the installation in ``data``."""
    settings = environment(data, DJANGO_SETTINGS_MODULE="config.settings", ZHILIU_DEMO="0")
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True)


@pytest.mark.slow
def test_an_installation_of_the_first_kept_state_comes_up_to_date_with_its_people(tmp_path: Path) -> None:
    first = " ".join(name for name in kept() if name.endswith(".0001_initial"))
    earlier = program(tmp_path, f"FIRST = {first!r}\n{EARLIER}")
    assert earlier.returncode == 0, earlier.stderr
    told = subprocess.run(
        [sys.executable, "-m", "zhiliu.console.command", "password", "zhou"],
        cwd=ROOT,
        env=environment(tmp_path, ZHILIU_DEMO="0"),
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    later = program(tmp_path, LATER)
    assert later.stdout.split() == ["200", "200", "工程"], later.stderr


@pytest.mark.slow
def test_an_empty_database_gets_the_tables_that_one_migration_after_the_other_makes(
    migrated: Path, tmp_path: Path
) -> None:
    slowly = program(tmp_path, ONE_AFTER_THE_OTHER)
    assert slowly.returncode == 0, slowly.stderr
    assert structure(migrated) == structure(tmp_path)


@pytest.mark.slow
def test_a_database_of_another_version_is_left_alone(migrated: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(migrated, tmp_path / "data"))
    with sqlite3.connect(next(data.glob("*.sqlite3"))) as database:
        database.execute(
            "insert into django_migrations (app, name, applied) values ('needs', '0099_later', '2026-01-01')"
        )
    told = program(data, "import django; django.setup(); from zhiliu.console.schema import migrate; migrate()")
    assert told.returncode == 1
    assert told.stderr.startswith("the database was written by another version (needs.0099_later): ")


@pytest.mark.django_db
def test_unknown_migrations_stop_the_migration_and_the_doctor_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert unknown_migrations() == [] and is_up_to_date()
    recorder = MigrationRecorder(connection)
    recorder.record_applied("needs", "0099_later")
    recorder.record_applied("an_app_of_somebody_else", "0001_initial")
    assert unknown_migrations() == ["needs.0099_later"]
    with pytest.raises(SystemExit, match=r"another version \(needs\.0099_later\)"):
        migrate()
    assert examine() == 1
    assert "the database was written by another version (needs.0099_later)" in capsys.readouterr().out
