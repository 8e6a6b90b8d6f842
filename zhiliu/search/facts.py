"""Facts of tags."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class TagFollowed(Fact, name="search.tag_followed"):
    """A tag got a follower; the log keeps neither follower nor time, only the day."""

    day_only = True
    tag_id: int


@dataclass(frozen=True, kw_only=True)
class SynonymsChanged(Fact, name="search.synonyms_changed"):
    """Words of like meaning were added or removed (``act``)."""

    administrative = pgettext_lazy("audit", "Synonyms changed")
    words: str
    act: str
    by_id: int


@dataclass(frozen=True, kw_only=True)
class TagUnfollowed(Fact, name="search.tag_unfollowed"):
    """A tag lost a follower; the log keeps neither follower nor time, only the day."""

    day_only = True
    tag_id: int
