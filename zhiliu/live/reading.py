"""Database queries of the hub; they run in threads."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import translation

from zhiliu.activity.consumers import entries_after, last_position
from zhiliu.directory.defaults import default_language
from zhiliu.directory.models import Person
from zhiliu.kit.models import Session
from zhiliu.kit.web.protection import session_key

from .topics import Event, Topic, always, drawers, events_of, gates, whom_it_touches

BATCH = 500
MAX_CATCH_UP = 1000


@dataclass
class Admitted:
    """The identity and topics of a stream.

    Args:
        asked: the topics the page requested and the person may hear. topics: those plus their permanent ones.
        session: the key of the session the stream belongs to.
    """

    person_id: int
    language: str
    asked: frozenset[Topic]
    topics: frozenset[Topic]
    session: str = ""


@dataclass
class LiveNews:
    """The events since the hub last read.

    Args:
        position: of the last entry read. events: with the positions of their entries, in order.
        touched: people whose reach may have changed.
        more: whether there is more to read at once.
    """

    position: int
    events: list[tuple[int, Event]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    more: bool = False


# Outgoing events: topic, name, and bytes by language ("" for all).
Frames = list[tuple[Topic, str, dict[str, bytes]]]
Wire = Callable[[int | None, Event, Mapping[str, Any] | None], bytes]


def admit(headers: Mapping[bytes, bytes], names: Iterable[str], language: str) -> Admitted | None:
    """Identify the person by the session cookie and filter the requested topics by permission."""
    close_old_connections()
    cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    key = session_key(cookies)
    person = _person_of(key)
    if person is None:
        return None
    topics = frozenset(topic for topic in map(_topic, names) if topic is not None and _may(person, topic))
    spoken = language if language in dict(settings.LANGUAGES) else default_language()
    return Admitted(person.pk, spoken, topics, topics | _always(person), key)


def ask_again(person_id: int, topics: frozenset[Topic], session: str) -> frozenset[Topic] | None:
    """Return a person's current topics; None if they were signed out, or lost permission for a requested topic."""
    close_old_connections()
    person = Person.objects.active().filter(pk=person_id).first()
    is_out = bool(session) and not Session.objects.filter(pk=session).exists()
    if person is None or is_out or not all(_may(person, topic) for topic in topics):
        return None
    return topics | _always(person)


def _always(person: Any) -> frozenset[Topic]:
    return frozenset({("person", person.pk), *(topic for topics_of in always for topic in topics_of(person))})


def _person_of(key: str) -> Any:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key or None)
    person = get_user(request)
    return person if person.is_authenticated else None


def _topic(text: str) -> Topic | None:
    kind, _, key = text.rpartition("-")
    return (kind, int(key)) if kind and key.isdecimal() and len(key) < 19 else None


def _may(person: Any, topic: Topic) -> bool:
    gate = gates.get(topic[0])
    return gate is not None and gate(person, topic[1])


def newest_position() -> int:
    """Return the position of the last log entry."""
    close_old_connections()
    return last_position()


def news_after(position: int) -> LiveNews:
    """Return what happened after ``position``."""
    close_old_connections()
    entries = entries_after(position, BATCH)
    if not entries:
        return LiveNews(position)
    live_news = LiveNews(entries[-1].position, more=len(entries) == BATCH)
    for entry in entries:
        live_news.events += [(entry.position, event) for event in events_of(entry)]
        live_news.touched |= whom_it_touches(entry)
    return live_news


def frames_of(events: list[tuple[int, Event]], listening: Mapping[Topic, set[str]], wire: Wire | None = None) -> Frames:
    """Render each event once per language, as bytes all its listeners share; types without a renderer need no language.

    Args:
        listening: languages by topic, of the listeners to these events. wire: encodes an event; by default
            :func:`event_frame`.
    """
    wire = wire or event_frame
    close_old_connections()
    rendered: list[dict[str, bytes]] = [{} for _ in events]
    for (language, kind), places in _by_drawer(events, listening).items():
        drawer = drawers.get(kind)
        assert drawer is not None
        with translation.override(language):
            more = drawer([events[place][1] for place in places], language)
        for place, extra in zip(places, more, strict=True):
            position, event = events[place]
            rendered[place][language] = wire(position, event, extra)
    return [
        (event.topic, event.name, by_language or {"": wire(position, event, None)})
        for (position, event), by_language in zip(events, rendered, strict=True)
    ]


def _by_drawer(
    events: list[tuple[int, Event]], listening: Mapping[Topic, set[str]]
) -> dict[tuple[str, str], list[int]]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (_position, event) in enumerate(events):
        if drawers.get(event.topic[0]) is not None:
            for language in listening.get(event.topic, ()):
                places[language, event.topic[0]].append(place)
    return places


def event_frame(position: int | None, event: Event, more: Mapping[str, Any] | None = None) -> bytes:
    """Encode one event as a frame; the island turns its name into a DOM event ``live:<name>``.

    Args:
        position: of its entry in the log, for resuming; None for an ephemeral event, which has none.
    """
    data = json.dumps(_told(event, more), ensure_ascii=False, separators=(",", ":"))
    resume = "" if position is None else f"id: {position}\n"
    return f"{resume}data: {data}\n\n".encode()


def relayed(position: int | None, event: Event, more: Mapping[str, Any] | None = None) -> bytes:
    """Encode one event for a relay with positions of its own: our position is inside, as ``position``."""
    data = _told(event, more) if position is None else {**_told(event, more), "position": position}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def started(person_id: int) -> Event:
    """Return the first event of a stream: it carries the position from which the next page resumes."""
    return Event(("person", person_id), "start")


def _told(event: Event, more: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"event": event.name, "topic": f"{event.topic[0]}-{event.topic[1]}", **event.data, **(more or {})}


def missed_between(since: int, until: int, topics: frozenset[Topic], wire: Wire | None = None) -> list[bytes] | None:
    """Return frames of the events after ``since`` up to ``until``; None if there are too many and the page must reload.

    Nothing is rendered: a page that was away fetches what it missed.
    """
    wire = wire or event_frame
    close_old_connections()
    if until - since > MAX_CATCH_UP * 10:
        return None
    events: list[tuple[int, Event]] = []
    while since < until:
        entries = [entry for entry in entries_after(since, BATCH) if entry.position <= until]
        if not entries:
            break
        since = entries[-1].position
        events += [(entry.position, event) for entry in entries for event in events_of(entry) if event.topic in topics]
        if len(events) > MAX_CATCH_UP:
            return None
    return [wire(position, event, None) for position, event in events]
