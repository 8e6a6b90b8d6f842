"""The inbox, and mail preferences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import notice_kinds
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.paging import page_of
from zhiliu.live.presence import hide

from .delivery import mark_read, unread_count, unread_of
from .groups import GROUPS
from .mailing import stop_mails as stop_mail
from .models import Notification, Preference, QuietHours
from .presentation import add_words, show
from .push.choices import group_is_shown_by_default
from .push.views import push_context
from .quiet import choose_quiet, rest_until


@require_GET
@login_required
def inbox(request: Request) -> HttpResponseBase:
    """List a person's notifications, newest first."""
    rows = Notification.objects.filter(person=request.user)
    if request.GET.get("show") == "unread":
        rows = rows.filter(read_at=None)
    page = page_of(rows, request, by="-at")
    shown = show(page.rows, request.user)
    add_words(shown)
    context = {
        "shown": shown,
        "next_url": page.next_url,
        "unread": unread_of(request)[0],
    }
    return render(request, "notifications/inbox.html", context)


@require_GET
@login_required
def go(request: Request, pk: int) -> HttpResponseBase:
    """Open the object of a row and mark the row as read."""
    row = get_object_or_404(Notification, pk=pk, person=request.user)
    mark_read(request.user, [row])
    items = show([row], request.user)
    return redirect(items[0].url if items and items[0].url else "notifications:inbox")


@require_POST
@login_required
def read(request: Request, pk: int) -> HttpResponseBase:
    """Mark one row as read without opening it; returns the row."""
    row = get_object_or_404(Notification, pk=pk, person=request.user)
    mark_read(request.user, [row])
    row.refresh_from_db()
    items = show([row], request.user)
    if not items or not request.htmx:
        return redirect("notifications:inbox")
    add_words(items)
    return render(request, "notifications/_row.html", {"notice": items[0]})


@require_POST
@login_required
def read_all(request: Request) -> HttpResponseBase:
    """Mark everything as read."""
    mark_read(request.user)
    return redirect("notifications:inbox")


@require_GET
@login_required
def badge(request: Request) -> HttpResponseBase:
    """Render the bell with its counter, refetched when the inbox changed."""
    unread, calls = unread_count(request.user)
    return render(request, "notifications/badge.html", {"unread": unread, "calls": calls})


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: Request) -> HttpResponseBase:
    """Set mail and devices per group, quiet hours and presence."""
    if request.method == "POST":
        _choose_groups(request)
        if request.POST.get("end_rest"):
            rest_until(None, by=request.user)
            messages.success(request, _("Do not disturb is off."))
            return redirect("notifications:preferences")
        choose_quiet(
            _clock(request, "quiet_from"),
            _clock(request, "quiet_until"),
            on_days_off=bool(request.POST.get("quiet_days_off")),
            by=request.user,
        )
        _choose_presence(request)
        messages.success(request, _("Saved"))
        return redirect("notifications:preferences")
    quiet = QuietHours.objects.filter(person=request.user).first()
    if quiet is not None and quiet.until is not None and quiet.until <= timezone.now():
        quiet.until = None
    context = {
        "groups": _group_choices(request.user),
        "choices": Preference.Mail.choices,
        "quiet": quiet,
        "push": push_context(request.user),
    }
    return render(request, "notifications/preferences.html", context)


def _choose_groups(request: Request) -> None:
    """Store what differs from what the page showed: a group left alone keeps the defaults of its types."""
    for shown in _group_choices(request.user):
        chosen = {}
        mail = request.POST.get(shown["key"], "")
        if mail in Preference.Mail.values and mail != shown["mail"]:
            chosen["mail"] = mail
        is_shown = request.POST.get(f"push_{shown['key']}") == "now"
        if request.POST.get("with_push") and is_shown != shown["is_shown"]:
            chosen["push"] = Preference.Push.NOW if is_shown else Preference.Push.NEVER
        if chosen:
            Preference.objects.update_or_create(person=request.user, group=shown["key"], defaults=chosen)


def _group_choices(person: Person) -> list[dict[str, Any]]:
    """Return the groups with what the person chose, or else what they have by default."""
    chosen = {row.group: row for row in Preference.objects.filter(person=person)}
    none = Preference()
    return [
        {
            "key": group,
            "label": label,
            "mail": chosen.get(group, none).mail or _default(group),
            "is_shown": _is_shown(group, chosen.get(group, none).push),
        }
        for group, label in GROUPS.items()
    ]


def _is_shown(group: str, choice: str) -> bool:
    return choice == Preference.Push.NOW if choice else group_is_shown_by_default(group)


def _choose_presence(request: Request) -> None:
    shows = not request.POST.get("hide_presence")
    shows_reading = not request.POST.get("hide_reading")
    Person.objects.filter(pk=request.user.pk).update(shows_presence=shows, shows_reading=shows_reading)
    if not shows:
        hide(request.user)


def _clock(request: Request, name: str) -> dt.time | None:
    try:
        return parse_time(request.POST.get(name, "")[:8])
    except ValueError:
        return None


def _default(group: str) -> str:
    mails = any(kind.mail for kind in notice_kinds if kind.group == group)
    return Preference.Mail.NOW if mails else Preference.Mail.NEVER


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: Request, key: str) -> HttpResponseBase:
    """Stop mail of a group from a link in a mail; POST is the one-click unsubscribe of mail programs."""
    if request.method == "GET":
        return render(request, "notifications/stop.html", {"key": key})
    stopped = stop_mail(key)
    if stopped is None:
        raise Http404(key)
    return render(request, "notifications/stop.html", {"stopped": GROUPS.get(stopped[1])})
