"""Facts about governance."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class GoalSet(Fact, name="governance.goal_set"):
    """A goal was stated, changed, closed or reopened (``act``)."""

    administrative = pgettext_lazy("audit", "Goal changed")
    goal_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class GoalServed(Fact, name="governance.goal_served"):
    """An object was linked to a goal it serves, or unlinked (``ended``)."""

    goal_id: int
    kind: str
    thing_id: int
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class BudgetSet(Fact, name="governance.budget_set"):
    """A budget line was added or changed."""

    administrative = pgettext_lazy("audit", "Budget changed")
    about = ("community", "community_id")
    line_id: int


@dataclass(frozen=True, kw_only=True)
class MoneySpent(Fact, name="governance.money_spent"):
    """Spending was recorded, struck out or restored."""

    administrative = pgettext_lazy("audit", "Spending")
    about = ("community", "community_id")
    spending_id: int
    taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportPlanned(Fact, name="governance.report_planned"):
    """The rhythm of the reports to sponsors was set."""

    administrative = pgettext_lazy("audit", "Reports planned")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class ReportReady(Fact, name="governance.report_ready"):
    """The report of a period is ready."""

    about = ("report", "report_id")
    report_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Fact, name="governance.proposed"):
    """A member proposed something."""

    about = ("proposal", "proposal_id")
    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalVoted(Fact, name="governance.proposal_voted"):
    """Someone voted. The log records neither who nor how."""

    about = ("proposal", "proposal_id")
    day_only = True
    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Fact, name="governance.proposal_decided"):
    """The votes were counted, or the proposal was withdrawn."""

    about = ("proposal", "proposal_id")
    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalFollowed(Fact, name="governance.proposal_followed"):
    """Moderators said what follows from a decision."""

    about = ("proposal", "proposal_id")
    proposal_id: int
