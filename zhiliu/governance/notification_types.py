"""Notification types of governance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import MAY, Permission, Role
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.kit.templatetags.ui import money as money_text

from .facts import ProposalDecided, ProposalFollowed, ProposalMade, ReportReady
from .models import Proposal, ProposalVote
from .queries import tiles_of


@offers_notification
class ReportIsReady(NotificationType):
    """Sponsors get the report of a period, also by mail."""

    key = "governance.report"
    group = "mine"
    fact = ReportReady
    icon = "receipt-text"
    mail = True
    says = gettext_lazy("The report is ready: %(title)s")

    def recipients(self, fact: ReportReady) -> Iterable[int]:
        """Return the sponsors and managers of the community."""
        rows = Membership.objects.filter(community_id=fact.community_id or 0, role__in=[Role.SPONSOR, Role.MANAGER])
        return rows.values_list("person_id", flat=True)

    def mail_lines(self, row: Any) -> list[str]:
        """Return the figures, and what the money was spent on."""
        report = row.card.thing
        lines = [f"{label}: {count} ({more:+})" for label, count, more in tiles_of(report)]
        money = report.figures["money"]
        lines.append(_("Spent: ¥%(total)s") % {"total": money_text(Decimal(money["total"]))})
        return lines + [
            f"· {item['what']} ¥{money_text(Decimal(item['amount']))} {item['bought']}".rstrip()
            for item in money["spent"]
        ]


@offers_notification
class SomethingIsProposed(NotificationType):
    """Members are notified that they can vote."""

    key = "governance.proposed"
    fact = ProposalMade
    icon = "gavel"
    calls = True
    says = gettext_lazy("%(who)s proposes: %(title)s. Please vote.")

    def recipients(self, fact: ProposalMade) -> Iterable[int]:
        """Return the members who did not mute the community."""
        rows = Membership.objects.filter(community_id=fact.community_id or 0)
        return rows.exclude(involvement=Membership.Involvement.NOTHING).values_list("person_id", flat=True)

    def still_wanted(self, fact: ProposalMade) -> bool:
        """Return whether voting is open."""
        proposal = Proposal.objects.filter(pk=fact.proposal_id).first()
        return proposal is not None and proposal.is_open


@offers_notification
class ProposalIsDecided(NotificationType):
    """Proposer and voters are notified of the result, moderators that it is their turn."""

    key = "governance.decided"
    group = "mine"
    fact = ProposalDecided
    icon = "gavel"

    def recipients(self, fact: ProposalDecided) -> Iterable[int]:
        """Return proposer, voters and moderators; nobody for a withdrawn proposal."""
        proposal = Proposal.objects.filter(pk=fact.proposal_id).first()
        if proposal is None or proposal.result == Proposal.Result.WITHDRAWN:
            return []
        roles = [role for role, acts in MAY.items() if Permission.MODERATE in acts]
        keepers = Membership.objects.filter(community_id=proposal.community_id, role__in=roles)
        voters = ProposalVote.objects.filter(proposal=proposal).values_list("by_id", flat=True)
        return {proposal.by_id or 0, *voters, *keepers.values_list("person_id", flat=True)} - {0}

    def details(self, fact: ProposalDecided) -> dict[str, Any]:
        """Store the result."""
        return {"result": Proposal.objects.filter(pk=fact.proposal_id).values_list("result", flat=True).first()}

    def sentence(self, row: Any) -> Any:
        """Return the text naming the result."""
        label = dict(Proposal.Result.choices).get(row.details.get("result") or "", "")
        return _("%(result)s: %(title)s") % {"result": label, "title": row.title}


@offers_notification
class ProposalIsFollowed(NotificationType):
    """The proposer is notified of what follows."""

    key = "governance.followed"
    group = "mine"
    fact = ProposalFollowed
    icon = "gavel"
    says = gettext_lazy("%(who)s shared what follows from “%(title)s”")

    def recipients(self, fact: ProposalFollowed) -> Iterable[int]:
        """Return the proposer."""
        return Proposal.objects.filter(pk=fact.proposal_id, by__isnull=False).values_list("by_id", flat=True)
