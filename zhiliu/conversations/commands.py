"""Slash commands: parse, complete and run them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.contracts.slash_commands import CommandLine, Reply, SlashCommand, likely, slash_of, slashes, split_line
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import normalise

from .hooks.commands import call, command_of
from .models import Channel, CommandHook
from .rules import can_see


def run_command(
    channel: Channel,
    text: str,
    *,
    by: Person,
    root: int | None = None,
    client_id: str = "",
    mentioned_ids: tuple[int, ...] = (),
) -> Reply:
    """Run the command in a line.

    Args:
        client_id: of the device; a repeated one is the same line.

    Raises:
        Refused: the command does not exist or cannot be run; the reason says what to type.
    """
    require(can_see, by, channel)
    found = split_line(text)
    word, rest = found or ("", "")
    client_id = client_id or uuid.uuid4().hex
    slash = slash_of(word)
    if slash is not None:
        return slash.act(CommandLine(by, channel, channel.community_id, rest, root, client_id, mentioned_ids))
    hook = command_of(channel, normalise(word))
    if hook is None:
        raise Refused(
            _("There is no command “/%(word)s”. Type / to see all. To post it as text, start with //.")
            % {"word": word[:40]}
        )
    hook.channel = channel
    return Reply(call=call(hook, rest=rest, by=by, client_id=client_id, root=root).pk)


@dataclass(frozen=True)
class Offered:
    """A completion: the text to insert, what the command does, and its arguments."""

    word: str
    also: str
    hint: str
    takes: str = ""


def offered(channel: Channel, person: Person) -> list[SlashCommand]:
    """Return all commands a person can use in a channel, in order; those of programs come last."""
    ours = [slash for slash in slashes if slash.open_to(person, channel)]
    rows = CommandHook.objects.filter(channel=channel, closed_at=None)
    return [*ours, *(SlashCommand(row.word, row.word, row.hint or _("A program answers"), _nothing) for row in rows)]


def _nothing(line: CommandLine) -> Reply:
    return Reply()


def completion(channel: Channel, person: Person, text: str) -> list[Offered]:
    """Return the commands that ``text`` may mean, likeliest first."""
    return [_shown(slash_command) for slash_command in likely(offered(channel, person), text)]


def _shown(slash_command: SlashCommand) -> Offered:
    label = str(slash_command.label)
    return Offered(
        label,
        slash_command.word if slash_command.word != label else "",
        str(slash_command.hint),
        str(slash_command.takes),
    )
