"""Read the content of the sample company. Each file shows its own format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).parent / "content"


def read(name: str) -> Any:
    """Return one YAML file of the content."""
    return yaml.safe_load((CONTENT / f"{name}.yaml").read_text())


@dataclass(frozen=True)
class Text:
    """An article's file: key, front matter and Markdown."""

    key: str
    front: dict[str, Any]
    body: str


def articles() -> list[Text]:
    """Return all articles, sorted by key."""
    texts = []
    for path in sorted((CONTENT / "articles").glob("*.md")):
        _begin, front, body = path.read_text().split("---\n", 2)
        texts.append(Text(path.stem, yaml.safe_load(front), body.strip()))
    return texts
