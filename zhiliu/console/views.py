"""Pages of administrators."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_tasks_db.models import DBTaskResult

from zhiliu.activity.following import last_position
from zhiliu.activity.models import Cursor
from zhiliu.directory.rules import is_admin
from zhiliu.jobs.models import Heartbeat
from zhiliu.jobs.retrying import SILENT
from zhiliu.kit.http import Request
from zhiliu.kit.rules import require


@require_GET
@login_required
def overview(request: Request) -> HttpResponseBase:
    """Is everything running: workers, jobs that failed, followers of the log, space on the disk."""
    require(is_admin, request.user)
    top = last_position()
    usage = shutil.disk_usage(settings.DATA_DIR)
    jobs = DBTaskResult.objects
    context = {
        "workers": Heartbeat.objects.filter(seen_at__gte=timezone.now() - SILENT),
        "failed": jobs.exclude(traceback="").exclude(status="SUCCESSFUL").order_by("-enqueued_at")[:20],
        "waiting": jobs.ready().count(),
        "followers": [(cursor, top - cursor.position) for cursor in Cursor.objects.order_by("name")],
        "free_mb": usage.free // (1 << 20),
        "disk_is_low": usage.free < 500 * (1 << 20),
    }
    return render(request, "console/overview.html", context)
