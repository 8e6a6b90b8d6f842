"""Scheduled messages: created in the open channel, listed on a page of the author."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.errors import Refused
from zhiliu.kit.templatetags.ui_time import day_words
from zhiliu.kit.templatetags.ui_time import here as local
from zhiliu.kit.text.natural_dates import at_local
from zhiliu.kit.web.http import Request, key_of

from ..models import Channel, Message, ScheduledMessage
from ..scheduling import forget_scheduled, post_now, schedule, usual_times
from .common import answers_json, channel_or_404, wants_json

SHOWN = 200


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def later(request: Request, pk: int) -> HttpResponseBase:
    """Return suggested times; a POST schedules a message of this channel for ``due``, or for ``own_due``."""
    channel = channel_or_404(request, pk)
    if request.method == "GET":
        return render(request, "conversations/_later_times.html", {"channel": channel, "times": usual_times()})
    root = key_of(request.POST.get("root"))
    scheduled_message = schedule(
        channel,
        body=request.POST.get("body", ""),
        due_at=_due(request.POST.get("due") or request.POST.get("own_due", "")),
        # A form without script has no client id.
        client_id=request.POST.get("client", "")[:40] or uuid.uuid4().hex,
        root=get_object_or_404(Message, pk=root, channel=channel, root=None) if root else None,
        mentioned_ids=[key_of(text) for text in request.POST.getlist("called")],
        by=request.user,
    )
    due = local(scheduled_message.due_at)
    said = _("Will be sent: %(day)s %(clock)s") % {
        "day": day_words(due.date(), timezone.localdate()),
        "clock": f"{due:%H:%M}",
    }
    if wants_json(request):
        return JsonResponse({"said": said})
    messages.success(request, said)
    return redirect(channel)


def _due(text: str) -> dt.datetime:
    try:
        moment = parse_datetime(text[:40])
    except ValueError:
        moment = None
    if moment is None:
        raise Refused(_("Choose a time within the next half year."), field="due")
    return moment if timezone.is_aware(moment) else at_local(moment.date(), moment.time())


@require_GET
@login_required
def scheduled(request: Request) -> HttpResponseBase:
    """List one's own scheduled messages, including those that could not be posted."""
    rows = ScheduledMessage.objects.filter(by=request.user, posted_at=None).select_related("channel")
    seen = Channel.objects.visible_to(request.user).filter(scheduled__by=request.user).distinct()
    context = {"rows": list(rows[:SHOWN]), "seen": set(seen.values_list("pk", flat=True))}
    return render(request, "conversations/scheduled.html", context)


@require_POST
@login_required
def scheduled_act(request: Request, pk: int) -> HttpResponseBase:
    """Post one's own scheduled message now (``act=now``), or delete it."""
    scheduled_message = ScheduledMessage.objects.filter(pk=pk, by=request.user).first()
    if scheduled_message is not None and request.POST.get("act") == "now":
        posted = post_now(scheduled_message, by=request.user)
        scheduled_message.refresh_from_db()
        if not posted and scheduled_message.refused:
            raise Refused(scheduled_message.refused)
        messages.success(request, pgettext("scheduled message", "Sent"))
    elif scheduled_message is not None:
        forget_scheduled(scheduled_message, by=request.user)
        messages.success(request, _("It will not be sent."))
    return redirect("conversations:scheduled")
