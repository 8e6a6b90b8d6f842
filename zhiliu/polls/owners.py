"""Polls that belong to a thing: the app that owns the thing says here who puts and closes them, and who votes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry

May = Callable[[Person, int], bool]


@dataclass(frozen=True)
class PollOwner:
    """Who may do what with the polls of a kind of thing, asked with a person and the thing's id.

    Args:
        keep: put and close them. vote: vote in them. see: see them.
        seen: the twin of ``see``: a query set with the ids of the things whose polls a person sees.
        most_options: how many options such a poll has at most.
    """

    keep: May
    vote: May
    see: May
    seen: Callable[[Person], Any]
    most_options: int = 6


# By kind of thing.
owners: Registry[PollOwner] = Registry("what polls belong to")
