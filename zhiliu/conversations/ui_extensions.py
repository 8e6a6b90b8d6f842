"""Conversations on other pages: channels and direct messages in the navigation, a community's tab, acts on profiles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import HomeSection, Tab, home_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_acts
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.page_frame import PageFrame, shell_parts

from . import week  # noqa: F401  registers its part of the manager's week
from .models import Channel
from .queries import TALKS_IN_RAIL, ChannelRow, rows_of_community, rows_of_memberships, talks, unread_in_all

# Banners above a channel's messages: (channel, viewer) -> template context, or None.
channel_banners: Registry[Callable[[Channel, Person], dict[str, Any] | None]] = Registry("banners of channels")

tabs.register(
    Tab("talk", pgettext_lazy("tab", "Channels"), lambda entry: channels_url(entry), Feature.TALK),
    key="talk",
    weight=10,
)


def channels_url(community: Community) -> str:
    """Return the list of a community's channels."""
    return address("conversations:channels", community.slug)


@shell_parts.register(key="conversations", weight=30)
def channels_in_rail(request: HttpRequest, shell: PageFrame) -> None:
    """Add each community's unread state, the current one's channels, and direct messages to the navigation.

    One query, two with direct messages.
    """
    person = shell.person
    if person is None:
        return
    rows = rows_of_memberships(person)
    current = getattr(request, "current_channel", None)
    shell.islands.append("unread-marks")
    inside_of: dict[int | None, list[ChannelRow]] = defaultdict(list)
    for item in rows:
        inside_of[item.community_id].append(item)
    for row in shell.communities:
        inside = inside_of[row.pk]
        row.new, row.calls = any(channel.is_new for channel in inside), sum(channel.calls for channel in inside)
        if current is not None and current.community_id == row.pk:
            row.current = True
        if row.current:
            row.channels = [_ChannelItem(channel, current) for channel in rows_of_community(row.pk, person)]
    mine = talks(inside_of[None], person)
    shell.people_url = address("conversations:talk_new")
    shell.people = [_TalkItem(talk, current) for talk in mine[:TALKS_IN_RAIL]]
    _count_in_bar(shell, rows)


class _ChannelItem:
    """A channel in the navigation."""

    def __init__(self, row: ChannelRow, current: Any) -> None:
        self.pk, self.url, self.name, self.icon = row.pk, row.url, row.name, row.icon
        self.current = current is not None and current.pk == row.pk
        self.new, self.calls, self.muted = row.is_new, row.calls, row.is_muted
        self.count = row.unread if row.is_new and not self.current else 0


class _TalkItem(_ChannelItem):
    """A direct message in the navigation, with the other person's face and presence."""

    def __init__(self, row: ChannelRow, current: Any) -> None:
        super().__init__(row, current)
        self.person, presence = row.people[0], row.presence
        self.here: bool | None = presence.here if presence else None
        self.until: dt.datetime | None = presence.until if presence else None


def _count_in_bar(shell: PageFrame, rows: list[ChannelRow]) -> None:
    """Set the counters of the chat entry in the navigation and the phone bar."""
    new, calls = unread_in_all(rows)
    for items in (shell.nav, shell.phone_nav):
        for place, item in enumerate(items):
            if item.key == "talk":
                items[place] = replace(item, count=new, calls=calls)


def newest_talk(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the channels of a community, with what is new for the viewer."""
    if not community.has(Feature.TALK):
        return None
    rows = rows_of_community(community.pk, viewer)
    return {"template": "conversations/community_section.html", "rows": rows[:6], "url": channels_url(community)}


home_sections.register(HomeSection(gettext_lazy("Channels"), newest_talk), key="conversations.channels", weight=12)


@profile_acts.register(key="conversations.talk", weight=20)
def talk_with(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the button to write to a colleague."""
    if person.pk == viewer.pk or person.kind == Person.Kind.BOT:
        return None
    url = f"{address('conversations:talk_new')}?person={person.pk}"
    return {"label": pgettext_lazy("act", "Write to them"), "url": url, "icon": "message-circle"}
