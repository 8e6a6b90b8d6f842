"""What gatherings tell: notices, what waits on the home page, the line, streams, search, profiles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.consumers import entries_after
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import ask_in_room, mark_answered, vote_for_question
from zhiliu.gatherings.completing import give_feedback
from zhiliu.gatherings.depositing import start_deposit
from zhiliu.gatherings.inviting import accept_to_share, counter, decline_to_share, invite_sharer
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import propose_tea_chat
from zhiliu.gatherings.queries import audience_of, feedback_survey, next_for, week_for
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.scheduling import cancel
from zhiliu.gatherings.todos import deposits, feedback, gatherings_to_end, have_tea, invitations, proposed_times
from zhiliu.gatherings.ui_extensions import next_section, shared_figure, shared_section
from zhiliu.kit.contracts.object_types import cards_for
from zhiliu.lineage.timeline import timeline_of
from zhiliu.live.topics import Event, events_of, gates
from zhiliu.needs.topics import vote_for_topic
from zhiliu.notifications.models import Notification
from zhiliu.notifications.presentation import show
from zhiliu.search.index import find

from .stage import make_fixed, make_held, make_talk, now_running, over, soon
from .test_proposing import topic_of


def told(person: Person) -> set[str]:
    return set(Notification.objects.filter(person=person).values_list("notice", flat=True))


def test_every_notice_is_a_sentence(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    Membership.objects.filter(person=xu).update(involvement=Membership.Involvement.EVERYTHING)
    topic = topic_of(community, lin)
    vote_for_topic(topic, on=True, by=sun)
    talk = make_fixed(community, lin, topic=topic)
    catch_up()
    for answer in (decline_to_share, accept_to_share):
        answer(invite_sharer(talk, wang, by=lin), by=wang)
    sign_up(talk, by=xu)
    talk = Gathering.objects.get(pk=talk.pk)
    mark_answered(ask_in_room(talk, "问", by=xu), by=wang, answer="答")
    catch_up()
    assert {"gatherings.fixed", "gatherings.question_answered"} <= told(xu)
    assert told(sun) == {"gatherings.topic_fixed"}
    assert {"gatherings.invitation_answered", "gatherings.question"} <= told(lin)
    cancel(talk, reason="不办", by=lin)
    catch_up()
    for person in (lin, wang, xu, sun):
        rows = list(Notification.objects.filter(person=person, notice__startswith="gatherings"))
        shown = show(rows, fresh(person))
        assert len(shown) == len(rows) and all(
            talk.title in item.sentence for item in shown if item.row.kind == "gathering"
        )


def test_a_tea_chat_is_announced_to_nobody_else(
    community: Community, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    Membership.objects.update(involvement=Membership.Involvement.EVERYTHING)
    propose_tea_chat(community, other=sun, starts_at=soon(), by=wang)
    catch_up()
    assert "gatherings.fixed" not in told(xu)
    assert told(sun) == {"gatherings.invited"}


# --- the home page ----------------------------------------------------------------------------------------------------


def test_what_waits_for_whom(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    asked = invite_sharer(talk, wang, by=lin)
    assert [invitation.title for invitation in invitations(wang)] == [talk.title] and invitations(lin) == []
    counter(asked, [soon()], by=wang)
    assert invitations(wang) == [] and [time_.title for time_ in proposed_times(lin)] == [talk.title]
    ending = over(make_fixed(community, lin))
    assert [gathering.url for gathering in gatherings_to_end(lin)] == [f"/gatherings/{ending.pk}/end/"]
    held = make_held(community, lin, xu)
    assert len(deposits(lin)) == 1 and len(feedback(xu)) == 1 and feedback(wang) == []
    survey = feedback_survey(held)
    assert survey is not None
    give_feedback(held, {question.pk: 1 for question in survey.questions.all()}, by=xu)
    assert feedback(xu) == []
    start_deposit(held, by=lin)
    assert deposits(lin) == []


def test_what_waits_takes_the_same_queries_for_one_and_for_three(
    community: Community, lin: Person, wang: Person, xu: Person, django_assert_num_queries: Any
) -> None:
    sources = (invitations, proposed_times, gatherings_to_end, deposits, feedback)

    def add() -> None:
        invite_sharer(make_talk(community, fresh(lin)), xu, by=fresh(lin))
        make_held(community, fresh(xu), wang)
        make_held(community, fresh(lin), xu)

    add()
    for source in sources:
        source(xu)
    with django_assert_num_queries(9):
        for source in sources:
            source(xu)
    add()
    add()
    with django_assert_num_queries(9):
        for source in sources:
            source(xu)


def test_newcomers_are_offered_tea_until_they_met_somebody(community: Community, lin: Person, xu: Person) -> None:
    assert have_tea(xu) is not None
    propose_tea_chat(community, other=xu, starts_at=soon(), by=lin)
    assert have_tea(xu) is None


def test_my_next_gatherings_and_my_week(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    later, sooner = make_fixed(community, lin, start=soon(9)), make_fixed(community, lin, start=soon(1))
    for talk in (later, sooner):
        sign_up(talk, by=wang)
    make_fixed(community, lin, start=soon(2))
    assert next_for(wang) == [sooner, later] and next_for(xu) == []
    day = timezone.localdate(sooner.starts_at)
    week = week_for(wang, day - dt.timedelta(days=day.weekday()))
    assert [item.dots for item in week if item.date == day] == [["help"]]
    assert next(item.url for item in week if item.date == day) == sooner.get_absolute_url()
    assert sum(len(item.gatherings) for item in week) == 1


# --- line, streams, search, people ------------------------------------------------------------------------------------


def test_a_gathering_stands_between_topic_and_article(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, wang)
    talk = make_held(community, lin, topic=topic)
    article = start_deposit(talk, by=lin)
    line = timeline_of(("gathering", talk.pk), lin)
    assert [station.state for station in line.stations] == ["done", "done", "here", "done", "todo", "todo"]
    assert line.stations[1].text == topic.title and line.stations[3].url == article.get_absolute_url()


def test_cards_of_gatherings_in_every_state(community: Community, lin: Person, wang: Person) -> None:
    gatherings = [
        make_talk(community, lin),
        make_fixed(community, lin),
        make_held(community, lin),
        cancel(make_fixed(community, lin), reason="不办", by=lin),
    ]
    cards = cards_for([("gathering", gathering.pk) for gathering in gatherings], wang)
    assert len(cards) == 4 and all(card.text for card in cards.values())


def test_streams_of_a_gathering_say_what_changed_and_nothing_else(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    talk = make_fixed(community, lin)
    question = ask_in_room(talk, "问", by=wang, anonymous=True)
    vote_for_question(question, on=True, by=wang)
    sign_up(talk, by=wang)
    events = [event for entry in entries_after(0, 500) for event in events_of(entry) if event[0][0] == "gathering"]
    topic = ("gathering", talk.pk)
    names = ["state", "questions", "questions", "seats"]
    assert events == [Event(topic, name) for name in names]
    gate = gates.get("gathering")
    assert gate is not None
    assert gate(fresh(sun), talk.pk) and not gate(fresh(sun), make_talk(closed_community, lin).pk)


def test_gatherings_are_found_by_their_questions_and_name_who_knows(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person, catch_up: Any
) -> None:
    talk = now_running(make_fixed(community, lin, sharer=wang))
    mark_answered(ask_in_room(talk, "蒸发器结霜怎么判断", by=lin), by=wang, answer="听声音")
    hidden = make_talk(closed_community, lin, title="蒸发器的价格")
    catch_up()
    hits = find("蒸发器", keys=reach(fresh(sun)).keys, kinds=["gathering"], limit=5).hits
    assert [hit.key for hit in hits] == [talk.pk]
    invite_sharer(hidden, sun, by=lin)
    catch_up()
    hits = find("蒸发器", keys=reach(fresh(sun)).keys, kinds=["gathering"], limit=5).hits
    assert {hit.key for hit in hits} == {talk.pk, hidden.pk}


def test_a_profile_shows_what_somebody_shared_as_far_as_the_reader_may_see(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    for place in (community, closed_community):
        make_held(place, fresh(lin), sharer=wang)
    assert [shared_figure(wang, fresh(person))[0] for person in (lin, sun)] == [2, 1]
    section = shared_section(wang, fresh(sun))
    assert section is not None and len(section["rows"]) == 1
    assert shared_section(sun, fresh(lin)) is None


def test_the_side_of_a_community_shows_the_next_gathering(community: Community, lin: Person, wang: Person) -> None:
    section = next_section(community, wang)
    assert section is not None and section["gathering"] is None
    talk = make_fixed(community, lin)
    section = next_section(community, wang)
    assert section is not None and section["gathering"] == talk
    community.features = ["needs"]
    assert next_section(community, wang) is None


def test_a_handful_of_people_is_not_described(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_fixed(community, lin)
    for person in (wang, xu):
        sign_up(talk, by=person)
    audience = audience_of(talk)
    assert (audience.count, audience.sentence) == (2, "")
