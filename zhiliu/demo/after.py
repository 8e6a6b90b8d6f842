"""Clear caches filled while building."""

from __future__ import annotations

from zhiliu.communities.reach import forget_reach

from .stage import Stage


def build(stage: Stage) -> None:
    """Forget the cached reach of everybody."""
    for person in [*stage.people.values(), *stage.others]:
        forget_reach(person)
