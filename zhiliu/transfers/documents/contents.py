"""Table-of-contents files (``TOC.md``, ``SUMMARY.md``) as the tree of folders."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from zhiliu.kit.contracts.documents import Path

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_ITEM = re.compile(r"^(\s*)[-*+]\s+(.+?)\s*$")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)>\s]*)>?[^)]*\)")
LONGEST = 80
DEEPEST = 8


@dataclass
class Tree:
    """The folder of each page, and all folders in order."""

    folder_of: dict[str, Path] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    @property
    def places(self) -> dict[str, int]:
        """The position of each page in the contents, from 1."""
        return {path: place for place, path in enumerate(self.folder_of, start=1)}

    def add(self, path: str, folder: Path) -> None:
        """Put a page into a folder; the first call wins."""
        if path not in self.folder_of:
            self.folder_of[path] = folder
            if folder and folder not in self.folders:
                self.folders.append(folder)


def contents_tree(contents: Iterable[tuple[str, str]], pages: Iterable[str], root: str) -> Tree:
    """Return the tree described by the contents files; pages they do not list stay in the folders of the upload.

    Args:
        contents: path and text of each, the main one first. pages: paths of all pages. root: the top folder.
    """
    pages, tree = list(pages), Tree()
    known = set(pages)
    for path, text in contents:
        _read(tree, text, _finder(path, root, known), _top(path))
    for path in pages:
        tree.add(path, tuple(folder_name(part) for part in path.removeprefix(root).split("/")[:-1])[:DEEPEST])
    return tree


def _top(path: str) -> Path:
    """Return the top folder of a contents file: ``TOC-develop.md`` is its own tree beside the main one."""
    name = posixpath.splitext(posixpath.basename(path))[0]
    found = re.match(r"(?i)toc-(.+)$", name)
    return (folder_name(found[1]),) if found else ()


def _finder(path: str, root: str, sources: set[str]) -> Callable[[str], str]:
    def find(target: str) -> str:
        target = target.split("#")[0]
        bases = (root, "") if target.startswith("/") else (posixpath.dirname(path),)
        found = (posixpath.normpath(posixpath.join(base, target.lstrip("/"))) for base in bases)
        return next((text for text in found if text in sources), "")

    return find


def _read(tree: Tree, text: str, find: Callable[[str], str], top: Path) -> None:
    """Add second-level headings, and items without a link or with sub-items, as folders."""
    lines = [line for line in text.splitlines() if line.strip()]
    heading: Path = ()
    above: list[tuple[int, str]] = []
    for place, line in enumerate(lines):
        if found := _HEADING.match(line):
            heading, above = ((folder_name(_LINK.sub(r"\1", found[2])),) if len(found[1]) > 1 else ()), []
            continue
        item = _ITEM.match(line.expandtabs(4))
        if item is None:
            continue
        depth, link = len(item[1]), _LINK.search(item[2])
        above = [pair for pair in above if pair[0] < depth]
        if _has_items(lines, place, depth) or link is None:
            above.append((depth, folder_name(link[1] if link else item[2])))
        if link and (path := find(link[2])):
            tree.add(path, (*top, *heading, *(name for _depth, name in above))[:DEEPEST])


def _has_items(lines: list[str], place: int, depth: int) -> bool:
    below = _ITEM.match(lines[place + 1].expandtabs(4)) if place + 1 < len(lines) else None
    return below is not None and len(below[1]) > depth


def folder_name(name: str) -> str:
    """Return a name as a valid folder name."""
    plain = re.sub(r"[`*]|<[^>]*>", "", name).replace("/", "／").strip()
    return plain[:LONGEST] or "…"
