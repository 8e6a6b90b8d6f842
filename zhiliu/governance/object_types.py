"""Object types of reports and proposals."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Proposal, Report
from .queries import report_title


@offers_object_type
class ReportKind(ModelObjectType[Report]):
    """Reports, visible to those who may see spending."""

    label = "report"
    model = Report
    select_related = ("community",)
    icon = "receipt-text"
    name = _("Report")

    def seen_by(self, person: Any) -> QuerySet[Report]:
        """Return those of communities whose spending the person may see."""
        if person.is_admin:
            return self.rows()
        seen = [key for key in reach(person).all_roles if reach(person).may(Permission.SEE_SPENDING, key)]
        return self.rows().filter(community__in=seen)

    def card(self, report: Report) -> ObjectCard:
        """Return the card of a loaded report, with its period in the title."""
        title, url = report_title(report), report.get_absolute_url()
        return ObjectCard("report", report.pk, title, url, "", report.community_id, report.at, report)


@offers_object_type
class ProposalKind(ModelObjectType[Proposal]):
    """Proposals, visible with their community."""

    label = "proposal"
    model = Proposal
    select_related = ("community",)
    icon = "gavel"
    name = pgettext_lazy("of a member", "Proposal")

    def card(self, proposal: Proposal) -> ObjectCard:
        """Return the card of a loaded proposal, with its result."""
        url, result = proposal.get_absolute_url(), proposal.get_result_display()
        return ObjectCard(
            "proposal", proposal.pk, proposal.title, url, result, proposal.community_id, proposal.at, proposal
        )
