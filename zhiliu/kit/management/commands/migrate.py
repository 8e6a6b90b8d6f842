"""The command ``migrate``, which creates the tables of an empty SQLite database at once."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from zhiliu.kit.system.first_tables import create_tables

# With one of these only a part is wanted, or nothing is to be changed.
PARTIAL = ("app_label", "migration_name", "plan", "check_unapplied", "prune", "fake", "fake_initial")


class Command(migrate.Command):
    """Django's command; where the database is empty, it finds nothing left to apply."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        connection = connections[options["database"]]
        if connection.vendor == "sqlite" and not any(options.get(name) for name in PARTIAL):
            create_tables(connection)
        return super().handle(*args, **options)
