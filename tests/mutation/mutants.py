"""Mutants of a module: the same code with one condition changed or one check dropped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
CHECK = re.compile(r"_?(require|refuse|check|announce|flag)(_\w+)?$")
# Their parts have mutants of their own, which together say more than the whole turned round.
CONDITIONS = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Constant)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """One change.

    Args:
        scope: the outermost function or method it stands in, ``Class.method``; empty for module level.
        lines: first and last line of what is changed.
        before, after: what stood there and what stands there now, on one line.
        code: the whole module, compiled with the change.
    """

    path: Path
    scope: str
    lines: tuple[int, int]
    before: str
    after: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.path}:{self.lines[0]} {self.scope}: {self.change}"

    @property
    def place(self) -> str:
        """File and scope."""
        return f"{self.path} {self.scope}".strip()

    @property
    def change(self) -> str:
        """What the list of equivalent mutants knows it by."""
        return f"{self.before} -> {self.after}"


def mutants_of(path: Path, *, only_methods: str = "") -> Iterator[Mutant]:
    """Every mutant of the file, from top to bottom; with ``only_methods`` those in methods of that name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    answers = _answers(tree)
    for scope, parent, field, position, node in _nodes(tree, "", False):
        if only_methods and scope.rpartition(".")[2] != only_methods:
            continue
        for before, after, shown in _changes(node, parent, field, isinstance(parent, ast.Return) and parent in answers):
            _put(parent, field, position, _instead_of(node, after))
            code = compile(ast.fix_missing_locations(tree), str(path.resolve()), "exec", dont_inherit=True)
            _put(parent, field, position, node)
            yield Mutant(path, scope, (node.lineno, node.end_lineno or node.lineno), before, shown, code)


def _nodes(
    tree: ast.AST, scope: str, inside: bool
) -> Iterator[tuple[str, ast.AST, str, int | None, ast.expr | ast.stmt]]:
    """Statements and expressions with the place they stand in; annotations and assertions are left out."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns", "decorator_list"}:
            continue
        for position, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or isinstance(node, ast.Assert) or _is_for_types(node):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield scope, tree, field, position if isinstance(value, list) else None, node
            is_scope = isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not inside
            name = f"{scope}.{node.name}".strip(".") if is_scope else scope
            yield from _nodes(node, name, inside or isinstance(node, FUNCTIONS))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _instead_of(node: ast.expr | ast.stmt, after: ast.AST) -> ast.AST:
    """``after``, with the node kept beside it unreached: so a function goes on holding the names it closes over."""
    if isinstance(node, ast.expr):
        return ast.IfExp(ast.Constant(True), after, node)
    return ast.If(ast.Constant(False), [node], [])


def _put(parent: ast.AST, field: str, position: int | None, node: ast.AST) -> None:
    if position is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[position] = node


def _answers(tree: ast.AST) -> set[ast.Return]:
    """Where functions end that say yes or no."""
    predicates = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS) and node.returns is not None]
    return {
        node
        for predicate in predicates
        if predicate.returns is not None and ast.unparse(predicate.returns) == "bool"
        for node in ast.walk(predicate)
        if isinstance(node, ast.Return)
    }


def _changes(
    node: ast.expr | ast.stmt, parent: ast.AST, field: str, is_answer: bool
) -> Iterator[tuple[str, ast.AST, str]]:
    """What may stand instead of the node: text before, node after, text after."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and CHECK.match(_name(node.value.func)):
        yield ast.unparse(node), ast.Pass(), "(dropped)"
    if not isinstance(node, ast.expr):
        return
    is_test = field in {"test", "ifs"} and not isinstance(parent, ast.While)
    if is_test and isinstance(parent, ast.If) and not parent.orelse and isinstance(parent.body[-1], ast.Raise):
        yield f"if {ast.unparse(node)}: raise", ast.Constant(False), "(dropped)"
    elif (is_test or is_answer) and not isinstance(node, CONDITIONS):
        yield ast.unparse(node), ast.UnaryOp(ast.Not(), node), f"not {ast.unparse(node)}"
    for after in _alternatives(node):
        yield ast.unparse(node), after, ast.unparse(after)


def _alternatives(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            operators = [*node.ops[:index], FLIPPED[type(operator)](), *node.ops[index + 1 :]]
            yield ast.Compare(node.left, operators, node.comparators)
    elif isinstance(node, ast.BoolOp) and not isinstance(node.values[-1], ast.Constant):  # not ``x or 0``
        for index in range(len(node.values)):
            rest = node.values[:index] + node.values[index + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield from (node.left, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Call) and _name(node.func) in {"filter", "exclude"}:
        yield from _with_an_argument_less(node)


def _with_an_argument_less(call: ast.Call) -> Iterator[ast.Call]:
    for index in range(len(call.args)):
        yield ast.Call(call.func, call.args[:index] + call.args[index + 1 :], call.keywords)
    for index in range(len(call.keywords)):
        yield ast.Call(call.func, call.args, call.keywords[:index] + call.keywords[index + 1 :])


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
