"""Programs are told what is said in a channel: signed, in order of the log, again until it was taken."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

import urllib3
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce

from .. import facts
from ..models import Channel, HookDelivery, Message, OutgoingHook
from ..opening import require_keeper
from .sending import NotTakenError, send, signed
from .targets import target_of

MOST_HOOKS = 10
SECONDS = 8
KEPT = dt.timedelta(days=14)
# A program that takes nothing for so long is not told any more.
PATIENCE = dt.timedelta(days=3)
EVENTS: dict[type[facts.OfMessage], str] = {
    facts.MessagePosted: "message.posted",
    facts.MessageEdited: "message.edited",
    facts.MessageWithdrawn: "message.withdrawn",
}


def open_outgoing(channel: Channel, *, url: str, by: Person) -> OutgoingHook:
    """Tell a program what is said in a channel. The same address again is the same hook.

    Raises:
        Forbidden: does not look after the channel. Refused: no web address, an address inside, or too many.
    """
    require_keeper(channel, by)
    target_of(url)
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        rows = channel.outgoing_hooks.filter(closed_at=None)
        known = rows.filter(url=url).first()
        if known is not None:
            return known
        if rows.count() >= MOST_HOOKS:
            raise Refused(_("A channel has at most %(most)s such addresses.") % {"most": MOST_HOOKS})
        made = OutgoingHook.objects.create(channel=channel, url=url, secret=secrets.token_hex(24), by=by)
        announce(facts.HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))
    return made


def close_outgoing(hook: OutgoingHook, *, by: Person) -> None:
    """Tell the program nothing more. Twice is harmless."""
    require_keeper(hook.channel, by)
    with transaction.atomic():
        if OutgoingHook.objects.filter(pk=hook.pk, closed_at=None).update(closed_at=timezone.now()):
            channel = hook.channel
            announce(facts.HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))


def note_for_hooks(position: int, fact: facts.OfMessage) -> list[int]:
    """Write down that the hooks of a channel are to be told; read again from the log it changes nothing.

    Returns:
        Ids of what was written down.
    """
    event = EVENTS.get(type(fact))
    if event is None:
        return []
    keys = OutgoingHook.objects.filter(channel=fact.channel_id, closed_at=None).values_list("pk", flat=True)
    made = []
    for key in keys:
        row, is_new = HookDelivery.objects.get_or_create(
            hook_id=key, position=position, defaults={"event": event, "message_id": fact.message_id}
        )
        if is_new:
            made.append(row.pk)
    return made


def deliver(delivery_id: int) -> bool:
    """Send one; whether it was taken, or is not wanted any more.

    Raises:
        NotTakenError: the program did not take it.
    """
    rows = HookDelivery.objects.filter(pk=delivery_id, sent_at=None).select_related("hook__channel")
    one = rows.first()
    if one is None or one.hook.closed_at is not None:
        return False
    body = json.dumps(_told(one), ensure_ascii=False).encode()
    try:
        send(target_of(one.hook.url), body, signed(one.hook.secret, body, f"{one.pk}"), seconds=SECONDS)
    except (Refused, urllib3.exceptions.HTTPError, OSError, NotTakenError) as error:
        _note_problem(one.hook, str(error))
        raise NotTakenError(str(error)) from error
    now = timezone.now()
    HookDelivery.objects.filter(pk=one.pk).update(sent_at=now)
    OutgoingHook.objects.filter(pk=one.hook_id).update(sent_at=now, failing_since=None, problem="")
    return True


def _told(one: HookDelivery) -> dict[str, Any]:
    message = Message.objects.select_related("by").filter(pk=one.message_id).first()
    channel = one.hook.channel
    told: dict[str, Any] = {
        "event": one.event,
        "delivery": one.pk,
        "channel": {"id": channel.pk, "name": channel.name, "url": f"{settings.BASE_URL}{channel.get_absolute_url()}"},
    }
    if message is not None:
        gone = message.withdrawn_at is not None
        told["message"] = {
            "id": message.pk,
            "thread": message.root_id,
            "at": message.at.isoformat(),
            "by": {"name": message.by.name, "handle": message.by.handle} if message.by else None,
            # What was taken back meanwhile is not told any more.
            "text": None if gone else message.body,
            "url": f"{settings.BASE_URL}{message.get_absolute_url()}",
        }
    return told


def _note_problem(hook: OutgoingHook, problem: str) -> None:
    now = timezone.now()
    since = hook.failing_since or now
    values: dict[str, Any] = {"failing_since": since, "problem": problem[:200]}
    if now - since > PATIENCE:
        values["closed_at"] = now
    OutgoingHook.objects.filter(pk=hook.pk).update(**values)


def forget_old(now: dt.datetime | None = None) -> int:
    """Forget what was told, or given up, two weeks ago."""
    old = HookDelivery.objects.filter(at__lt=(now or timezone.now()) - KEPT)
    return int(old.delete()[0])
