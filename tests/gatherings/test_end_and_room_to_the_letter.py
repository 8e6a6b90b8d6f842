"""The room, the end and the write-up to the letter: who may, at which moment, and how often it is told."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone

from tests.cast import gone
from zhiliu.activity.models import Activity
from zhiliu.comments.models import Vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
from zhiliu.gatherings.asking import (
    ask_in_room,
    mark_answered,
    put_back_room_question,
    remove_question,
    start_answering,
    vote_for_question,
)
from zhiliu.gatherings.completing import (
    add_file,
    change_summary,
    complete,
    give_feedback,
    remove_gathering_file,
    tell_what_changed,
    thank_sharer,
    thank_speakers,
    took_part,
)
from zhiliu.gatherings.depositing import assign_deposit, publish_deposit, start_deposit, tell_late
from zhiliu.gatherings.lightning import add_talk, answer_for_talk
from zhiliu.gatherings.models import CheckIn, Deposit, Gathering, GatheringFile, LightningTalk, Question
from zhiliu.gatherings.pulse import Tap, give_pulse
from zhiliu.gatherings.queries import feedback_survey
from zhiliu.gatherings.registration import sign_up
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.surveys.models import Survey
from zhiliu.thanks.models import Thanks

from .stage import make_fixed, make_held, make_talk, now_running, over

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def facts(*verbs: str) -> int:
    return Activity.objects.filter(verb__in=[f"gatherings.{verb}" for verb in verbs]).count()


@pytest.fixture
def hour(community: Community, lin: Person) -> Gathering:
    """An hour of lightning talks that Lin hosts, three days ahead."""
    return make_fixed(community, lin, format="lightning", minutes=60)


def talk_of(hour: Gathering, person: Person, by: Person, minutes: int = 6) -> LightningTalk:
    return add_talk(hour, title=f"{person.name}的一招", speaker=person, minutes=minutes, by=by)


# --- end and write-up -------------------------------------------------------------------------------------------------


def test_what_was_cancelled_is_not_ended(community: Community, lin: Person) -> None:
    talk = over(make_fixed(community, lin))
    Gathering.objects.update(state="cancelled")
    with pytest.raises(Refused, match="once it has started"):
        complete(Gathering.objects.get(pk=talk.pk), by=lin)
    assert Gathering.objects.get().state == "cancelled" and not Survey.objects.exists()


def test_a_community_without_a_library_owes_no_write_up(community: Community, lin: Person) -> None:
    Community.objects.filter(pk=community.pk).update(features=["needs", "gatherings"])
    make_held(Community.objects.get(pk=community.pk), lin)
    assert not Deposit.objects.exists() and Survey.objects.count() == 1


def test_whoever_is_chosen_writes_it_up_else_the_host_else_who_ends_it(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    day = timezone.localdate() + dt.timedelta(days=30)
    for host, owner, expected in ((wang, xu, xu), (wang, None, wang), (None, None, lin)):
        talk = over(make_fixed(community, lin))
        Gathering.objects.filter(pk=talk.pk).update(host=host)
        complete(Gathering.objects.get(pk=talk.pk), deposit_owner=owner, due_on=day, by=lin)
        deposit = Deposit.objects.get(gathering=talk)
        assert (deposit.owner, deposit.due_on) == (expected, day)


def test_feedback_with_names_is_ready_with_the_first_answer(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_held(community, lin, wang, xu, named_feedback=True)
    survey = feedback_survey(talk)
    assert survey is not None
    for person in (wang, xu):
        give_feedback(talk, {question.pk: 1 for question in survey.questions.all()[:2]}, by=person)
    assert facts("feedback_ready") == 1


def test_before_the_end_there_is_no_feedback_to_give(community: Community, lin: Person, wang: Person) -> None:
    talk = over(make_fixed(community, lin))
    CheckIn.objects.create(gathering=talk, person=wang)
    with pytest.raises(Refused, match="no feedback to give yet"):
        give_feedback(talk, {}, by=wang)


def test_who_waited_for_a_seat_did_not_take_part(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_fixed(community, lin, seats=1)
    for person in (wang, xu):
        sign_up(talk, by=person)
    assert [took_part(talk, person) for person in (wang, xu, lin)] == [True, False, False]


def test_nobody_is_thanked_before_the_end_or_without_a_speaker(
    community: Community, hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    with pytest.raises(Refused, match="no one to thank"):
        thank_sharer(make_held(community, lin), reason="谢谢", by=wang)
    talk = talk_of(hour, wang, lin)
    talk_of(hour, xu, lin)
    answer_for_talk(talk, yes=True, by=wang)
    with pytest.raises(Refused, match="no one to thank"):
        thank_speakers(hour, reason="谢谢", by=lin)
    Gathering.objects.filter(pk=hour.pk).update(state="held")
    hour.refresh_from_db()
    with pytest.raises(Refused, match="no one to thank"):
        thank_speakers(hour, reason="谢谢", by=wang)
    assert [thanks.to for thanks in thank_speakers(hour, reason="谢谢", by=lin)] == [wang]
    assert Thanks.objects.count() == 1


def test_summary_and_changes_are_of_who_prepared_it_after_the_end(
    community: Community, lin: Person, wang: Person
) -> None:
    talk = make_fixed(community, lin)
    with pytest.raises(Refused, match="when the gathering ends"):
        change_summary(talk, summary="早", by=lin, version=talk.version)
    held = make_held(community, lin)
    before = facts("changed")
    for act in (
        lambda: change_summary(held, summary="别人的", by=wang, version=held.version),
        lambda: tell_what_changed(held, changed="别人的", by=wang),
    ):
        with pytest.raises(Forbidden, match="host and the speaker"):
            act()
    with pytest.raises(Refused, match="say what you changed"):
        tell_what_changed(held, changed="  ", by=lin)
    for _ in range(2):
        tell_what_changed(held, changed=" 放大了 ", by=lin)
    assert facts("changed_because_of_feedback") == 1
    change_summary(held, summary="好", by=lin, version=held.version)
    assert (held.summary, held.changed_because, facts("changed") - before) == ("好", "放大了", 1)


def test_a_write_up_goes_to_somebody_who_is_here_and_is_told_when_it_changes_hands(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_held(community, lin)
    with pytest.raises(Refused, match="can’t see the gathering"):
        assign_deposit(talk, owner=gone(xu), by=lin)
    with pytest.raises(Forbidden, match="host"):
        assign_deposit(talk, owner=wang, by=wang)
    before, day = facts("deposit_assigned"), timezone.localdate() + dt.timedelta(days=9)
    assign_deposit(talk, owner=wang, due_on=day, by=lin)
    assign_deposit(talk, owner=wang, due_on=day + dt.timedelta(days=1), by=lin)
    assert facts("deposit_assigned") == before + 1
    Deposit.objects.update(late_told_at=timezone.now())
    assign_deposit(talk, owner=lin, by=lin)
    deposit = Deposit.objects.get()
    assert (deposit.owner, deposit.due_on, deposit.late_told_at) == (lin, day + dt.timedelta(days=1), None)
    assert facts("deposit_assigned") == before + 2


def test_each_late_write_up_is_told_once(community: Community, lin: Person, wang: Person) -> None:
    talks = [make_held(community, lin) for _ in range(3)]
    publish_deposit(Gathering.objects.get(pk=talks[0].pk), by=lin)
    start_deposit(Gathering.objects.get(pk=talks[1].pk), by=lin)
    Deposit.objects.update(due_on=timezone.localdate())
    assert tell_late() == 0
    assert (tell_late(timezone.localdate() + dt.timedelta(days=1)), facts("deposit_late")) == (2, 2)


def test_a_file_is_shown_once_and_taken_away_by_who_prepares_it(
    community: Community, lin: Person, wang: Person
) -> None:
    talk = make_fixed(community, lin)
    file = upload(io.BytesIO("表".encode()), name="表.txt", by=lin, community=community)
    before = facts("changed")
    with pytest.raises(Forbidden, match="host and the speaker"):
        add_file(talk, file, by=wang)
    for _ in range(2):
        shown = add_file(talk, file, by=lin)
    with pytest.raises(Forbidden, match="host and the speaker"):
        remove_gathering_file(shown, by=wang)
    assert (GatheringFile.objects.count(), facts("changed") - before) == (1, 1)
    remove_gathering_file(shown, by=lin)
    assert not GatheringFile.objects.exists()


# --- the room ---------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_moved_and_removed_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = now_running(make_fixed(community, lin))
    for _ in range(2):
        question = ask_in_room(talk, "问", by=wang)
        start_answering(question, by=lin)
    assert (facts("question_asked"), facts("question_changed")) == (1, 1)
    for _ in range(2):
        put_back_room_question(question, by=lin)
        mark_answered(question, by=lin, answer="答")
        mark_answered(question, by=lin)
    assert facts("question_changed") == 5
    with pytest.raises(Forbidden, match="who asked under their name"):
        remove_question(question, by=xu)
    for _ in range(2):
        remove_question(question, by=wang)
    assert facts("question_changed") == 6 and not Question.objects.exists()


def test_who_cannot_see_it_does_not_vote(closed_community: Community, lin: Person, wang: Person, sun: Person) -> None:
    question = ask_in_room(make_talk(closed_community, lin), "问", by=wang)
    with pytest.raises(Forbidden, match="can see"):
        vote_for_question(question, on=True, by=sun)
    assert not Vote.objects.exists()


def test_a_tap_moves_for_five_minutes_and_never_below_nothing(community: Community, lin: Person, wang: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    tap = give_pulse(talk, "slower", by=wang)
    give_pulse(talk, "example", by=wang, last=tap)
    give_pulse(talk, "example", by=wang, last=tap)
    rows = dict(talk.pulses.values_list("word", "count"))
    assert rows == {"slower": 0, "example": 2}
    assert Tap("slower", timezone.now() - dt.timedelta(minutes=4, seconds=59)).counts_still
    assert not Tap("slower", timezone.now() - dt.timedelta(minutes=5)).counts_still
    over(talk)
    with pytest.raises(Refused, match="only works during"):
        give_pulse(Gathering.objects.get(), "slower", by=wang)
