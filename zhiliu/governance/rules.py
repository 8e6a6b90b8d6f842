"""Permissions of governance."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.communities.rules import may
from zhiliu.directory.models import Person
from zhiliu.directory.rules import is_admin, is_employee
from zhiliu.kit.contracts.object_types import ObjectCard
from zhiliu.kit.contracts.rules import name_rule, rule

from .models import Proposal


@rule(_("Only the managers of its community can link it to a goal."))
def looks_after(person: Person, card: ObjectCard) -> bool:
    """Moderates the object's community; objects without one are the administrators'."""
    if person.is_admin:
        return person.is_active
    key = card.key if card.kind == "community" else card.community_id
    return person.is_active and key is not None and reach(person).may(Permission.MODERATE, key)


@rule(_("Only people who can see the community can see this."))
def sees_community(person: Person, proposal: Proposal) -> bool:
    """May see the proposal; twin of ``visible_to``."""
    return reach(person).sees(proposal.community)


@rule(_("Only the person who proposed it can withdraw it."))
def proposed_it(person: Person, proposal: Proposal) -> bool:
    """Is the proposer."""
    return person.is_active and proposal.by_id == person.pk


@rule(_("Guests do not vote."))
def is_no_guest(person: Person, community: Community) -> bool:
    """Belongs to the organisation."""
    return not person.is_guest


can_see_goals = name_rule("governance.see_goals", is_employee)
can_set_goals = name_rule("governance.set_goals", is_admin)
can_align = name_rule("governance.align", looks_after)
can_see_spending = name_rule("governance.see_spending", may(Permission.SEE_SPENDING))
can_keep_budget = name_rule("governance.keep_budget", may(Permission.KEEP_BUDGET) & community_rules.is_open_for_work)
can_see_proposal = name_rule("governance.see_proposal", sees_community)
can_propose = name_rule("governance.propose", is_no_guest & community_rules.can_take_part)
can_vote = name_rule("governance.vote", can_propose.of("community"))
can_withdraw = name_rule("governance.withdraw", community_rules.is_open_for_work.of("community") & proposed_it)
can_follow_up = name_rule("governance.follow_up", community_rules.can_moderate.of("community"))
