"""Our regular expressions over user input take linear time, whatever the input.

Each pattern is fed 200 kB built from its own parts, in a child process that is killed after some CPU time.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import multiprocessing
import pkgutil
import re
import resource
from collections.abc import Iterator
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from zhiliu.kit.text.markdown import render

MODULES = [
    "zhiliu.kit.text.markdown",
    "zhiliu.kit.text.markdown_rules",
    "zhiliu.kit.text.chinese_text",
    "zhiliu.search.highlighting",
    "zhiliu.transfers.documents.markdown",
    "zhiliu.transfers.documents.word",
]
PACKAGES = ["zhiliu.inbound_mail"]
LENGTH = 200_000
# A linear pattern takes hundredths of a second per input; a quadratic one minutes.
SLOWEST = 12.0
# Passed to a function that applies them only where a block starts.
AT_ONE_PLACE = {f"zhiliu.kit.text.markdown_rules.{name}" for name in ("_TALK_FENCE", "_TALK_LIST", "_TALK_QUOTE")}


def _modules() -> list[str]:
    modules = list(MODULES)
    for name in PACKAGES:
        package = importlib.import_module(name)
        modules += [
            f"{name}.{module.name}" for module in pkgutil.iter_modules(package.__path__) if module.name not in _DJANGO
        ]
    return modules


_DJANGO = {"migrations", "management", "apps"}


def _patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name in _modules():
        for key, value in vars(importlib.import_module(name)).items():
            for number, pattern in enumerate(value if isinstance(value, list | tuple) else [value]):
                if isinstance(pattern, re.Pattern):
                    yield f"{name}.{key}" + (f"[{number}]" if pattern is not value else ""), pattern


def _pieces(tree: Any) -> Iterator[str]:
    """Yield the parts of a pattern: runs of literals, and one character of each class."""
    run = ""
    for kind, value in tree:
        if kind is kinds.LITERAL:
            run += chr(value)
            continue
        if run:
            yield run
        run = ""
        yield from _inside(kind, value)
    if run:
        yield run


def _inside(kind: Any, value: Any) -> Iterator[str]:
    if kind is kinds.IN:
        yield from _of_class(value)
    elif kind is kinds.BRANCH:
        for branch in value[1]:
            yield from _pieces(branch)
    elif kind is kinds.GROUPREF_EXISTS:
        for branch in value[1:]:
            yield from _pieces(branch or [])
    elif isinstance(value, tuple):
        for part in value:
            if isinstance(part, parser.SubPattern):
                yield from _pieces(part)


_OF_CATEGORY = {kinds.CATEGORY_DIGIT: "1", kinds.CATEGORY_WORD: "a", kinds.CATEGORY_SPACE: " "}


def _of_class(members: Any) -> Iterator[str]:
    for kind, value in members[:4]:
        if kind is kinds.LITERAL:
            yield chr(value)
        elif kind is kinds.RANGE:
            yield chr(value[0])
        elif kind is kinds.CATEGORY:
            yield _OF_CATEGORY.get(value, "x")


def _inputs(pattern: re.Pattern[Any]) -> Iterator[str]:
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags if isinstance(pattern.pattern, str) else pattern.flags | re.UNICODE
    pieces = list(dict.fromkeys([*_pieces(parser.parse(source, flags)), "x", "\n", " "]))[:10]
    for start, unit in itertools.product(["", *pieces[:3]], pieces):
        yield start + unit * (LENGTH // len(unit))
    for pair in itertools.permutations(pieces, 2):
        unit = "".join(pair)
        yield unit * (LENGTH // len(unit))


def _is_sought(name: str) -> bool:
    """Return whether the pattern is searched everywhere in a text, rather than matched at one position."""
    module, _, key = name.partition("[")[0].rpartition(".")
    source = inspect.getsource(importlib.import_module(module))
    methods = set(re.findall(rf"\b{key}\.(\w+)\(", source))
    return name not in AT_ONE_PLACE and (not methods or bool(methods - {"match", "fullmatch"}))


def _feed(pattern: re.Pattern[Any], sought: bool) -> None:
    """Feed every input; the system kills the process if one takes long."""
    for words in _inputs(pattern):
        text = words if isinstance(pattern.pattern, str) else words.encode("latin-1", "replace")
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + SLOWEST) + 1, resource.RLIM_INFINITY))
        if not sought:
            pattern.match(text), pattern.fullmatch(text)
        for _ in pattern.finditer(text) if sought else ():
            pass


PATTERNS = dict(_patterns())


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_linear(name: str) -> None:
    child = multiprocessing.get_context("fork").Process(target=_feed, args=(PATTERNS[name], _is_sought(name)))
    child.start()
    child.join()
    assert child.exitcode == 0, f"{PATTERNS[name].pattern[:120]!r} is slow on what it is made of"


def test_patterns_were_collected() -> None:
    assert len(PATTERNS) > 40
    assert {name.rpartition(".")[0] for name in PATTERNS} >= {
        "zhiliu.kit.text.markdown",
        "zhiliu.inbound_mail.quote_stripping",
    }


SLOW = [
    "![",
    "[",
    "_*",
    "[](",
    "*a ",
    "![a](",
    "[^a]",
    "`a``b",
    "<div>",
    "<!--",
    "> ",
    "- ",
    "$a",
    "**“",
    "[a]: ",
    "https://a.cn/,",
]


def _render(text: str, talk: bool) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (30, resource.RLIM_INFINITY))
    render(text, talk=talk, html=not talk)


@pytest.mark.parametrize("unit", SLOW)
@pytest.mark.parametrize("talk", [False, True])
def test_a_text_of_signs_ends(unit: str, talk: bool) -> None:
    """Doubling the input doubles the time: seconds. Quadratic time would be minutes."""
    child = multiprocessing.get_context("fork").Process(target=_render, args=(unit * (LENGTH // 2 // len(unit)), talk))
    child.start()
    child.join()
    assert child.exitcode == 0
