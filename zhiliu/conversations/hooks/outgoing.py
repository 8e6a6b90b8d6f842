"""Outgoing hooks: send messages of a channel and news of its community to programs and robots, signed, in the order of
the log, with retries.

Robots accept a limited number of messages per minute: what accumulates in between is sent as one message.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import urllib3
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.directory.defaults import default_language
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.community_news import News, news, news_of, thing_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import ObjectCard, kind_of
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.site import base_url
from zhiliu.kit.web.targets import target_of

from .. import facts
from ..models import Channel, HookDelivery, Message, OutgoingHook
from ..opening import require_keeper
from .robots import ROBOTS, Robot
from .sending import NotTakenError, send_delivery, signed

MOST_HOOKS = 10
SECONDS = 8
KEPT = dt.timedelta(days=14)
# A hook that fails for this long is closed.
PATIENCE = dt.timedelta(days=3)
MESSAGES, TEST = "messages", "test"
# The maximum number of deliveries combined into one robot message.
MOST_TOGETHER = 100
EVENTS: dict[type[facts.OfMessage], str] = {
    facts.MessagePosted: "message.posted",
    facts.MessageEdited: "message.edited",
    facts.MessageWithdrawn: "message.withdrawn",
}


def open_outgoing(
    channel: Channel,
    *,
    url: str,
    by: Person,
    kind: str = OutgoingHook.Kind.JSON,
    robot_secret: str = "",
    tells: Collection[str] = (MESSAGES,),
) -> OutgoingHook:
    """Create an outgoing hook of a channel. Idempotent for the same address.

    Args:
        robot_secret: the signing secret from DingTalk or Feishu.
        tells: ``messages``, and keys of the news of the community.

    Raises:
        Forbidden: does not manage the channel. Refused: not a web address, an internal address, nothing chosen,
            or too many.
    """
    require_keeper(channel, by)
    target_of(url)
    wanted = [key for key in (MESSAGES, *news.names()) if key in tells]
    if not wanted:
        raise Refused(_("Choose what to send."), field="tells")
    fields = {"kind": OutgoingHook.Kind(kind), "robot_secret": robot_secret.strip()[:120], "tells": wanted}
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        rows = channel.outgoing_hooks.filter(closed_at=None)
        known = rows.filter(url=url).first()
        if known is not None:
            return known
        if rows.count() >= MOST_HOOKS:
            raise Refused(_("A channel can have at most %(most)s of these addresses.") % {"most": MOST_HOOKS})
        outgoing_hook = OutgoingHook.objects.create(
            channel=channel, url=url, secret=secrets.token_hex(24), by=by, **fields
        )
        announce(facts.HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))
    return outgoing_hook


def close_outgoing(hook: OutgoingHook, *, by: Person) -> None:
    """Close an outgoing hook. Idempotent."""
    require_keeper(hook.channel, by)
    with transaction.atomic():
        if OutgoingHook.objects.filter(pk=hook.pk, closed_at=None).update(closed_at=timezone.now()):
            channel = hook.channel
            announce(facts.HooksChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk))


def note_for_hooks(position: int, fact: facts.OfMessage) -> list[int]:
    """Queue deliveries of a fact to the hooks of its channel. Idempotent when the log is read again.

    Returns:
        Ids of the deliveries.
    """
    event = EVENTS.get(type(fact))
    if event is None:
        return []
    hooks = [
        outgoing_hook
        for outgoing_hook in OutgoingHook.objects.filter(channel=fact.channel_id, closed_at=None)
        if MESSAGES in outgoing_hook.tells
    ]
    if event != "message.posted":
        # Group chats cannot change posted messages, so robots receive new ones only.
        hooks = [hook for hook in hooks if hook.kind not in ROBOTS]
    return _note(hooks, position, event=event, message_id=fact.message_id)


def note_news(position: int, fact: Any) -> list[int]:
    """Queue deliveries of news of a community that everyone in it may read."""
    found = news_of(fact) if fact.community_id else []
    if not found:
        return []
    kind, key = thing_of(fact)
    made = []
    for name, told in found:
        if told.is_open(key):
            rows = OutgoingHook.objects.filter(channel__community=fact.community_id, closed_at=None)
            hooks = [hook for hook in rows if name in hook.tells]
            made += _note(hooks, position, event=name, thing=kind, thing_id=key, by_id=fact.by_id)
    return made


def _note(hooks: Iterable[OutgoingHook], position: int, **what: Any) -> list[int]:
    rows = [HookDelivery.objects.get_or_create(hook=hook, position=position, defaults=what) for hook in hooks]
    return [row.pk for row, is_new in rows if is_new]


def send_test_event(hook: OutgoingHook, *, by: Person) -> None:
    """Send a test event to the address; the result is shown beside it."""
    require_keeper(hook.channel, by)
    with transaction.atomic():
        # Below all positions of the log, and different each time.
        delivery = HookDelivery.objects.create(hook=hook, position=-time.time_ns() // 1000, event=TEST, by_id=by.pk)
        tell_hook.enqueue(delivery.pk)


@task()
def tell_hook(delivery_id: int) -> None:
    """Send a delivery. An error is raised if the program does not accept it; the job is then retried."""
    deliver(delivery_id)


def deliver(delivery_id: int) -> bool:
    """Send a delivery; return whether it was accepted or is obsolete.

    Raises:
        NotTakenError: the program did not accept it.
    """
    rows = HookDelivery.objects.filter(pk=delivery_id, sent_at=None).select_related("hook__channel")
    hook_delivery = rows.first()
    if hook_delivery is None or hook_delivery.hook.closed_at is not None:
        return False
    if hook_delivery.hook.kind in ROBOTS:
        return _tell_robot(hook_delivery.hook, ROBOTS[hook_delivery.hook.kind], hook_delivery.pk)
    body = json.dumps(_told(hook_delivery), ensure_ascii=False).encode()
    try:
        send_delivery(
            target_of(hook_delivery.hook.url),
            body,
            signed(hook_delivery.hook.secret, body, f"{hook_delivery.pk}"),
            seconds=SECONDS,
        )
    except (Refused, urllib3.exceptions.HTTPError, OSError, NotTakenError) as error:
        _note_problem(hook_delivery.hook, str(error))
        raise NotTakenError(str(error)) from error
    _note_sent(hook_delivery.hook, [hook_delivery.pk])
    return True


def _tell_robot(hook: OutgoingHook, robot: Robot, delivery_id: int) -> bool:
    """Send everything queued as one message, up to the robot's size limit; the rest follows after its pace."""
    now = timezone.now()
    free = Q(next_at=None) | Q(next_at__lte=now)
    # The filter settles the race of two workers: one sends, the other returns later.
    if not OutgoingHook.objects.filter(free, pk=hook.pk).update(next_at=now + dt.timedelta(seconds=robot.pace)):
        hook.refresh_from_db(fields=["next_at"])
        tell_hook.using(run_after=hook.next_at or now).enqueue(delivery_id)
        return False
    waiting = list(hook.deliveries.filter(sent_at=None).order_by("position", "pk")[:MOST_TOGETHER])
    lines, deliveries = gather(hook, robot, waiting)
    if lines:
        _say_to_robot(hook, robot, "\n\n".join(lines))
    _note_sent(hook, [hook_delivery.pk for hook_delivery in deliveries])
    rest = hook.deliveries.filter(sent_at=None).order_by("position", "pk").first()
    if rest is not None:
        tell_hook.using(run_after=now + dt.timedelta(seconds=robot.pace)).enqueue(rest.pk)
    return True


