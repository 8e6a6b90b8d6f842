"""Where somebody is signed in, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.models import Session
from zhiliu.kit.web.sessions import STARTED, idle_limit

from .facts import SessionsEnded
from .models import Person
from .rules import can_edit_profile

# What stands in the name a browser gives itself, most telling first, and what people call it.
BROWSERS = (
    ("wxwork", "WeCom"),
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Lark", "Feishu"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class OpenSession:
    """A place somebody is signed in at.

    Args:
        row: the session. mark: what a page calls it. device: browser and system, in words. is_this: the one that asks.
    """

    row: Session
    mark: str
    device: str
    is_this: bool


def open_sessions(person: Person, *, asking: str | None = None) -> list[OpenSession]:
    """Where a person is signed in, the last used first.

    Args:
        asking: key of the session that asks.
    """
    rows = _open(person).order_by("-seen_at")[:100]
    return [OpenSession(row, mark_of(row), device_of(row.agent), row.session_key == asking) for row in rows]


def _open(person: Person) -> QuerySet[Session]:
    now = timezone.now()
    return Session.objects.filter(account_id=person.pk, expire_date__gt=now, seen_at__gt=now - idle_limit())


def end_sessions(person: Person, *, by: Person, spare: str | None = None, only: str | None = None) -> int:
    """Sign a person out, at once and with their open pages.

    Args:
        spare: key of a session that goes on. only: the mark of the one session to end (:func:`mark_of`).

    Returns:
        How many sessions ended.
    """
    require(can_edit_profile, by, person)
    with transaction.atomic():
        rows = Session.objects.filter(account_id=person.pk).exclude(session_key=spare)
        keys = [row.session_key for row in rows if only is None or mark_of(row) == only]
        if keys:
            Session.objects.filter(session_key__in=keys).delete()
            fact = SessionsEnded(person_id=person.pk, by_id=by.pk)
            announce(fact, change=Change(person.name, "directory.person"))
    return len(keys)


def mark_of(row: Session) -> str:
    """What a page calls a session: its key is a secret."""
    return salted_hmac("zhiliu.session", row.session_key).hexdigest()[:24]


def device_of(agent: str) -> str:
    """Browser and system, in words."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part) or str(_("Unknown device"))


def note_start(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    """When the session began goes along when its key changes (a receiver of Django's sign-in)."""
    request.session[STARTED] = timezone.now().isoformat()


def note_coming_in(sender: Any, request: Any, user: Person, **_more: Any) -> None:
    """Note the first sign-in of a person (a receiver of Django's sign-in)."""
    if user.came_in_at is None:
        user.came_in_at = timezone.now()
        Person.objects.filter(pk=user.pk, came_in_at=None).update(came_in_at=user.came_in_at)
