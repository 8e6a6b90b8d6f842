"""System checks: whether the SQLite build is safe, and whether every module that registers something is imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

# The calls by which a module registers something at import: registries, providers, facts, periodic tasks.
OFFERING_METHODS = {"register", "provide"}
OFFERING_FUNCTIONS = {"listen", "periodic"}


@register()
def sqlite_is_sound(**_ignored: Any) -> list[CheckMessage]:
    """Check that several processes can write SQLite's write-ahead log; see ``config/settings/sqlite.py``."""
    if settings.SQLITE_IS_SOUND:
        return []
    return [
        Warning(
            "This SQLite may lose rows when several processes write its log. The slower rollback journal is used.",
            hint="Use a Python with SQLite 3.51.3 or newer, or PostgreSQL (ZHILIU_DATABASE_URL).",
            id="zhiliu.W001",
        )
    ]


@register()
def what_is_offered_is_loaded(**_ignored: Any) -> list[CheckMessage]:
    """Report modules that would register something but are never imported: misspelt names, or files nobody needs."""
    return [
        Error(
            f"{name} offers something when it is imported, and nothing imports it.",
            hint="Give it a name that kit.apps.OFFERS lists, or import it from such a module.",
            id="zhiliu.E001",
        )
        for config in apps.get_app_configs()
        if config.name.startswith("zhiliu.")
        for name, path in modules_of(config.name, Path(config.path))
        if name not in sys.modules and offers_something(path.read_text())
    ]


def modules_of(package: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name and file of each module of an app, without its migrations."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if "migrations" not in parts:
            yield ".".join((package, *parts)).removesuffix(".__init__"), path


def offers_something(source: str) -> bool:
    """Return True if the module registers something at import: at its top level, not inside a function."""
    if not any(name in source for name in OFFERING_METHODS | OFFERING_FUNCTIONS):
        return False
    return any(_is_offer(call) for statement in ast.parse(source).body for call in _calls_of(statement))


def _calls_of(statement: ast.stmt) -> list[ast.expr]:
    """Return the calls a module-level statement makes: the statement itself, or the decorators of a definition."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.decorator_list
    return [statement.value] if isinstance(statement, ast.Expr) else []


def _is_offer(expression: ast.expr) -> bool:
    if not isinstance(expression, ast.Call):
        return False
    called = expression.func
    if isinstance(called, ast.Attribute):
        return called.attr in OFFERING_METHODS
    return isinstance(called, ast.Name) and called.id in OFFERING_FUNCTIONS
