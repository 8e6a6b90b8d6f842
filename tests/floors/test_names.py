"""A public name has one meaning: classes and functions defined in several modules say why."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from zhiliu.activity.consumers import followers
from zhiliu.kit.apps import OFFERS

ROOT = Path(__file__).parents[2]
ALLOWED = Path(__file__).with_name("names_twice.txt")
# Modules of the same kind define functions of the same names: views after their addresses, ``build`` in the sample
# company, the functions of a detector.
ALIKE = ("/views/", "/demo/", "/detecting/", "/migrations/", "views.py", "lists.py", "preferences.py")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "zhiliu").rglob("*.py")):
        name = path.relative_to(ROOT / "zhiliu").as_posix()
        if not any(part in f"/{name}" for part in ALIKE):
            yield name.removesuffix(".py"), ast.parse(path.read_text())


def defined_twice() -> dict[str, list[str]]:
    """Return the modules of each public class and function defined in more than one."""
    places = defaultdict(list)
    for module, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                places[node.name].append(module)
    return {name: modules for name, modules in sorted(places.items()) if len(modules) > 1}


def allowed() -> dict[str, tuple[list[str], str]]:
    """Return modules and reason per name of the list; a line is ``name: modules: reason``."""
    lines = [line.split(": ", 2) for line in ALLOWED.read_text().splitlines() if line and not line.startswith("#")]
    return {name: (modules.split(), reason) for name, modules, reason in lines}


def test_a_name_is_defined_once_or_says_why_not() -> None:
    assert defined_twice() == {name: modules for name, (modules, _reason) in allowed().items()}


def test_every_reason_is_one() -> None:
    assert [name for name, (_modules, reason) in allowed().items() if len(reason) < 10] == []


def test_no_variable_is_called_one() -> None:
    """A variable has a meaningful name."""
    lines = [
        (module, node.lineno)
        for module, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "one") or (isinstance(node, ast.arg) and node.arg == "one")
    ]
    assert lines == []


def names_in_code() -> set[str]:
    """Return every top-level class and function, and every module."""
    names = set()
    for path in (ROOT / "zhiliu").rglob("*.py"):
        names.add(path.stem)
        names |= {getattr(node, "name", "") for node in ast.parse(path.read_text()).body}
    return names


def test_the_glossary_names_what_there_is() -> None:
    rows = [line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line[:2] == "| "]
    assert {len(cells) for cells in rows} == {6}
    named = {name for cells in rows for name in re.findall(r"`(\w+)`", cells[3])}
    assert len(named) > 80
    assert named - names_in_code() == set()


def test_the_architecture_lists_the_files_that_are_imported_at_start() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    listed = re.search(r"At start `kit\.apps` imports .*?:\n(.*?)\.\n", text, re.DOTALL)
    assert listed and re.findall(r"`(\w+)`", listed[1]) == list(OFFERS)


def test_the_table_of_followers_is_complete() -> None:
    text = (ROOT / "docs" / "subsystems" / "log-notices-live.md").read_text()
    table = re.search(r"\| follower \| does \|\n\| --- \| --- \|\n((?:\|.*\n)+)", text)
    assert table and sorted(re.findall(r"^\| `([\w.]+)`", table[1], re.MULTILINE)) == sorted(followers.names())
