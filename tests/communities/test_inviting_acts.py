"""Links and invitations: of one community and one person, up to their last moment, and announced when they happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from tests.cast import gone, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission import inviting
from zhiliu.communities.admission.inviting import (
    accept_all,
    decline_invitation,
    invitation_of,
    invite_people,
    invited_people,
    link_key,
    make_link,
    read_link,
    revoke_link,
    take_back_invitation,
    take_link,
    why_unusable,
)
from zhiliu.communities.models import Community, Invitation, InvitationLink, LinkUse
from zhiliu.directory.models import Department, Person
from zhiliu.kit.errors import Forbidden, Refused

from .stage import count_facts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_link_is_revoked_when_it_is_revoked_and_not_again(community: Community, lin: Person, admin: Person) -> None:
    link, other = (make_link(community, days=7, by=lin) for _number in range(2))
    for by in (lin, admin):
        revoke_link(link, by=by)
        assert count_facts("invitation_link_revoked") == 1
    assert Activity.objects.get(verb="communities.invitation_link_revoked").by_id == lin.pk
    assert list(InvitationLink.objects.filter(revoked_at=None)) == [other]


def test_a_link_leads_into_its_own_community(community: Community, closed_community: Community, lin: Person) -> None:
    link, other = make_link(community, days=7, by=lin), make_link(community, days=7, by=lin)
    assert (read_link(community, link_key(link)), read_link(community, link_key(other))) == (link, other)
    assert read_link(closed_community, link_key(link)) is None
    assert read_link(community, f"{link.pk}:x") is None


@pytest.mark.parametrize(("seconds", "is_usable"), [(-1, True), (0, False), (1, False)])
def test_a_link_ends_at_its_moment(community: Community, lin: Person, seconds: int, is_usable: bool) -> None:
    link = make_link(community, days=7, by=lin)
    with freeze_time(link.expires_at + dt.timedelta(seconds=seconds)):
        reason = why_unusable(link)
    assert str(reason) == ("None" if is_usable else "This link has expired. Ask the sender for a new one.")


def test_a_link_is_used_up_by_its_own_uses(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    link, other = (make_link(community, days=7, by=lin, most=2) for _number in range(2))
    for by in (wang, wang, xu):
        assert why_unusable(link) is None
        take_link(link, by=by)
    with pytest.raises(Refused, match="This link has been used up"):
        take_link(link, by=sun)
    assert set(LinkUse.objects.values_list("link", "person")) == {(link.pk, wang.pk), (link.pk, xu.pk)}
    assert why_unusable(other) is None


def test_a_revoked_link_lets_nobody_in_though_it_was_read_before(
    community: Community, lin: Person, sun: Person
) -> None:
    link = make_link(community, days=7, by=lin)
    revoke_link(InvitationLink.objects.get(), by=lin)
    with pytest.raises(Refused, match="This link was revoked"):
        take_link(link, by=sun)
    assert not LinkUse.objects.exists()


# -- invitations ------------------------------------------------------------------------------------------------------


def invited(community: Community) -> dict[str, str]:
    """The answer of each invited person by handle."""
    return dict(Invitation.objects.filter(community=community).values_list("person__handle", "answer"))


def test_invited_are_colleagues_who_are_neither_members_nor_invited_there(
    community: Community, closed_community: Community, lin: Person, xu: Person, sun: Person, zhao: Person
) -> None:
    leaver = gone(make_person("leaver"))
    assert invite_people(community, [sun, xu, zhao, leaver], by=lin) == 1
    assert invite_people(closed_community, [sun, xu, lin, zhao, leaver], by=lin) == 2
    assert invite_people(closed_community, [sun, xu], by=lin) == 0
    assert (invited(community), invited(closed_community)) == ({"sun": ""}, {"sun": "", "xu": ""})
    assert count_facts("people_invited") == 2


def test_at_most_so_many_are_invited_at_once(
    closed_community: Community, lin: Person, xu: Person, sun: Person, zhao: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "MOST_AT_ONCE", 1)
    with pytest.raises(Refused, match="At most 1 people at once"):
        invite_people(closed_community, [xu, sun], by=lin)
    assert (invited(closed_community), count_facts("people_invited")) == ({}, 0)
    assert invite_people(closed_community, [xu, xu, zhao], by=lin) == 1


def test_a_department_is_its_active_colleagues_and_those_below(db: None) -> None:
    sales, service = (Department.objects.create(name=name) for name in ("销售部", "售后部"))
    east = Department.objects.create(name="华东组", parent=sales)
    people = [make_person("qi", department=sales), make_person("ma", department=east)]
    make_person("gu", department=service)
    make_person("guest", department=sales, kind=Person.Kind.GUEST)
    gone(make_person("leaver", department=sales))
    assert set(invited_people(sales)) == set(people)


@pytest.fixture
def two(closed_community: Community, lin: Person, sun: Person, xu: Person) -> tuple[Invitation, Invitation]:
    """The invitations of Sun and Xu."""
    invite_people(closed_community, [sun, xu], by=lin)
    first, second = (Invitation.objects.select_related("community").get(person=person) for person in (sun, xu))
    return first, second


def test_a_no_is_announced_when_it_is_said_and_not_again(
    two: tuple[Invitation, Invitation], closed_community: Community, sun: Person
) -> None:
    for _turn in range(2):
        decline_invitation(two[0], by=sun)
        assert count_facts("invitation_declined") == 1
    assert invited(closed_community) == {"sun": "declined", "xu": ""}


def test_a_yes_is_no_longer_turned_into_a_no(
    two: tuple[Invitation, Invitation], closed_community: Community, sun: Person
) -> None:
    accept_all(closed_community, [sun.pk])
    decline_invitation(two[0], by=sun)
    assert (invited(closed_community), count_facts("invitation_declined")) == ({"sun": "accepted", "xu": ""}, 0)


def test_an_invitation_goes_when_it_is_taken_back_and_not_again(
    two: tuple[Invitation, Invitation], closed_community: Community, lin: Person
) -> None:
    taken_back = two[0]
    for _turn in range(2):
        take_back_invitation(taken_back, by=lin)
        assert (invited(closed_community), count_facts("invitation_taken_back")) == ({"xu": ""}, 1)


@pytest.mark.parametrize("answer", ["accepted", "declined"])
def test_an_answered_invitation_is_not_taken_back(
    two: tuple[Invitation, Invitation], closed_community: Community, lin: Person, answer: str
) -> None:
    Invitation.objects.filter(pk=two[0].pk).update(answer=answer, answered_at=timezone.now())
    take_back_invitation(two[0], by=lin)
    assert (invited(closed_community), count_facts("invitation_taken_back")) == ({"sun": answer, "xu": ""}, 0)


def test_somebody_elses_invitation_is_taken_back_by_who_sent_it_and_who_admits(
    two: tuple[Invitation, Invitation], closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    for by in (wang, sun):
        with pytest.raises(Forbidden, match="Who can approve members: "):
            take_back_invitation(two[0], by=by)
    assert (invited(closed_community), count_facts("invitation_taken_back")) == ({"sun": "", "xu": ""}, 0)
    two[0].by = wang
    take_back_invitation(two[0], by=wang)
    assert invited(closed_community) == {"xu": ""}


def test_an_invitation_is_that_of_one_person_in_one_community_until_a_yes(
    two: tuple[Invitation, Invitation], community: Community, closed_community: Community, sun: Person, wang: Person
) -> None:
    assert invitation_of(closed_community, sun) == two[0]
    assert (invitation_of(community, sun), invitation_of(closed_community, wang)) == (None, None)
    Invitation.objects.filter(pk=two[0].pk).update(answer="declined", answered_at=timezone.now())
    assert invitation_of(closed_community, sun) == two[0]
    accept_all(closed_community, [sun.pk])
    assert invitation_of(closed_community, sun) is None


def test_who_became_a_member_said_yes_there_and_at_that_moment(
    two: tuple[Invitation, Invitation], community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    invite_people(community, [sun], by=lin)
    accept_all(closed_community, [sun.pk])
    assert (invited(closed_community), invited(community)) == ({"sun": "accepted", "xu": ""}, {"sun": ""})
    answered_at = timezone.now() - dt.timedelta(days=1)
    Invitation.objects.filter(pk=two[0].pk).update(answered_at=answered_at)
    accept_all(closed_community, [sun.pk])
    assert Invitation.objects.get(pk=two[0].pk).answered_at == answered_at
