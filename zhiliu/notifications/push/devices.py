"""Turning notifications on a device on and off."""

from __future__ import annotations

import base64
import binascii
import hashlib
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.models import Session
from zhiliu.kit.web.sessions import idle_limit
from zhiliu.kit.web.targets import target_of

from ..models import PushDevice

MOST_DEVICES = 10


def add_device(
    *, endpoint: str, public_key: str, auth: str, session_key: str, agent: str = "", by: Person
) -> PushDevice:
    """Show notifications in the browser that made this subscription. Idempotent.

    Args:
        endpoint: address at the push service. public_key, auth: of the subscription, base64url.
        session_key: of the session in which it was made; when that ends, nothing is sent any more.

    Raises:
        Refused: not a subscription, or an address inside the network.
    """
    if not endpoint.startswith("https://") and not _is_allowed_inside(endpoint):
        raise Refused(_("This is not a push service."))
    target_of(endpoint)
    if not _is_point(public_key) or len(_decoded(auth)) != 16 or len(endpoint) > 1000:
        raise Refused(_("This is not a push service."))
    values = {
        "person": by,
        "endpoint": endpoint,
        "public_key": public_key,
        "auth": auth,
        "session_key": session_key,
        "agent": agent[:200],
        "added_at": timezone.now(),
    }
    with transaction.atomic():
        # Race: the unique digest makes of two simultaneous requests one row.
        device, _is_new = PushDevice.objects.update_or_create(endpoint_digest=digest_of(endpoint), defaults=values)
        kept = PushDevice.objects.filter(person=by).order_by("-added_at", "-pk").values("pk")[:MOST_DEVICES]
        PushDevice.objects.filter(person=by).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return device


def remove_device(endpoint: str, *, by: Person) -> None:
    """Stop showing notifications in the browser with this subscription. Idempotent."""
    PushDevice.objects.filter(person=by, endpoint_digest=digest_of(endpoint)).delete()


def open_devices(people: list[Person]) -> QuerySet[PushDevice]:
    """Return the devices of ``people`` whose sessions are open."""
    ids = [person.pk for person in people]
    keys = _open_sessions().filter(account_id__among=ids).values("session_key")
    return PushDevice.objects.filter(person__in=ids, session_key__in=keys)


def forget_closed_devices() -> None:
    """Delete the devices whose session ended."""
    PushDevice.objects.exclude(session_key__in=_open_sessions().values("session_key")).delete()


def _open_sessions() -> QuerySet[Session]:
    now = timezone.now()
    return Session.objects.filter(expire_date__gt=now, seen_at__gt=now - idle_limit())


def move_session(old: str, new: str) -> None:
    """Keep the devices of a session whose key changed, as it does with a new password."""
    PushDevice.objects.filter(session_key=old).update(session_key=new)


def digest_of(endpoint: str) -> str:
    """Return what identifies a subscription without revealing it."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _is_allowed_inside(endpoint: str) -> bool:
    return urlsplit(endpoint).hostname in settings.WEBHOOK_PRIVATE_HOSTS


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(text))
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
