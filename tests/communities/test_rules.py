"""Each rule of a community, asked for every role, outside, after leaving and in an archived community."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.cast import fresh, gone, make_community, make_person, who_may
from zhiliu.communities import rules
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import MAY, Permission, Role
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db
# Rule, the act it stands for, and whether it ends with the archive.
ACTS = [
    (rules.can_edit_home, Permission.EDIT_HOME, True),
    (rules.can_admit, Permission.ADMIT, True),
    (rules.can_export, Permission.EXPORT, False),
    (rules.can_set_up, Permission.REPAIR_SETTINGS, False),
    (rules.can_archive, Permission.ARCHIVE, False),
    (rules.can_moderate, Permission.MODERATE, True),
    (rules.can_schedule, Permission.SCHEDULE, True),
    (rules.can_publish, Permission.PUBLISH, True),
    (rules.can_verify, Permission.VERIFY_ARTICLE, True),
]


@pytest.mark.parametrize(("rule", "act", "ends"), ACTS, ids=[act for _rule, act, _ends in ACTS])
def test_a_role_may_what_its_table_says_and_nobody_outside_may(
    rule: rules.Rule, act: Permission, ends: bool, community: Community, wang: Person, sun: Person, admin: Person
) -> None:
    for role in Role:
        Membership.objects.filter(person=wang).update(role=role)
        assert (role, rule(fresh(wang), community)) == (role, act in MAY[role])
    Membership.objects.filter(person=wang).update(role=next(role for role in Role if act in MAY[role]))
    assert (rule(fresh(wang), community), rule(sun, community), rule(admin, community)) == (True, False, True)
    community.phase = Community.Phase.ARCHIVED
    assert (rule(fresh(wang), community), rule(admin, community)) == (not ends, not ends)
    community.phase = Community.Phase.ACTIVE
    assert (rule(gone(wang), community), rule(gone(admin), community)) == (False, False)


def test_members_take_part_and_administrators_do_without_being_members(
    community: Community, lin: Person, wang: Person, sun: Person, admin: Person
) -> None:
    assert who_may(rules.can_take_part, community) == "lin wang xu zhao admin"
    community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_take_part, community) == ""
    assert who_may(rules.is_member, community) == "lin wang xu zhao admin"
    gone(wang)
    assert who_may(rules.is_member, community) == "lin xu zhao admin"


def test_an_open_community_is_seen_by_colleagues_and_a_private_one_by_its_members(
    community: Community, closed_community: Community, sun: Person, admin: Person
) -> None:
    make_person("visitor", kind=Person.Kind.GUEST)
    assert who_may(rules.can_see, community) == "lin wang xu zhao sun admin"
    assert who_may(rules.can_see, closed_community) == "lin wang admin"


def test_a_role_counts_in_its_own_community_only(community: Community, lin: Person, wang: Person) -> None:
    other = make_community(wang, name="门店运营")
    assert (who_may(rules.can_moderate, community), who_may(rules.can_moderate, other)) == ("lin", "wang")


def test_a_reason_names_the_roles_or_says_to_join(community: Community, sun: Person) -> None:
    with translation.override("en"):
        assert str(rules.can_publish.why_not(sun, community)) == "Join the community first."
        names = ", ".join(str(role.label) for role in (Role.MANAGER, Role.LEADER, Role.ADVISER))
        reason = f"Who can {Permission.MODERATE.label}: {names}."
        assert str(rules.can_moderate.why_not(sun, community)) == reason
