"""Marks for what a Word file does not express as text: formulas, and the numbers of lists that continue or restart.

The marks are private-use characters around letters and digits, so that nothing on the way changes them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .formulas import SPACE, Formula

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULA, NUMBER, END, RESTART = "\ue000", "\ue001", "\ue002", "\ue003"
_MARK = re.compile(f"{FORMULA}([di])([0-9a-f]*){END}")
_NUMBER = re.compile(f"[{NUMBER}{RESTART}](\\d+){END}")
# Markdown sees no formula next to a Latin letter, a digit or another formula.
_TOO_CLOSE = re.compile(f"(?<=[A-Za-z0-9])(?={FORMULA}[di])|(?<={END})(?=[A-Za-z0-9{FORMULA}])")
_STOPS = re.compile(r"(?<!\\)[,;:，。；：？！、]+$")
_PLAIN = ("decimal", "bullet", "none", "")
_ON = ("1", "true", "on")
_RUNS = (f"{_W}r", f"{SPACE}r")
_OF_FIELDS = (f"{_W}fldChar", f"{_W}instrText")
Note = tuple[str, str]


def marked(document: bytes, numbering: bytes | None) -> tuple[bytes, list[Note]]:
    """Return a document part with marks, and notes of what is lost."""
    root = _tree(document)
    notes = _mark_formulas(root)
    if numbering is not None:
        notes += _Numbers(_tree(numbering)).mark(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), notes


def without_hidden(part: bytes, styles: bytes | None) -> tuple[bytes, int]:
    """Return a part without hidden text, and how many paragraphs contained some; fields keep their ends."""
    hidden = _Hidden(styles)
    if not hidden.styles and b"vanish" not in part:
        return part, 0
    root = _tree(part)
    found = [(paragraph, run) for paragraph, run in _runs(root) if hidden.hides(run, paragraph)]
    paragraphs = {id(paragraph) for paragraph, run in found if "".join(run.itertext()).strip()}
    for _paragraph, run in found:
        run[:] = [child for child in run if child.tag in _OF_FIELDS]
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), len(paragraphs)


def _runs(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield the runs of a part, including those of formulas, each with its paragraph."""
    waiting = [(root, root)]
    while waiting:
        paragraph, element = waiting.pop()
        if element.tag in _RUNS:
            yield paragraph, element
        inner = element if element.tag == f"{_W}p" else paragraph
        waiting += [(inner, child) for child in element]


class _Hidden:
    """The styles that hide text (ECMA-376 part 1, 17.3.2.41)."""

    def __init__(self, styles: bytes | None) -> None:
        self.styles: set[str] = set()
        self._usual = ""
        if styles is not None and b"vanish" in styles:
            self._read(_tree(styles))

    def _read(self, styles: Element) -> None:
        named = {style.get(f"{_W}styleId", ""): style for style in styles.iter(f"{_W}style")}
        for name, style in named.items():
            if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in _ON:
                self._usual = name
            if _is_inherited(style, named):
                self.styles.add(name)

    def hides(self, run: Element, paragraph: Element) -> bool:
        """Return whether it hides by itself, else by its paragraph or run style, which cancel each other (17.7.3)."""
        if (said := _vanishes(run)) is not None:
            return said
        look = run.find(f"{_W}rPr")
        by_run = look is not None and _value(look, "rStyle") in self.styles
        outer = paragraph.find(f"{_W}pPr")
        by_paragraph = ((_value(outer, "pStyle") if outer is not None else "") or self._usual) in self.styles
        return by_run != by_paragraph


def _is_inherited(style: Element, named: dict[str, Element]) -> bool:
    """Return whether a style hides text, by itself or by the nearest of its base styles that defines it."""
    passed: set[str] = set()
    current: Element | None = style
    while current is not None:
        if (said := _vanishes(current)) is not None:
            return said
        base = _value(current, "basedOn")
        current = named.get(base) if base not in passed else None
        passed.add(base)
    return False


def _vanishes(element: Element) -> bool | None:
    """Return what a run or style defines itself; None if it defines nothing."""
    sign = element.find(f"{_W}rPr/{_W}vanish")
    return None if sign is None else sign.get(f"{_W}val", "true") in _ON


def _tree(part: bytes) -> Element:
    # Called in a process with limits, and for parts without a document type: nothing in them expands.
    return ElementTree.fromstring(part)  # noqa: S314


def _run(text: str) -> Element:
    run = Element(f"{_W}r")
    ElementTree.SubElement(run, f"{_W}t").text = text
    return run


