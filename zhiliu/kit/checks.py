"""What is told at the start about the ground the product stands on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def sqlite_is_sound(**_ignored: Any) -> list[CheckMessage]:
    """SQLite keeps a log that several processes can write; see ``config/settings/sqlite.py``."""
    if settings.SQLITE_IS_SOUND:
        return []
    return [
        Warning(
            "This SQLite may lose rows when several processes write its log. The slower rollback journal is used.",
            hint="Use a Python with SQLite 3.51.3 or newer, or PostgreSQL (ZHILIU_DATABASE_URL).",
            id="zhiliu.W001",
        )
    ]
