"""Facts of polls."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PollOpened(Fact, name="polls.poll_opened"):
    """A poll was opened in a community."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class BallotCast(Fact, name="polls.ballot_cast"):
    """A person voted or changed their vote; without an actor if the poll is secret or belongs to an object."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollPut(Fact, name="polls.poll_created"):
    """A poll was created for the participants of an object."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollClosed(Fact, name="polls.poll_closed"):
    """A poll was closed before its time."""

    about = ("poll", "poll_id")
    poll_id: int
