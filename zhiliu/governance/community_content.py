"""Budget, reports and proposals move with their community."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import CommunityContent, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import BudgetLine, Proposal, Report, ReportPlan


class BudgetLines(Rows):
    """Budget lines with what was spent; where the target has one of the same name, the name of the source is added."""

    key, name, models = "budget_lines", _("Budget lines"), (BudgetLine,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """One by one, for the names."""
        taken = set(BudgetLine.objects.filter(community=target).values_list("year", "title"))
        moved = []
        for line in BudgetLine.objects.filter(community=source, pk__in=list(keys)):
            moved.append([line.pk, line.title])
            if (line.year, line.title) in taken:
                line.title = f"{source.name} · {line.title}"[:60]
            line.community = target
            line.save(update_fields=["community", "title"])
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Under their old names."""
        for key, title in moved:
            BudgetLine.objects.filter(pk=key, community=target).update(community=source, title=title)


class Reports(Rows):
    """Reports; one of a period the target has its own report of stays with the source."""

    key, name, models = "reports", _("Reports"), (Report,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Those of other periods."""
        taken = set(Report.objects.filter(community=target).values_list("starts_on", "ends_on"))
        rows = Report.objects.filter(community=source, pk__in=list(keys))
        free = [row.pk for row in rows if (row.starts_on, row.ends_on) not in taken]
        return super().move(free, source, target)


class Proposals(Rows):
    """Proposals with their votes."""

    key, name, models = "proposals", _("Proposals"), (Proposal,)


class ReportPlans(CommunityContent):
    """How often sponsors get a report is the target's own choice."""

    key, name, models = "report_plans", _("Reports"), (ReportPlan,)

    def keys(self, community: Community) -> set[int]:
        """None."""
        return set()

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Nothing."""
        return []

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Nothing."""


for _kind in (BudgetLines, Reports, Proposals, ReportPlans):
    offers_community_content(_kind, weight=50)
