"""Put the code of a mutant in the place of the loaded one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from types import CellType, CodeType, FunctionType
from typing import Any

from zhiliu.kit.contracts.rules import Rule

from .mutants import Mutant


def replace(mutant: Mutant) -> None:
    """Change this process: every function, and with a change at module level every rule, is the one of the mutant.

    Raises:
        LookupError: nothing in this process comes from there.
    """
    path = str(mutant.path.resolve())
    changed = {_place(code): code for code in _codes(mutant.code)}
    functions = [
        function
        for function in gc.get_objects()
        if type(function) is FunctionType and function.__code__.co_filename == path
    ]
    if not functions and mutant.scope:
        raise LookupError(path)
    for function in functions:
        code = changed.get(_place(function.__code__))
        if code is not None:
            function.__code__ = code
    if not mutant.scope:
        _replace_rules(mutant)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _replace_rules(mutant: Mutant) -> None:
    """Run the changed module beside the loaded one, and put its rules wherever the loaded ones are held."""
    name = ".".join(mutant.path.with_suffix("").parts)
    loaded = vars(sys.modules[name])
    fresh: dict[str, Any] = {key: value for key, value in loaded.items() if key.startswith("__")}
    held = {key: value for key, value in loaded.items() if isinstance(value, Rule)}
    exec(mutant.code, fresh)
    for key, rule in held.items():
        if fresh[key] is not rule:
            _replace_object(rule.predicate, fresh[key].predicate)
            _replace_object(rule, fresh[key])


def _replace_object(old: object, new: object) -> None:
    for holder in gc.get_referrers(old):
        if isinstance(holder, CellType):
            holder.cell_contents = new
        elif isinstance(holder, dict):
            for key, value in list(holder.items()):
                if value is old:
                    holder[key] = new
        elif isinstance(holder, Rule):
            for key, value in list(vars(holder).items()):
                if value is old:
                    setattr(holder, key, new)
