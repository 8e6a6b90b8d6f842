"""What happens with polls."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PollOpened(Fact, name="polls.poll_opened"):
    """A question was put to a community."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class BallotCast(Fact, name="polls.ballot_cast"):
    """Somebody voted or changed their mind; nobody is named where the poll is secret or belongs to a thing."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollPut(Fact, name="polls.poll_created"):
    """A question was put to those who are at a thing."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollClosed(Fact, name="polls.poll_closed"):
    """A poll was closed before its time."""

    about = ("poll", "poll_id")
    poll_id: int
