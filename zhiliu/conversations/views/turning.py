"""The page that converts a part of a conversation into something else."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.idempotency import once

from ..models import Message, Quotation
from ..queries import channel_title
from ..rendering import draw, with_all
from ..turning import ask_to_be_left_out, open_destinations, turn_into
from .common import channel_or_404

AROUND = 8


@require_http_methods(["GET", "POST"])
@login_required
@once
def turning(request: Request, pk: int, message: int) -> HttpResponseBase:
    """Choose messages around one, and what they become."""
    channel = channel_or_404(request, pk)
    if request.method == "POST":
        chosen = [key_of(text) for text in request.POST.getlist("messages")]
        return redirect(turn_into(request.POST.get("into", ""), channel, chosen, by=request.user).url)
    start = get_object_or_404(Message, pk=message, channel=channel)
    root = start.root_id or start.pk
    number = start.number if start.root_id is None else get_object_or_404(Message, pk=root).number
    near = Q(root=None, number__range=(number - AROUND, number + AROUND)) | Q(root=root)
    found = list(with_all(Message.objects.filter(near, channel=channel, withdrawn_at=None).order_by("at", "pk"))[:100])
    context = {
        "channel": channel,
        "title": channel_title(channel, request.user),
        "rows": [
            (item, html, item.pk == start.pk or item.root_id == root)
            for item, html in zip(found, draw(found), strict=True)
        ],
        "destinations": open_destinations(channel, request.user),
        "start": start,
    }
    request.current_channel = channel  # type: ignore[attr-defined]
    return render(request, "conversations/turning.html", context)


@require_POST
@login_required
def left_out(request: Request, pk: int) -> HttpResponseBase:
    """Ask not to be quoted in drafts made from this channel."""
    channel = channel_or_404(request, pk)
    count = ask_to_be_left_out(
        channel, request.POST.get("kind", "")[:20], key_of(request.POST.get("thing")), by=request.user
    )
    if count:
        words = ngettext("Asked to leave out %(n)s message.", "Asked to leave out %(n)s messages.", count)
        messages.success(request, words % {"n": count})
    else:
        messages.info(request, _("There is nothing left to ask for."))
    return redirect(channel)


# Executed whenever a channel is opened; hardly anyone is quoted.
_quoted = CompiledQuery(
    lambda channel, reader, but_by: (
        Quotation.objects.filter(author=reader, message__channel=channel, objected_at=None)
        .exclude(by=but_by)
        .values_list("kind", "thing_id")
    ),
    1,
    1,
    1,
)


def quoted_of(request: Request, channel_id: int) -> list[tuple[str, int, int]]:
    """Return (kind, id, number of quoted messages) of drafts that quote the reader without an objection."""
    found: dict[tuple[str, int], int] = {}
    for kind, key in _quoted.rows(channel_id, request.user.pk, request.user.pk):
        found[kind, key] = found.get((kind, key), 0) + 1
    return [(kind, key, count) for (kind, key), count in found.items()]
