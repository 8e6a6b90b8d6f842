"""People come into communities by links and invitations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.inviting import (
    decline_invitation,
    invitation_of,
    invite_people,
    invited_people,
    link_key,
    make_link,
    read_link,
    revoke_link,
    take_back_invitation,
)
from zhiliu.communities.joining import add_members, join
from zhiliu.communities.models import Community, Invitation, InvitationLink, LinkUse, Membership
from zhiliu.communities.role_permissions import Admission, JoinMethod, Role
from zhiliu.communities.starting import change_settings
from zhiliu.directory.models import Department, Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(closed_community: Community, lin: Person) -> Community:
    """A private community that admits by invitation only."""
    change_settings(closed_community, by=lin, admission=Admission.INVITED)
    return closed_community


def come(community: Community, person: Person, link: InvitationLink | None = None) -> Any:
    return join(community, by=fresh(person), accepts=community.rulebooks.first(), link=link)


def test_a_link_lets_in_whoever_accepts_the_rules(invited: Community, lin: Person, sun: Person) -> None:
    link = make_link(invited, days=7, by=lin)
    with pytest.raises(Refused):
        join(invited, by=sun, link=link)
    assert not LinkUse.objects.exists()
    come(invited, sun, link)
    come(invited, sun, link)
    assert Membership.objects.get(person=sun).way == JoinMethod.LINK
    assert [use.person for use in link.uses.all()] == [sun]


def test_an_expired_revoked_or_used_up_link_says_so(invited: Community, lin: Person, sun: Person, browse: Any) -> None:
    link = make_link(invited, days=7, by=lin, most=1)
    path = f"{invited.get_absolute_url()}links/{link_key(link)}/"
    come(invited, make_person("first"), link)
    with pytest.raises(Refused, match="已经用完"):
        come(invited, sun, link)
    assert "已经用完" in browse(sun).get(path).content.decode()
    InvitationLink.objects.filter(pk=link.pk).update(most=None, expires_at=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(Refused, match="过期"):
        come(invited, sun, link)
    InvitationLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() + dt.timedelta(days=1))
    revoke_link(link, by=lin)
    revoke_link(link, by=lin)
    with pytest.raises(Refused, match="撤回"):
        come(invited, sun, link)
    assert Activity.objects.filter(verb="communities.invitation_link_revoked").count() == 1
    assert not Membership.objects.filter(person=sun).exists()


def test_a_link_has_one_address_however_late_it_is_shown(invited: Community, lin: Person) -> None:
    link = make_link(invited, days=7, by=lin)
    key = link_key(link)
    with freeze_time(timezone.now() + dt.timedelta(days=3)):
        assert (link_key(link), read_link(invited, key)) == (key, link)


def test_a_forged_link_is_not_there(
    invited: Community, community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    link = make_link(invited, days=7, by=lin)
    assert read_link(invited, link_key(link)) == link
    assert read_link(community, link_key(link)) is None
    for key in ("x", link_key(link)[:-1], str(link.pk)):
        assert browse(sun).get(f"{invited.get_absolute_url()}links/{key}/").status_code == 404
    assert browse(sun).post(f"{community.get_absolute_url()}links/{link_key(link)}/").status_code == 404


def test_a_guest_cannot_use_a_link(
    invited: Community, community: Community, lin: Person, zhao: Person, browse: Any
) -> None:
    link = make_link(invited, days=7, by=lin)
    assert browse(zhao).get(f"{invited.get_absolute_url()}links/{link_key(link)}/").status_code == 404
    with pytest.raises(Refused):
        come(invited, zhao, link)
    assert not LinkUse.objects.exists()


def test_links_are_made_shown_and_revoked_by_those_who_admit(
    invited: Community, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    base = f"{invited.get_absolute_url()}invitations/"
    assert browse(wang).post(base, {"days": "7"}).status_code == 403
    assert browse(sun).get(base).status_code == 404
    assert not InvitationLink.objects.exists()
    assert browse(lin).post(base, {"days": "7", "most": "2", "note": "新人群"}).status_code == 302
    link = InvitationLink.objects.get()
    door = browse(sun)
    answer = door.post(
        f"{invited.get_absolute_url()}links/{link_key(link)}/", {"rulebook": invited.rulebooks.first().pk}
    )
    assert answer["Location"] == invited.get_absolute_url()
    page = browse(lin).get(f"{base}{link.pk}/").content.decode()
    assert sun.name in page
    assert link_key(link) in page
    assert "2 人中来了 1 人" in browse(lin).get(base).content.decode()
    browse(lin).post(f"{base}{link.pk}/revocation/")
    assert link_key(link) not in browse(lin).get(f"{base}{link.pk}/").content.decode()


def test_by_invitation_only_the_invited_see_a_way_in(
    invited: Community, lin: Person, sun: Person, browse: Any, catch_up: Any
) -> None:
    with pytest.raises(Refused, match="受邀"):
        come(invited, sun)
    assert "受邀才能加入" in browse(sun).get(invited.get_absolute_url()).content.decode()
    assert invite_people(invited, [sun, lin], by=lin) == 1
    assert invite_people(invited, [sun], by=lin) == 0
    catch_up()
    assert Notification.objects.get(notice="communities.invited").person == sun
    assert f"{lin.name}邀请你加入" in browse(sun).get(invited.get_absolute_url()).content.decode()
    come(invited, sun)
    assert Membership.objects.get(person=sun).way == JoinMethod.INVITATION
    assert Invitation.objects.get().answer == Invitation.Answer.ACCEPTED


def test_a_no_is_remembered_and_can_become_a_yes(invited: Community, lin: Person, sun: Person, browse: Any) -> None:
    invite_people(invited, [sun], by=lin)
    invitation = Invitation.objects.get()
    with pytest.raises(Refused):
        decline_invitation(invitation, by=lin)
    browse(sun).post(f"{invited.get_absolute_url()}invitation/answer/")
    decline_invitation(invitation, by=sun)
    assert Activity.objects.filter(verb="communities.invitation_declined").count() == 1
    assert invite_people(invited, [sun], by=lin) == 0
    found = invitation_of(invited, sun)
    assert found is not None
    assert found.answer == Invitation.Answer.DECLINED
    come(invited, sun)
    assert invitation_of(invited, sun) is None


def test_a_department_is_invited_with_all_below_it(invited: Community, lin: Person, admin: Person, browse: Any) -> None:
    sales = Department.objects.create(name="销售部")
    east = Department.objects.create(name="华东组", parent=sales)
    people = [make_person("ma", department=sales), make_person("qi", department=east)]
    make_person("gone", department=east, is_active=False)
    assert set(invited_people(sales)) == set(people)
    path = f"{invited.get_absolute_url()}members/new/"
    assert browse(lin).post(path, {"department": sales.pk, "how": "ask"}).status_code == 302
    assert Invitation.objects.count() == 2
    fact = Activity.objects.get(verb="communities.people_invited")
    assert sorted(fact.data["person_ids"]) == sorted(person.pk for person in people)
    assert invited.memberships.count() == 2


def test_whoever_becomes_a_member_otherwise_has_said_yes(invited: Community, lin: Person, sun: Person) -> None:
    invite_people(invited, [sun], by=lin)
    add_members(invited, {sun: Role.MEMBER}, by=lin)
    assert Invitation.objects.get().answer == Invitation.Answer.ACCEPTED


def test_members_may_not_invite(invited: Community, wang: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        invite_people(invited, [sun], by=wang)
    with pytest.raises(Forbidden):
        make_link(invited, days=1, by=wang)
    assert not Invitation.objects.exists()


def test_a_links_page_asks_the_same_number_of_questions_for_one_and_three(
    invited: Community, lin: Person, browse: Any
) -> None:
    client, counts, link = browse(lin), [], make_link(invited, days=1, by=lin)
    for number in range(3):
        come(invited, make_person(f"link{number}"), link)
        client.get(f"{invited.get_absolute_url()}invitations/{link.pk}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"{invited.get_absolute_url()}invitations/{link.pk}/")
        counts.append(len(found))
    assert counts[0] == counts[2]


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(
    invited: Community, lin: Person, browse: Any
) -> None:
    client, counts = browse(lin), []
    for number in range(3):
        invite_people(invited, [make_person(f"neu{number}")], by=lin)
        link = make_link(invited, days=1, by=lin)
        come(invited, make_person(f"link{number}"), link)
        client.get(f"{invited.get_absolute_url()}invitations/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"{invited.get_absolute_url()}invitations/")
        counts.append(len(found))
    assert counts[0] == counts[2]


def test_an_invitation_is_taken_back_and_may_be_made_again(
    invited: Community, lin: Person, sun: Person, browse: Any, catch_up: Any
) -> None:
    invite_people(invited, [sun], by=lin)
    path = f"{invited.get_absolute_url()}invited/{Invitation.objects.get().pk}/removal/"
    assert "收回" in browse(lin).get(f"{invited.get_absolute_url()}invitations/").content.decode()
    for _again in range(2):
        assert browse(lin).post(path).status_code == 302
    assert Activity.objects.filter(verb="communities.invitation_taken_back").count() == 1
    with pytest.raises(Refused):
        come(invited, sun)
    catch_up()
    assert Notification.objects.filter(person=sun, notice="communities.invitation_gone").count() == 1
    answer = browse(sun).post(f"{invited.get_absolute_url()}invitation/answer/", follow=True)
    assert "邀请已经不在" in answer.content.decode()
    assert invite_people(invited, [sun], by=lin) == 1
    come(invited, sun)


def test_only_who_sent_it_or_admits_takes_an_invitation_back_and_only_without_answer(
    invited: Community, lin: Person, wang: Person, sun: Person
) -> None:
    invite_people(invited, [sun], by=lin)
    invitation = Invitation.objects.get()
    with pytest.raises(Forbidden):
        take_back_invitation(invitation, by=wang)
    decline_invitation(invitation, by=sun)
    take_back_invitation(invitation, by=lin)
    assert Invitation.objects.get().answer == Invitation.Answer.DECLINED
    Invitation.objects.update(answer="", answered_at=None, by=wang)
    take_back_invitation(Invitation.objects.get(), by=wang)
    assert not Invitation.objects.exists()


def test_who_may_invite_no_longer_still_finds_and_takes_back_what_they_sent(
    invited: Community, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    invite_people(invited, [sun], by=lin)
    path = f"{invited.get_absolute_url()}invited/"
    assert path not in browse(wang).get(f"{invited.get_absolute_url()}members/").content.decode()
    Invitation.objects.update(by=wang)
    assert path in browse(wang).get(f"{invited.get_absolute_url()}members/").content.decode()
    page = browse(wang).get(path).content.decode()
    assert sun.name in page and "收回" in page
    assert sun.name not in browse(lin).get(path).content.decode()
    answer = browse(wang).post(f"{path}{Invitation.objects.get().pk}/removal/", follow=True)
    assert answer.redirect_chain[-1][0] == path
    assert not Invitation.objects.exists()
