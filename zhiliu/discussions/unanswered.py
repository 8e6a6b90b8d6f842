"""Waiting times of questions: notify managers of waiting newcomers, and measure the usual wait."""

from __future__ import annotations

import datetime as dt
from statistics import median

from django.db import transaction
from django.utils import timezone

from zhiliu.communities.models import Community, Membership
from zhiliu.directory.calendar import calendar_around
from zhiliu.kit.contracts.facts import announce

from .facts import NewcomerWaits
from .models import Question

NEW = dt.timedelta(days=90)
TOO_LONG = dt.timedelta(hours=24)
# Older questions were announced before, or predate the notification.
YOUNG = dt.timedelta(days=30)
MEASURED = dt.timedelta(days=30)
MOST = 500


def is_newcomers(question: Question) -> bool:
    """Return whether the asker was new to the organisation or the community when asking."""
    if question.by is None:
        return False
    if question.by.is_newcomer(timezone.localtime(question.at).date(), NEW.days):
        return True
    since = question.at - NEW
    return Membership.objects.filter(
        community=question.community_id, person=question.by_id, joined_at__gt=since
    ).exists()


def tell_of_waiting_newcomers(now: dt.datetime | None = None) -> int:
    """Announce newcomers' questions without a first answer after 24 working hours, once each.

    Returns:
        How many were announced.
    """
    now, count = now or timezone.now(), 0
    rows = Question.objects.open().filter(first_answer_at=None, late_told_at=None, at__gt=now - YOUNG)
    rows = rows.exclude(community__phase=Community.Phase.ARCHIVED).select_related("by")
    calendar = calendar_around(now - YOUNG, now)
    for question in rows.order_by("at")[:MOST]:
        if calendar.worked(question.at, now) >= TOO_LONG and is_newcomers(question):
            count += _tell(question, now)
    return count


def _tell(question: Question, now: dt.datetime) -> bool:
    with transaction.atomic():
        # The filter settles the race of two job processes.
        if not Question.objects.filter(pk=question.pk, late_told_at=None).update(late_told_at=now):
            return False
        announce(NewcomerWaits(question_id=question.pk, community_id=question.community_id))
    return True


def usual_wait(community: Community, now: dt.datetime | None = None) -> dt.timedelta | None:
    """Return the median working time to the first answer over the last 30 days; None without any."""
    now = now or timezone.now()
    rows = Question.objects.filter(community=community, at__gt=now - MEASURED, first_answer_at__isnull=False)
    times = list(rows.order_by("-at").values_list("at", "first_answer_at")[:MOST])
    if not times:
        return None
    calendar = calendar_around(now - MEASURED, now)
    seconds = median(
        calendar.worked(asked_at, answered_at).total_seconds() for asked_at, answered_at in times if answered_at
    )
    return dt.timedelta(seconds=seconds)
