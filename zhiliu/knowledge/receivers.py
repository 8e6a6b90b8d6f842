"""What knowledge brings to the live streams: who else has an article open in the editor."""

from __future__ import annotations

from zhiliu.directory.models import Person
from zhiliu.live.topics import gates

from .models import Article
from .rules import can_edit


@gates.register(key="article")
def may_hear(person: Person, key: int) -> bool:
    """Who may write an article may know who else does."""
    article = Article.objects.visible_to(person).select_related("library__community").filter(pk=key).first()
    return article is not None and bool(can_edit(person, article))
