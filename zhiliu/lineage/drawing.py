"""Drawings of a lineage: the small glyph for lists, and the curves of several needs. Deterministic in their input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=256)
def glyph_shapes(states: tuple[str, ...]) -> SafeString:
    """Return the inside of the 76 × 12 glyph: a dot per station, a line up to the furthest one reached."""
    xs = [5 + round(66 / (len(states) - 1) * i, 1) for i in range(len(states))]
    reached = furthest(states)
    shapes = []
    for i in range(len(states) - 1):
        name = "way" if i < reached else "way to-come"
        shapes.append(f'<path class="{name}" d="M{xs[i]} 6H{xs[i + 1]}"/>')
    for x, state in zip(xs, states, strict=True):
        radius = {"done": 2.5, "here": 3.5, "late": 3.5}.get(state, 2.4)
        shapes.append(f'<circle class="{state}" cx="{x}" cy="6" r="{radius}"/>')
    return mark_safe("".join(shapes))  # noqa: S308


def furthest(states: Sequence[str]) -> int:
    """Return the index of the last station that was reached; -1 if there is none."""
    return max((i for i, state in enumerate(states) if state in ("done", "here", "late")), default=-1)


@lru_cache(maxsize=8)
def tributaries(count: int) -> SafeString:
    """Return the curves that lead into the first stretch of a line, for two or more needs (at most four are drawn).

    The drawing is stretched to the width of the stretch; dots stay round because their stroke does not scale.
    """
    count = min(count, 4) - 1
    shapes = []
    for i in range(count):
        x, y = 1 + i * 7, 3 + i * (18 / max(count, 1)) * 0.8
        shapes.append(
            f'<path d="M{x} {y:.1f}C{x + 26} {y:.1f} 52 22 94 22"/><path class="spring" d="M{x} {y:.1f}h.01"/>'
        )
    return mark_safe(  # noqa: S308
        '<svg class="tributaries" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        + "".join(shapes)
        + "</svg>"
    )
