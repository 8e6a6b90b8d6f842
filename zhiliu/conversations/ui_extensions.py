"""What conversations show on other pages: channels and talks in the rail, a tab of communities, acts on profiles."""

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

from .models import Channel
from .queries import TALKS_IN_RAIL, ChannelRow, rows_of_community, rows_of_memberships, talks, unread_in_all

# What is going on in a channel, above its messages: given the channel and who looks; the parts of a template, or None.
channel_banners: Registry[Callable[[Channel, Person], dict[str, Any] | None]] = Registry("banners of channels")

tabs.register(
    Tab("talk", pgettext_lazy("tab", "Channels"), lambda entry: channels_url(entry), Feature.TALK),
    key="talk",
    weight=10,
)


def channels_url(community: Community) -> str:
    """The list of a community's channels."""
    return address("conversations:channels", community.slug)


@shell_parts.register(key="conversations", weight=30)
def channels_in_rail(request: HttpRequest, shell: PageFrame) -> None:
    """What is new in each community, the channels of the current one, and the talks; one query, two with talks."""
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
    """A channel as the rail draws it."""

    def __init__(self, row: ChannelRow, current: Any) -> None:
        self.pk, self.url, self.name, self.icon = row.pk, row.url, row.name, row.icon
        self.current = current is not None and current.pk == row.pk
        self.new, self.calls, self.muted = row.is_new, row.calls, row.is_muted
        self.count = row.unread if row.is_new and not self.current else 0


class _TalkItem(_ChannelItem):
    """A talk, with the face of whom it is with; of one other it is shown how they can be found now."""

    def __init__(self, row: ChannelRow, current: Any) -> None:
        super().__init__(row, current)
        self.person, presence = row.people[0], row.presence
        self.here: bool | None = presence.here if presence else None
        self.until: dt.datetime | None = presence.until if presence else None


def _count_in_bar(shell: PageFrame, rows: list[ChannelRow]) -> None:
    """The number at the entry of conversations, in the rail and in the bar of phones."""
    new, calls = unread_in_all(rows)
    for items in (shell.nav, shell.phone_nav):
        for place, item in enumerate(items):
            if item.key == "talk":
                items[place] = replace(item, count=new, calls=calls)


def newest_talk(community: Community, viewer: Person) -> dict[str, Any] | None:
    """The channels of a community, with what is new in them for the viewer."""
    if not community.has(Feature.TALK):
        return None
    rows = rows_of_community(community.pk, viewer)
    return {"template": "conversations/community_section.html", "rows": rows[:6], "url": channels_url(community)}


home_sections.register(HomeSection(gettext_lazy("Channels"), newest_talk), key="conversations.channels", weight=12)


@profile_acts.register(key="conversations.talk", weight=20)
def talk_with(person: Person, viewer: Person) -> dict[str, Any] | None:
    """On a colleague's page: write to them."""
    if person.pk == viewer.pk or person.kind == Person.Kind.BOT:
        return None
    url = f"{address('conversations:talk_new')}?person={person.pk}"
    return {"label": pgettext_lazy("act", "Write to them"), "url": url, "icon": "message-circle"}
