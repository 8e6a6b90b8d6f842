"""Sending notifications to devices: each at most once, and not what was read meanwhile."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Sequence
from typing import Any

import http_ece
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import signing
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import task
from py_vapid.utils import b64urldecode

from zhiliu.directory.defaults import language_of, zone_of
from zhiliu.directory.models import Person
from zhiliu.jobs.enqueuing import enqueue_all
from zhiliu.kit.contracts.notification_types import notice_kinds
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import insert_rows
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.kit.web.targets import pool_for, target_of

from ..models import Notification, PushDelivery, PushDevice
from ..presentation import ShownNotification, show
from ..wanted import is_still_wanted
from .choices import shows_now
from .devices import open_devices
from .keys import authorization

logger = logging.getLogger(__name__)
SALT = "zhiliu.push.shown"
# How long a push service keeps it for a device that is off.
KEPT = dt.timedelta(days=1)
SECONDS = 10
# A push service that is not reached after so many tries is given up: the inbox has it, and mail brings it.
MOST_TRIES = 3
# A push service takes 4096 bytes, encryption included; everything else in the payload is short.
MOST_SAID = 300
# The subscription has ended (RFC 8030, 7.3), and answers that trying again does not change.
ENDED, REFUSED = (404, 410), (400, 401, 403, 413)


class PushServiceError(Exception):
    """The push service did not take it; the job is retried."""


def enqueue_pushes(
    devices: Sequence[PushDevice], rows: dict[int, int], position: int, rests: dict[int, dt.datetime]
) -> None:
    """Enqueue a notification for devices.

    Args:
        rows: ids of the inbox rows by person. rests: until when people are not to be disturbed.
    """
    chosen = [device for device in devices if device.person_id in rows]
    new = [(device.pk, rows[device.person_id], position, timezone.now(), 0, "") for device in chosen]
    if not new:
        return
    insert_rows(PushDelivery, ("device_id", "notification_id", "position", "at", "tries", "dropped"), new)
    made = PushDelivery.objects.filter(device__in=[device.pk for device in chosen], position=position)
    keys = made.values_list("pk", "device__person_id")
    enqueue_all(send_push_for, [((pk,), rests.get(person_id)) for pk, person_id in keys])


@task()
def send_push_for(delivery_id: int) -> None:
    """Send one push. Raises when the push service does not take it; the job is then retried."""
    send_push(delivery_id)


def send_push(delivery_id: int) -> None:
    """Send a delivery unless it was sent, or is no longer wanted or allowed.

    Raises:
        PushServiceError: the push service was not reached, or has no time now.
    """
    rows = PushDelivery.objects.select_related("device__person", "notification")
    delivery = rows.filter(pk=delivery_id, sent_at=None, dropped="").first()
    if delivery is None:
        return
    person = delivery.device.person
    with translation.override(language_of(person)), timezone.override(zone_of(person)):
        items = show([delivery.notification], person)
        reason = _why_not(delivery, person) or ("" if items else "out of reach")
        if reason:
            _drop(delivery, reason)
        else:
            _send(delivery, items[0])


def _why_not(delivery: PushDelivery, person: Person) -> str:
    row = delivery.notification
    kind = notice_kinds.get(row.notice)
    if not open_devices([person]).filter(pk=delivery.device_id).exists():
        return "signed out"
    if row.read_at:
        return "read already"
    if row.position != delivery.position:
        return "followed by a newer one"
    if kind is None or not shows_now(kind, person):
        return "not on devices"
    return "" if is_still_wanted(kind, delivery.position) else "no longer wanted"


def _drop(delivery: PushDelivery, reason: str) -> None:
    PushDelivery.objects.filter(pk=delivery.pk).update(dropped=reason)


def _send(delivery: PushDelivery, item: ShownNotification) -> None:
    PushDelivery.objects.filter(pk=delivery.pk).update(tries=F("tries") + 1)
    try:
        status = send_payload(
            delivery.device, payload_of(item, delivery), topic=f"n{item.row.pk}", is_call=item.row.calls
        )
        if status == 429 or status >= 500:
            raise PushServiceError(f"HTTP {status}")
    except Refused as error:
        _drop(delivery, str(error)[:80])
    except (PushServiceError, urllib3.exceptions.HTTPError, OSError) as error:
        if delivery.tries + 1 < MOST_TRIES:
            raise PushServiceError(str(error)) from error
        _drop(delivery, "not reached")
    else:
        _note(delivery, status)


def _note(delivery: PushDelivery, status: int) -> None:
    if status in ENDED:
        delivery.device.delete()
    elif status in REFUSED:
        logger.warning("a push service answered HTTP %s", status)
        _drop(delivery, f"HTTP {status}")
    else:
        PushDelivery.objects.filter(pk=delivery.pk).update(sent_at=timezone.now())


def payload_of(item: ShownNotification, delivery: PushDelivery) -> dict[str, Any]:
    """Return what the service worker shows (``kit/worker/service-worker.ts``)."""
    row = item.row
    return {
        "title": item.sentence,
        "body": _shortened(item.said),
        "url": reverse("notifications:go", args=[row.pk]),
        "tag": f"notification-{row.pk}",
        "id": f"{row.pk}-{delivery.position}",
        "unread": Notification.objects.filter(person=row.person_id, read_at=None).count(),
        "shown_url": reverse("notifications:push_shown", args=[signing.dumps(delivery.pk, salt=SALT)]),
    }


def _shortened(text: str) -> str:
    text = " ".join(without_invisibles(text).split())
    return text if len(text) <= MOST_SAID else f"{text[:MOST_SAID].rstrip()}…"


def send_payload(device: PushDevice, payload: dict[str, Any], *, topic: str, is_call: bool) -> int:
    """Send a payload to a device.

    Args:
        topic: a message that is still waiting for the device is replaced by a newer one with the same topic.

    Returns:
        The status the push service answered.

    Raises:
        Refused: the address leads inside the network by now. urllib3's HTTPError, OSError: not reached.
    """
    target = target_of(device.endpoint)
    headers = {
        **authorization(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Host": target.host_header,
        "TTL": str(int(KEPT.total_seconds())),
        "Topic": topic,
        "Urgency": "high" if is_call else "normal",
    }
    body = encrypted(json.dumps(payload, ensure_ascii=False).encode(), device)
    with pool_for(target, SECONDS) as pool:
        answer = pool.urlopen("POST", target.path, body=body, headers=headers, redirect=False, preload_content=False)
        answer.close()
    return int(answer.status)


def encrypted(content: bytes, device: PushDevice) -> bytes:
    """Return content only this browser can read (RFC 8291)."""
    return bytes(
        http_ece.encrypt(
            content,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=b64urldecode(device.public_key.encode()),
            auth_secret=b64urldecode(device.auth.encode()),
            version="aes128gcm",
        )
    )


def note_shown(key: str) -> None:
    """Record that a device showed a notification; a forged key does nothing.

    Args:
        key: the signed end of ``shown_url`` in a payload.
    """
    try:
        pk = signing.loads(key, salt=SALT)
    except signing.BadSignature:
        return
    now = timezone.now()
    if PushDelivery.objects.filter(pk=pk, shown_at=None).update(shown_at=now):
        PushDevice.objects.filter(deliveries=pk).update(shown_at=now)


def was_shown(notification_id: int, position: int) -> bool:
    """Return whether a device showed the notification of this fact."""
    shown = PushDelivery.objects.filter(notification=notification_id, position=position, shown_at__isnull=False)
    return shown.exists()
