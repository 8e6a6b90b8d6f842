"""An article told elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import Article


def text_to_paste(article: Article, link: str) -> str:
    """Return an article as plain text for a group chat: title, claim, authors and link."""
    authors = _(", ").join(person.name for person in article.authors.all())
    lines = [article.title, article.claim, f"{_('By')}{_(': ')}{authors}" if authors else "", link]
    return "\n".join(line for line in lines if line)
