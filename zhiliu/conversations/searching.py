"""Search in conversations: words, author, channel, time, and with a file, link or question.

Filters can be typed instead of using the fields: ``from:王一帆 in:日常 after:2026-11-01 has:file 除霜``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_date

from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.web.http import key_of
from zhiliu.search.index import Hit, find
from zhiliu.search.parsing import ParsedSearch
from zhiliu.search.understanding import understand

from .indexers import channel_key
from .models import Channel, ChannelMembership, Message

SIZE = 30
HAS = ("file", "link", "question")
_TYPED = re.compile(r"(?:^|\s)(from|in|before|after|has|来自|频道|之前|之后|包含)[:：](\S+)")
_NAMES = {"来自": "from", "频道": "in", "之前": "before", "之后": "after", "包含": "has"}
_HAS_WORDS = {"文件": "file", "链接": "link", "问题": "question", "提问": "question"}


@dataclass
class MessageSearch:
    """A search for messages.

    Args:
        text: the words. people: ids of authors. channels: ids. since, until: seconds since 1970, 0 for none.
        has: of :data:`HAS`. unknown: typed filters that match nothing, as typed.
        by_relevance: best first; otherwise the newest, as people look for what was said lately.
    """

    text: str
    people: list[int] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)
    since: int = 0
    until: int = 0
    has: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    by_relevance: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.text or self.people or self.channels or self.since or self.until or self.has)


def wanted_from(values: Mapping[str, str], person: Person) -> MessageSearch:
    """Return the search of fields and typed filters; only channels and people the person can see count."""
    text = values.get("q", "").strip()[:200]
    message_search = MessageSearch(_TYPED.sub(" ", text).strip())
    for name, value in [(_NAMES.get(typed[1], typed[1]), typed[2]) for typed in _TYPED.finditer(text)]:
        if not _take_typed(message_search, name, value, person):
            message_search.unknown.append(f"{name}:{value}")
    if key_of(values.get("from")):
        message_search.people.append(key_of(values.get("from")))
    if key_of(values.get("in")):
        message_search.channels.append(key_of(values.get("in")))
    message_search.since = message_search.since or _moment(values.get("after", ""))
    message_search.until = message_search.until or _moment(values.get("before", ""))
    message_search.by_relevance = values.get("sort") == "best"
    if values.get("has") in HAS:
        message_search.has.append(values["has"])
    return message_search


def _take_typed(message_search: MessageSearch, name: str, value: str, person: Person) -> bool:
    if name == "from":
        ids = list(visible_people(person).named(value).values_list("pk", flat=True)[:20])  # type: ignore[attr-defined]
        message_search.people += ids
        return bool(ids)
    if name == "in":
        named = Channel.objects.visible_to(person).filter(name=value.lstrip("#"))
        ids = list(named.values_list("pk", flat=True)[:50])
        message_search.channels += ids
        return bool(ids)
    if name == "has":
        has = _HAS_WORDS.get(value, value)
        if has in HAS:
            message_search.has.append(has)
        return has in HAS
    moment = _moment(value)
    if name == "after":
        message_search.since = moment
    else:
        message_search.until = moment
    return bool(moment)


def _moment(text: str) -> int:
    """Return the start of a day in seconds since 1970; 0 for an invalid date."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        return 0
    return int(timezone.make_aware(dt.datetime.combine(day, dt.time())).timestamp()) if day else 0


class MessagesFound(NamedTuple):
    """Matching messages with their hits, whether there are more, and whether they have only a part of the words.

    Args:
        asked: the words as they were understood.
    """

    rows: list[tuple[Message, Hit]]
    more: bool = False
    is_weak: bool = False
    asked: ParsedSearch = ParsedSearch()


def search_messages(search: MessageSearch, person: Person, *, offset: int = 0) -> MessagesFound:
    """Return matching messages, checked against the database."""
    if not search.is_anything:
        return MessagesFound([])
    mine = ChannelMembership.objects.filter(person_id=person.pk).exclude(channel__kind=Channel.Kind.PUBLIC)
    keys = [*reach(person).keys, *(channel_key(key) for key in mine.values_list("channel_id", flat=True))]
    asked = understand(search.text, person) if search.text else ParsedSearch()
    found = find(
        asked,
        keys=keys,
        kinds=["message"],
        since=search.since,
        until=search.until,
        people=search.people,
        marks=[f"has:{ha}" for ha in search.has],
        # One query for all channels: with one for each, the pages after the first would leave out messages.
        any_mark=[f"channel:{channel}" for channel in search.channels],
        limit=SIZE + 1,
        offset=offset,
        by_time=not search.by_relevance,
    )
    page = found.hits[:SIZE]
    channels = Channel.objects.visible_to(person).values("pk")
    rows = Message.objects.filter(pk__in=[hit.key for hit in page], channel__in=channels, withdrawn_at=None)
    messages = {row.pk: row for row in rows.select_related("channel__community", "by")}
    visible = [(messages[hit.key], hit) for hit in page if hit.key in messages]
    return MessagesFound(visible, len(found.hits) > SIZE, found.is_weak, asked)
