"""Live topics of articles: who else has one open in the editor."""

from __future__ import annotations

from zhiliu.directory.models import Person
from zhiliu.live.topics import gates

from .models import Article
from .rules import can_edit


@gates.register(key="article")
def may_hear(person: Person, key: int) -> bool:
    """Return whether the person may edit the article, and so see who else does."""
    article = Article.objects.visible_to(person).select_related("library__community").filter(pk=key).first()
    return article is not None and bool(can_edit(person, article))
