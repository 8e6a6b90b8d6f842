"""An island is identified by its file name, whatever its app."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "zhiliu"


def test_no_two_islands_have_one_name() -> None:
    paths = [*ROOT.glob("*/islands/*.ts"), *ROOT.glob("*/islands/every-page/*.ts")]
    names = Counter(path.stem for path in paths)
    assert len(names) > 30
    assert [name for name, count in names.items() if count > 1] == []
