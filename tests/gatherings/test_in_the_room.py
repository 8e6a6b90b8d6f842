"""In the room: the pulse of three words, and polls."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.checking_in import check_in_person
from zhiliu.gatherings.completing import complete, give_feedback, tell_what_changed
from zhiliu.gatherings.depositing import markdown_of
from zhiliu.gatherings.models import CheckIn, Gathering, Pulse
from zhiliu.gatherings.polling import ask_the_room, poll_of_room
from zhiliu.gatherings.pulse import Tap, forget_pulse, give_pulse, pulse_of
from zhiliu.gatherings.queries import feedback_survey
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification
from zhiliu.polls.models import Ballot, Poll
from zhiliu.polls.voting import cast_ballot, close_poll

from .stage import make_fixed, make_held, now_running


@pytest.fixture
def running(community: Community, lin: Person) -> Gathering:
    """Lin hosts; it began ten minutes ago."""
    return now_running(make_fixed(community, lin))


def counts(gathering: Gathering) -> dict[str, int | None]:
    return {felt.word: felt.count for felt in pulse_of(gathering)}


def stored(gathering: Gathering) -> dict[str, int]:
    return {row.word: row.count for row in Pulse.objects.filter(gathering=gathering) if row.count}


# --- pulse ------------------------------------------------------------------------------------------------------------


def test_a_word_fewer_than_three_chose_is_not_shown(running: Gathering, wang: Person, xu: Person, sun: Person) -> None:
    give_pulse(running, "slower", by=wang)
    give_pulse(running, "slower", by=xu)
    assert counts(running) == {"with_you": None, "slower": None, "example": None}
    give_pulse(running, "slower", by=sun)
    assert counts(running) == {"with_you": None, "slower": 3, "example": None}


def test_changing_ones_mind_moves_the_tap(running: Gathering, wang: Person) -> None:
    tap = give_pulse(running, "slower", by=wang)
    tap = give_pulse(running, "with_you", by=wang, last=tap)
    give_pulse(running, "with_you", by=wang, last=tap)
    assert stored(running) == {"with_you": 1}


def test_a_tap_belongs_to_its_moment(running: Gathering, wang: Person) -> None:
    for _ in range(3):
        give_pulse(running, "example", by=wang)
    Pulse.objects.update(minute=timezone.now() - dt.timedelta(minutes=6))
    assert counts(running)["example"] is None
    old = Tap("example", timezone.now() - dt.timedelta(minutes=6))
    give_pulse(running, "slower", by=wang, last=old)
    assert stored(running) == {"example": 3, "slower": 1}
    Pulse.objects.filter(word="example").update(minute=timezone.now() - dt.timedelta(minutes=11))
    assert forget_pulse() == 1


def test_nobody_is_stored_or_announced(running: Gathering, wang: Person) -> None:
    give_pulse(running, "slower", by=wang)
    row = Activity.objects.get(verb="gatherings.pulse_given")
    assert (row.by_id, row.data) == (None, {"gathering_id": running.pk})
    at = timezone.localtime(row.at)
    assert (at.hour, at.minute) == (0, 0)
    assert {field.name for field in Pulse._meta.get_fields()} == {"id", "gathering", "word", "minute", "count"}


def test_the_pulse_is_for_while_people_meet(community: Community, lin: Person, wang: Person, sun: Person) -> None:
    talk = make_fixed(community, lin)
    with pytest.raises(Refused, match="only works during"):
        give_pulse(talk, "slower", by=wang)
    with pytest.raises(Refused, match="words shown"):
        give_pulse(now_running(talk), "faster", by=wang)
    assert not Pulse.objects.exists()


def test_who_cannot_see_the_gathering_has_no_pulse(closed_community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        give_pulse(now_running(make_fixed(closed_community, lin)), "slower", by=sun)
    assert not Pulse.objects.exists()


def test_when_it_ends_the_numbers_are_gone(running: Gathering, lin: Person, wang: Person) -> None:
    give_pulse(running, "slower", by=wang)
    complete(running, by=lin)
    assert not Pulse.objects.exists()


def test_the_phone_remembers_and_host_and_wall_see_numbers(
    running: Gathering, lin: Person, wang: Person, browse: Any
) -> None:
    address = f"/gatherings/{running.pk}/room/pulse/"
    client = browse(wang)
    for word in ("slower", "with_you", "with_you"):
        assert client.post(address, {"word": word}, headers={"HX-Request": "true"}).status_code == 200
    assert stored(running) == {"with_you": 1}
    assert client.cookies["pulse"]["path"] == f"/gatherings/{running.pk}/room/"
    client.cookies["pulse"] = "with_you 2026-01-01T00:00:00+00:00:forged"
    client.post(address, {"word": "with_you"})
    give_pulse(running, "with_you", by=wang)
    for page in ("room/", "wall/"):
        shown = browse(lin).get(f"/gatherings/{running.pk}/{page}").content.decode()
        assert '<dd class="number">3</dd>' in shown
    assert '<dd class="number">3</dd>' not in client.get(f"/gatherings/{running.pk}/room/").content.decode()


# --- polls ------------------------------------------------------------------------------------------------------------


def put(running: Gathering, by: Person, question: str = "先试哪一个") -> Poll:
    return ask_the_room(running, question=question, options=["改间隔", "改终止温度"], by=by)


def test_the_host_asks_the_room_and_a_new_question_closes_the_old(running: Gathering, lin: Person) -> None:
    first = put(running, lin)
    assert put(running, lin).pk == first.pk
    second = put(running, lin, "几点化霜")
    first.refresh_from_db()
    assert (first.is_open, second.is_open, poll_of_room(running)) == (False, True, second)
    assert (second.kind, second.thing_id) == ("gathering", running.pk)
    assert second.get_absolute_url() == running.get_absolute_url()


def test_only_host_and_sharer_ask_the_room_while_people_meet(
    community: Community, running: Gathering, lin: Person, wang: Person
) -> None:
    with pytest.raises(Forbidden):
        put(running, wang)
    with pytest.raises(Refused, match="only works during"):
        put(make_fixed(community, lin), lin)
    for options in (["一个"], [f"第{n}" for n in range(7)]):
        with pytest.raises(Refused, match="2 to 6"):
            ask_the_room(running, question="？", options=options, by=lin)
    assert not Poll.objects.exists()


def test_whoever_sees_the_gathering_votes_and_the_log_names_nobody(
    running: Gathering, lin: Person, sun: Person
) -> None:
    poll = put(running, lin)
    first, second = poll.options.all()
    cast_ballot(poll, first, by=sun)
    cast_ballot(poll, second, by=sun)
    poll.refresh_from_db()
    assert (Ballot.objects.get().option, poll.ballot_count) == (second, 1)
    assert set(Activity.objects.filter(verb="polls.ballot_cast").values_list("by_id", flat=True)) == {None}


def test_who_cannot_see_the_gathering_does_not_vote(closed_community: Community, lin: Person, sun: Person) -> None:
    poll = put(now_running(make_fixed(closed_community, lin)), lin)
    with pytest.raises(Forbidden):
        cast_ballot(poll, poll.options.all()[0], by=sun)
    with pytest.raises(Forbidden):
        close_poll(poll, by=sun)
    assert not Ballot.objects.exists()


def test_a_poll_of_a_room_is_not_among_those_of_the_community(
    running: Gathering, lin: Person, wang: Person, browse: Any
) -> None:
    poll = put(running, lin)
    base = f"/communities/{running.community.slug}/"
    client = browse(wang)
    assert poll.question not in client.get(f"{base}polls/").content.decode()
    assert poll.question not in client.get(base).content.decode()
    assert client.get(f"{base}polls/{poll.pk}/").status_code == 404


def test_the_end_closes_the_poll_and_its_result_goes_into_the_draft(
    running: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    poll = put(running, lin)
    second = poll.options.all()[1]
    cast_ballot(poll, second, by=wang)
    cast_ballot(poll, second, by=xu)
    complete(running, summary="三句话。", by=lin)
    poll.refresh_from_db()
    assert not poll.is_open
    written = markdown_of(Gathering.objects.get(pk=running.pk))
    assert "## What the room said\n\n**先试哪一个**\n\n- 改终止温度: 2 votes\n- 改间隔: 0 votes" in written


def test_the_doors_of_a_poll_in_the_room(running: Gathering, lin: Person, wang: Person, browse: Any) -> None:
    address = f"/gatherings/{running.pk}/room/polls/"
    host, client = browse(lin), browse(wang)
    words = {"question": "先试哪一个", "options": "改间隔\n改终止温度", "_once": "t"}
    assert client.post(address, {**words, "_once": "u"}).status_code == 403
    assert host.post(address, words).status_code == 302
    assert host.post(address, words).status_code == 302
    poll = Poll.objects.get()
    option = poll.options.all()[0]
    answer = client.post(f"{address}{poll.pk}/ballot/", {"option": option.pk}, headers={"HX-Request": "true"})
    assert "1 票" in answer.content.decode()
    assert client.post(f"{address}{poll.pk}/closing/").status_code == 403
    wall = host.get(f"/gatherings/{running.pk}/wall/").content.decode()
    assert "改终止温度" in wall and 'data-controller="stage-clock"' in wall
    host.post(f"{address}{poll.pk}/closing/")
    poll.refresh_from_db()
    assert not poll.is_open
    complete(running, by=lin)
    assert "先试哪一个" in client.get(running.get_absolute_url()).content.decode()


# --- what changed -----------------------------------------------------------------------------------------------------


def test_those_who_gave_feedback_learn_what_changed(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any, browse: Any
) -> None:
    talk = make_held(community, lin, wang, xu)
    survey = feedback_survey(talk)
    assert survey is not None
    give_feedback(talk, {question.pk: 1 for question in survey.questions.all()[:2]}, by=wang)
    with pytest.raises(Forbidden):
        tell_what_changed(talk, changed="曲线放大了", by=wang)
    assert browse(lin).post(f"{talk.get_absolute_url()}changed/", {"changed": "曲线放大了"}).status_code == 302
    tell_what_changed(Gathering.objects.get(pk=talk.pk), changed="曲线放大了", by=lin)
    catch_up()
    rows = Notification.objects.filter(notice="gatherings.changed_because")
    assert [(row.person, row.count) for row in rows] == [(wang, 1)]
    assert "曲线放大了" in browse(xu).get(talk.get_absolute_url()).content.decode()


def test_sharer_and_host_learn_when_there_is_enough_feedback(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    came = [make_person(f"more{n}", name=f"多{n}") for n in range(6)]
    talk = make_held(community, lin, *came, sharer=wang)
    survey = feedback_survey(talk)
    assert survey is not None
    for person in came:
        give_feedback(talk, {question.pk: 1 for question in survey.questions.all()[:2]}, by=person)
    catch_up()
    rows = Notification.objects.filter(notice="gatherings.feedback_ready")
    assert {(row.person, row.count, row.by_id) for row in rows} == {(lin, 1, None), (wang, 1, None)}
    assert timezone.localtime(Activity.objects.get(verb="gatherings.feedback_ready").at).hour == 0


def test_nothing_is_told_before_it_was_held(running: Gathering, lin: Person) -> None:
    with pytest.raises(Refused):
        tell_what_changed(running, changed="早了", by=lin)
    running.refresh_from_db()
    assert running.changed_because == ""


def test_a_guest_who_hosts_checks_in_nobody_out_of_reach(
    community: Community, lin: Person, zhao: Person, sun: Person
) -> None:
    talk = now_running(make_fixed(community, lin))
    Gathering.objects.filter(pk=talk.pk).update(host=zhao)
    talk.refresh_from_db()
    with pytest.raises(Refused, match="can’t be found"):
        check_in_person(talk, sun, by=zhao)
    assert not CheckIn.objects.exists()
    check_in_person(talk, lin, by=zhao)
    assert CheckIn.objects.get().person == lin