def gather(hook: OutgoingHook, robot: Robot, waiting: Sequence[HookDelivery]) -> tuple[list[str], list[HookDelivery]]:
    """Return the lines that fit into one message, and their deliveries; obsolete ones add no line."""
    lines: list[str] = []
    deliveries: list[HookDelivery] = []
    with translation.override(default_language()):
        for hook_delivery in waiting:
            line = _line(hook_delivery, hook, robot)
            if line is not None and lines and len("\n\n".join([*lines, line]).encode()) > robot.most_bytes:
                break
            deliveries.append(hook_delivery)
            lines += [] if line is None else [line]
    return lines, deliveries


def _say_to_robot(hook: OutgoingHook, robot: Robot, text: str) -> None:
    with translation.override(default_language()):
        title = f"{hook.channel.community or hook.channel.name} · {hook.channel.name}"
    try:
        request = robot.request(hook, title, text, timezone.now().timestamp())
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Zhiliu"}
        robot.check(send_delivery(target_of(request.url), request.body, headers, seconds=SECONDS))
    except (Refused, urllib3.exceptions.HTTPError, OSError, NotTakenError) as error:
        _note_problem(hook, str(error))
        raise NotTakenError(str(error)) from error


def _note_sent(hook: OutgoingHook, keys: Sequence[int]) -> None:
    now = timezone.now()
    HookDelivery.objects.filter(pk__in=keys).update(sent_at=now)
    OutgoingHook.objects.filter(pk=hook.pk).update(sent_at=now, failing_since=None, problem="")


