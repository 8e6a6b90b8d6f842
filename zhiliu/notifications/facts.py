"""What happens to inboxes."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class InboxChanged(Fact):
    """The inboxes of some people changed, in one batch; their open pages ask anew."""

    person_ids: tuple[int, ...]
