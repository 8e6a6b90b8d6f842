"""Detectors: each screens a submission and returns a human-readable reason, or none.

They hold posts or flag them, never punish. A detector is a function of its input, with at most a small database query;
the community decides its effect (hold, flag, off).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import RecentPost
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.text.chinese_text import normalise

WEAK, STRONG = 1, 2


@dataclass(frozen=True)
class Submission:
    """The text to screen, with its context.

    Args:
        text, by, community. place: the channel or page. now: the moment. minute: the author's posts in the community
            within the last minute. look_elsewhere: returns their posts in other places in the last day, newest first;
            called only by detectors that need it. is_edit: it is an edit of something published.
    """

    text: str
    by: Person
    community: Community
    place: str
    now: dt.datetime
    minute: int = 0
    look_elsewhere: Callable[[], Sequence[RecentPost]] = tuple
    is_edit: bool = False

    @cached_property
    def folded(self) -> str:
        """Return the folded text for comparison."""
        return normalise(self.text)

    @cached_property
    def elsewhere(self) -> Sequence[RecentPost]:
        """Return the author's posts in other places in the last day."""
        return self.look_elsewhere()

    @cached_property
    def is_newcomer(self) -> bool:
        """Return True if the author joined the organisation, or became a guest, in the last seven days."""
        return self.by.is_newcomer(days=7)


@dataclass(frozen=True)
class DetectorFinding:
    """A reason for a review.

    Args:
        detector: its key. weight: weak or strong. details: the findings, as JSON; :attr:`Detector.tell` words them.
    """

    detector: str
    weight: int
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the form stored in held posts and flags."""
        return {"detector": self.detector, "weight": self.weight, "details": self.details}


@dataclass(frozen=True)
class Detector:
    """One way to find problematic content.

    Args:
        key, name, hint: as shown in the community's settings.
        look: returns a finding or None. tell: words a finding's details in the reader's language.
    """

    key: str
    name: Any
    hint: Any
    look: Callable[[Submission], DetectorFinding | None]
    tell: Callable[[dict[str, Any]], str]


detectors: Registry[Detector] = Registry("detectors")


def tell(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """Return stored reasons in words, without those of removed detectors."""
    pairs = [(detectors.get(reason.get("detector", "")), reason.get("details", {})) for reason in reasons]
    return [detector.tell(details) for detector, details in pairs if detector is not None]


from . import adverts, flooding, insults, repeating  # noqa: E402, F401 - each puts itself in the registry
