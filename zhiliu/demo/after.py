"""What comes last: the newcomer of the cast starts with little, so that there is something to do first."""

from __future__ import annotations

from zhiliu.communities.reach import forget_reach

from .stage import Stage


def build(stage: Stage) -> None:
    """Forget what was remembered while building."""
    for person in [*stage.people.values(), *stage.others]:
        forget_reach(person)
