"""The banner above a channel's messages while an evening runs."""

from __future__ import annotations

from typing import Any

from zhiliu.conversations.models import Channel
from zhiliu.conversations.ui_extensions import channel_banners
from zhiliu.directory.models import Person
from zhiliu.kit.system.db import CompiledQuery

from ..models import Gathering, Question
from ..rules import can_host, can_prepare
from .models import Evening

# Compiled: runs whenever any channel is opened.
_live = CompiledQuery(
    lambda channel: Evening.objects.filter(
        channel=channel, phase__in=[Evening.Phase.GUEST, Evening.Phase.QUESTIONS]
    ).values_list("gathering_id", "phase"),
    1,
)


@channel_banners.register(key="evening")
def evening_banner(channel: Channel, viewer: Person) -> dict[str, Any] | None:
    """Return who shares, how many questions wait, and the host's next step."""
    for key, phase in _live.rows(channel.pk):
        gathering = Gathering.objects.select_related("community", "sharer", "host").get(pk=key)
        return {
            "template": "gatherings/_evening_banner.html",
            "gathering": gathering,
            "phase": phase,
            "waiting": gathering.questions.filter(state=Question.State.WAITING).count(),
            "may_host": can_host(viewer, gathering),
            "may_prepare": can_prepare(viewer, gathering),
        }
    return None
