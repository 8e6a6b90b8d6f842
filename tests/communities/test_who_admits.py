"""Members, roles and invitations: each verb asks who may, touches its own row, and is told once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.inviting import (
    decline_invitation,
    invite_people,
    make_link,
    revoke_link,
    take_back_invitation,
)
from zhiliu.communities.joining import accept_rulebook, decide_request, give_role, leave, remove_member
from zhiliu.communities.lifecycle.phases import change_phase
from zhiliu.communities.models import Community, Consent, Invitation, InvitationLink, JoinRequest, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import change_settings, set_rulebook
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"communities.{name}").count()


def roles(community: Community) -> dict[str, str]:
    """Role of each member by handle."""
    return dict(Membership.objects.filter(community=community).values_list("person__handle", "role"))


def test_a_member_gives_no_role_and_removes_nobody(community: Community, wang: Person, xu: Person) -> None:
    before = roles(community)
    with pytest.raises(Forbidden, match="Who can change settings and roles: "):
        give_role(community, xu, Role.EXPERT, by=wang)
    with pytest.raises(Forbidden, match="Who can approve members: "):
        remove_member(community, xu, by=wang)
    assert (roles(community), count_facts("role_given"), count_facts("member_left")) == (before, 0, 0)


def test_a_role_is_given_to_one_person_in_one_community_and_told_once(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    for _again in range(2):
        give_role(community, wang, Role.EXPERT, by=lin)
    assert roles(community) == {"lin": "manager", "wang": "expert", "xu": "member", "zhao": "member"}
    assert roles(closed_community) == {"lin": "manager", "wang": "member"}
    assert count_facts("role_given") == 1


def test_the_only_manager_keeps_the_role_and_a_second_one_frees_the_first(
    community: Community, lin: Person, wang: Person
) -> None:
    for act in (
        lambda: give_role(community, lin, Role.MEMBER, by=lin),
        lambda: leave(community, by=lin),
        lambda: remove_member(community, lin, by=lin),
    ):
        with pytest.raises(Refused, match="A community needs a manager"):
            act()
    assert (roles(community)["lin"], count_facts("role_given"), count_facts("member_left")) == ("manager", 0, 0)
    give_role(community, wang, Role.MANAGER, by=lin)
    leave(community, by=fresh(lin))
    assert (roles(community)["wang"], "lin" in roles(community)) == ("manager", False)


def test_a_role_for_somebody_outside_changes_nothing(community: Community, lin: Person, sun: Person) -> None:
    give_role(community, sun, Role.EXPERT, by=lin)
    assert ("sun" in roles(community), count_facts("role_given")) == (False, 0)


def test_who_leaves_one_community_stays_in_the_other_and_is_told_once(
    community: Community, closed_community: Community, wang: Person
) -> None:
    for _again in range(2):
        leave(community, by=fresh(wang))
    assert ("wang" in roles(community), "wang" in roles(closed_community)) == (False, True)
    assert (Community.objects.get(pk=community.pk).member_count, count_facts("member_left")) == (3, 1)


def test_a_request_is_decided_by_who_admits_alone_and_told_once(
    closed_community: Community, lin: Person, wang: Person, sun: Person, xu: Person
) -> None:
    request, other = (JoinRequest.objects.create(community=closed_community, person=person) for person in (sun, xu))
    with pytest.raises(Forbidden, match="Who can approve members: "):
        decide_request(request, admit=True, by=wang)
    assert (JoinRequest.objects.get(pk=request.pk).decision, count_facts("join_decided")) == ("", 0)
    for _again in range(2):
        decide_request(request, admit=True, by=lin)
    assert dict(JoinRequest.objects.values_list("pk", "decision")) == {request.pk: "admitted", other.pk: ""}
    assert (sorted(roles(closed_community)), count_facts("join_decided")) == (["lin", "sun", "wang"], 1)


def test_a_yes_to_the_rules_is_that_of_one_person_and_told_once(community: Community, lin: Person, xu: Person) -> None:
    rulebook, before = set_rulebook(community, "- 新的一条", by=lin), count_facts("rulebook_accepted")
    for _again in range(2):
        accept_rulebook(rulebook, by=xu)
    assert list(Consent.objects.filter(rulebook=rulebook).values_list("person_id", flat=True)) == [xu.pk]
    assert count_facts("rulebook_accepted") == before + 1


def test_a_member_changes_neither_settings_nor_rules_nor_phase(community: Community, wang: Person) -> None:
    before = Community.objects.filter(pk=community.pk).values().get()
    facts = Activity.objects.count()
    with pytest.raises(Forbidden, match="Who can change settings and roles: "):
        change_settings(community, name="我的站", by=wang)
    with pytest.raises(Forbidden, match="Who can change settings and roles: "):
        set_rulebook(community, "- 我的", by=wang)
    with pytest.raises(Forbidden, match="Who can archive: "):
        change_phase(community, Community.Phase.ARCHIVED, by=wang)
    assert Community.objects.filter(pk=community.pk).values().get() == before
    assert (community.rulebooks.count(), Activity.objects.count()) == (1, facts)


def test_a_link_is_revoked_by_who_admits_alone_and_told_once(community: Community, lin: Person, wang: Person) -> None:
    link, other = (make_link(community, days=7, by=lin) for _number in range(2))
    with pytest.raises(Forbidden, match="Who can approve members: "):
        revoke_link(link, by=wang)
    assert (InvitationLink.objects.filter(revoked_at=None).count(), count_facts("invitation_link_revoked")) == (2, 0)
    for _again in range(2):
        revoke_link(link, by=lin)
    assert list(InvitationLink.objects.filter(revoked_at=None)) == [other]
    assert (count_facts("invitation_link_made"), count_facts("invitation_link_revoked")) == (2, 1)


def test_an_invitation_is_declined_alone_and_told_once(
    closed_community: Community, lin: Person, sun: Person, xu: Person
) -> None:
    invite_people(closed_community, [sun, xu], by=lin)
    mine, other = (Invitation.objects.get(person=person) for person in (sun, xu))
    with pytest.raises(Refused, match="Only the invited person can answer"):
        decline_invitation(other, by=sun)
    for _again in range(2):
        decline_invitation(mine, by=sun)
    assert dict(Invitation.objects.values_list("pk", "answer")) == {mine.pk: "declined", other.pk: ""}
    assert (count_facts("people_invited"), count_facts("invitation_declined")) == (1, 1)


def test_an_invitation_is_taken_back_alone_and_told_once(
    closed_community: Community, lin: Person, wang: Person, sun: Person, xu: Person
) -> None:
    invite_people(closed_community, [sun, xu], by=lin)
    mine, other = (Invitation.objects.select_related("community").get(person=person) for person in (sun, xu))
    with pytest.raises(Forbidden, match="Who can approve members: "):
        take_back_invitation(mine, by=wang)
    assert (Invitation.objects.count(), count_facts("invitation_taken_back")) == (2, 0)
    taken_back = Invitation.objects.select_related("community").get(pk=mine.pk)
    for _again in range(2):
        take_back_invitation(taken_back, by=lin)
    assert list(Invitation.objects.all()) == [other]
    assert count_facts("invitation_taken_back") == 1
