"""Programs are told what is said in a channel: signed, in order of the log, again until it was taken."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
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
from .targets import Target, target_of

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


class NotTakenError(Exception):
    """The program did not take it; the job is tried again."""


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
        _send(target_of(one.hook.url), body, _headers(one, body))
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


def _headers(one: HookDelivery, body: bytes) -> dict[str, str]:
    now = int(timezone.now().timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zhiliu",
        "X-Zhiliu-Delivery": str(one.pk),
        "X-Zhiliu-Signature": f"t={now},v1={signature(one.hook.secret, now, body)}",
    }


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 of the moment (seconds since 1970), a dot and the body; the moment keeps a caught one from being
    sent again later.
    """
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def _send(target: Target, body: bytes, headers: dict[str, str]) -> None:
    timeout = urllib3.Timeout(total=SECONDS)
    common: dict[str, Any] = {"port": target.port, "timeout": timeout, "retries": False, "maxsize": 1}
    pool: urllib3.HTTPConnectionPool
    if target.is_secure:
        pool = urllib3.HTTPSConnectionPool(
            target.ip, server_hostname=target.host, assert_hostname=target.host, cert_reqs="CERT_REQUIRED", **common
        )
    else:
        pool = urllib3.HTTPConnectionPool(target.ip, **common)
    usual = 443 if target.is_secure else 80
    host = target.host if target.port == usual else f"{target.host}:{target.port}"
    with pool:
        answer = pool.urlopen(
            "POST", target.path, body=body, headers={**headers, "Host": host}, redirect=False, preload_content=False
        )
        answer.close()
    if not 200 <= answer.status < 300:
        raise NotTakenError(f"HTTP {answer.status}")


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
