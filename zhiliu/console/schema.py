"""Migrates the database to the schema of this version."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

UNKNOWN = "the database was written by another version (%s): start that version, or a new data folder"


def migrate() -> None:
    """Apply missing migrations.

    Raises:
        SystemExit: the database has migrations this version does not know; nothing was changed.
    """
    if unknown := unknown_migrations():
        raise SystemExit(UNKNOWN % unknown[0])
    call_command("migrate", verbosity=0)


def unknown_migrations() -> list[str]:
    """Return applied migrations that this version does not have, as ``app.name``, in order."""
    loader = MigrationLoader(connection)
    apps = {app for app, _name in loader.disk_migrations}
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys() - _replaced(loader)
    return sorted(f"{app}.{name}" for app, name in unknown if app in apps)


def _replaced(loader: MigrationLoader) -> set[tuple[str, str]]:
    """Return migrations replaced by a squashed one."""
    return {key for migration in loader.disk_migrations.values() for key in migration.replaces}


def is_up_to_date() -> bool:
    """Return True if no migration is missing."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
