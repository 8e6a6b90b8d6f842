"""Pages of administrators."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET
from django_tasks_db.models import DBTaskResult

from zhiliu.activity.consumers import last_position
from zhiliu.activity.models import Cursor
from zhiliu.directory.queries import counts
from zhiliu.directory.reaching import known_address_fault
from zhiliu.directory.rules import is_admin
from zhiliu.inbound_mail.addresses import takes_mail
from zhiliu.inbound_mail.models import MailboxProblem
from zhiliu.jobs.models import Heartbeat
from zhiliu.jobs.retrying import SILENT
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.site import address_problem, known_address
from zhiliu.notifications.mail_server import current_server
from zhiliu.notifications.models import UndeliveredMail

LOW_MB = 500


# What the consumers of the log do, by their key.
CONSUMERS = {
    "comments": pgettext_lazy("part of the program", "Deleted comments"),
    "conversations": pgettext_lazy("part of the program", "Channels of communities"),
    "conversations.hooks": pgettext_lazy("part of the program", "Messages to other programs"),
    "discussions.leavers": pgettext_lazy("part of the program", "Questions and duties of leavers"),
    "discussions.withdrawn": pgettext_lazy("part of the program", "Deleted answers"),
    "gatherings.calendars": pgettext_lazy("part of the program", "Calendar emails"),
    "gatherings.leavers": pgettext_lazy("part of the program", "Seats and roles of leavers"),
    "live.relay": pgettext_lazy("part of the program", "Live updates through nginx"),
    "notifications": pgettext_lazy("part of the program", "Notifications"),
    "notifications.guests": pgettext_lazy("part of the program", "Invitations and links by email"),
    "search": pgettext_lazy("part of the program", "Search index"),
}


@require_GET
@login_required
def overview(request: Request) -> HttpResponseBase:
    """Show the overview of everything administrators manage."""
    require(is_admin, request.user)
    context = {"workers": _workers().exists(), "disk_is_low": _free_mb() < LOW_MB, "counts": counts()}
    context |= {"address_fault": address_problem(request), "mail_obstacle": why_no_mail()}
    return render(request, "console/overview.html", context)


def _workers() -> QuerySet[Heartbeat]:
    return Heartbeat.objects.filter(seen_at__gte=timezone.now() - SILENT)


def _free_mb() -> int:
    return shutil.disk_usage(settings.DATA_DIR).free // (1 << 20)


@require_GET
@login_required
def running(request: Request) -> HttpResponseBase:
    """Show the state of workers, failed jobs, inbound mail, followers of the log, and disk space."""
    require(is_admin, request.user)
    top = last_position()
    jobs = DBTaskResult.objects
    context: dict[str, Any] = {
        "workers": _workers(),
        "failed": jobs.exclude(traceback="").exclude(status="SUCCESSFUL").order_by("-enqueued_at")[:20],
        "waiting": jobs.ready().count(),
        "followers": [
            (CONSUMERS.get(cursor.name, cursor.name), cursor, top - cursor.position)
            for cursor in Cursor.objects.order_by("name")
        ],
        "mail_comes_in": takes_mail(),
        "obstacles": MailboxProblem.objects.all()[:20],
        "free_mb": _free_mb(),
        "address": known_address(),
        "address_fault": "" if settings.DEMO else known_address_fault(),
        "mail_obstacle": why_no_mail(),
        "mail_server": current_server(),
        "undelivered": UndeliveredMail.objects.count(),
        "disk_is_low": _free_mb() < LOW_MB,
    }
    context["problems"] = _problems(context)
    return render(request, "console/running.html", context)


def _problems(found: dict[str, Any]) -> int:
    """Return how many things on the page need somebody: the answer at its top."""
    lagging = any(cursor.error for _name, cursor, _behind in found["followers"])
    broken = [found[name] for name in ("failed", "obstacles", "address_fault", "mail_obstacle", "undelivered")]
    return sum(map(bool, [*broken, not found["workers"], not found["address"], found["disk_is_low"], lagging]))
