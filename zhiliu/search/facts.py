"""What happens with tags."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class TagFollowed(Fact, name="search.tag_followed"):
    """Somebody follows a tag from now on; neither who nor when is kept, only the day."""

    day_only = True
    tag_id: int


@dataclass(frozen=True, kw_only=True)
class TagUnfollowed(Fact, name="search.tag_unfollowed"):
    """Somebody follows a tag no longer; neither who nor when is kept, only the day."""

    day_only = True
    tag_id: int
