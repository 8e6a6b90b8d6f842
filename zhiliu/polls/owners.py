"""Polls that belong to a thing: the app that owns the thing says here who puts and closes them, and who votes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhiliu.directory.models import Person
from zhiliu.kit.plugs import Shelf

May = Callable[[Person, int], bool]


@dataclass(frozen=True)
class PollOwner:
    """Who may do what with the polls of a kind of thing, asked with a person and the thing's id.

    Args:
        keep: put and close them. vote: vote in them.
    """

    keep: May
    vote: May


# By kind of thing.
owners: Shelf[PollOwner] = Shelf("what polls belong to")
