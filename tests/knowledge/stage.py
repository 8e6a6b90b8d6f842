"""What the tests of knowledge share: articles by their fields alone, published ones by the verbs, and the log."""

from __future__ import annotations

from typing import Any

from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import start_draft
from zhiliu.knowledge.models import Article, Library
from zhiliu.knowledge.publishing import publish


def row(library: Library, title: str, by: Person, **fields: Any) -> Article:
    """An article as a row, published unless ``fields`` say otherwise; without verbs, revisions or facts."""
    values = {"state": Article.State.PUBLISHED, "owner": by, "by": by, "draft_title": title, **fields}
    return Article.objects.create(library=library, title=title, **values)


def published(library: Library, title: str, by: Person, markdown: str = "先看压力表。") -> Article:
    """An article that was written and published."""
    draft = start_draft(library=library, title=title, markdown=markdown, by=by)
    publish(draft, by=by)
    return Article.objects.get(pk=draft.pk)


def log(verb: str) -> list[int]:
    """Ids of the articles it was announced of."""
    rows = Activity.objects.filter(verb=f"knowledge.{verb}").order_by("pk")
    return [row.data.get("article_id", row.thing_id) for row in rows]
