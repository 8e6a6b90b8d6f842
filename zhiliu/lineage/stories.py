"""Objects of one line are one story: lists show it once, at the place it has reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhiliu.kit.contracts.object_types import things

from .linking import MAX_WALK, Reference, neighbours, station_of

# From a need to its topic, on to the gathering, and on to the article.
STEPS = 3


@dataclass(frozen=True)
class Story:
    """Objects of one list that stand on one line.

    Args:
        head: the one at the place the line has reached. rest: the others, the later stations first.
    """

    head: Reference
    rest: tuple[Reference, ...] = ()

    @property
    def members(self) -> tuple[Reference, ...]:
        """Return all of them, the furthest along first."""
        return (self.head, *self.rest)


def stories_of(references: Iterable[Reference]) -> list[Story]:
    """Group the objects of a list by their lines, in the order of the first of each; at most three queries.

    Objects without a station (people, messages) are stories of their own.
    """
    references = list(dict.fromkeys(references))
    groups: dict[Reference, list[Reference]] = {}
    line = _lines([reference for reference in references if _is_on_the_line(reference)])
    for reference in references:
        groups.setdefault(line.get(reference, reference), []).append(reference)
    return [_story(members) for members in groups.values()]


def _is_on_the_line(reference: Reference) -> bool:
    kind = things.get(reference[0])
    return kind is not None and kind.station is not None


def _story(members: list[Reference]) -> Story:
    # Sorting is stable: of two articles the one that stood first in the list is the head.
    ordered = sorted(members, key=station_of, reverse=True)
    return Story(ordered[0], tuple(ordered[1:]))


def _lines(references: list[Reference]) -> dict[Reference, Reference]:
    """Return one object of its line, the same for all of them, by object."""
    edge = references
    first: dict[Reference, Reference] = {reference: reference for reference in edge}
    for _step in range(STEPS):
        links = neighbours(edge) if edge else []
        new = {end for ends in links for end in ends} - first.keys()
        first.update({reference: reference for reference in new})
        for ends in links:
            _join(first, *ends)
        edge = sorted(new)[:MAX_WALK]
    return {reference: _first(first, reference) for reference in references}


def _join(first: dict[Reference, Reference], one_end: Reference, other_end: Reference) -> None:
    first[_first(first, one_end)] = _first(first, other_end)


def _first(first: dict[Reference, Reference], reference: Reference) -> Reference:
    while first[reference] != reference:
        reference = first[reference]
    return reference
