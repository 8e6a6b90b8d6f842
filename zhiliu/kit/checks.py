"""What is told at the start: about the ground the product stands on, and about files nobody reads."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

# How a module offers something to the floors below while it is imported: registries, providers, facts, periodic work.
OFFERING_METHODS = {"register", "provide"}
OFFERING_FUNCTIONS = {"listen", "periodic"}


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


@register()
def what_is_offered_is_loaded(**_ignored: Any) -> list[CheckMessage]:
    """A module that offers something and is never imported offers nothing: its name is misspelt, or nobody needs it."""
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
    """Names and files of the modules of an app, without its migrations."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if "migrations" not in parts:
            yield ".".join((package, *parts)).removesuffix(".__init__"), path


def offers_something(source: str) -> bool:
    """Whether a module registers something while it is imported: at its top, not inside a function."""
    if not any(name in source for name in OFFERING_METHODS | OFFERING_FUNCTIONS):
        return False
    return any(_is_offer(call) for statement in ast.parse(source).body for call in _calls_of(statement))


def _calls_of(statement: ast.stmt) -> list[ast.expr]:
    """The calls a statement of a module makes by itself: its own, and those of its decorators."""
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
