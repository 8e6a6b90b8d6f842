"""Mentions in published articles; each person is notified once."""

from __future__ import annotations

import re

from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.facts import announce

from .facts import MentionedInArticle
from .models import Article, Revision

MOST = 50
# A mention is a link to a profile. It is searched in the rendered text, because links in code are no mentions.
_MENTION = re.compile(r'<a href="/people/([\w-]+)/"')


def tell_mentioned(article: Article, revision: Revision, *, by: Person) -> None:
    """Announce the people the revision being published mentions and no earlier one did.

    Those who may not read the article are excluded.
    """
    handles = [handle for handle in _handles(article.html) if not _was_named(article, revision, handle)]
    people = visible_people(by).filter(handle__in=handles[:MOST]).exclude(pk=by.pk).exclude(kind=Person.Kind.BOT)
    readers = [person.pk for person in people if _may_read(person, article)]
    if readers:
        announce(
            MentionedInArticle(
                article_id=article.pk,
                person_ids=tuple(readers),
                community_id=article.library.community_id,
                by_id=by.pk,
            )
        )


def _handles(html: str) -> list[str]:
    return list(dict.fromkeys(_MENTION.findall(html)))


def _was_named(article: Article, revision: Revision, handle: str) -> bool:
    earlier = article.revisions.filter(publication__isnull=False).exclude(pk=revision.pk)
    return earlier.filter(markdown__contains=f"/people/{handle}/").exists()


def _may_read(person: Person, article: Article) -> bool:
    return bool(Article.objects.visible_to(person).filter(pk=article.pk).exists())
