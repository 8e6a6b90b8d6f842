"""Forwarding a message: a sheet over the channel, or a page of its own."""

from __future__ import annotations

import uuid

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiliu.kit.web.http import Request, key_of
from zhiliu.moderation import queries as moderation
from zhiliu.moderation.models import HeldPost

from ..forms import ForwardForm
from ..forwarding import forward, forward_targets, original_of
from ..last_words import one_line
from ..models import Channel, Message
from ..queries import ChannelRow, channel_title
from ..references import leaves_circle
from .common import answers_json, channel_or_404, message_or_404, wants_json


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def forward_message(request: Request, pk: int) -> HttpResponseBase:
    """Forward a message to another channel; ``panel=1`` returns the sheet alone."""
    message = message_or_404(request, pk)
    form = ForwardForm(request.POST if request.method == "POST" else None, initial={"client": uuid.uuid4().hex})
    places = forward_targets(message, request.user)
    form.fields["into"].choices = [  # type: ignore[attr-defined]
        (name or _("Direct messages"), [(row.pk, _choice(row)) for row in rows]) for name, rows in places
    ]
    if not _may_need_consent(message):
        del form.fields["consents"]
    into = channel_or_404(request, key_of(request.POST["into"])) if request.POST.get("into") else None
    if into is not None and form.is_valid():
        posted = form.attempt(
            forward,
            message,
            into,
            comment=form.cleaned_data["comment"],
            by=request.user,
            client_id=form.cleaned_data["client"],
            consents=bool(form.cleaned_data.get("consents")),
        )
        if posted is not None:
            return _answer(request, into, posted)
    if request.method == "POST" and wants_json(request):
        reasons = [str(reason) for many in form.errors.values() for reason in many]
        return JsonResponse({"error": " ".join(reasons)}, status=422)
    original = original_of(message)
    context = {"message": message, "channel": message.channel, "title": channel_title(message.channel, request.user)}
    context |= {"form": form, "places": places, "author": original.by, "words": one_line(original)}
    name = "_forward_sheet" if request.GET.get("panel") else "forward"
    return render(request, f"conversations/{name}.html", context)


def _choice(row: ChannelRow) -> str:
    return row.name if row.kind == Channel.Kind.TALK else f"#{row.name}"


def _may_need_consent(message: Message) -> bool:
    """Return whether some place would take the words out of their circle."""
    return any(leaves_circle(origin, Channel()) for origin in (message.channel, original_of(message).channel))


def _answer(request: Request, into: Channel, posted: Message | HeldPost) -> HttpResponseBase:
    """Say where it went; a held message is only announced."""
    if isinstance(posted, HeldPost):
        said = moderation.sentence_of(posted)
    else:
        said = _("Forwarded to %(place)s.") % {"place": channel_title(into, request.user)}
    if wants_json(request):
        return JsonResponse({"said": said})
    notes.success(request, said)
    return redirect(into)
