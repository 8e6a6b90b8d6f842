"""Real documents from beside the project."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from zhiliu.files.models import Upload
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.queries import folder_path
from zhiliu.transfers.documents.models import DocumentRun

from .conftest import article, outcomes, packed

pytestmark = pytest.mark.django_db
Bring = Callable[..., DocumentRun]


def some(path: Path, *wanted: str) -> dict[str, bytes]:
    """Members of a packed file."""
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist() if name.startswith(wanted)}


def test_a_part_of_a_real_handbook_keeps_its_tree_links_anchors_and_tags(bring_in: Bring, shared_data: Path) -> None:
    files = some(shared_data / "handbook-zh.zip", "handbook-zh/TOC", "handbook-zh/dm/")
    run = bring_in(packed(files))
    assert run.state == "done" and run.counts()["refused"] == 0 and run.counts()["new"] == len(files) - 7
    page = article("handbook-zh/dm/dm-overview.md")
    assert page.claim == "了解 TiDB Data Migration" and folder_path(page.folder)[-1] == page.folder
    assert "SimpleTab" not in "".join(Article.objects.values_list("html", flat=True))
    inside = [item for item in Article.objects.all() if 'href="/articles/' in item.html]
    assert len(inside) > 50
    anchors = {item.pk: {heading[2] for heading in item.headings} for item in Article.objects.all()}
    links = re.findall(r'href="/articles/(\d+)/#([^"]+)"', "".join(item.html for item in inside))
    found = [unquote(anchor) in anchors[int(key)] for key, anchor in links]
    assert len(found) > 50 and sum(found) / len(found) > 0.95


def test_a_real_handbook_keeps_its_pictures(bring_in: Bring, shared_data: Path) -> None:
    files = some(
        shared_data / "handbook-zh-pictures.zip", "handbook-zh-pictures/dashboard", "handbook-zh-pictures/media/dash"
    )
    run = bring_in(packed(files))
    shown = sum(html.count("<img") for html in Article.objects.values_list("html", flat=True))
    assert run.state == "done" and Upload.objects.count() == shown == 3


def test_real_word_files_come_in_and_broken_ones_are_refused_one_by_one(
    bring_in: Bring, shared_data: Path, no_network: list[Any]
) -> None:
    run = bring_in((shared_data / "docx.zip").read_bytes())
    found = outcomes(run)
    assert run.state == "done" and len(found) == 49 and no_network == []
    refused = {source.removeprefix("docx/"): code for source, code in found.items() if code != "new"}
    assert {name: code for name, code in refused.items() if code != "empty"} == {
        "bug53475-password-is-pass.docx": "locked",
        "bug53475-password-is-solrcell.docx": "locked",
        "clusterfuzz-testcase-minimized-POIFuzzer-6709287337197568.docx": "broken",
        "clusterfuzz-testcase-minimized-POIXWPFFuzzer-5166796835258368.docx": "broken",
        "clusterfuzz-testcase-minimized-POIXWPFFuzzer-5313273089884160.docx": "broken",
        "clusterfuzz-testcase-minimized-POIXWPFFuzzer-6061520554164224.docx": "broken",
        "crash-517626e815e0afa9decd0ebb6d1dee63fb9907dd.docx": "broken",
        "protected_agile.docx": "locked",
        "stress025.docx": "no_word",
        "truncated62886.docx": "broken",
    }
    long = article("docx/stress019.docx")
    assert len(long.plain) > 5000 and long.html.count("<table>") > 3
    assert [heading[1] for heading in article("docx/heading123.docx").headings] == [
        "Second paragraph",
        "Third paragraph",
    ]
    assert article("docx/60329.docx").html.count("<td") > 20
    again = bring_in((shared_data / "docx.zip").read_bytes())
    assert (again.state, again.counts()["same"], again.counts()["refused"]) == ("ready", 31, 18)
