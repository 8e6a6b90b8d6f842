"""What happens with polls."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PollOpened(Fact):
    """A question was put to a community."""

    about = ("poll", "poll_id")
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class BallotCast(Fact):
    """Somebody voted or changed their mind; nobody is named where the poll is secret."""

    about = ("poll", "poll_id")
    poll_id: int
