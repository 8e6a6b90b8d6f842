"""What the manager's week shows of questions: those of newcomers without an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.week import NewcomerPost, by_newcomers, ids_having, newcomer_posts
from zhiliu.directory.models import Person

from .models import Question


@newcomer_posts.register(key="questions")
def questions_of_newcomers(communities: Sequence[Community], viewer: Person, since: dt.datetime) -> list[NewcomerPost]:
    """Return open questions of newcomers that nobody else has answered."""
    rows = Question.objects.visible_to(viewer).open().filter(first_answer_at=None, at__gt=since)
    rows = rows.filter(community__in=ids_having(communities, Feature.QUESTIONS))
    kind = pgettext_lazy("kind of thing", "Question")
    return [
        NewcomerPost(kind, row.title, f"{row.get_absolute_url()}#answers", row.by, row.at, row.community_id)
        for row in by_newcomers(rows).select_related("by")
    ]
