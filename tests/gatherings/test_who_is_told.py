"""Whom each notification reaches, and whom it does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.following import follow
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import ask_in_room, mark_answered, put_back_room_question, start_answering
from zhiliu.gatherings.audience import AudienceChoice, answer_audience_invitation, call_again, invite_audience
from zhiliu.gatherings.completing import complete
from zhiliu.gatherings.depositing import publish_deposit, tell_late
from zhiliu.gatherings.inviting import decline_to_share, invite_sharer
from zhiliu.gatherings.lightning import add_talk, answer_for_talk
from zhiliu.gatherings.models import AudienceInvitation, Deposit, Gathering, LightningTalk, Reminder
from zhiliu.gatherings.proposing import offer_to_share, withdraw_offer
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.reminding import remind_due
from zhiliu.gatherings.scheduling import cancel, fix_time
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import vote_for_topic
from zhiliu.notifications.models import Notification

from .stage import make_fixed, make_held, make_talk, now_running, over, soon
from .test_proposing import topic_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def facts(*verbs: str) -> int:
    return Activity.objects.filter(verb__in=[f"gatherings.{verb}" for verb in verbs]).count()


def told(notice: str) -> set[str]:
    rows = Notification.objects.filter(notice=f"gatherings.{notice}")
    return set(rows.values_list("person__handle", flat=True))


def talk_of(hour: Gathering, person: Person, by: Person, minutes: int = 6) -> LightningTalk:
    return add_talk(hour, title=f"{person.name}的一招", speaker=person, minutes=minutes, by=by)


def test_of_a_new_gathering_members_and_voters_are_told_each_in_their_way(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person, catch_up: Any
) -> None:
    Membership.objects.exclude(person=zhao).update(involvement=Membership.Involvement.EVERYTHING)
    other = make_community(lin, sun, name="别的社区")
    Membership.objects.filter(community=other).update(involvement=Membership.Involvement.EVERYTHING)
    topic = topic_of(community, lin)
    for person in (wang, lin):
        vote_for_topic(topic, on=True, by=person)
    make_fixed(community, lin, topic=topic)
    make_fixed(community, lin)
    catch_up()
    talks = dict(Gathering.objects.values_list("pk", "topic_id"))
    rows = Notification.objects.filter(notice__in=["gatherings.fixed", "gatherings.topic_fixed"])
    told_of = {(row.notice.split(".")[1], row.person.handle, talks[row.thing_id] is not None) for row in rows}
    assert told_of == {
        ("topic_fixed", "wang", True),
        ("fixed", "xu", True),
        ("fixed", "wang", False),
        ("fixed", "xu", False),
    }


def test_followers_of_who_leads_or_speaks_are_told_and_of_tea_nobody(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    follow(wang, by=sun)
    make_fixed(community, lin)
    make_fixed(community, lin, format="tea_chat", sharer=wang)
    hour = make_talk(community, lin, format="lightning")
    talk = talk_of(hour, wang, lin)
    catch_up()
    assert told("by_followed") == set()
    answer_for_talk(talk, yes=True, by=wang)
    fix_time(hour, starts_at=soon(), ends_at=soon() + HOUR, by=lin)
    catch_up()
    assert told("by_followed") == {"sun"}
    shared = make_fixed(community, lin, sharer=wang)
    catch_up()
    rows = Notification.objects.filter(notice="gatherings.by_followed")
    assert {row.thing_id for row in rows} == {hour.pk, shared.pk}


def test_a_reminder_reaches_who_has_a_seat_and_who_leads(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    talk, other = make_fixed(community, lin, seats=1), make_fixed(community, lin)
    sign_up(talk, by=wang)
    sign_up(talk, by=xu)
    sign_up(other, by=sun)
    Reminder.objects.filter(gathering=talk, kind="two_days").update(due_at=timezone.now())
    remind_due()
    catch_up()
    assert told("reminder") == {"lin", "wang"}


def test_of_the_end_who_waits_and_who_was_asked_hears_but_not_who_declined(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person, catch_up: Any
) -> None:
    talk, other = make_fixed(community, lin, seats=1), make_fixed(community, lin)
    for person in (xu, sun):
        sign_up(talk, by=person)
    invite_sharer(talk, wang, by=lin)
    decline_to_share(invite_sharer(talk, zhao, by=lin), by=zhao)
    stranger = make_person("stranger")
    invite_sharer(other, stranger, by=lin)
    cancel(talk, reason="不办", by=lin)
    catch_up()
    assert told("cancelled") == {"wang", "xu", "sun"}


def test_questions_are_told_before_it_begins_only(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    ask_in_room(now_running(make_fixed(community, lin, sharer=wang)), "现场问", by=xu)
    catch_up()
    assert told("question") == set()
    ask_in_room(make_fixed(community, lin, sharer=wang), "先问", by=xu)
    catch_up()
    assert told("question") == {"lin", "wang"}


def test_an_answer_is_told_with_words_only(community: Community, lin: Person, wang: Person, catch_up: Any) -> None:
    talk = now_running(make_fixed(community, lin))
    question, other = ask_in_room(talk, "问", by=wang), ask_in_room(talk, "再问", by=wang)
    start_answering(question, by=lin)
    mark_answered(question, by=lin)
    put_back_room_question(other, by=lin)
    catch_up()
    assert told("question_answered") == set()
    mark_answered(question, by=lin, answer="答")
    catch_up()
    assert told("question_answered") == {"wang"}


def test_the_author_of_a_topic_hears_of_an_offer_that_stands(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    first, second = topic_of(community, lin), topic_of(community, lin)
    Topic.objects.filter(pk=second.pk).update(by=xu)
    offer_to_share(first, by=wang)
    offer_to_share(second, by=wang)
    withdraw_offer(second, by=wang)
    catch_up()
    assert told("offer") == {"lin"}


def test_an_answered_invitation_is_told_to_who_asked_and_to_the_host(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    talk = make_talk(community, xu)
    invite_sharer(make_talk(community, wang), sun, by=wang)
    decline_to_share(invite_sharer(talk, sun, by=lin), by=sun)
    catch_up()
    assert told("invitation_answered") == {"lin", "xu"}


def test_a_write_up_is_told_at_its_first_publication(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    talk, _other = make_fixed(community, lin), make_held(community, lin, sun)
    for person in (wang, xu):
        sign_up(talk, by=person)
    invite_audience(talk, AudienceChoice(people=[fresh(make_person("asked"))]), by=lin)
    call_again(talk, by=lin)
    complete(over(talk), by=lin)
    publish_deposit(Gathering.objects.get(pk=talk.pk), by=lin)
    catch_up()
    assert told("article") == {"wang", "xu", "asked"}
    answer = AudienceInvitation.objects.get()
    assert (answer.answer, facts("audience_invited")) == ("", 2)


def test_who_left_is_replaced_and_the_others_are_told(
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    admin: Person,
    catch_up: Any,
) -> None:
    people = [make_person(key) for key in ("lead", "plain")]
    add_members(community, {people[0]: "leader", people[1]: "member"}, by=lin)
    add_members(closed_community, {xu: "leader"}, by=lin)
    make_fixed(community, lin, sharer=wang)
    deactivate(wang, by=admin)
    catch_up()
    assert told("leader_left") == {"lin", "lead"}


def test_an_answer_to_an_invitation_to_attend_is_told_once(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, AudienceChoice(people=[wang]), by=lin)
    for answer in ("maybe", "maybe", "no", "no"):
        answer_audience_invitation(talk, answer, by=wang)
    assert facts("audience_answered") == 2


def test_who_came_is_asked_for_thanks_but_the_speaker_of_this_gathering(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    make_held(community, lin, sharer=xu)
    make_held(community, lin, xu, wang, sharer=wang)
    seated = make_fixed(community, lin, seats=1)
    for person in (sun, xu):
        sign_up(seated, by=person)
    complete(over(seated), by=lin)
    catch_up()
    assert told("completed") == {"xu", "sun"}


def test_of_each_late_write_up_its_own_owner_and_host_are_told(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    pairs = {}
    for host, owner in ((lin, wang), (xu, sun)):
        talk = make_held(community, lin)
        Deposit.objects.filter(gathering=talk).update(owner=owner, due_on=timezone.localdate() - dt.timedelta(days=1))
        Gathering.objects.filter(pk=talk.pk).update(host=host)
        pairs[talk.pk] = {host.handle, owner.handle}
    tell_late()
    catch_up()
    rows = Notification.objects.filter(notice="gatherings.deposit_late").values_list("thing_id", "person__handle")
    assert sorted(rows) == sorted((key, handle) for key, handles in pairs.items() for handle in handles)
