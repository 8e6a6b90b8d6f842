"""Covers: pictures made of lines. Pure strings, deterministic in their input."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

Point = tuple[float, float]


def _fractions(seed: str) -> Iterator[float]:
    """Yield endless numbers in [0, 1) that depend on the seed alone, on every Python."""
    block = 0
    while True:
        for byte in hashlib.blake2b(f"{seed}/{block}".encode()).digest():
            yield byte / 256
        block += 1


def _smooth(points: list[Point]) -> str:
    """Return an SVG path through the points (Catmull-Rom converted to Bézier curves)."""
    path = [f"M{points[0][0]:.0f} {points[0][1]:.1f}"]
    for i in range(len(points) - 1):
        before, a, b = points[max(i - 1, 0)], points[i], points[i + 1]
        after = points[min(i + 2, len(points) - 1)]
        path.append(
            f"C{a[0] + (b[0] - before[0]) / 6:.0f} {a[1] + (b[1] - before[1]) / 6:.1f} "
            f"{b[0] - (after[0] - a[0]) / 6:.0f} {b[1] - (after[1] - a[1]) / 6:.1f} {b[0]:.0f} {b[1]:.1f}"
        )
    return "".join(path)


def _step(t: float, start: float, end: float) -> float:
    """Return 0 before ``start``, 1 after ``end``, smooth between."""
    x = min(1.0, max(0.0, (t - start) / (end - start)))
    return x * x * x * (x * (6 * x - 15) + 10)


@lru_cache(maxsize=512)
def cover_paths(seed: str, width: int, height: int, lines: int) -> SafeString:
    """Return the ``<path>`` elements of a cover: many lines that become one stream.

    Args:
        seed: identifies the object; the same seed gives the same picture.
        width, height: size of the drawing in its own units.
        lines: how many lines begin at the left.
    """
    chance = _fractions(seed)
    meet, bundle = 0.56 + 0.12 * next(chance), 0.42 + 0.16 * next(chance)
    sway, phase = (next(chance) - 0.5) * 0.5, next(chance) * math.tau
    gap = height * (0.009 if height > width else 0.016)
    paths = []
    for i in range(lines):
        place = i / (lines - 1)
        start = (place * 1.3 - 0.15) * height
        bend, turn = (0.02 + 0.03 * next(chance)) * height, next(chance) * 0.7
        points = []
        for n in range(15):
            t = n / 14 * 1.04 - 0.02
            along = _step(t, -0.06, meet + 0.1)
            free = start + bend * math.sin(t * 10 + turn + phase)
            stream = height * (bundle + sway * (t - meet) ** 2 + 0.03 * math.sin(t * 5 + phase)) + (i - lines / 2) * gap
            points.append((t * width, free * (1 - along) + stream * along))
        paths.append(f'<path d="{_smooth(points)}" stroke-opacity="{0.36 + 0.9 * abs(place - 0.5):.2f}"/>')
    return mark_safe("".join(paths))  # noqa: S308
