"""Links to headings, as a real handbook writes them, lead to our headings."""

from __future__ import annotations

import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from zhiliu.transfers.documents.markdown import MarkdownDocument, is_remote, paths_of, read_markdown, relink

HANDBOOK = Path(__file__).resolve().parents[3] / "shared" / "data" / "handbook-zh.zip"
# It has two signs in its source.
WRONG = {"什么是-request-unit-ru#什么是-request-unit-ru"}


def _documents() -> dict[str, MarkdownDocument]:
    with zipfile.ZipFile(HANDBOOK) as archive:
        names = [name for name in archive.namelist() if name.endswith(".md") and not name.endswith("TOC.md")]
        texts = {name: archive.read(name) for name in names}
    return {name: read_markdown(text, name) for name, text in texts.items() if text.strip()}


def test_links_with_an_anchor_find_their_heading() -> None:
    if not HANDBOOK.exists():
        pytest.skip("shared/data/handbook-zh.zip is not beside the project")
    documents, missed, total = _documents(), set(), 0
    anchors: dict[str, set[str]] = {}
    for name, document in documents.items():
        ends: list[str] = []
        relink(document.markdown, lambda end, _picture, ends=ends: ends.append(end))  # type: ignore[misc]
        for end in (end for end in ends if "#" in end and not is_remote(end)):
            paths, anchor = paths_of(end, name, "handbook-zh")
            target = name if end.startswith("#") else next((path for path in paths if path in documents), None)
            if target is None or not anchor[1:]:
                continue
            total += 1
            if target not in anchors:
                anchors[target] = documents[target].anchors()
            missed |= {unquote(anchor[1:])} - anchors[target]
    assert total > 5_500
    assert missed == WRONG
