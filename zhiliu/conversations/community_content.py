"""Channels as community content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Rows, offers_community_content
from zhiliu.communities.models import Community
from zhiliu.polls.models import Poll

from .models import Channel, Message
from .polling import KIND

OFFERED = 200


class Channels(Rows):
    """Channels with all their messages, chosen individually."""

    key, name, models = "channels", _("Channels"), (Channel,)

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return the open ones."""
        return [
            (channel.pk, f"# {channel.name}")
            for channel in Channel.objects.open().filter(community=community)[:OFFERED]
        ]

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the channels. One whose name is taken is prefixed with the source's name."""
        taken_names = set(Channel.objects.open().filter(community=target).values_list("name", flat=True))
        moved = []
        for channel in Channel.objects.filter(community=source, pk__in=set(keys)):
            moved.append([channel.pk, channel.name])
            name = f"{source.name} · {channel.name}"[:40] if channel.name in taken_names else channel.name
            Channel.objects.filter(pk=channel.pk).update(community=target, name=name)
            _with_polls(channel.pk, target)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move the channels back under their old names."""
        for key, name in moved:
            Channel.objects.filter(community=target, pk=key).update(community=source, name=name)
            _with_polls(key, source)


def _with_polls(channel_id: int, community: Community) -> None:
    """Move the polls of a channel along with it."""
    messages = Message.objects.filter(channel=channel_id, poll__isnull=False).values("pk")
    Poll.objects.filter(kind=KIND, thing_id__in=messages).update(community=community)


offers_community_content(Channels, weight=15)
