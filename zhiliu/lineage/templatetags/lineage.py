"""The lineage 来龙去脉 on any page: full, upright, as a glyph or as table cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from zhiliu.lineage.drawing import furthest, glyph_shapes, tributaries
from zhiliu.lineage.timeline import NAMES

register = template.Library()


@register.simple_tag
def lineage(line: Any, form: str = "full") -> SafeString:
    """Render the lineage 来龙去脉.

    Args:
        line: has ``stations``, six objects with ``name``, ``state`` (``done``, ``here``, ``todo``, ``late`` or
            ``hidden``), ``text``, ``url``, ``count_sources``; and optionally ``sentence`` for phones.
        form: ``full``, ``upright``, ``glyph`` or ``track``.
    """
    # Lists render these two once per row, so they use no template.
    if form == "glyph":
        return _glyph(line.stations)
    if form == "track":
        return _track(line.stations)
    context = {"full": _stations(line, curves=True), "upright": _stations(line, curves=False), "form": form}
    sentence = getattr(line, "sentence", "") or _sentence(line.stations)
    return SafeString(get_template("lineage/_line.html").render({**context, "sentence": sentence}))


@register.simple_tag
def track_head() -> SafeString:
    """Render the six column headers of a track table."""
    return format_html_join("", '<th scope="col" class="stop">{}</th>', ((name,) for name in NAMES))


def _stations(line: Any, *, curves: bool) -> dict[str, Any]:
    """Return the context of ``lineage/_stations.html``."""
    reached = furthest([station.state for station in line.stations])
    stations = [_station(station, index < reached, curves) for index, station in enumerate(line.stations)]
    return {"stations": stations, "fed": any(station["springs"] for station in stations)}


def _station(station: Any, flows: bool, curves: bool) -> dict[str, Any]:
    sources = (getattr(station, "count_sources", 0) or 0) if curves else 0
    return {
        "name": station.name,
        "state": station.state,
        "state_words": station_state(station.state),
        "flows": flows,
        "text": station.text,
        "url": "" if station.state == "here" else station.url,
        "springs": tributaries(sources) if sources > 1 else "",
    }


def station_state(state: str) -> str:
    """Return the state of a station as a word."""
    words = {
        "done": pgettext("station", "done"),
        "here": pgettext("station", "you are here"),
        "todo": pgettext("station", "to come"),
        "late": pgettext("station", "late"),
        "hidden": pgettext("station", "not visible to you"),
    }
    return words[state]


def _glyph(stations: Sequence[Any]) -> SafeString:
    states = tuple(station.state for station in stations)
    reached = furthest(states)
    label = gettext("At station %(n)s of %(total)s") % {"n": reached + 1, "total": len(states)}
    if reached >= 0:
        label = f"{label}{pgettext('between parts of a label', ': ')}{stations[reached].name}"
    if "late" in states:
        label += pgettext("between names", ", ") + station_state("late")
    return format_html(
        '<svg class="glyph" viewBox="0 0 76 12" width="76" height="12" role="img" aria-label="{}">{}</svg>',
        label,
        glyph_shapes(states),
    )


def _track(stations: Sequence[Any]) -> SafeString:
    """Render the six cells of a track table."""
    reached = furthest([station.state for station in stations])
    return format_html_join(
        "",
        '<td class="stop {}{}{}"><span class="hidden-text">{}</span></td>',
        (
            (s.state, " flows" if i < reached else "", " reached" if i <= reached else "", station_state(s.state))
            for i, s in enumerate(stations)
        ),
    )


def _sentence(stations: Sequence[Any]) -> str:
    parts = [f"{s.name} {s.text}" for s in stations if s.state in ("done", "here", "late") and s.text]
    return pgettext("between parts of a sentence", "; ").join(parts[-2:])
