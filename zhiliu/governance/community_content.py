"""Budget, reports and proposals as community content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import CommunityContent, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import BudgetLine, Proposal, Report, ReportPlan


class BudgetLines(Rows):
    """Budget lines with their spending. If the target has one of the same name, the source's name is prefixed."""

    key, name, models = "budget_lines", _("Budget lines"), (BudgetLine,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the lines one by one, because of their names."""
        names = set(BudgetLine.objects.filter(community=target).values_list("year", "title"))
        moved = []
        for line in BudgetLine.objects.filter(community=source, pk__in=list(keys)):
            moved.append([line.pk, line.title])
            if (line.year, line.title) in names:
                line.title = f"{source.name} · {line.title}"[:60]
            line.community = target
            line.save(update_fields=["community", "title"])
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move the lines back under their old names."""
        for key, title in moved:
            BudgetLine.objects.filter(pk=key, community=target).update(community=source, title=title)


class Reports(Rows):
    """Reports. A period the target has its own report of stays with the source."""

    key, name, models = "reports", _("Reports"), (Report,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the reports of other periods."""
        periods = set(Report.objects.filter(community=target).values_list("starts_on", "ends_on"))
        rows = Report.objects.filter(community=source, pk__in=list(keys))
        free = [row.pk for row in rows if (row.starts_on, row.ends_on) not in periods]
        return super().move(free, source, target)


class Proposals(Rows):
    """Proposals with their votes."""

    key, name, models = "proposals", _("Proposals"), (Proposal,)


class ReportPlans(CommunityContent):
    """Report plans stay: the rhythm is the target's own choice."""

    key, name, models = "report_plans", _("Reports"), (ReportPlan,)

    def keys(self, community: Community) -> set[int]:
        """Return none."""
        return set()

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Do nothing."""
        return []

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Do nothing."""


for _kind in (BudgetLines, Reports, Proposals, ReportPlans):
    offers_community_content(_kind, weight=50)
