"""Who may do what with goals, budgets and proposals."""

from __future__ import annotations

import pytest

from tests.cast import gone, who_may
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.governance import rules
from zhiliu.governance.models import Proposal
from zhiliu.kit.contracts.object_types import ObjectCard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


def card(kind: str, key: int, community_id: int | None = None) -> ObjectCard:
    return ObjectCard(kind=kind, key=key, title="", url="", community_id=community_id)


def test_things_are_linked_to_goals_by_who_moderates_their_community(
    community: Community, lin: Person, admin: Person
) -> None:
    at_home = [card("topic", 7, community.pk), card("community", community.pk)]
    assert [who_may(rules.can_align, item) for item in at_home] == ["lin admin", "lin admin"]
    # The key of a topic is no key of a community, and what belongs nowhere is the administrators'.
    assert [who_may(rules.can_align, card(kind, community.pk)) for kind in ("topic", "goal")] == ["admin", "admin"]
    assert who_may(rules.can_align, card("community", 0, community.pk)) == "admin"
    gone(lin)
    gone(admin)
    assert [who_may(rules.can_align, item) for item in at_home] == ["", ""]


def test_employees_see_goals_and_administrators_set_them() -> None:
    assert (who_may(rules.can_see_goals, None), who_may(rules.can_set_goals, None)) == (
        "lin wang xu sun admin",
        "admin",
    )


def test_spending_is_seen_and_the_budget_kept_by_roles_until_the_archive(community: Community, wang: Person) -> None:
    Membership.objects.filter(person=wang).update(role=Role.LEADER)
    assert who_may(rules.can_see_spending, community) == "lin wang admin"
    assert who_may(rules.can_keep_budget, community) == "lin admin"
    community.phase = Community.Phase.ARCHIVED
    assert (who_may(rules.can_see_spending, community), who_may(rules.can_keep_budget, community)) == (
        "lin wang admin",
        "",
    )


def test_members_who_are_no_guests_propose_and_vote(community: Community) -> None:
    assert who_may(rules.can_propose, community) == "lin wang xu admin"
    assert who_may(rules.can_vote, Proposal(community=community)) == "lin wang xu admin"


def test_a_proposal_is_seen_where_its_community_is(community: Community, closed_community: Community) -> None:
    assert who_may(rules.can_see_proposal, Proposal(community=community)) == "lin wang xu zhao sun admin"
    assert who_may(rules.can_see_proposal, Proposal(community=closed_community)) == "lin wang admin"


def test_a_proposal_is_withdrawn_by_who_proposed_it_and_followed_up_by_moderators(
    community: Community, wang: Person
) -> None:
    proposal = Proposal(community=community, by=wang)
    assert (who_may(rules.can_withdraw, proposal), who_may(rules.can_follow_up, proposal)) == ("wang", "lin admin")
    community.phase = Community.Phase.ARCHIVED
    assert (who_may(rules.can_withdraw, proposal), who_may(rules.can_follow_up, proposal)) == ("", "")
    community.phase = Community.Phase.ACTIVE
    gone(wang)
    assert who_may(rules.can_withdraw, proposal) == ""
