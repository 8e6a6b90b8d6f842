"""Gatherings are proposed, changed and offered for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Format, Gathering, Invitation, Offer, Seat
from zhiliu.gatherings.proposing import change_details, offer_to_share, propose, propose_tea_chat, withdraw_offer
from zhiliu.gatherings.registration import sign_up
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.lineage.linking import reached
from zhiliu.lineage.models import Link
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need

from .stage import make_fixed, make_talk, soon


def topic_of(community: Community, by: Person) -> Topic:
    need = voice_need(community, title="总被拿来比价", by=by)
    return make_topic(community, [need], title="比价时怎么办", for_whom="新人", take_home="一张表", by=by)


def test_a_member_proposes_and_hosts(community: Community, wang: Person) -> None:
    gathering = make_talk(community, wang)
    assert (gathering.state, gathering.host, gathering.sharer) == (Gathering.State.PLANNING, wang, None)
    assert Activity.objects.get(verb="gatherings.proposed").by_id == wang.pk
    assert len(gathering.code) == 6 and gathering.code.isdecimal()


def test_who_is_not_a_member_does_not_propose(community: Community, sun: Person, zhao: Person) -> None:
    for person in (sun, zhao):
        with pytest.raises(Forbidden):
            make_talk(community, person)
    assert not Gathering.objects.exists()


def test_a_gathering_about_a_topic_stands_on_its_line(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, wang)
    gathering = make_talk(community, lin, topic=topic)
    link = Link.objects.get(source_kind="topic", target_kind="gathering")
    assert (link.source_id, link.target_id) == (topic.pk, gathering.pk)
    need = topic.needs.get()
    assert reached([("need", need.pk), ("topic", topic.pk)]) == {("need", need.pk): 2, ("topic", topic.pk): 2}
    topic.refresh_from_db()
    assert topic.state == Topic.State.PLANNED


def test_a_topic_of_another_community_is_refused(community: Community, lin: Person, wang: Person) -> None:
    other = make_community(lin, wang, name="另一个社区")
    topic = topic_of(other, wang)
    with pytest.raises(Refused):
        make_talk(community, fresh(lin), topic=topic)
    topic.refresh_from_db()
    assert (topic.state, Gathering.objects.count()) == (Topic.State.OPEN, 0)


def test_nobody_becomes_sharer_without_being_asked(community: Community, lin: Person, wang: Person) -> None:
    with pytest.raises(Refused, match="decide themselves"):
        propose(community, title="题", by=lin, sharer=wang)
    assert propose(community, title="题", by=lin, sharer=lin).sharer == lin


def test_who_offered_becomes_sharer_at_once(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    offer_to_share(topic, by=wang, word="我做过三次")
    gathering = propose(community, title="题", by=lin, topic=topic, sharer=wang)
    assert (gathering.sharer, Offer.objects.get().gathering) == (wang, gathering)


def test_offering_twice_is_one_offer_and_can_be_taken_back(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    offer_to_share(topic, by=wang)
    offer_to_share(topic, by=wang, word="真的")
    assert Offer.objects.get().word == "真的"
    assert Activity.objects.filter(verb="gatherings.offer_made").count() == 1
    withdraw_offer(topic, by=wang)
    withdraw_offer(topic, by=wang)
    assert not Offer.objects.exists()


def test_an_outsider_does_not_offer(community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        offer_to_share(topic_of(community, lin), by=sun)


def test_a_tea_chat_takes_who_when_and_where(community: Community, wang: Person, sun: Person) -> None:
    gathering = propose_tea_chat(community, other=sun, starts_at=soon(), place="茶水间", by=wang)
    assert (gathering.format, gathering.state, gathering.seats, gathering.taken) == (
        Format.TEA_CHAT,
        Gathering.State.FIXED,
        2,
        1,
    )
    assert (gathering.minutes, gathering.place) == (30, "茶水间")
    assert Seat.objects.get().person == wang
    assert Invitation.objects.get().person == sun


def test_tea_with_oneself_or_in_the_past_is_refused(community: Community, wang: Person, sun: Person) -> None:
    with pytest.raises(Refused, match="two"):
        propose_tea_chat(community, other=wang, starts_at=soon(), by=wang)
    with pytest.raises(Refused, match="passed"):
        propose_tea_chat(community, other=sun, starts_at=timezone.now() - dt.timedelta(hours=1), by=wang)
    assert not Gathering.objects.exists()


def test_a_guest_of_another_community_cannot_be_asked_to_tea(
    community: Community, closed_community: Community, wang: Person, sun: Person, zhao: Person, lin: Person
) -> None:
    make_community(lin, sun, name="孙的社区")
    with pytest.raises(Refused, match="can’t be found"):
        propose_tea_chat(Community.objects.get(name="孙的社区"), other=zhao, starts_at=soon(), by=fresh(sun))


def test_details_are_changed_by_the_host_and_by_who_moderates(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    gathering = make_talk(community, wang)
    change_details(gathering, title="新的题目", by=wang, version=gathering.version)
    change_details(gathering, seats=12, by=lin, version=gathering.version)
    gathering.refresh_from_db()
    assert (gathering.title, gathering.seats) == ("新的题目", 12)
    with pytest.raises(Forbidden):
        change_details(gathering, title="不行", by=xu, version=gathering.version)


def test_a_stale_form_overwrites_nothing(community: Community, wang: Person) -> None:
    gathering = make_talk(community, wang)
    change_details(gathering, title="第一次", by=wang, version=1)
    with pytest.raises(Refused, match="Someone else changed this"):
        change_details(gathering, title="第二次", by=wang, version=1)
    gathering.refresh_from_db()
    assert gathering.title == "第一次"


def test_more_seats_go_to_the_waiting_list(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    gathering = make_fixed(community, lin, seats=2)
    Gathering.objects.filter(pk=gathering.pk).update(seats=1)
    gathering.refresh_from_db()
    sign_up(gathering, by=wang)
    assert sign_up(gathering, by=xu).waiting
    gathering.refresh_from_db()
    change_details(gathering, seats=5, by=lin, version=gathering.version)
    assert not Seat.objects.get(person=xu).waiting
    gathering.refresh_from_db()
    assert gathering.taken == 2
