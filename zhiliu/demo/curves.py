"""Temperatures of a cold store over a night, as a picture and as a table, for people to share in channels."""

from __future__ import annotations

import io
import math
import random

BEGINS, STEP, COUNT = 20 * 60, 10, 73  # 20:00 to 08:00, in minutes
SET_POINT, LIMIT = -18.0, -15.0
COLDEST, WARMEST = -20, -8
WIDTH, HEIGHT, MARGIN = 640, 320, 46
# Supersampled, so that lines are smooth.
FINE = 2
PAPER, GRID, INK, CURVE, RED = "#ffffff", "#e3e6ea", "#5b6470", "#1f6feb", "#c4432b"


def night(kind: str) -> list[tuple[str, float]]:
    """Return readings every ten minutes: ``defrost`` is a saw, ``door`` jumps and recovers, ``leak`` rises slowly."""
    chance = random.Random(kind)
    return [(_clock(minute), round(_reading(kind, minute) + chance.uniform(-0.2, 0.2), 1)) for minute in _minutes()]


def as_file(kind: str, name: str) -> bytes:
    """Return a night as the file type its name says: ``.png`` or ``.csv``."""
    readings = night(kind)
    return picture(readings) if name.endswith(".png") else table(readings)


def _minutes() -> range:
    return range(0, STEP * COUNT, STEP)


def _clock(minute: int) -> str:
    return f"{(BEGINS + minute) // 60 % 24:02d}:{minute % 60:02d}"


def _reading(kind: str, minute: int) -> float:
    calm = SET_POINT + 0.4 * math.sin(minute / 17)
    if kind == "defrost":
        return calm + 5.5 * _bump(minute % 240 - 120, 30, 35)
    if kind == "door":
        return calm + 9 * _bump(minute - 220, 30, 100)
    return calm + 0.4 * max(minute - 240, 0) / 60


def _bump(minute: float, rise: float, fall: float) -> float:
    """Return a value that rises from 0 to 1 within ``rise`` minutes and decays slowly."""
    if minute < 0:
        return 0
    return minute / rise if minute < rise else math.exp((rise - minute) / fall)


def table(readings: list[tuple[str, float]]) -> bytes:
    """Return a CSV with a byte order mark, by which spreadsheets recognise UTF-8."""
    lines = ["时间,库温（℃）", *(f"{time},{value}" for time, value in readings)]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def picture(readings: list[tuple[str, float]]) -> bytes:
    """Return a PNG. It labels only with figures, because not every machine has a font with Han characters."""
    from PIL import Image, ImageDraw, ImageFont

    paper = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(17 * FINE)
    for degrees in range(COLDEST, WARMEST + 1, 4):
        pen.line([_spot(0, degrees), _spot(COUNT - 1, degrees)], GRID, FINE)
        pen.text(_spot(-1, degrees), f"{degrees}°C", INK, font, anchor="rm")
    for place in range(0, COUNT, 12):
        pen.text(_spot(place, COLDEST - 0.9), readings[place][0], INK, font, anchor="mm")
    pen.line([_spot(0, LIMIT), _spot(COUNT - 1, LIMIT)], RED, FINE)
    pen.line([_spot(place, value) for place, (_, value) in enumerate(readings)], CURVE, 3 * FINE, joint="curve")
    out = io.BytesIO()
    paper.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _spot(place: float, degrees: float) -> tuple[float, float]:
    """Return the position of a reading on the paper."""
    across = MARGIN * 1.4 + place * (WIDTH - MARGIN * 2) / (COUNT - 1)
    down = MARGIN / 2 + (WARMEST - degrees) * (HEIGHT - MARGIN * 1.4) / (WARMEST - COLDEST)
    return across * FINE, down * FINE
