"""Rules for all templates."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "zhiliu"


def test_every_page_of_a_community_has_a_title_of_its_own() -> None:
    pages = [
        path for path in ROOT.glob("*/templates/**/*.html") if 'extends "communities/frame.html"' in path.read_text()
    ]
    untitled = [path.name for path in pages if "{% block title %}" not in path.read_text()]
    assert len(pages) > 50
    assert untitled == ["home.html"]


def test_mean_and_long_lines_of_templates_stay_within_bounds() -> None:
    lengths = sorted(len(line) for path in ROOT.glob("*/templates/**/*.html") for line in path.read_text().splitlines())
    assert sum(lengths) / len(lengths) < 50
    assert lengths[len(lengths) * 99 // 100] <= 125


def test_no_style_hangs_on_an_element_without_white_space() -> None:
    # A line break between the tags of a template prevents :empty from matching.
    assert [path.name for path in ROOT.glob("*/styles/*.css") if ":empty" in path.read_text()] == []


def test_a_loop_calls_what_it_shows_by_its_name() -> None:
    loops = re.compile(r"{%-?\s*(?:for\s+(?:\w+,\s*)*one(?:,\s*\w+)*\s+in\s|with\s[^%]*\bone=)")
    assert [path.name for path in ROOT.glob("*/templates/**/*.html") if loops.search(path.read_text())] == []


def test_pictures_of_what_people_wrote_open_in_place() -> None:
    prose = re.compile(r'<div class="prose[^>]*>(?=\{\{ [\w.]+\|safe \}\})')
    drawn = {path.name: prose.findall(path.read_text()) for path in ROOT.glob("*/templates/**/*.html")}
    assert len([name for name, tags in drawn.items() if tags]) > 10
    assert [name for name, tags in drawn.items() if any('data-controller="pictures"' not in tag for tag in tags)] == []
