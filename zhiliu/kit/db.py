"""Two databases, one behaviour: the few places where SQLite and PostgreSQL are asked differently."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q


def on_postgresql() -> bool:
    """Whether the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


def prefix_q(field: str, prefix: str) -> Q:
    """Rows whose ``field`` starts with ``prefix``, through the index on both databases.

    SQLite cannot use an index for LIKE with ESCAPE, so a range is asked for; PostgreSQL has its pattern index.
    """
    if on_postgresql():
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"})
