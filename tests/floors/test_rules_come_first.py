"""A verb checks its rule before any other refusal, which would reveal state to strangers."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "zhiliu"

# Verbs that refuse first, and why that reveals nothing.
REFUSES_FIRST = {
    "conversations/hooks/incoming._say": "the program knows its own address; the rule is about the channel behind it",
}


def refusing_first() -> set[str]:
    """Return functions that raise ``Refused`` before their first ``require``."""
    return {
        f"{path.relative_to(ROOT).as_posix().removesuffix('.py')}.{function.name}"
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and _refuses_first(function)
    }


def _refuses_first(function: ast.FunctionDef) -> bool:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    required = [call.lineno for call in calls if getattr(call.func, "id", "") == "require"]
    raised = [node.exc for node in ast.walk(function) if isinstance(node, ast.Raise)]
    refused = [
        call.lineno for call in raised if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused"
    ]
    return bool(required and refused) and min(refused) < min(required)


def test_a_rule_is_asked_before_anything_is_refused() -> None:
    assert refusing_first() == set(REFUSES_FIRST)
