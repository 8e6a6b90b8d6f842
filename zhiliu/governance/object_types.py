"""Reports and proposals as things that can be pointed at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Proposal, Report
from .queries import report_title


@offers_object_type
class ReportKind(ObjectType):
    """Reports, for those who may see spending."""

    label = "report"
    icon = "receipt-text"
    name = _("Report")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """With the period as title."""
        rows = Report.objects.filter(pk__in=list(keys)).select_related("community")
        return {
            row.pk: ObjectCard(
                "report", row.pk, report_title(row), row.get_absolute_url(), "", row.community_id, row.at, row
            )
            for row in rows
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those of communities whose spending the person may see."""
        rows = Report.objects.filter(pk__in=list(keys)).values_list("pk", "community_id")
        return {pk for pk, community in rows if reach(person).may(Permission.SEE_SPENDING, community)}


@offers_object_type
class ProposalKind(ObjectType):
    """Proposals, seen with their community."""

    label = "proposal"
    icon = "gavel"
    name = pgettext_lazy("of a member", "Proposal")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """With the result as text."""
        rows = Proposal.objects.filter(pk__in=list(keys)).select_related("community")
        return {
            row.pk: ObjectCard(
                "proposal",
                row.pk,
                row.title,
                row.get_absolute_url(),
                row.get_result_display(),
                row.community_id,
                row.at,
                row,
            )
            for row in rows
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the twin."""
        rows = Proposal.objects.visible_to(person).filter(pk__in=list(keys))
        return set(rows.values_list("pk", flat=True))
