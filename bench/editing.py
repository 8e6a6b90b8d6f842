"""The editor: edit one word in a block of each kind on many pages; how often nothing else changed in the source.

Uses pages of a third-party handbook, if it is beside the project, and a text with all kinds of blocks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "knowledge" / "editor"
HANDBOOK = ROOT.parent / "shared" / "data" / "handbook-zh.zip"
PAGES = 170
LEAST = 0.97
KINDS = ("paragraph", "heading", "blockquote", "bulletList", "orderedList", "taskList", "table")


def handbook(count: int) -> list[str]:
    """Return this many pages, spread over the whole handbook."""
    if not HANDBOOK.exists():
        return []
    with zipfile.ZipFile(HANDBOOK) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".md"))
        return [archive.read(name).decode() for name in names[:: max(1, len(names) // count)]]


def edits(texts: list[str]) -> list[dict[str, Any]]:
    """Return one edit per kind of block of each text, made by the editor's own code under Node."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "editing.mjs"
        subprocess.run(["node", str(SCRIPTS / "bundle.mjs"), "editing.ts", str(script)], check=True, cwd=ROOT)
        done = subprocess.run(
            ["node", str(script)], input=json.dumps(texts), check=True, capture_output=True, text=True
        )
    return [edit for page in json.loads(done.stdout) for edit in page]


def report(name: str, texts: list[str]) -> bool:
    """Print the results of the edits; return True if they are good enough."""
    done = edits(texts)
    total, exact = Counter(edit["kind"] for edit in done), Counter(edit["kind"] for edit in done if edit["exact"])
    wrong = [edit for edit in done if not edit["reads"]]
    print(f"{name}: {len(done)} edits on {len(texts)} pages")
    for kind in KINDS:
        if total[kind]:
            print(f"  {kind:<12} {total[kind]:>4} edits, {exact[kind]:>4} exact outside the word")
    print(f"  all          {len(done):>4} edits, {exact.total() / len(done):.1%} exact, {len(wrong)} read differently")
    return exact.total() >= LEAST * len(done) and not wrong


def main() -> None:
    """Measure, and fail below the threshold."""
    everything = (SCRIPTS / "everything.md").read_text(encoding="utf-8")
    good = report("a text with everything", [everything] * 60)
    if pages := handbook(PAGES):
        good = report("handbook", pages) and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
