"""Commands of programs: a manager of the channel registers a word and an address. The program's answer is posted by its
bot, or shown only to the person who asked.

The program is called in a job, so a slow one delays no page. Errors are shown to the person who asked, not in the
channel.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

import urllib3
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.directory.defaults import language_of
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.contracts.slash_commands import slash_of
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.rate_limit import RateLimit
from zhiliu.kit.web.site import base_url
from zhiliu.kit.web.targets import target_of

from ..facts import HooksChanged
from ..message_draft import MessageDraft
from ..models import Channel, CommandCall, CommandHook, Message
from ..opening import require_keeper
from ..posting import MOST_CHARACTERS, publish_message
from ..rules import bots_may_write, can_reply
from .bots import new_bot
from .sending import NotTakenError, send_delivery, signed

MOST_HOOKS = 20
COMMANDS = RateLimit(20, dt.timedelta(minutes=1))
SECONDS = 3
KEPT = dt.timedelta(days=14)
_WORD = re.compile(r"[\w-]{1,20}")


def open_command(channel: Channel, *, word: str, url: str, by: Person, hint: str = "") -> CommandHook:
    """Register ``/word`` of a program in a channel.

    Raises:
        Forbidden: does not manage the channel. Refused: invalid or taken word, an internal address, or too many.
    """
    require_keeper(channel, by)
    word = word.strip().removeprefix("/").lower()
    if not _WORD.fullmatch(word):
        raise Refused(_("A command is one word of at most 20 letters and digits."), field="word")
    if slash_of(word) is not None:
        raise Refused(_("/%(word)s already exists.") % {"word": word}, field="word")
    target_of(url)
    with transaction.atomic():
        # The row lock settles the race of two people who register the same word.
        Channel.objects.select_for_update().get(pk=channel.pk)
        rows = channel.command_hooks.filter(closed_at=None)
        if rows.filter(word=word).exists():
            raise Refused(_("/%(word)s already exists.") % {"word": word}, field="word")
        if rows.count() >= MOST_HOOKS:
            raise Refused(_("A channel can have at most %(most)s of these addresses.") % {"most": MOST_HOOKS})
        command_hook = CommandHook.objects.create(
            channel=channel,
            word=word,
            hint=" ".join(hint.split())[:80],
            url=url,
            secret=secrets.token_hex(24),
            bot=new_bot(word),
            by=by,
        )
        announce(HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))
    return command_hook


def close_command(hook: CommandHook, *, by: Person) -> None:
    """Unregister a command; what the program posted stays. Idempotent."""
    require_keeper(hook.channel, by)
    with transaction.atomic():
        if CommandHook.objects.filter(pk=hook.pk, closed_at=None).update(closed_at=timezone.now()):
            Person.objects.filter(pk=hook.bot_id).update(is_active=False)
            announce(HooksChanged(channel_id=hook.channel_id, community_id=hook.channel.community_id, by_id=by.pk))


def command_of(channel: Channel, word: str) -> CommandHook | None:
    """Return the open command of a channel with this word."""
    return CommandHook.objects.filter(channel=channel, word=word.lower(), closed_at=None).first()


def call(hook: CommandHook, *, rest: str, by: Person, client_id: str, root: int | None = None) -> CommandCall:
    """Queue a call of the program; the answer follows. Idempotent for the same ``client_id``.

    Raises:
        Forbidden: cannot post here. Refused: too many calls.
    """
    require(can_reply, by, hook.channel)
    known = CommandCall.objects.filter(by=by, client_id=client_id).first()
    if known is not None:
        return known
    times = CommandCall.objects.filter(by=by).order_by("-at").values_list("at", flat=True)
    if COMMANDS.next_allowed(times) is not None:
        raise Refused(_("At most %(most)s commands a minute.") % {"most": COMMANDS.limit})
    try:
        with transaction.atomic():
            command_call = CommandCall.objects.create(
                hook=hook, by=by, client_id=client_id, root_id=root, rest=rest[:2000]
            )
            ask_program.enqueue(command_call.pk)
    except IntegrityError:
        return CommandCall.objects.get(by=by, client_id=client_id)
    return command_call


@dataclass(frozen=True)
class CommandAnswer:
    """The answer of a program.

    Args:
        to_channel: whether everyone sees it; otherwise only the person who asked.
    """

    text: str
    to_channel: bool


@task()
def ask_program(call_id: int) -> None:
    """Call the program of a command."""
    call_program(call_id)


def call_program(call_id: int) -> bool:
    """Call the program once; return whether it answered. Never raises: the person who asked is shown the error."""
    command_call = (
        CommandCall.objects.select_related("hook__channel__community", "hook__bot", "by").filter(pk=call_id).first()
    )
    if command_call is None or command_call.answered_at is not None:
        return False
    with translation.override(language_of(command_call.by)):
        try:
            answer = _ask(command_call)
            _say(command_call, answer)
        except (Refused, NotTakenError, urllib3.exceptions.HTTPError, OSError) as error:
            _fail(command_call, error)
            return False
    return True


def _ask(command_call: CommandCall) -> CommandAnswer:
    hook, channel = command_call.hook, command_call.hook.channel
    told = {
        "command": hook.word,
        "text": command_call.rest,
        "call": command_call.pk,
        "channel": {"id": channel.pk, "name": channel.name, "url": f"{base_url()}{channel.get_absolute_url()}"},
        "thread": command_call.root_id,
        "by": {"name": command_call.by.name, "handle": command_call.by.handle},
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    return command_answer_of(
        send_delivery(target_of(hook.url), body, signed(hook.secret, body, f"{command_call.pk}"), seconds=SECONDS)
    )


def command_answer_of(raw: bytes) -> CommandAnswer:
    """Parse ``{"text": "…", "to": "channel" | "me"}``; without "to" only the person who asked sees it.

    Raises:
        NotTakenError: the answer has another format.
    """
    try:
        found: Any = json.loads(raw)
    except ValueError as error:
        raise NotTakenError(_("the response isn’t JSON")) from error
    text = found.get("text") if isinstance(found, dict) else None
    if not isinstance(text, str) or not 0 < len(text.strip()) <= MOST_CHARACTERS:
        raise NotTakenError(_("the response has no text"))
    return CommandAnswer(text.strip(), found.get("to") == "channel")


def _say(command_call: CommandCall, answer: CommandAnswer) -> None:
    hook = command_call.hook
    with transaction.atomic():
        # The filter keeps two job processes from answering twice; the client id deduplicates the bot's message.
        rows = CommandCall.objects.filter(pk=command_call.pk, answered_at=None)
        said = "" if answer.to_channel else answer.text
        if not rows.update(answered_at=timezone.now(), said=said):
            return
        CommandHook.objects.filter(pk=hook.pk).exclude(problem="").update(problem="")
        if answer.to_channel:
            require(bots_may_write, hook.bot, hook.channel)
            root = Message.objects.filter(pk=command_call.root_id or 0, channel=hook.channel, root=None).first()
            draft = MessageDraft(answer.text, root, client_id=f"call-{command_call.pk}")
            publish_message(hook.channel, draft, by=hook.bot)


def _why(error: Exception) -> str:
    if isinstance(error, Refused | NotTakenError):
        return str(error)
    # In urllib3 a refused connection is a subclass of the timeouts.
    late = isinstance(error, urllib3.exceptions.TimeoutError)
    if late and not isinstance(error, urllib3.exceptions.NewConnectionError):
        return _("it didn’t respond within %(n)s seconds") % {"n": SECONDS}
    return _("it can’t be reached")


def _fail(command_call: CommandCall, error: Exception) -> None:
    why = _why(error)
    said = _("/%(word)s didn’t respond: %(why)s. Nothing was posted to the channel.") % {
        "word": command_call.hook.word,
        "why": why.rstrip("。."),
    }
    CommandCall.objects.filter(pk=command_call.pk).update(answered_at=timezone.now(), failed=True, said=said)
    CommandHook.objects.filter(pk=command_call.hook_id).update(problem=why[:200])


def forget_calls(now: dt.datetime | None = None) -> int:
    """Delete calls older than two weeks."""
    return int(CommandCall.objects.filter(at__lt=(now or timezone.now()) - KEPT).delete()[0])
