"""Who may do what with gatherings: the cast is asked about each rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import gone, who_may
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings import rules
from zhiliu.gatherings.models import (
    AudienceCall,
    AudienceInvitation,
    DepartmentAsk,
    Deposit,
    Format,
    Gathering,
    Invitation,
    LightningTalk,
    Seat,
)
from zhiliu.kit.contracts.rules import RULES

pytestmark = pytest.mark.django_db
ALL = "lin wang xu zhao sun admin"


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


def gathering(community: Community, **fields: Any) -> Gathering:
    return Gathering.objects.create(community=community, title="夜班", **fields)


def talk(gathering: Gathering, speaker: Person, state: str = "accepted", place: int = 1) -> LightningTalk:
    return LightningTalk.objects.create(gathering=gathering, title="密封条", speaker=speaker, place=place, state=state)


def archive(community: Community) -> None:
    community.phase = Community.Phase.ARCHIVED


def test_a_gathering_is_seen_where_its_community_is(community: Community, closed_community: Community) -> None:
    assert who_may(rules.can_see, gathering(community)) == ALL
    assert who_may(rules.can_see, gathering(closed_community)) == "lin wang admin"


def test_who_shares_hosts_speaks_or_was_asked_sees_it_until_they_decline(
    closed_community: Community, xu: Person, sun: Person, zhao: Person
) -> None:
    assert who_may(rules.can_see, gathering(closed_community, sharer=xu, host=sun)) == "lin wang xu sun admin"
    asked = gathering(closed_community)
    gathering(closed_community, sharer=None)
    talk(asked, xu, "waiting", 1)
    talk(asked, sun, "declined", 2)
    Invitation.objects.create(gathering=asked, person=zhao)
    assert who_may(rules.can_see, asked) == "lin wang xu zhao admin"
    Invitation.objects.update(state=Invitation.State.DECLINED)
    assert who_may(rules.can_see, asked) == "lin wang xu admin"
    assert who_may(rules.can_see, gathering(closed_community)) == "lin wang admin"


def test_an_invitation_to_one_gathering_opens_no_other(closed_community: Community, sun: Person) -> None:
    Invitation.objects.create(gathering=gathering(closed_community), person=sun)
    assert who_may(rules.can_see, gathering(closed_community)) == "lin wang admin"


def test_those_who_arrange_propose_offer_and_nominate_where_gatherings_are_on(community: Community) -> None:
    there = gathering(community)
    assert [
        who_may(rules.can_propose, community),
        who_may(rules.can_offer, there),
        who_may(rules.can_nominate, there),
    ] == ["lin wang xu admin"] * 3
    community.features = [name for name in community.features if name != Feature.GATHERINGS]
    assert [
        who_may(rules.can_propose, community),
        who_may(rules.can_offer, there),
        who_may(rules.can_nominate, there),
    ] == [""] * 3


def test_host_and_moderators_host_and_the_sharer_prepares_with_them(
    community: Community, wang: Person, xu: Person
) -> None:
    there = gathering(community, host=wang, sharer=xu)
    assert (who_may(rules.can_host, there), who_may(rules.can_prepare, there)) == (
        "lin wang admin",
        "lin wang xu admin",
    )
    assert (who_may(rules.can_see_results, there), who_may(rules.can_see_named_results, there)) == (
        "lin wang xu admin",
        "wang xu",
    )
    empty = gathering(community)
    assert (who_may(rules.can_prepare, empty), who_may(rules.can_see_named_results, empty)) == ("lin admin", "")
    gone(wang)
    gone(xu)
    assert (who_may(rules.can_host, there), who_may(rules.can_see_named_results, there)) == ("lin admin", "")


def test_in_an_archived_community_results_are_read_and_nothing_else(community: Community, wang: Person) -> None:
    there = gathering(community, host=wang)
    Deposit.objects.create(gathering=there, owner=wang, due_on=timezone.localdate())
    archive(community)
    acts = (rules.can_host, rules.can_take_part, rules.can_prepare, rules.can_deposit, rules.can_publish_deposit)
    assert [who_may(rule, there) for rule in acts] == [""] * 5
    assert who_may(rules.can_see_results, there) == "wang"


def test_those_who_see_it_take_part(community: Community, closed_community: Community) -> None:
    assert who_may(rules.can_take_part, gathering(community)) == ALL
    assert who_may(rules.can_take_part, gathering(closed_community)) == "lin wang admin"


def test_speakers_who_agreed_share_in_an_evening_of_lightning_talks(
    community: Community, wang: Person, xu: Person, sun: Person
) -> None:
    there = gathering(community, format=Format.LIGHTNING, sharer=sun)
    talk(there, wang, "accepted", 1)
    talk(there, xu, "waiting", 2)
    assert who_may(rules.is_sharer, there) == "wang"
    gone(wang)
    assert who_may(rules.is_sharer, there) == ""


def test_a_talk_is_answered_by_its_speaker_and_changed_by_the_host_too(
    community: Community, wang: Person, xu: Person
) -> None:
    wangs = talk(gathering(community, host=xu), wang)
    assert who_may(rules.can_answer_for_talk, wangs) == "wang"
    assert who_may(rules.can_change_talk, wangs) == "lin wang xu admin"
    gone(wang)
    assert (who_may(rules.can_answer_for_talk, wangs), who_may(rules.can_change_talk, wangs)) == ("", "lin xu admin")


def test_what_was_said_is_written_down_by_its_owner_host_and_moderators(
    community: Community, wang: Person, xu: Person, sun: Person
) -> None:
    there = gathering(community, host=wang)
    assert who_may(rules.can_deposit, there) == "lin wang admin"
    deposit = Deposit.objects.create(gathering=there, owner=xu, due_on=timezone.localdate())
    assert who_may(rules.can_deposit, there) == "lin wang xu admin"
    assert who_may(rules.can_publish_deposit, there) == "xu"
    deposit.owner = there.deposit.owner = sun
    assert (who_may(rules.can_deposit, there), who_may(rules.can_publish_deposit, there)) == ("lin wang sun admin", "")
    there.deposit.owner = None
    assert who_may(rules.can_deposit, there) == "lin wang admin"


def test_the_head_answers_for_a_department(wang: Person) -> None:
    asked = DepartmentAsk(department=Department(name="售后", head=wang))
    assert who_may(rules.can_answer_for_department, asked) == "wang"
    assert who_may(rules.can_answer_for_department, DepartmentAsk(department=Department(name="门店"))) == ""
    gone(wang)
    assert who_may(rules.can_answer_for_department, asked) == ""


def test_a_poster_is_made_for_what_is_to_come_and_open_to_all_colleagues(
    community: Community, closed_community: Community
) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    times = {"starts_at": tomorrow, "ends_at": tomorrow + dt.timedelta(hours=1)}
    ahead = gathering(community, state="fixed", **times)
    assert who_may(rules.can_make_poster, ahead) == ALL
    assert who_may(rules.can_make_poster, gathering(closed_community, state="fixed", **times)) == ""
    assert who_may(rules.can_make_poster, gathering(community, state="planning", **times)) == ""
    assert who_may(rules.can_make_poster, gathering(community, state="fixed", format=Format.TEA_CHAT, **times)) == ""
    ahead.ends_at = timezone.now()
    assert who_may(rules.can_make_poster, ahead) == ""


def test_a_guest_of_another_community_makes_no_poster(community: Community, zhao: Person) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    ahead = gathering(community, state="fixed", starts_at=tomorrow, ends_at=tomorrow + dt.timedelta(hours=1))
    community.memberships.filter(person=zhao).delete()
    assert who_may(rules.can_make_poster, ahead) == "lin wang xu sun admin"
    assert RULES["gatherings.poster"] is rules.can_make_poster


def test_who_was_invited_or_has_a_seat_answers(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    there = gathering(community, host=lin)
    call = AudienceCall.objects.create(gathering=there, by=lin, count=1)
    AudienceInvitation.objects.create(gathering=there, person=wang, call=call)
    Seat.objects.create(gathering=there, person=xu)
    assert who_may(rules.can_answer_audience, there) == "wang xu"


def test_an_invitation_lets_one_see_and_take_part(closed_community: Community, lin: Person, sun: Person) -> None:
    there = gathering(closed_community, host=lin)
    call = AudienceCall.objects.create(gathering=there, by=lin, count=1)
    AudienceInvitation.objects.create(gathering=there, person=sun, call=call)
    assert who_may(rules.can_see, there) == "lin wang sun admin"
    assert who_may(rules.can_take_part, there) == "lin wang sun admin"


def test_an_invitation_to_attend_and_a_seat_are_for_one_person_at_one_gathering(
    closed_community: Community, lin: Person, xu: Person, sun: Person, zhao: Person
) -> None:
    here, there = gathering(closed_community, host=lin), gathering(closed_community, host=lin)
    call = AudienceCall.objects.create(gathering=here, by=lin, count=1)
    AudienceInvitation.objects.create(gathering=here, person=sun, call=call)
    Seat.objects.create(gathering=here, person=xu)
    assert who_may(rules.can_see, there) == "lin wang admin"
    assert (who_may(rules.can_answer_audience, here), who_may(rules.can_answer_audience, there)) == ("xu sun", "")
    seen = {person.handle: set(Gathering.objects.visible_to(person)) for person in (sun, xu, zhao)}
    assert seen == {"sun": {here}, "xu": set(), "zhao": set()}


def test_the_list_holds_what_one_shares_hosts_speaks_at_or_was_asked_to(
    closed_community: Community, xu: Person, sun: Person, zhao: Person
) -> None:
    shared, hosted = gathering(closed_community, sharer=xu), gathering(closed_community, host=xu)
    asked, spoken, declined = (gathering(closed_community) for _ in range(3))
    Invitation.objects.create(gathering=asked, person=xu)
    Invitation.objects.create(gathering=declined, person=xu, state=Invitation.State.DECLINED)
    talk(spoken, xu, "waiting")
    talk(declined, xu, "declined")
    assert set(Gathering.objects.visible_to(xu)) == {shared, hosted, asked, spoken}
    assert not Gathering.objects.visible_to(sun).exists() and not Gathering.objects.visible_to(zhao).exists()
