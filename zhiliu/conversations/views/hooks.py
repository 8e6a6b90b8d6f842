"""Programs of a channel: their management, and the endpoint through which they post."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.inbound_mail.addresses import takes_mail
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.rate_limit import seconds_until
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.site import base_url

from ..forms import CommandHookForm, IncomingHookForm, OutgoingHookForm
from ..hooks.commands import close_command, open_command
from ..hooks.incoming import TooOftenError, close_incoming, hook_of, mail_address, open_incoming, receive
from ..hooks.outgoing import close_outgoing, open_outgoing, send_test_event
from ..models import Channel, OutgoingHook
from ..opening import require_keeper
from ..queries import channel_title
from .common import channel_or_404

MOST_BYTES = 64 * 1024


@require_http_methods(["GET", "POST"])
@login_required
@once
def hooks(request: Request, pk: int) -> HttpResponseBase:
    """List the programs of a channel; a POST adds an incoming hook and shows its address once."""
    channel = channel_or_404(request, pk)
    require_keeper(channel, request.user)
    form = IncomingHookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = form.attempt(open_incoming, channel, name=form.cleaned_data["name"], by=request.user)
        if opened is not None:
            hook, key = opened
            address = base_url(request) + reverse("conversations:hook", args=[key])
            shown = {"hook": hook, "address": address, "mail": mail_address(key)}
            return _page(request, channel, shown=shown)
    return _page(request, channel, form=form)


def _page(request: Request, channel: Channel, **more: Any) -> HttpResponseBase:
    context = {
        "channel": channel,
        "title": channel_title(channel, request.user),
        "incoming": list(channel.incoming_hooks.filter(closed_at=None).select_related("by")),
        "outgoing": list(channel.outgoing_hooks.select_related("by").order_by("closed_at", "pk")[:40]),
        "takes_mail": takes_mail(),
        "form": IncomingHookForm(),
        "out_form": OutgoingHookForm(),
        "commands": list(channel.command_hooks.filter(closed_at=None).select_related("by")),
        "command_form": CommandHookForm(),
        **more,
    }
    return render(request, "conversations/hooks.html", context)


@require_POST
@login_required
def outgoing(request: Request, pk: int) -> HttpResponseBase:
    """Add an outgoing hook; its secret is shown once."""
    channel = channel_or_404(request, pk)
    form = OutgoingHookForm(request.POST)
    if form.is_valid():
        outgoing_hook = form.attempt(open_outgoing, channel, by=request.user, **form.cleaned_data)
        if outgoing_hook is not None:
            if outgoing_hook.kind != OutgoingHook.Kind.JSON:
                messages.success(request, _("The group now receives messages. Send a test to check."))
                return redirect("conversations:hooks", pk=pk)
            return _page(request, channel, shown={"hook": outgoing_hook, "secret": outgoing_hook.secret})
    require_keeper(channel, request.user)
    return _page(request, channel, out_form=form)


@require_POST
@login_required
def hook_test(request: Request, pk: int, hook_pk: int) -> HttpResponseBase:
    """Send a test event to an address."""
    channel = channel_or_404(request, pk)
    rows = channel.outgoing_hooks.filter(closed_at=None).select_related("channel__community")
    send_test_event(get_object_or_404(rows, pk=hook_pk), by=request.user)
    messages.success(request, _("Test sent. The result appears next to the address in a moment."))
    return redirect("conversations:hooks", pk=pk)


@require_POST
@login_required
def command_new(request: Request, pk: int) -> HttpResponseBase:
    """Add the command of a program; its secret is shown once."""
    channel = channel_or_404(request, pk)
    form = CommandHookForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        command_hook = form.attempt(
            open_command, channel, word=wanted["word"], hint=wanted["hint"], url=wanted["url"], by=request.user
        )
        if command_hook is not None:
            return _page(request, channel, shown={"hook": command_hook, "secret": command_hook.secret})
    require_keeper(channel, request.user)
    return _page(request, channel, command_form=form)


@require_POST
@login_required
def hook_closure(request: Request, pk: int, kind: str, hook_pk: int) -> HttpResponseBase:
    """Close an incoming (``in``) or outgoing (``out``) hook, or a command (``command``)."""
    channel = channel_or_404(request, pk)
    if kind == "in":
        for hook in channel.incoming_hooks.select_related("channel__community").filter(pk=hook_pk):
            close_incoming(hook, by=request.user)
    elif kind == "command":
        for asked in channel.command_hooks.select_related("channel__community").filter(pk=hook_pk):
            close_command(asked, by=request.user)
    else:
        for outgoing_hook in channel.outgoing_hooks.select_related("channel__community").filter(pk=hook_pk):
            close_outgoing(outgoing_hook, by=request.user)
    messages.success(request, _("This address is closed."))
    return redirect("conversations:hooks", pk=pk)


@csrf_exempt
@require_POST
def hook(request: Request, key: str) -> HttpResponseBase:
    """Post as a program: JSON in, ``{"ok": true, "id": …}`` or ``{"ok": false, "error": …}`` out."""
    incoming_hook = hook_of(key)
    if incoming_hook is None:
        return _said(404, _("There is no such address, or it was closed."))
    if len(request.body) > MOST_BYTES:
        return _said(413, _("This is too long."))
    try:
        message = receive(incoming_hook, _payload(request), name=request.headers.get("Idempotency-Key", ""))
    except TooOftenError as refused:
        answer = _said(429, refused)
        answer["Retry-After"] = str(seconds_until(refused.retry_at))
        return answer
    except Refused as refused:
        return _said(422, refused)
    return JsonResponse({"ok": True, "errcode": 0, "id": message.pk})


def _payload(request: Request) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return {"text": request.POST.get("text", "")}
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _said(status: int, reason: object) -> JsonResponse:
    # Programs written for group-chat robots check "errcode".
    return JsonResponse({"ok": False, "errcode": status, "error": str(reason)}, status=status)
