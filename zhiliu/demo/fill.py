"""Fill an empty database with the sample company. ``python -m zhiliu.demo.fill [--fresh]``"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time


def fill(fresh: bool = False) -> int:
    """Build the sample company unless the database has people already.

    Args:
        fresh: delete the contents of the demo's folder first.

    Returns:
        The exit code.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    if fresh:
        _throw_away(settings)
    django.setup()
    from django.core.management import call_command

    from .company import build, exists

    call_command("migrate", verbosity=0)
    if exists():
        return 0
    print("zhiliu: making the sample company, this takes a few seconds", file=sys.stderr, flush=True)
    started = time.monotonic()
    build()
    print(f"zhiliu: the sample company is there ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
    return 0


def _throw_away(settings: object) -> None:
    if not getattr(settings, "DEMO", False):
        sys.exit("Only a demo can be made anew: ZHILIU_DEMO is not set.")
    engine = settings.DATABASES["default"]["ENGINE"]  # type: ignore[attr-defined]
    if not engine.endswith("sqlite3"):
        sys.exit("Only a demo on SQLite can be made anew; empty the PostgreSQL database yourself.")
    folder = settings.DATA_DIR  # type: ignore[attr-defined]
    for name in ("files", "search", "mail"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob("zhiliu.sqlite3*"):
        path.unlink()


if __name__ == "__main__":
    # The process is short and keeps nearly all it makes: looking for garbage would only cost time.
    gc.disable()
    sys.exit(fill("--fresh" in sys.argv))
