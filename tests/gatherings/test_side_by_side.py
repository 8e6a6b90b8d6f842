"""Two gatherings stand side by side: what happens to one leaves the other as it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings.asking import ask_in_room, mark_answered, remove_question, start_answering, vote_for_question
from zhiliu.gatherings.audience import (
    AudienceChoice,
    answer_audience_invitation,
    call_again,
    invite_audience,
    note_seen,
    who_had_need,
)
from zhiliu.gatherings.audience_queries import attendance_lines, audience_counts
from zhiliu.gatherings.completing import give_feedback, took_part
from zhiliu.gatherings.depositing import assign_deposit, start_deposit
from zhiliu.gatherings.inviting import accept_to_share, invite_sharer
from zhiliu.gatherings.models import (
    AudienceInvitation,
    CheckIn,
    DepartmentAsk,
    Deposit,
    Gathering,
    Invitation,
    Nomination,
    Offer,
    Pulse,
    Question,
    Reminder,
    Seat,
)
from zhiliu.gatherings.nominating import ask_department, decline_for_department, nominate, say_no
from zhiliu.gatherings.proposing import offer_to_share, withdraw_offer
from zhiliu.gatherings.pulse import forget_pulse, give_pulse, pulse_of
from zhiliu.gatherings.queries import feedback_survey, naming_of
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.scheduling import cancel, change_entry, fix_time
from zhiliu.kit.errors import Forbidden
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import set_support, voice_need

from .stage import make_fixed, make_held, make_talk, now_running, soon
from .test_proposing import topic_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(community: Community, lin: Person) -> tuple[Gathering, Gathering]:
    """Two talks of one community that Lin hosts, on different days."""
    return make_fixed(community, lin, title="甲"), make_fixed(community, lin, title="乙", start=soon(4))


def seats(gathering: Gathering) -> dict[str, bool]:
    return dict(Seat.objects.filter(gathering=gathering).values_list("person__handle", "waiting"))


def taken(gathering: Gathering) -> int:
    return int(Gathering.objects.values_list("taken", flat=True).get(pk=gathering.pk))


def invitation(gathering: Gathering, person: Person) -> AudienceInvitation:
    return AudienceInvitation.objects.get(gathering=gathering, person=person)


# --- seats ------------------------------------------------------------------------------------------------------------


def test_each_gathering_counts_its_own_seats(pair: tuple[Gathering, Gathering], wang: Person, xu: Person) -> None:
    here, there = pair
    for person in (wang, xu):
        sign_up(here, by=person)
    sign_up(there, by=wang)
    assert (taken(here), taken(there)) == (2, 1)
    give_up_seat(here, by=wang)
    assert (seats(here), seats(there)) == ({"xu": False}, {"wang": False})
    assert (taken(here), taken(there)) == (1, 1)


def test_a_freed_seat_is_given_to_nobody_who_waits_elsewhere(
    pair: tuple[Gathering, Gathering], wang: Person, xu: Person, sun: Person
) -> None:
    here, there = pair
    Gathering.objects.update(seats=1)
    for talk in (here, there):
        sign_up(talk, by=wang)
    assert sign_up(there, by=sun).waiting
    assert sign_up(here, by=xu).waiting
    give_up_seat(here, by=wang)
    assert (seats(here), seats(there)) == ({"xu": False}, {"wang": False, "sun": True})


def test_who_signs_off_has_answered_this_invitation_only(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person, xu: Person
) -> None:
    for talk in pair:
        invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
        sign_up(talk, by=wang)
    give_up_seat(pair[0], by=wang)
    answers = AudienceInvitation.objects.order_by("pk").values_list("gathering__title", "person__handle", "answer")
    assert list(answers) == [("甲", "wang", "no"), ("甲", "xu", ""), ("乙", "wang", ""), ("乙", "xu", "")]


def test_a_leaver_frees_their_own_seat_and_their_own_turn(
    pair: tuple[Gathering, Gathering],
    community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    admin: Person,
    catch_up: Any,
) -> None:
    for talk in pair:
        for person in (wang, xu):
            sign_up(talk, by=person)
    asked = [invite_sharer(make_talk(community, lin), person, by=lin) for person in (wang, xu)]
    named = [nominate(make_talk(community, lin), person, by=lin) for person in (wang, xu)]
    held = make_held(community, lin)
    assign_deposit(held, owner=xu, by=lin)
    deactivate(wang, by=admin)
    catch_up()
    assert [seats(talk) for talk in pair] == [{"xu": False}] * 2
    for row in (*asked, *named):
        row.refresh_from_db()
    assert [row.state for row in (*asked, *named)] == ["declined", "waiting", "no", "waiting"]
    assert Deposit.objects.get().owner == xu


# --- the audience -----------------------------------------------------------------------------------------------------


def test_who_is_invited_or_seated_elsewhere_is_invited_here(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person, xu: Person
) -> None:
    here, there = pair
    sign_up(there, by=wang)
    invite_audience(there, AudienceChoice(people=[xu]), by=lin)
    assert invite_audience(here, AudienceChoice(people=[wang, xu]), by=lin) == 2


def test_a_call_an_answer_and_a_look_are_for_one_gathering(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person, xu: Person
) -> None:
    here, _there = pair
    for talk in pair:
        invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
    note_seen(here, wang)
    answer_audience_invitation(here, "maybe", by=wang)
    assert call_again(here, by=lin) == 1
    assert [invitation(talk, wang).answer for talk in pair] == ["maybe", ""]
    assert [invitation(talk, wang).seen_at is None for talk in pair] == [False, True]
    assert [invitation(talk, xu).second_call is None for talk in pair] == [False, True]
    assert (invitation(here, xu).answer, invitation(here, xu).seen_at) == ("", None)


def test_each_audience_is_counted_for_itself(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person
) -> None:
    here, there = pair
    invite_audience(here, AudienceChoice(people=[wang, xu, zhao, sun]), by=lin)
    invite_audience(there, AudienceChoice(people=[wang]), by=lin)
    sign_up(there, by=wang)
    sign_up(here, by=xu)
    note_seen(here, wang)
    answer_audience_invitation(here, "no", by=zhao)
    assert audience_counts(here) == {"all": 4, "seen": 3, "yes": 1, "maybe": 0, "no": 1, "open": 2}
    assert audience_counts(there) == {"all": 1, "seen": 1, "yes": 1, "maybe": 0, "no": 0, "open": 0}


def test_the_list_of_who_came_has_the_seats_and_visits_of_one_gathering(
    pair: tuple[Gathering, Gathering], wang: Person, xu: Person, sun: Person
) -> None:
    here, there = pair
    sign_up(here, by=wang)
    CheckIn.objects.create(gathering=here, person=xu)
    for person in (wang, sun):
        CheckIn.objects.create(gathering=there, person=person)
    sign_up(there, by=xu)
    rows = {row[0]: (row[4], row[5]) for row in list(attendance_lines(here))[1:]}
    assert rows == {wang.name: ("Yes", ""), xu.name: ("", "Yes")}


def test_needs_of_another_topic_bring_nobody(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    own, merged, other = (voice_need(community, title=title, by=wang) for title in ("密封条", "门封", "除霜"))
    topic = make_topic(community, title="密封条", needs=[own], by=lin)
    make_topic(community, title="除霜", needs=[other], by=lin)
    set_support(other, on=True, by=xu)
    set_support(merged, on=True, by=sun)
    type(merged).objects.filter(pk=merged.pk).update(merged_into=own, by=None)
    assert set(who_had_need(make_talk(community, lin, topic=topic))) == {wang.pk, sun.pk}
    assert list(who_had_need(make_talk(community, lin))) == []


# --- the room ---------------------------------------------------------------------------------------------------------


def test_a_vote_counts_for_one_question(pair: tuple[Gathering, Gathering], wang: Person, xu: Person) -> None:
    first, second = (ask_in_room(pair[0], text, by=wang) for text in ("一问", "二问"))
    vote_for_question(first, on=True, by=xu)
    assert dict(Question.objects.values_list("text", "vote_count")) == {"一问": 1, "二问": 0}
    remove_question(second, by=wang)
    assert vote_for_question(first, on=True, by=wang).count == 2


def test_the_wall_of_each_gathering_shows_its_own_question(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person
) -> None:
    shown = [ask_in_room(talk, "问", by=wang) for talk in pair]
    third = ask_in_room(pair[0], "还问", by=wang)
    for question in shown:
        start_answering(question, by=lin)
    mark_answered(third, by=lin, answer="答")
    for question in (*shown, third):
        question.refresh_from_db()
    assert [(question.state, question.answer) for question in (*shown, third)] == [
        ("answering", ""),
        ("answering", ""),
        ("answered", "答"),
    ]


def test_a_pulse_is_counted_by_gathering_word_and_minute(pair: tuple[Gathering, Gathering], wang: Person) -> None:
    here, there = (now_running(talk) for talk in pair)
    for _ in range(3):
        give_pulse(here, "slower", by=wang)
    give_pulse(there, "slower", by=wang)
    tap = give_pulse(here, "example", by=wang)
    give_pulse(here, "with_you", by=wang, last=tap)
    rows = Pulse.objects.order_by("gathering", "word").values_list("gathering__title", "word", "count")
    assert list(rows) == [("甲", "example", 0), ("甲", "slower", 3), ("甲", "with_you", 1), ("乙", "slower", 1)]
    assert {shown.word: shown.count for shown in pulse_of(there)} == dict.fromkeys(Pulse.Word.values)
    assert forget_pulse([there]) == 1
    assert Pulse.objects.filter(gathering=here).count() == 3


def test_who_came_to_one_gathering_did_not_come_to_the_other(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    here, there = make_held(community, lin, wang), make_held(community, lin)
    Seat.objects.create(gathering=there, person=xu)
    assert [took_part(talk, wang) for talk in (here, there)] == [True, False]
    assert [took_part(talk, xu) for talk in (here, there)] == [False, True]
    survey = feedback_survey(there)
    assert survey is not None and survey.thing_id == there.pk
    with pytest.raises(Forbidden, match="Only attendees"):
        give_feedback(there, {question.pk: 1 for question in survey.questions.all()}, by=wang)


# --- sharers ----------------------------------------------------------------------------------------------------------


def test_who_says_yes_to_one_gathering_has_not_answered_for_the_other(
    pair: tuple[Gathering, Gathering], lin: Person, wang: Person
) -> None:
    first, _second = (invite_sharer(talk, wang, by=lin) for talk in pair)
    accept_to_share(first, by=wang)
    states = Invitation.objects.order_by("pk").values_list("state", "gathering__sharer__handle")
    assert list(states) == [("accepted", "wang"), ("waiting", None)]


def test_a_no_to_one_nomination_or_request_is_no_answer_to_another(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    topics = [topic_of(community, lin) for _ in range(2)]
    department = Department.objects.create(name="华东大区", head=sun)
    for topic in topics:
        nominate(topic, xu, by=wang)
        ask_department(topic, department, by=wang)
    say_no(Nomination.objects.get(topic=topics[0]), by=xu)
    decline_for_department(DepartmentAsk.objects.get(topic=topics[0]), by=sun)
    for rows, no in ((Nomination.objects, "no"), (DepartmentAsk.objects, "declined")):
        assert list(rows.order_by("topic").values_list("state", flat=True)) == [no, "waiting"]
    ask_department(topics[1], department, by=lin)
    assert DepartmentAsk.objects.get(topic=topics[0]).state == "declined"
    shown = naming_of(topics[0], wang)
    assert ([row.topic for row in shown.nominations], [row.topic for row in shown.asks]) == ([topics[0]], [topics[0]])


def test_taking_back_an_offer_leaves_the_others(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    topics = [topic_of(community, lin) for _ in range(2)]
    for topic in topics:
        for person in (wang, xu):
            offer_to_share(topic, by=person)
    withdraw_offer(topics[0], by=wang)
    rows = Offer.objects.order_by("topic", "by__handle").values_list("topic", "by__handle")
    assert list(rows) == [(topics[0].pk, "xu"), (topics[1].pk, "wang"), (topics[1].pk, "xu")]


# --- time, end and write-up -------------------------------------------------------------------------------------------


def test_moving_and_cancelling_leave_the_other_entry_alone(pair: tuple[Gathering, Gathering], lin: Person) -> None:
    here, there = pair
    before = Gathering.objects.values().get(pk=there.pk)
    fix_time(here, starts_at=soon(5), ends_at=soon(5) + dt.timedelta(hours=1), by=lin)
    change_entry(here)
    assert Reminder.objects.filter(gathering=there).count() == 2
    cancel(here, reason="不办", by=lin)
    assert Gathering.objects.values().get(pk=there.pk) == before
    assert dict(Reminder.objects.values_list("kind", "gathering")) == dict.fromkeys(("two_days", "one_hour"), there.pk)


def test_an_entry_that_is_not_fixed_counts_no_changes(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    accept_to_share(invite_sharer(talk, wang, by=lin), by=wang)
    talk.refresh_from_db()
    assert (talk.sharer, talk.sequence) == (wang, 0)


def test_each_write_up_is_a_row_of_its_own(community: Community, lin: Person, wang: Person) -> None:
    here, there = make_held(community, lin), make_held(community, lin)
    assign_deposit(here, owner=wang, by=lin)
    article = start_deposit(Gathering.objects.get(pk=here.pk), by=lin)
    assert [Deposit.objects.get(gathering=talk).owner for talk in (here, there)] == [wang, lin]
    assert [Deposit.objects.get(gathering=talk).article for talk in (here, there)] == [article, None]
