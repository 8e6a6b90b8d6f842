"""Somebody an app keeps out comes in neither by themselves, nor by a link, nor by a request; others do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zhiliu.communities.admission.inviting import make_link
from zhiliu.communities.joining import decide_request, join, kept_out, why_closed, why_kept_out
from zhiliu.communities.models import Community, JoinRequest, Membership
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sun_is_kept_out() -> Iterator[None]:
    kept_out.register(lambda community, person: "Not before Monday." if person.handle == "sun" else None, key="test")
    yield
    kept_out.unregister("test")


def is_member(person: Person) -> bool:
    return Membership.objects.filter(person=person).exists()


def test_the_reason_is_that_of_the_person_and_nobody_else(community: Community, sun: Person, admin: Person) -> None:
    assert (why_kept_out(community, sun), why_closed(community, sun)) == ("Not before Monday.", "Not before Monday.")
    assert (why_kept_out(community, admin), why_closed(community, admin)) == (None, None)


def test_who_is_kept_out_does_not_join_and_others_do(community: Community, sun: Person, admin: Person) -> None:
    rulebook = community.rulebooks.first()
    with pytest.raises(Refused, match=r"Not before Monday\."):
        join(community, by=sun, accepts=rulebook)
    join(community, by=admin, accepts=rulebook)
    assert (is_member(sun), is_member(admin)) == (False, True)


def test_who_is_kept_out_is_let_in_by_no_link_and_leaves_it_unused(
    community: Community, lin: Person, sun: Person, admin: Person
) -> None:
    link, rulebook = make_link(community, days=3, by=lin), community.rulebooks.first()
    with pytest.raises(Refused, match=r"Not before Monday\."):
        join(community, by=sun, accepts=rulebook, link=link)
    assert (is_member(sun), link.uses.exists()) == (False, False)
    join(community, by=admin, accepts=rulebook, link=link)
    assert (is_member(admin), link.uses.get().person) == (True, admin)


def test_an_earlier_request_of_somebody_kept_out_can_be_declined_only(
    closed_community: Community, lin: Person, sun: Person
) -> None:
    request = JoinRequest.objects.create(community=closed_community, person=sun)
    with pytest.raises(Refused, match=r"Not before Monday\."):
        decide_request(request, admit=True, by=lin)
    assert (JoinRequest.objects.get().decision, is_member(sun)) == ("", False)
    assert decide_request(request, admit=False, by=lin).decision == JoinRequest.Decision.DECLINED
    assert not is_member(sun)


def test_membership_elsewhere_is_none_here(community: Community, closed_community: Community, xu: Person) -> None:
    request = join(closed_community, by=xu, accepts=closed_community.rulebooks.first())
    assert isinstance(request, JoinRequest)
    assert not Membership.objects.filter(community=closed_community, person=xu).exists()
