"""Build gatherings: past ones with questions, feedback, thanks and deposits; coming ones with seats taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.comments.models import Vote
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings import facts
from zhiliu.gatherings.asking import question_digest
from zhiliu.gatherings.completing import FEEDBACK_OPEN_FOR, ask_for_feedback
from zhiliu.gatherings.models import (
    AudienceCall,
    AudienceInvitation,
    CheckIn,
    DepartmentAsk,
    Deposit,
    Format,
    Gathering,
    Invitation,
    LightningTalk,
    Nomination,
    Offer,
    Pulse,
    Question,
    Reminder,
    Seat,
)
from zhiliu.kit.text.markdown import render
from zhiliu.lineage.linking import link, note_new
from zhiliu.needs.models import Topic
from zhiliu.polls.models import Ballot, Option, Poll
from zhiliu.surveys.models import Answer, Answered, Response, Survey
from zhiliu.thanks.facts import Thanked
from zhiliu.thanks.models import Thanks

from .sources import read
from .stage import Stage

# Invited members without a seat, and what the first of them said.
UNDECIDED = 9
UNDECIDED_ANSWERS = ["maybe", "no", "maybe", "no"]
# YAML parses bare yes and no as true and false.
WILL_USE = (True, "not_yet", False)


def build(stage: Stage) -> None:
    """Create every gathering."""
    for entry in read("gatherings"):
        gathering = _gathering(stage, entry)
        stage.gatherings[entry["key"]] = gathering
        talks = _talks(stage, gathering, entry.get("talks") or [])
        people = _seats(stage, gathering, entry)
        _wanted(stage, gathering, entry)
        _invitation(stage, gathering)
        for question in entry.get("questions") or []:
            _question(stage, gathering, question, people, talks)
        for poll in entry.get("polls") or []:
            _poll(stage, gathering, poll, people)
        _pulse(stage, gathering, entry.get("pulse") or {})
        if gathering.state == Gathering.State.HELD:
            _check_ins(stage, gathering, people)
            _feedback(stage, gathering, entry.get("feedback"), people)
            for thanks in entry.get("thanks") or []:
                _thanks(stage, gathering, thanks)
            _deposit(stage, gathering, entry)
        else:
            _reminders(stage, gathering)
            _audience(stage, gathering, entry, people)
        if gathering.is_running:
            _check_ins(stage, gathering, people[3:])
    note_new([("gathering", gathering.pk) for gathering in stage.gatherings.values()], 2)
    for entry in read("topics"):
        _wanted(stage, stage.topics[entry["key"]], entry)


def _gathering(stage: Stage, entry: dict[str, Any]) -> Gathering:
    starts = _starts(stage, entry)
    topic: Topic | None = stage.topics.get(entry.get("topic") or "")
    is_held = entry["day"] < 0
    host = stage.people[entry["host"]]
    proposed_at = stage.clock.at(entry["day"] - 9 if is_held else -5, "15:40")
    summary = entry.get("summary") or ""
    gathering = Gathering.objects.create(
        community=stage.communities[entry["community"]],
        title=entry["title"],
        format=entry["format"],
        topic=topic,
        sharer=stage.people.get(entry.get("sharer") or ""),
        host=host,
        by=host,
        at=proposed_at,
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=entry["minutes"]),
        place=entry.get("place") or "",
        for_whom=topic.for_whom if topic else entry.get("for_whom") or "",
        take_home=topic.take_home if topic else entry.get("take_home") or "",
        changed_because=entry.get("changed") or "",
        seats=entry.get("seats"),
        state=Gathering.State.HELD if is_held else Gathering.State.FIXED,
        summary=summary,
        summary_html=render(summary).html if summary else "",
        held_at=starts + dt.timedelta(minutes=entry["minutes"]) if is_held else None,
    )
    _line(stage, gathering, topic, is_held)
    _tell(stage, gathering, proposed_at, is_held)
    return gathering


def _starts(stage: Stage, entry: dict[str, Any]) -> dt.datetime:
    """Return the start. A running one started some minutes ago, whenever the company is built."""
    if not entry.get("running_for"):
        return stage.clock.planned(entry["day"], entry["time"])
    began = stage.clock.now - dt.timedelta(minutes=entry["running_for"])
    return began.replace(minute=began.minute // 5 * 5, second=0, microsecond=0)


def _line(stage: Stage, gathering: Gathering, topic: Topic | None, is_held: bool) -> None:
    if topic is not None:
        with stage.moment(gathering.at):
            link(("topic", topic.pk), ("gathering", gathering.pk), by_id=gathering.by_id)
        state = Topic.State.DONE if is_held else Topic.State.PLANNED
        Topic.objects.filter(pk=topic.pk).update(state=state)


def _tell(stage: Stage, gathering: Gathering, proposed_at: dt.datetime, is_held: bool) -> None:
    about: dict[str, Any] = {
        "gathering_id": gathering.pk,
        "community_id": gathering.community_id,
        "by_id": gathering.by_id,
    }
    stage.tell(facts.GatheringProposed(**about), proposed_at)
    stage.tell(facts.TimeFixed(**about), min(proposed_at + dt.timedelta(hours=20), stage.clock.now))
    if is_held and gathering.held_at:
        stage.tell(facts.Held(**about), min(gathering.held_at, stage.clock.now))


def _seats(stage: Stage, gathering: Gathering, entry: dict[str, Any]) -> list[Person]:
    if gathering.format == Format.TEA_CHAT:
        return []
    named = [stage.people[key] for key in entry.get("named_attendees") or []]
    speakers = [talk.speaker for talk in gathering.talks.select_related("speaker") if talk.state == "accepted"]
    named = [*speakers, *(person for person in named if person not in speakers)]
    excluded = {person.pk for person in named} | {gathering.sharer_id or 0, gathering.host_id or 0}
    count = entry.get("attendees") or stage.chance.randint(6, 17)
    people = named + stage.some(stage.members[entry["community"]], max(0, count - len(named)), excluded)
    people = [person for person in people if person.pk not in (gathering.sharer_id, gathering.host_id)]
    people = people[: gathering.seats or len(people)]
    Seat.objects.bulk_create(Seat(gathering=gathering, person=person, at=gathering.at) for person in people)
    Gathering.objects.filter(pk=gathering.pk).update(taken=len(people))
    return people


def _audience(stage: Stage, gathering: Gathering, entry: dict[str, Any], coming: list[Person]) -> None:
    """Invite members to the talks that are ahead: who comes was invited, others said maybe or no, or nothing yet."""
    if gathering.format != Format.ONE_PROBLEM_TALK or gathering.has_begun:
        return
    others = stage.some(stage.members[entry["community"]], UNDECIDED, {person.pk for person in coming})
    leaders = (gathering.sharer_id, gathering.host_id)
    undecided = [person for person in others if person.pk not in leaders]
    invited_at = min(gathering.at + dt.timedelta(hours=20), stage.clock.now)
    count = len(coming) + len(undecided)
    call = AudienceCall.objects.create(gathering=gathering, by=gathering.host, at=invited_at, count=count)
    answers = dict(zip([person.pk for person in undecided], UNDECIDED_ANSWERS, strict=False))
    AudienceInvitation.objects.bulk_create(
        AudienceInvitation(
            gathering=gathering,
            person=person,
            call=call,
            seen_at=invited_at + dt.timedelta(hours=2) if person.pk in answers or number % 3 else None,
            answer=answers.get(person.pk, ""),
            answered_at=invited_at + dt.timedelta(hours=3) if person.pk in answers else None,
        )
        for number, person in enumerate([*coming, *undecided])
    )


def _invitation(stage: Stage, gathering: Gathering) -> None:
    if gathering.sharer is None or gathering.sharer_id == gathering.host_id:
        return
    Invitation.objects.create(
        gathering=gathering,
        person=gathering.sharer,
        by=gathering.host,
        at=gathering.at,
        state=Invitation.State.ACCEPTED,
        answered_at=gathering.at + dt.timedelta(hours=5),
    )


def _wanted(stage: Stage, thing: Topic | Gathering, entry: dict[str, Any]) -> None:
    """Create nominations and department requests."""
    target = {"topic": thing} if isinstance(thing, Topic) else {"gathering": thing}
    for item in entry.get("nominations") or []:
        _nomination(stage, target, thing.community_id, item)
    for item in entry.get("departments") or []:
        _department(stage, target, thing.community_id, item)


def _nomination(stage: Stage, target: dict[str, Any], community_id: int, entry: dict[str, Any]) -> None:
    person, by = stage.people[entry["person"]], stage.people[entry["by"]]
    at, state = stage.clock.at(entry["day"], "10:20"), entry.get("state") or Nomination.State.WAITING
    answered_at = None if state == Nomination.State.WAITING else min(at + dt.timedelta(hours=5), stage.clock.now)
    word = entry.get("word") or ""
    nomination = Nomination.objects.create(
        **target, person=person, by=by, why=entry["why"], at=at, state=state, word=word, answered_at=answered_at
    )
    stage.tell(
        facts.Nominated(nomination_id=nomination.pk, person_id=person.pk, community_id=community_id, by_id=by.pk), at
    )
    if answered_at is not None:
        answered = facts.NominationAnswered(nomination_id=nomination.pk, community_id=community_id, by_id=person.pk)
        stage.tell(answered, answered_at)
    if state == Nomination.State.YES and "topic" in target:
        Offer.objects.create(**target, by=person, word=word, at=answered_at or at)


def _department(stage: Stage, target: dict[str, Any], community_id: int, entry: dict[str, Any]) -> None:
    department = Department.objects.select_related("head").get(code=entry["department"])
    at, by = stage.clock.at(entry["day"], "11:40"), stage.people[entry["by"]]
    department_ask = DepartmentAsk.objects.create(
        **target, department=department, by=by, note=entry.get("note") or "", at=at
    )
    stage.tell(facts.DepartmentAsked(ask_id=department_ask.pk, community_id=community_id, by_id=by.pk), at)
    if entry.get("state"):
        answered_at = min(at + dt.timedelta(hours=22), stage.clock.now)
        DepartmentAsk.objects.filter(pk=department_ask.pk).update(
            state=entry["state"], word=entry["word"], answered_by=department.head, answered_at=answered_at
        )
        answered = facts.DepartmentAnswered(
            ask_id=department_ask.pk, community_id=community_id, by_id=department.head.pk if department.head else None
        )
        stage.tell(answered, answered_at)


def _poll(stage: Stage, gathering: Gathering, entry: dict[str, Any], people: list[Person]) -> None:
    """Create a poll of the room with ballots of the attendees."""
    starts = gathering.starts_at or stage.clock.now
    at = starts + dt.timedelta(minutes=15)
    poll = Poll.objects.create(
        community=gathering.community,
        question=entry["question"],
        by=gathering.host,
        at=at,
        closes_at=starts + dt.timedelta(hours=3 if entry.get("open") else 1),
        kind="gathering",
        thing_id=gathering.pk,
    )
    # The cast is named first; skip them, so that they have something to vote in.
    voters, ballots = people[::-1], []
    for order, option in enumerate(entry["options"]):
        option_row = Option.objects.create(poll=poll, text=option["text"], order=order)
        chosen, voters = voters[: option["votes"]], voters[option["votes"] :]
        ballots += [Ballot(poll=poll, option=option_row, by=person, at=at) for person in chosen]
    Ballot.objects.bulk_create(ballots)
    Poll.objects.filter(pk=poll.pk).update(ballot_count=len(ballots))


def _pulse(stage: Stage, gathering: Gathering, counts: dict[str, int]) -> None:
    """Create the pulse of the current minute; it expires after five minutes."""
    minute = stage.clock.now.replace(second=0, microsecond=0)
    Pulse.objects.bulk_create(
        Pulse(gathering=gathering, word=word, minute=minute, count=count) for word, count in counts.items()
    )


def _talks(stage: Stage, gathering: Gathering, entries: list[dict[str, Any]]) -> list[LightningTalk]:
    """Create the running order. In a held gathering, every talk was given, one after the other."""
    is_held = gathering.state == Gathering.State.HELD
    begins, talks = gathering.starts_at or stage.clock.now, []
    for place, entry in enumerate(entries, start=1):
        ends = begins + dt.timedelta(minutes=entry["minutes"])
        state = entry.get("state") or LightningTalk.State.ACCEPTED
        answered_at = None if state == LightningTalk.State.WAITING else gathering.at + dt.timedelta(hours=6)
        talk = LightningTalk.objects.create(
            gathering=gathering,
            title=entry["title"],
            speaker=stage.people[entry["speaker"]],
            minutes=entry["minutes"],
            place=place,
            state=state,
            by=gathering.host,
            at=gathering.at,
            answered_at=answered_at,
            started_at=begins if is_held else None,
            ended_at=ends if is_held else None,
        )
        about: dict[str, Any] = {
            "gathering_id": gathering.pk,
            "community_id": gathering.community_id,
            "by_id": gathering.host_id,
        }
        stage.tell(facts.SpeakerAsked(**about, talk_id=talk.pk, person_id=talk.speaker_id), gathering.at)
        begins = ends
        talks.append(talk)
    return talks


def _question(
    stage: Stage, gathering: Gathering, entry: dict[str, Any], people: list[Person], talks: list[LightningTalk]
) -> None:
    by = stage.people.get(entry.get("by") or "")
    answer = entry.get("answer") or ""
    voters = stage.some(people or stage.members[gathering.community.slug], entry.get("votes") or 0)
    question = Question.objects.create(
        gathering=gathering,
        text=entry["text"],
        talk=talks[entry["talk"]] if "talk" in entry else None,
        digest=question_digest(entry["text"]),
        by=by,
        is_anonymous=by is None,
        on=gathering.starts_at.date()
        if gathering.state == Gathering.State.HELD and gathering.starts_at
        else stage.clock.today,
        state=_question_state(entry),
        answer=answer,
        vote_count=len(voters),
    )
    Vote.objects.bulk_create(
        Vote(kind="question", thing_id=question.pk, by=person, at=gathering.at) for person in voters
    )


def _question_state(entry: dict[str, Any]) -> str:
    if entry.get("answer"):
        return Question.State.ANSWERED
    return Question.State.ANSWERING if entry.get("now") else Question.State.WAITING


def _check_ins(stage: Stage, gathering: Gathering, people: list[Person]) -> None:
    attendees = [person for person in [gathering.sharer, gathering.host, *people] if person is not None]
    at = gathering.starts_at or stage.clock.now
    CheckIn.objects.bulk_create(
        (CheckIn(gathering=gathering, person=person, by=person, at=at) for person in dict.fromkeys(attendees)),
        ignore_conflicts=True,
    )


def _feedback(stage: Stage, gathering: Gathering, entry: dict[str, Any] | None, people: list[Person]) -> None:
    if entry is None or gathering.ends_at is None or gathering.host is None:
        return
    with stage.moment(gathering.ends_at):
        survey = ask_for_feedback(gathering, by=gathering.host)
    Survey.objects.filter(pk=survey.pk).update(closes_at=gathering.ends_at + FEEDBACK_OPEN_FOR)
    grades = entry["useful"][: len(people)]
    uses = [place for place, key in enumerate(WILL_USE) for _ in range(entry["will_use"].get(key, 0))]
    useful, will_use, for_new, better = list(survey.questions.all())
    responses = Response.objects.bulk_create(Response(survey=survey) for _grade in grades)
    answers = []
    for number, (grade, response) in enumerate(zip(grades, responses, strict=True)):
        answers.append(Answer(response=response, question=useful, number=grade))
        for_newcomers = grade if number % 3 else max(3, grade - 1)
        answers.append(Answer(response=response, question=for_new, number=for_newcomers))
    answers += [
        Answer(response=to, question=will_use, number=place) for to, place in zip(responses, uses, strict=False)
    ]
    texts = entry.get("better") or []
    answers += [Answer(response=to, question=better, text=text) for to, text in zip(responses, texts, strict=False)]
    Answer.objects.bulk_create(answers)
    Answered.objects.bulk_create(Answered(survey=survey, person=person) for person in people[: len(grades)])
    Survey.objects.filter(pk=survey.pk).update(answered_count=len(grades))


def _thanks(stage: Stage, gathering: Gathering, entry: dict[str, Any]) -> None:
    by, at = stage.people[entry["by"]], (gathering.ends_at or stage.clock.now) + dt.timedelta(hours=3)
    at = min(at, stage.clock.now)
    shared: list[Person | None] = [talk.speaker for talk in gathering.talks.select_related("speaker")]
    for to in shared or [gathering.sharer]:
        if to is not None and to.pk != by.pk:
            _thank(stage, gathering, entry["text"], to, by, at)


def _thank(stage: Stage, gathering: Gathering, reason: str, to: Person, by: Person, at: dt.datetime) -> None:
    thanks = Thanks.objects.create(
        to=to,
        by=by,
        reason=reason,
        kind="gathering",
        thing_id=gathering.pk,
        community_id=gathering.community_id,
        at=at,
    )
    stage.tell(
        Thanked(
            thanks_id=thanks.pk,
            to_id=to.pk,
            kind="gathering",
            thing_id=gathering.pk,
            community_id=gathering.community_id,
            by_id=by.pk,
        ),
        at,
    )


def _deposit(stage: Stage, gathering: Gathering, entry: dict[str, Any]) -> None:
    """Create the open deposit. Finished ones come with their articles."""
    if entry.get("deposit_owner"):
        due_on = stage.clock.today + dt.timedelta(days=entry["deposit_due_day"])
        owner = stage.people[entry["deposit_owner"]]
        at = gathering.held_at or stage.clock.now
        Deposit.objects.create(gathering=gathering, owner=owner, due_on=due_on, by=gathering.host, at=at)


def _reminders(stage: Stage, gathering: Gathering) -> None:
    """Create the reminders still to come; earlier ones count as sent."""
    starts = gathering.starts_at
    assert starts is not None
    before = {Reminder.Kind.TWO_DAYS: dt.timedelta(days=2), Reminder.Kind.ONE_HOUR: dt.timedelta(hours=1)}
    Reminder.objects.bulk_create(
        Reminder(gathering=gathering, kind=kind, due_at=starts - span)
        for kind, span in before.items()
        if starts - span > stage.clock.now
    )
