"""Facts of thanks."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Thanked(Fact, name="thanks.thanks_given"):
    """A person thanked another."""

    about = ("thanks", "thanks_id")
    thanks_id: int
    to_id: int
    kind: str = ""
    thing_id: int = 0
