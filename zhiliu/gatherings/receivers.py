"""What gatherings add to live streams and timelines."""

from __future__ import annotations

from collections.abc import Iterable

from zhiliu.activity.consumers import LogEntry
from zhiliu.comments.facts import Voted
from zhiliu.lineage.linking import Reference
from zhiliu.lineage.timeline import lateness
from zhiliu.live.topics import Event, gates, sources
from zhiliu.polls.facts import BallotCast, PollClosed, PollPut
from zhiliu.polls.models import Poll

from . import calendar_mail, facts, leaving  # noqa: F401 - they register followers
from .models import Deposit, Gathering, Question
from .polling import KIND

_EVENTS: dict[type[facts.OfGathering], str] = {
    facts.RoomQuestionAsked: "questions",
    facts.RoomQuestionChanged: "questions",
    facts.SeatTaken: "seats",
    facts.SeatGivenUp: "seats",
    facts.SeatPromoted: "seats",
    facts.CheckedIn: "seats",
    facts.TimeFixed: "state",
    facts.GatheringMoved: "state",
    facts.Cancelled: "state",
    facts.Held: "state",
    facts.Changed: "state",
    facts.EveningMoved: "state",
    facts.PulseGiven: "pulse",
    facts.SpeakerAsked: "talk",
    facts.SpeakerAnswered: "talk",
    facts.RunningOrderChanged: "talk",
    facts.TalkStarted: "talk",
    facts.TalkEnded: "talk",
}


@sources.register(key="gatherings")
def gathering_events(entry: LogEntry) -> Iterable[Event]:
    """Return events for changes of questions, seats, state, polls, talks or pulse."""
    fact = entry.fact
    if isinstance(fact, facts.OfGathering) and type(fact) in _EVENTS:
        return [Event(("gathering", fact.gathering_id), _EVENTS[type(fact)])]
    if isinstance(fact, Voted) and fact.kind == "question":
        keys = Question.objects.filter(pk=fact.thing_id).values_list("gathering_id", flat=True)
        return [Event(("gathering", key), "questions") for key in keys]
    if isinstance(fact, PollPut | PollClosed | BallotCast):
        rooms = Poll.objects.filter(pk=fact.poll_id, kind=KIND).values_list("thing_id", flat=True)
        return [Event(("gathering", key), "poll") for key in rooms if key is not None]
    return []


gates.register(lambda person, key: Gathering.objects.visible_to(person).filter(pk=key).exists(), key="gathering")


@lateness.register(key="gatherings")
def late_gatherings(references: Iterable[Reference]) -> dict[Reference, int]:
    """Return the gatherings whose deposit is late: the fourth station of their line is missing."""
    keys = [key for kind, key in references if kind == "gathering"]
    if not keys:
        return {}
    late = Deposit.objects.late().filter(gathering__in=keys).values_list("gathering_id", flat=True)
    return {("gathering", key): 3 for key in late}
