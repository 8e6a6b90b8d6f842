"""A person's open sessions, and ending them."""

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

# Parts of user agents, most specific first, and what people call that browser.
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
    """An open session.

    Args:
        row: the session. mark: its id on pages. device: browser and system, in words. is_this: the current one.
    """

    row: Session
    mark: str
    device: str
    is_this: bool


def open_sessions(person: Person, *, asking: str | None = None) -> list[OpenSession]:
    """Return a person's open sessions, last used first.

    Args:
        asking: key of the current session.
    """
    rows = _open(person).order_by("-seen_at")[:100]
    return [OpenSession(row, mark_of(row), device_of(row.agent), row.session_key == asking) for row in rows]


def _open(person: Person) -> QuerySet[Session]:
    now = timezone.now()
    return Session.objects.filter(account_id=person.pk, expire_date__gt=now, seen_at__gt=now - idle_limit())


def end_sessions(person: Person, *, by: Person, spare: str | None = None, only: str | None = None) -> int:
    """Sign a person out at once, including their open pages.

    Args:
        spare: key of a session to keep. only: the mark of the one session to end (:func:`mark_of`).

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
    """Return the id of a session on pages: its key is a secret."""
    return salted_hmac("zhiliu.session", row.session_key).hexdigest()[:24]


def device_of(agent: str) -> str:
    """Return browser and system, in words."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part) or str(_("Unknown device"))


def note_start(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    """Store the session's start in its data, so that it survives a change of its key (a receiver of Django's
    sign-in).
    """
    request.session[STARTED] = timezone.now().isoformat()


def note_coming_in(sender: Any, request: Any, user: Person, **_more: Any) -> None:
    """Record the first sign-in of a person (a receiver of Django's sign-in)."""
    if user.came_in_at is None:
        user.came_in_at = timezone.now()
        Person.objects.filter(pk=user.pk, came_in_at=None).update(came_in_at=user.came_in_at)
