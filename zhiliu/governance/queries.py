"""Queries behind the pages of governance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for, things

from .goals import SERVING
from .models import BudgetLine, Goal, Proposal, ProposalVote, Report, Spending


def goals_with_counts() -> QuerySet[Goal]:
    """Return goals with the number of objects of each kind that serve them."""
    counts = {f"n_{kind}": Count("services", filter=Q(services__kind=kind)) for kind in SERVING}
    return Goal.objects.select_related("owner").annotate(**counts)


def served_by(goal: Goal, viewer: Person) -> list[dict[str, Any]]:
    """Return what serves a goal and the viewer may see, grouped by kind."""
    references = list(goal.services.order_by("-at").values_list("kind", "thing_id"))
    cards = cards_for(references, viewer)
    by_kind: dict[str, list[ObjectCard]] = defaultdict(list)
    for reference in references:
        if reference in cards:
            by_kind[reference[0]].append(cards[reference])
    names = {kind: things.get(kind) for kind in SERVING}
    return [{"kind": kind, "name": names[kind].name, "cards": by_kind[kind]} for kind in SERVING if by_kind[kind]]  # type: ignore[union-attr]


def hidden_in(goal: Goal, sections: list[dict[str, Any]]) -> int:
    """Return how many objects that serve a goal are not shown."""
    return goal.services.count() - sum(len(section["cards"]) for section in sections)


def goals_of(kind: str, key: int) -> list[Goal]:
    """Return the goals an object serves."""
    return list(Goal.objects.filter(services__kind=kind, services__thing_id=key))


def open_goals() -> QuerySet[Goal]:
    """Return goals that are not closed."""
    return Goal.objects.filter(closed_at=None)


@dataclass
class LineState:
    """A budget line with its spending. ``part`` is the share in percent, at most 100."""

    line: BudgetLine
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """The remaining amount; negative if more was spent."""
        return self.line.amount - self.spent

    @property
    def part(self) -> int:
        """The spent share in percent, at most 100."""
        return min(100, round(100 * self.spent / self.line.amount)) if self.line.amount else 100


def budget_lines_of(community: Community, year: int) -> list[LineState]:
    """Return the budget lines of a year."""
    spent = Coalesce(Sum("spendings__amount", filter=Q(spendings__taken_back_at=None)), Decimal())
    rows = BudgetLine.objects.filter(community=community, year=year).annotate(spent=spent)
    return [LineState(row, row.spent) for row in rows]


def years_of(community: Community, this: int) -> list[int]:
    """Return years with a budget, and this one, newest first."""
    years = BudgetLine.objects.filter(community=community).values_list("year", flat=True).distinct()
    return sorted({this, *years}, reverse=True)


def spendings_of(community: Community, year: int) -> QuerySet[Spending]:
    """Return the spending of a year, newest first."""
    rows = Spending.objects.filter(line__community=community, line__year=year)
    return rows.select_related("line", "by", "receipt")


def report_title(report: Report) -> str:
    """Return a report's name: its community and period."""
    if (report.starts_on.year, report.starts_on.month) == (report.ends_on.year, report.ends_on.month):
        period = _("%(year)s-%(month)s") % {"year": report.starts_on.year, "month": f"{report.starts_on.month:02}"}
    else:
        quarter = {"year": report.starts_on.year, "quarter": (report.starts_on.month + 2) // 3}
        period = _("%(year)s Q%(quarter)s") % quarter
    return f"{report.community.name} · {period}"


def proposals_of(community: Community, viewer: Person) -> QuerySet[Proposal]:
    """Return proposals, newest first, annotated with the number of votes and whether the viewer voted."""
    rows = Proposal.objects.filter(community=community).select_related("by", "community")
    return rows.annotate(voted=Count("votes", distinct=True), mine=Count("votes", filter=Q(votes__by=viewer)))


def my_vote(proposal: Proposal, viewer: Person) -> str:
    """Return the viewer's vote, or ''."""
    votes = ProposalVote.objects.filter(proposal=proposal, by=viewer)
    return votes.values_list("choice", flat=True).first() or ""


def tiles_of(report: Report) -> list[tuple[str, int, int]]:
    """Return (words, count, difference to the previous period) of what a report counts."""
    counts, before = report.figures["counts"], report.figures["before"]
    return [(label, counts[name], counts[name] - before.get(name, 0)) for name, label in _labels().items()]


def _labels() -> dict[str, str]:
    return {
        "gatherings": pgettext("report", "Gatherings held"),
        "came": pgettext("report", "Attendances"),
        "articles": pgettext("report", "Articles published"),
        "uses": pgettext("report", "Uses"),
        "worked": pgettext("report", "Of these, worked"),
        "needs": pgettext("report", "Needs posted"),
        "joined": pgettext("report", "New members"),
        "thanks": pgettext("report", "Thanks"),
    }
