"""A community's report: what happened in a period, what it cost, what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import CheckIn, Gathering
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.knowledge.models import Article, Publication, Use
from zhiliu.needs.models import Need
from zhiliu.thanks.models import Thanks

from .facts import ReportPlanned, ReportReady
from .models import BudgetLine, Report, ReportPlan, Spending
from .periods import Period, last_over
from .rules import can_keep_budget

LISTED = 8


def plan_reports(community: Community, rhythm: str, *, by: Person) -> None:
    """Set the rhythm of reports to sponsors. Idempotent."""
    require(can_keep_budget, by, community)
    with transaction.atomic():
        plan, is_new = ReportPlan.objects.get_or_create(community=community, defaults={"rhythm": rhythm, "by": by})
        was = "" if is_new else plan.rhythm
        if was == rhythm:
            return
        ReportPlan.objects.filter(pk=plan.pk).update(rhythm=rhythm, by=by, at=timezone.now())
        announce(
            ReportPlanned(community_id=community.pk, by_id=by.pk),
            change=Change(community.name, "governance.reportplan", {"rhythm": was}, {"rhythm": rhythm}),
        )


def make_report(community: Community, period: Period) -> Report:
    """Return the report of a period, created once and not changed afterwards."""
    with transaction.atomic():
        # The unique key settles the race of two processes.
        report, is_new = Report.objects.get_or_create(
            community=community,
            starts_on=period.first,
            ends_on=period.last,
            defaults={"figures": figures_of(community, period)},
        )
        if is_new:
            announce(ReportReady(report_id=report.pk, community_id=community.pk))
    return report


def make_due(today: dt.date | None = None) -> int:
    """Make the missing report of the latest completed period of every plan.

    Returns:
        How many are new.
    """
    today, count = today or timezone.localdate(), 0
    plans = ReportPlan.objects.exclude(rhythm=ReportPlan.Rhythm.NEVER).select_related("community")
    for plan in plans.exclude(community__phase=Community.Phase.ARCHIVED):
        period = last_over(plan.rhythm, today)
        # A period that ended before the plan existed gets no report.
        if period is None or period.ends_at < plan.at:
            continue
        if not Report.objects.filter(community=plan.community, starts_on=period.first, ends_on=period.last).exists():
            make_report(plan.community, period)
            count += 1
    return count


def figures_of(community: Community, period: Period) -> dict[str, Any]:
    """Return a report's content as JSON: ``counts`` and ``before`` by name, lists of objects, money by line."""
    return {
        "counts": _counts(community, period),
        "before": _counts(community, period.before),
        "members": community.memberships.filter(joined_at__lt=period.ends_at).count(),
        "gatherings": _gatherings(community, period),
        "articles": _articles(community, period),
        "stories": _stories(community, period),
        "money": _money(community, period),
    }


def _in(period: Period, field: str) -> Q:
    return Q(**{f"{field}__gte": period.starts_at, f"{field}__lt": period.ends_at})


def _held(community: Community, period: Period) -> Any:
    return Gathering.objects.filter(_in(period, "held_at"), community=community)


def _counts(community: Community, period: Period) -> dict[str, int]:
    uses = Use.objects.filter(_in(period, "at"), article__library__community=community)
    published = Publication.objects.filter(_in(period, "at"), revision__article__library__community=community)
    return {
        "joined": community.memberships.filter(_in(period, "joined_at")).count(),
        "needs": Need.objects.filter(_in(period, "at"), community=community).count(),
        "gatherings": _held(community, period).count(),
        "came": CheckIn.objects.filter(gathering__in=_held(community, period)).count(),
        "articles": published.values("revision__article").distinct().count(),
        "uses": uses.count(),
        "worked": uses.filter(outcome=Use.Outcome.WORKED).count(),
        "thanks": Thanks.objects.filter(_in(period, "at"), community_id=community.pk).count(),
    }


def _gatherings(community: Community, period: Period) -> list[dict[str, Any]]:
    rows = _held(community, period).order_by("held_at").select_related("sharer")
    attendances = dict(_by_gathering(rows))
    return [
        {
            "id": row.pk,
            "title": row.title,
            "sharer": row.sharer.name if row.sharer else "",
            "came": attendances.get(row.pk, 0),
        }
        for row in rows[:LISTED]
    ]


def _by_gathering(rows: Any) -> Iterable[tuple[int, int]]:
    counted = CheckIn.objects.filter(gathering__in=rows).values_list("gathering_id").annotate(n=Count("pk")).order_by()
    return [(key, n) for key, n in counted]


def _articles(community: Community, period: Period) -> list[dict[str, Any]]:
    # Articles for specific people are counted above but not named: the report's readers may not be among them.
    everybody = Q(state=Article.State.PUBLISHED) & ~Q(audience=Article.Audience.NAMED)
    published = Publication.objects.filter(_in(period, "at")).values("revision__article")
    rows = Article.objects.filter(everybody, library__community=community, pk__in=published).order_by(
        "-use_count", "pk"
    )
    return [{"id": row.pk, "title": row.title, "uses": row.use_count} for row in rows[:LISTED]]


def _stories(community: Community, period: Period) -> list[dict[str, Any]]:
    uses = Use.objects.filter(_in(period, "at"), article__library__community=community, outcome=Use.Outcome.WORKED)
    rows = uses.exclude(story="").exclude(article__audience=Article.Audience.NAMED).select_related("article", "by")
    return [
        {
            "where": row.where,
            "story": row.story,
            "by": row.by.name if row.by else "",
            "article": row.article.title,
            "id": row.article_id,
        }
        for row in rows.order_by("-at")[:LISTED]
    ]


def _money(community: Community, period: Period) -> dict[str, Any]:
    years = {period.first.year, period.last.year}
    lines = [
        _line(budget_line, period) for budget_line in BudgetLine.objects.filter(community=community, year__in=years)
    ]
    rows = Spending.objects.there().filter(line__community=community, on__gte=period.first, on__lte=period.last)
    spent = [
        {"on": row.on.isoformat(), "what": row.what, "amount": str(row.amount), "bought": row.bought}
        for row in rows.order_by("on", "pk")
    ]
    total = sum((Decimal(entry["amount"]) for entry in spent), Decimal())
    return {"lines": lines, "spent": spent, "total": str(total)}


def _line(line: BudgetLine, period: Period) -> dict[str, Any]:
    until = line.spendings.there().filter(on__lte=period.last)
    now = until.filter(on__gte=period.first).aggregate(sum=Sum("amount"))["sum"] or Decimal()
    spent = until.aggregate(sum=Sum("amount"))["sum"] or Decimal()
    return {
        "title": line.title,
        "year": line.year,
        "amount": str(line.amount),
        "now": str(now),
        "spent": str(spent),
        "left": str(line.amount - spent),
    }
