"""The slash command for do not disturb."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.kit.contracts.slash_commands import CommandLine, Reply, SlashCommand, slashes
from zhiliu.kit.errors import Refused
from zhiliu.kit.templatetags.ui_time import exact_words
from zhiliu.kit.text.chinese_text import normalise
from zhiliu.kit.text.natural_dates import moment_in

from .quiet import rest_until

_ENDS = frozenset({"off", "end", "stop", "结束", "关", "关闭", "取消"})


def dnd(line: CommandLine) -> Reply:
    """Handle ``/dnd 2 hours``, ``/dnd 18:00``, ``/dnd off``."""
    if normalise(line.rest) in _ENDS:
        rest_until(None, by=line.person)
        return Reply(said=_("Do not disturb is off."))
    until = moment_in(line.rest)
    if until is None:
        raise Refused(_("Write how long or until when: /dnd 2 hours, /dnd 18:00, /dnd off."))
    rest_until(until, by=line.person)
    return Reply(said=_("Do not disturb is on until %(when)s.") % {"when": exact_words(until)})


slashes.register(
    SlashCommand(
        "dnd",
        pgettext_lazy("slash command", "dnd"),
        gettext_lazy("Turn on do not disturb for a while"),
        dnd,
        gettext_lazy("2 hours, 18:00 or off"),
    ),
    key="dnd",
    weight=30,
)
