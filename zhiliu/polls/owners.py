"""Polls that belong to an object: its app declares who creates and closes them, and who votes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry

May = Callable[[Person, int], bool]


@dataclass(frozen=True)
class PollOwner:
    """Permissions on the polls of one object type; called with a person and the object's id.

    Args:
        keep: create and close them. vote: vote in them. see: see them.
        seen: the twin of ``see``: a query set with the ids of objects whose polls a person sees.
        most_options: maximum number of options.
    """

    keep: May
    vote: May
    see: May
    seen: Callable[[Person], Any]
    most_options: int = 6


# By object type.
owners: Registry[PollOwner] = Registry("what polls belong to")
