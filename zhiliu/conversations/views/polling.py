"""Polls in a channel: created in the composer, voted in the message list, with a page of who chose what."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, key_of
from zhiliu.moderation.models import HeldPost
from zhiliu.polls.queries import shown, with_people
from zhiliu.polls.rules import can_close

from ..forms import ChannelPollForm
from ..models import Channel, Message
from ..polling import poll_of
from ..queries import channel_title
from ..rules import can_ask, can_reply
from ..voting import end_channel_poll, start_poll, vote
from .common import answers_json, channel_or_404, message_or_404, wants_json
from .messages import answer_to_said, done


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def poll_new(request: Request, pk: int) -> HttpResponseBase:
    """Create a poll in the channel, or in the thread ``root``; ``panel=1`` returns the sheet alone."""
    channel = channel_or_404(request, pk)
    require(can_ask, request.user, channel)
    given = request.POST if request.method == "POST" else request.GET
    root = _root(channel, key_of(given.get("root")))
    first = {"question": given.get("question", "")[:120], "client": uuid.uuid4().hex, "root": root.pk if root else None}
    form = ChannelPollForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        posted = form.attempt(_start, request, channel, root, form)
        if posted is not None:
            return answer_to_said(request, channel, posted)
    if request.method == "POST" and wants_json(request):
        return JsonResponse(
            {"error": " ".join(str(validation_error) for many in form.errors.values() for validation_error in many)},
            status=422,
        )
    context = {"channel": channel, "title": channel_title(channel, request.user), "form": form}
    return render(request, f"conversations/{'_poll_sheet' if request.GET.get('panel') else 'poll_new'}.html", context)


def _root(channel: Channel, key: int) -> Message | None:
    rows = Message.objects.select_related("channel__community")
    return get_object_or_404(rows, pk=key, channel=channel, root=None) if key else None


def _start(request: Request, channel: Channel, root: Message | None, form: ChannelPollForm) -> Message | HeldPost:
    wanted = form.cleaned_data
    return start_poll(
        channel,
        question=wanted["question"],
        options=wanted["options"],
        lasts=dt.timedelta(minutes=wanted["lasts"]),
        is_secret=wanted["is_secret"],
        client_id=wanted["client"],
        root=root,
        by=request.user,
    )


@require_GET
@login_required
def poll(request: Request, pk: int) -> HttpResponseBase:
    """Show the result of a message's poll, and of an open ballot who chose what."""
    message = message_or_404(request, pk)
    found = poll_of(message)
    if found is None or message.withdrawn_at is not None:
        raise Http404(pk)
    context = {
        "message": message,
        "channel": message.channel,
        "title": channel_title(message.channel, request.user),
        "poll": found,
        "poll_row": with_people(shown([found], request.user)[0]),
        "why_not": can_reply.why_not(request.user, message.channel),
        "may_close": found.is_open and can_close(request.user, found),
    }
    return render(request, "conversations/poll.html", context)


@require_POST
@login_required
@answers_json
def ballot(request: Request, pk: int) -> HttpResponseBase:
    """Vote for ``option``, or change one's vote."""
    vote(message_or_404(request, pk), key_of(request.POST.get("option")), by=request.user)
    if not wants_json(request):
        notes.success(request, _("Vote recorded. You can change it until the poll closes."))
        return redirect("conversations:poll", pk)
    return done(request)


@require_POST
@login_required
@answers_json
def poll_closing(request: Request, pk: int) -> HttpResponseBase:
    """Close the poll of a message early."""
    end_channel_poll(message_or_404(request, pk), by=request.user)
    if not wants_json(request):
        notes.success(request, _("Closed. The result is final."))
        return redirect("conversations:poll", pk)
    return done(request)
