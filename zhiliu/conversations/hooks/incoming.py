"""Incoming hooks: programs post to a secret address, in the formats of group-chat robots."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.inbound_mail.addresses import address_with
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.inbound_mail import InboundMessage, NotNow
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.rate_limit import RateLimit
from zhiliu.kit.text.markdown import inert

from ..facts import HooksChanged
from ..message_draft import MessageDraft
from ..models import Channel, IncomingHook, Message
from ..opening import require_keeper
from ..posting import MOST_CHARACTERS, publish_message
from ..rules import bots_may_write
from .bots import new_bot

MOST_HOOKS = 20
MESSAGES = RateLimit(30, dt.timedelta(minutes=1))
# The prefix of the secret in mail addresses of hooks.
MAIL_LETTER = "h"
# A sender's address must not mention anyone.
_CALLS = str.maketrans("@#", "＠＃")


def open_incoming(channel: Channel, *, name: str, by: Person) -> tuple[IncomingHook, str]:
    """Create an incoming hook.

    Returns:
        The hook and its key, which is shown only once.

    Raises:
        Forbidden: does not manage the channel. Refused: no name, or too many hooks.
    """
    require_keeper(channel, by)
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("Give it a name, so readers see who is posting."), field="name")
    if channel.incoming_hooks.filter(closed_at=None).count() >= MOST_HOOKS:
        raise Refused(_("A channel can have at most %(most)s of these addresses.") % {"most": MOST_HOOKS})
    key = secrets.token_urlsafe(32)
    digests = {"digest": payload_digest(key), "mail_digest": payload_digest(mail_secret(key))}
    with transaction.atomic():
        hook = IncomingHook.objects.create(channel=channel, name=name, bot=new_bot(name), by=by, **digests)
        announce(HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))
    return hook, key


def payload_digest(key: str) -> str:
    """Return the stored digest of a key. Keys are long and random, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def mail_secret(key: str) -> str:
    """Return the secret of a hook's mail address, derived from its key; of one case, as mail servers may fold it."""
    return base64.b32encode(hashlib.sha256(f"mail {key}".encode()).digest()[:20]).decode().lower()


def mail_address(key: str) -> str:
    """Return the hook's mail address; '' if inbound mail is off."""
    return address_with(MAIL_LETTER + mail_secret(key))


def close_incoming(hook: IncomingHook, *, by: Person) -> None:
    """Close the hook; what the program posted stays. Idempotent."""
    require_keeper(hook.channel, by)
    with transaction.atomic():
        if IncomingHook.objects.filter(pk=hook.pk, closed_at=None).update(closed_at=timezone.now()):
            Person.objects.filter(pk=hook.bot_id).update(is_active=False)
            announce(HooksChanged(channel_id=hook.channel_id, community_id=hook.channel.community_id, by_id=by.pk))


def hook_of(key: str) -> IncomingHook | None:
    """Return the open hook with this key."""
    rows = IncomingHook.objects.filter(digest=payload_digest(key), closed_at=None)
    return rows.select_related("bot", "channel__community").first()


def hook_of_mail(secret: str) -> IncomingHook | None:
    """Return the open hook with this mail secret."""
    rows = IncomingHook.objects.filter(mail_digest=payload_digest(secret), closed_at=None)
    return rows.select_related("bot", "channel__community").first()


def receive(hook: IncomingHook, payload: Any, *, name: str = "") -> Message:
    """Post the message of a program.

    Args:
        name: the program's own id of the message; deduplicates repeated requests.

    Raises:
        Refused: empty, too long, too many in a minute, or the channel accepts no messages.
    """
    text = text_of(payload).strip()
    if not text:
        raise Refused(_('There is no text in it. Send {"text": "…"}.'))
    return _say(hook, text, name)


def receive_mail(hook: IncomingHook, letter: InboundMessage, *, head: str) -> Message:
    """Post a mail sent to the hook's address, naming the alleged sender.

    Args:
        head: the first line, made from the subject.

    Raises:
        Refused: as in :func:`receive`; a mail without text is accepted.
    """
    sender = _("From: %(name)s") % {"name": inert(letter.sender).translate(_CALLS)}
    text = "\n\n".join(part for part in (head, letter.text) if part)
    return _say(hook, f"{sender}\n\n{text}".strip(), letter.client_id, letter.uploads)


def _say(hook: IncomingHook, text: str, name: str, uploads: Sequence[Upload] = ()) -> Message:
    if len(text) > MOST_CHARACTERS:
        raise Refused(_("Messages can have at most %(most)s characters.") % {"most": f"{MOST_CHARACTERS:,}"})
    require(bots_may_write, hook.bot, hook.channel)
    name = name[:40]
    known = Message.objects.filter(by=hook.bot, client_id=name).exclude(client_id="").first()
    if known is not None:
        return known
    times = Message.objects.filter(by=hook.bot).order_by("-id").values_list("at", flat=True)
    if (retry_at := MESSAGES.next_allowed(times)) is not None:
        raise TooOftenError(_("At most %(most)s messages a minute.") % {"most": MESSAGES.limit}, retry_at)
    draft = MessageDraft(text, client_id=name, uploads=tuple(uploads))
    message = publish_message(hook.channel, draft, by=hook.bot)
    IncomingHook.objects.filter(pk=hook.pk).update(used_at=timezone.now())
    return message


class TooOftenError(NotNow):
    """A program posts faster than people can read.

    Args:
        retry_at: when it may post again.
    """

    def __init__(self, reason: str, retry_at: dt.datetime) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


def text_of(payload: Any) -> str:
    """Return the text in a program's payload.

    Supported are our own ``{"text": …}``, which is also Slack's, and the formats of WeCom, DingTalk and Feishu robots:
    ``{"msgtype": "text", "text": {"content": …}}``, ``{"msgtype": "markdown", "markdown": {"content"|"text": …}}``,
    ``{"msg_type": "text", "content": {"text": …}}``.
    """
    if not isinstance(payload, dict):
        return ""
    for name in ("text", "markdown", "content"):
        found = payload.get(name)
        if isinstance(found, dict):
            found = found.get("content") or found.get("text")
        if isinstance(found, str) and found.strip():
            # JSON can contain lone surrogates, which are not valid text.
            return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ""
