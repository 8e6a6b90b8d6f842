"""Links objects into the lineage."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import kind_of

from .facts import Linked
from .models import LineageProgress, Link

Reference = tuple[str, int]
MAX_WALK = 400


def link(source: Reference, target: Reference, *, by_id: int | None, kind: str = Link.Kind.CAME_OUT_OF) -> Link:
    """Record that ``target`` came out of ``source``. Idempotent.

    Args:
        source, target: (kind label, id), with the source earlier on the line.
        by_id: the person, or None where anonymity was promised.
    """
    with transaction.atomic():
        row, is_new = Link.objects.get_or_create(
            source_kind=source[0],
            source_id=source[1],
            target_kind=target[0],
            target_id=target[1],
            kind=kind,
            defaults={"by_id": by_id},
        )
        if is_new:
            note_reached(source, max(station_of(target), reached([target]).get(target, 0)))
            announce(
                Linked(
                    source_kind=source[0], source_id=source[1], target_kind=target[0], target_id=target[1], by_id=by_id
                )
            )
    return row


def unlink(source: Reference, target: Reference) -> None:
    """Delete a link (undo of a merge) and recompute the progress of the sources."""
    with transaction.atomic():
        Link.objects.filter(
            source_kind=source[0], source_id=source[1], target_kind=target[0], target_id=target[1]
        ).delete()
        _work_out_again(source)


def _work_out_again(source: Reference) -> None:
    for reference in [source, *walk([source], upwards=True)]:
        below = walk([reference], upwards=False)
        station = max([station_of(reference_below) for reference_below in below], default=station_of(reference))
        LineageProgress.objects.filter(kind=reference[0], thing_id=reference[1]).update(station=station)


def note_reached(thing: Reference, station: int) -> None:
    """Record on ``thing`` and its sources that their lines reached ``station``; it never moves back."""
    things = [thing, *walk([thing], upwards=True)]
    note_new(things, station)
    LineageProgress.objects.filter(_any_of(things), station__lt=station).update(station=station, at=timezone.now())


def note_new(things: Iterable[Reference], station: int) -> None:
    """Record ``station`` on objects that have none; new ones came out of nothing yet. One statement for all."""
    rows = [LineageProgress(kind=kind, thing_id=key, station=station) for kind, key in things]
    LineageProgress.objects.bulk_create(rows, ignore_conflicts=True)


def station_of(thing: Reference) -> int:
    """Return the station (0 need … 5 evaluation) of an object's type."""
    return kind_of(thing[0]).station or 0


def reached(things: Iterable[Reference]) -> dict[Reference, int]:
    """Return how far the lines of ``things`` have come, in one query; objects without a line are left out."""
    things = list(things)
    if not things:
        return {}
    rows = LineageProgress.objects.filter(_any_of(things)).values_list("kind", "thing_id", "station")
    return {(kind, key): station for kind, key, station in rows}


def _any_of(things: Iterable[Reference]) -> Q:
    by_kind: dict[str, list[int]] = {}
    for kind, key in things:
        by_kind.setdefault(kind, []).append(key)
    condition = Q()
    for kind, keys in by_kind.items():
        condition |= Q(kind=kind, thing_id__in=keys)
    return condition


def walk(start: Iterable[Reference], *, upwards: bool) -> list[Reference]:
    """Return all objects before (``upwards``) or after ``start`` on the line, nearest first, one query per step.

    At most :data:`MAX_WALK` objects: nobody reads a longer line.
    """
    edge = list(dict.fromkeys(start))
    first = len(edge)
    visited: dict[Reference, None] = dict.fromkeys(edge)
    while edge and len(visited) < MAX_WALK:
        edge = [thing for thing in _next(edge, upwards) if thing not in visited]
        visited.update(dict.fromkeys(edge))
    return list(visited)[first:]


def neighbours(things: list[Reference]) -> list[tuple[Reference, Reference]]:
    """Return the links of ``things`` in both directions, as (source, target), in one query.

    At most :data:`MAX_WALK`: nobody reads a longer line.
    """
    condition = Q()
    for kind in sorted({kind for kind, _key in things}):
        keys = [key for thing_kind, key in things if thing_kind == kind]
        condition |= Q(source_kind=kind, source_id__in=keys) | Q(target_kind=kind, target_id__in=keys)
    rows = Link.objects.filter(condition).order_by("pk")
    ends = rows.values_list("source_kind", "source_id", "target_kind", "target_id")
    return [((kind, key), (other_kind, other_key)) for kind, key, other_kind, other_key in ends[:MAX_WALK]]


def _next(edge: list[Reference], upwards: bool) -> list[Reference]:
    here, there = ("target", "source") if upwards else ("source", "target")
    condition = Q()
    for kind in {kind for kind, _ in edge}:
        condition |= Q(
            **{f"{here}_kind": kind, f"{here}_id__in": [key for edge_kind, key in edge if edge_kind == kind]}
        )
    rows = Link.objects.filter(condition).order_by("pk").values_list(f"{there}_kind", f"{there}_id")
    return list(dict.fromkeys(rows[:MAX_WALK]))
