"""What the manager's week shows of needs: those without an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zhiliu.comments.models import Comment
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.week import (
    NewcomerPost,
    WeekRow,
    WeekRows,
    WeekSection,
    by_newcomers,
    day_of,
    ids_having,
    newcomer_posts,
    week_sections,
)
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

from .models import Need

WAIT = dt.timedelta(days=7)


def _unanswered(communities: Sequence[Community], viewer: Person) -> QuerySet[Need]:
    """Return open needs without a topic and without a comment by somebody else than the author, if it has one."""
    comments = Comment.objects.filter(kind="need", thing_id=OuterRef("pk"), withdrawn_at=None)
    answers = comments.exclude(by=Coalesce(OuterRef("by"), 0))
    rows = Need.objects.visible_to(viewer).filter(community__in=ids_having(communities, Feature.NEEDS))
    return rows.filter(~Exists(answers), state=Need.State.OPEN, topic=None)


def unanswered_needs(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return needs open for a week or longer without answer or topic, most supported first."""
    rows = _unanswered(communities, viewer).filter(at__lte=timezone.now() - WAIT)
    shown = rows.select_related("community").order_by("-support_count", "at", "pk")[:most]
    return WeekRows([_row(need) for need in shown], rows.count())


def _row(need: Need) -> WeekRow:
    people = need.support_count + 1
    wanted = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
    topic = f"{address('needs:topic_new', need.community.slug)}?{urlencode({'need': need.pk})}"
    if people > 1:
        link = (_("Create a topic"), topic)
    else:
        link = (pgettext("need", "Answer"), f"{need.get_absolute_url()}#comments")
    return WeekRow(need.title, need.get_absolute_url(), (need.community.name, day_of(need.at), wanted), link=link)


week_sections.register(
    WeekSection(
        gettext_lazy("Needs without an answer"),
        pgettext_lazy("nothing waits", "every need got an answer"),
        unanswered_needs,
    ),
    key="needs",
    weight=50,
)


@newcomer_posts.register(key="needs")
def needs_of_newcomers(communities: Sequence[Community], viewer: Person, since: dt.datetime) -> list[NewcomerPost]:
    """Return unanswered needs of newcomers; from a week on they stand in the section above."""
    lately = Q(at__gt=max(since, timezone.now() - WAIT))
    rows = by_newcomers(_unanswered(communities, viewer).filter(lately)).select_related("by")
    kind = pgettext_lazy("kind of thing", "Need")
    return [
        NewcomerPost(kind, need.title, f"{need.get_absolute_url()}#comments", need.by, need.at, need.community_id)
        for need in rows
        if need.by is not None
    ]
