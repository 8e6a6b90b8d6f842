"""The slash command ``/question``."""

from __future__ import annotations

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.kit.contracts.slash_commands import CommandLine, Reply, SlashCommand, slashes
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.addresses import address

from .conversions import BODY, community_of, may_ask


def question(line: CommandLine) -> Reply:
    """Open the prefilled form for ``/question title``; further lines are the body.

    The form suggests similar questions.
    """
    community = community_of(line.community_id)
    if community is None or not may_ask(line.person, community.pk):
        raise Refused(_("Questions are asked in a community that has them switched on."))
    title, _newline, body = line.rest.partition("\n")
    words = {"community": community.slug, "title": title.strip()[:120], "body": body.strip()[:BODY]}
    return Reply(go=f"{address('discussions:ask')}?{urlencode(words)}")


slashes.register(
    SlashCommand(
        "question",
        pgettext_lazy("slash command", "question"),
        gettext_lazy("Ask as a tracked question"),
        question,
        gettext_lazy("what you want to know"),
        lambda person, channel: may_ask(person, channel.community_id),
    ),
    key="question",
    weight=15,
)