def _line(hook_delivery: HookDelivery, hook: OutgoingHook, robot: Robot) -> str | None:
    """Return one line of a delivery; None if its message or news no longer exists."""
    if hook_delivery.event == TEST:
        return _("This is a test from %(where)s.") % {
            "where": robot.bare(f"{hook.channel.community} #{hook.channel.name}")
        }
    if hook_delivery.message_id is None:
        return _news_line(hook_delivery, hook, robot)
    message = Message.objects.select_related("by").filter(pk=hook_delivery.message_id, withdrawn_at=None).first()
    if message is None:
        return None
    who = robot.bare(message.by.name if message.by else _("Someone"))
    where = robot.link(f"#{robot.bare(hook.channel.name)}", f"{base_url()}{message.get_absolute_url()}")
    said = robot.bare(message.body) or _("(a file)")
    return f"**{who}** {where}\n{said}" if hook.kind != OutgoingHook.Kind.SLACK else f"*{who}* {where}\n{said}"


def _news_line(hook_delivery: HookDelivery, hook: OutgoingHook, robot: Robot) -> str | None:
    told, card = _news(hook_delivery)
    if told is None or card is None:
        return None
    if MESSAGES in hook.tells and told.is_posted(card.key, hook.channel_id):
        return None
    title = robot.link(robot.bare(card.title), f"{base_url()}{card.url}")
    return str(told.sentence) % {"who": robot.bare(_name(hook_delivery.by_id)), "title": title}


def _news(hook_delivery: HookDelivery) -> tuple[News | None, ObjectCard | None]:
    """Return the news of a delivery and the object it links to; nothing if it is no longer open to everyone."""
    told = news.get(hook_delivery.event)
    if told is None or hook_delivery.thing_id is None or not told.is_open(hook_delivery.thing_id):
        return None, None
    return told, kind_of(hook_delivery.thing).load([hook_delivery.thing_id]).get(hook_delivery.thing_id)


def _name(person_id: int | None) -> str:
    found = Person.objects.filter(pk=person_id or 0).values_list("name", flat=True).first()
    return found or _("Someone")


def _told(hook_delivery: HookDelivery) -> dict[str, Any]:
    message = Message.objects.select_related("by").filter(pk=hook_delivery.message_id or 0).first()
    channel = hook_delivery.hook.channel
    told: dict[str, Any] = {
        "event": hook_delivery.event,
        "delivery": hook_delivery.pk,
        "channel": {"id": channel.pk, "name": channel.name, "url": f"{base_url()}{channel.get_absolute_url()}"},
    }
    if hook_delivery.thing:
        _kind, card = _news(hook_delivery)
        # Title and address of news that is no longer open to everyone are not sent.
        told["thing"] = {"kind": hook_delivery.thing, "id": hook_delivery.thing_id} | (
            {"title": card.title, "url": f"{base_url()}{card.url}"} if card else {}
        )
    if message is not None:
        gone = message.withdrawn_at is not None
        told["message"] = {
            "id": message.pk,
            "thread": message.root_id,
            "at": message.at.isoformat(),
            "by": {"name": message.by.name, "handle": message.by.handle} if message.by else None,
            # The text of a deleted message is not sent.
            "text": None if gone else message.body,
            "url": f"{base_url()}{message.get_absolute_url()}",
        }
    return told


def _note_problem(hook: OutgoingHook, problem: str) -> None:
    now = timezone.now()
    since = hook.failing_since or now
    values: dict[str, Any] = {"failing_since": since, "problem": problem[:200]}
    if now - since > PATIENCE:
        values["closed_at"] = now
    OutgoingHook.objects.filter(pk=hook.pk).update(**values)


def forget_old_deliveries(now: dt.datetime | None = None) -> int:
    """Delete deliveries older than two weeks."""
    old = HookDelivery.objects.filter(at__lt=(now or timezone.now()) - KEPT)
    return int(old.delete()[0])
