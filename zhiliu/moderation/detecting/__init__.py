"""Detectors: each looks at what somebody is about to say and gives a reason a person can read, or none.

They hold back or flag, never punish. A detector is a function of what it is given, with at most a small question to the
database; what a community does with it (hold, flag, off) is the community's business.
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
    """What is looked at.

    Args:
        text, by, community. place: the channel or page. now: the moment. minute: how often the person said something
            in the community within the last minute. look_elsewhere: gives what they said in other places in the last
            day, the newest first; asked only by who needs it. is_edit: it is out already and is put differently.
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
        """The text as it is compared."""
        return normalise(self.text)

    @cached_property
    def elsewhere(self) -> Sequence[RecentPost]:
        """What the person said in other places in the last day."""
        return self.look_elsewhere()

    @cached_property
    def is_newcomer(self) -> bool:
        """Whether the person came to the organisation, or as a guest, in the last seven days."""
        return self.by.is_newcomer(days=7)


@dataclass(frozen=True)
class DetectorFinding:
    """A reason to look.

    Args:
        detector: its key. weight: weak or strong. details: what was found, as JSON; :attr:`Detector.tell` says it.
    """

    detector: str
    weight: int
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As holds and flags keep it."""
        return {"detector": self.detector, "weight": self.weight, "details": self.details}


@dataclass(frozen=True)
class Detector:
    """One way to find what should be looked at.

    Args:
        key, name, hint: what those read who set up a community.
        look: gives a finding or None. tell: says a finding's details in the reader's language.
    """

    key: str
    name: Any
    hint: Any
    look: Callable[[Submission], DetectorFinding | None]
    tell: Callable[[dict[str, Any]], str]


detectors: Registry[Detector] = Registry("detectors")


def tell(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """Kept reasons in words; a detector that is gone is left out."""
    known = [(detectors.get(reason.get("detector", "")), reason.get("details", {})) for reason in reasons]
    return [detector.tell(details) for detector, details in known if detector is not None]


from . import adverts, flooding, insults, repeating  # noqa: E402, F401 - each puts itself in the registry