def _mark_formulas(root: Element) -> list[Note]:
    unknown: set[str] = set()
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag not in (f"{SPACE}oMath", f"{SPACE}oMathPara") or parent.tag.startswith(SPACE):
                continue
            formula = Formula(child)
            unknown |= formula.unknown
            kind = "d" if child.tag.endswith("Para") else "i"
            parent[place] = _run(f"{FORMULA}{kind}{formula.latex.encode().hex()}{END}")
    return [("formula", ", ".join(sorted(unknown)))] if unknown else []


class _Numbers:
    """Counts list paragraphs as Word does: a list continues after other paragraphs."""

    def __init__(self, numbering: Element) -> None:
        self._levels: dict[str, dict[int, tuple[int, str]]] = {}
        for abstract in numbering.findall(f"{_W}abstractNum"):
            levels = {int(element.get(f"{_W}ilvl", "0")): _level(element) for element in abstract.findall(f"{_W}lvl")}
            self._levels[abstract.get(f"{_W}abstractNumId", "")] = levels
        numbers = list(numbering.iter(f"{_W}num"))
        self._abstract = {number.get(f"{_W}numId", ""): _value(number, "abstractNumId") for number in numbers}
        # Levels at which a list of the same format restarts; each counts once, at its first paragraph.
        self._anew = {
            (number.get(f"{_W}numId", ""), level): start for number in numbers for level, start in _starts(number)
        }
        self._counted: dict[str, dict[int, int]] = defaultdict(dict)

    def mark(self, root: Element) -> list[Note]:
        """Mark the first item of each part of a list; return notes of formats unknown to Markdown, such as letters."""
        other: dict[str, None] = {}
        before: str | None = None
        for paragraph in root.iter(f"{_W}p"):
            number = self._next(paragraph)
            if number is not None and number[1] not in _PLAIN:
                other[number[1]] = None
            if number is not None and number[3]:
                _begin_with(paragraph, f"{RESTART}{number[0]}{END}")
            elif number is not None and number[0] > 1 and before != number[2]:
                _begin_with(paragraph, f"{NUMBER}{number[0]}{END}")
            before = number[2] if number else None
        return [("numbering", ", ".join(other))] if other else []

    def _next(self, paragraph: Element) -> tuple[int, str, str, bool] | None:
        """Return number, format and list of a paragraph, and whether the list restarts there; or None."""
        numbered = paragraph.find(f"{_W}pPr/{_W}numPr")
        name = _value(numbered, "numId") if numbered is not None else ""
        key = self._abstract.get(name)
        if numbered is None or key is None or key not in self._levels:
            return None
        level = int(_value(numbered, "ilvl") or 0)
        start, form = self._levels[key].get(level, (1, "decimal"))
        counted, anew = self._counted[key], self._anew.pop((name, level), None)
        counted[level] = anew if anew is not None else counted.get(level, start - 1) + 1
        for deeper in [other for other in counted if other > level]:
            del counted[deeper]
        return counted[level], form, f"{key}-{level}", anew is not None


def _begin_with(paragraph: Element, mark: str) -> None:
    paragraph.insert(1 if paragraph[0].tag == f"{_W}pPr" else 0, _run(mark))


def _starts(number: Element) -> list[tuple[int, int]]:
    """Return the levels of a list that restart, and their start numbers."""
    found = [
        (element.get(f"{_W}ilvl", "0"), _value(element, "startOverride"))
        for element in number.findall(f"{_W}lvlOverride")
    ]
    return [(int(level), int(start)) for level, start in found if level.isdecimal() and start.isdecimal()]


def _level(level: Element) -> tuple[int, str]:
    start = _value(level, "start")
    return int(start) if start.isdecimal() else 1, _value(level, "numFmt")


def _value(element: Element, name: str) -> str:
    part = element.find(f"{_W}{name}")
    return part.get(f"{_W}val", "") if part is not None else ""


def number_of(text: str) -> int | None:
    """Return the number that a mark gives the item beginning with this text."""
    match = _NUMBER.match(text)
    return int(match[1]) if match else None


def begins_anew(text: str) -> bool:
    """Return whether the item with this text is the first of a list, even if another list precedes it."""
    return text.startswith(RESTART)


def unmarked(text: str) -> str:
    """Return Markdown with formulas in place of their marks, and without the other marks."""
    return _MARK.sub(_formula, _TOO_CLOSE.sub(" ", _NUMBER.sub("", text)))


def _formula(match: re.Match[str]) -> str:
    """Return a formula; trailing punctuation belongs to the sentence, or Markdown would see prices."""
    latex = bytes.fromhex(match[2]).decode()
    if match[1] == "d":
        return f"$${latex}$$"
    inside = _STOPS.sub("", latex)
    return f"${inside.rstrip()}${latex[len(inside) :]}" if inside else latex
