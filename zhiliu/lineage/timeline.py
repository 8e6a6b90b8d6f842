"""The lineage for display: six stations, the objects at each, and the progress."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from zhiliu.kit.contracts.object_types import ObjectCard, cards_for, kind_of
from zhiliu.kit.contracts.registry import Registry

from .linking import Reference, reached, station_of, walk

NAMES = (
    pgettext_lazy("station", "Need"),
    pgettext_lazy("station", "Topic"),
    pgettext_lazy("station", "Gathering"),
    pgettext_lazy("station", "Knowledge"),
    pgettext_lazy("station", "Use"),
    pgettext_lazy("station", "Evaluation"),
)

# Returns which station is late for objects of one type: (references) -> {(kind, id): station}.
lateness: Registry[Any] = Registry("what is late on a line")


@dataclass
class Station:
    """One station for display: state is done, here, todo, late or hidden."""

    name: str
    state: str
    text: str = ""
    url: str = ""
    count_sources: int = 0


@dataclass
class Timeline:
    """The six stations of an object's line, and a sentence for narrow screens."""

    stations: list[Station]
    sentence: str = ""
    cards: dict[int, list[ObjectCard]] = field(default_factory=dict)

    @cached_property
    def signature(self) -> str:
        """Return the states of the stations: lines with equal states look alike as glyph or track."""
        return "".join(station.state[0] for station in self.stations)


def timeline_of(thing: Reference, person: Any) -> Timeline:
    """Return the whole line of ``thing`` in both directions, as ``person`` may see it."""
    related = [thing, *walk([thing], upwards=True), *walk([thing], upwards=False)]
    by_station: dict[int, list[Reference]] = defaultdict(list)
    for reference in dict.fromkeys(related):
        by_station[station_of(reference)].append(reference)
    by_station = {index: _on_the_line(keys) for index, keys in by_station.items()}
    cards = cards_for(related, person)
    late = set(_late(related).values())
    here = station_of(thing)
    stations = [_station(index, by_station.get(index, []), cards, here, late) for index in range(6)]
    if len(by_station.get(0, [])) > 1:
        stations[0].count_sources = len(by_station[0])
    cards_by_station = {index: [cards[key] for key in keys if key in cards] for index, keys in by_station.items()}
    return Timeline(stations, _sentence(stations), cards_by_station)


def _on_the_line(keys: list[Reference]) -> list[Reference]:
    """Return objects with a station; others (a message) only if nothing else is there."""
    standing = [key for key in keys if kind_of(key[0]).station is not None]
    return standing or keys


def _station(
    index: int, keys: list[Reference], cards: dict[Reference, ObjectCard], here: int, late: set[int]
) -> Station:
    visible = [cards[key] for key in keys if key in cards]
    name = str(NAMES[index])
    if keys and not visible:
        return Station(name, "hidden", _("You can’t see this step"))
    if not visible:
        # Empty: the line skipped it, has not reached it, or is late.
        state = "late" if index in late else "todo"
        return Station(name, state, pgettext("station on the line", "Missing") if state == "late" else "")
    state = "here" if index == here else "late" if index in late else "done"
    return Station(name, state, _words(index, visible, here), "" if index == here else visible[0].url)


def _words(index: int, cards: list[ObjectCard], here: int) -> str:
    if index == here and len(cards) == 1:
        return cards[0].text or pgettext("station on the line", "This one")
    if len(cards) == 1:
        return cards[0].title if index not in (0, 4) else (cards[0].text or cards[0].title)
    counted = {
        0: ngettext("%(count)s need", "%(count)s needs", len(cards)),
        1: ngettext("%(count)s topic", "%(count)s topics", len(cards)),
        2: ngettext("%(count)s gathering", "%(count)s gatherings", len(cards)),
        3: ngettext("%(count)s article", "%(count)s articles", len(cards)),
        4: ngettext("Used %(count)s time", "Used %(count)s times", len(cards)),
        5: ngettext("%(count)s evaluation", "%(count)s evaluations", len(cards)),
    }
    return counted[index] % {"count": len(cards)}


def _sentence(stations: list[Station]) -> str:
    parts = [
        f"{station.name}{_(': ')}{station.text}" for station in stations if station.text and station.state != "todo"
    ]
    return _("; ").join(parts)


def glyphs_for(references: Iterable[Reference]) -> dict[Reference, Timeline]:
    """Return the glyphs for the rows of a list, in one query."""
    references = list(references)
    progress = reached(references)
    late = _late(references)
    language = get_language() or ""
    return {
        thing: _glyph(max(progress.get(thing, 0), station_of(thing)), late.get(thing), language) for thing in references
    }


def _late(references: list[Reference]) -> dict[Reference, int]:
    """Return the late station of each object whose line has one."""
    late: dict[Reference, int] = {}
    for source in lateness:
        late.update(source(references))
    return late


@lru_cache(maxsize=256)
def _glyph(station: int, late: int | None, language: str) -> Timeline:
    """Return one of the few possible glyphs; cached and shared by all rows, so it must not be changed."""

    def state(index: int) -> str:
        if index == late:
            return "late"
        if index == station:
            return "here"
        return "done" if index < station else "todo"

    stations = [Station(str(name), state(index)) for index, name in enumerate(NAMES)]
    return Timeline(stations, str(NAMES[station]))
