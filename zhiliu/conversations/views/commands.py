"""Slash commands in a channel: completion, execution, help, and a program's answer for the person who asked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from zhiliu.kit.contracts.slash_commands import Reply
from zhiliu.kit.web.http import Request, key_of

from ..commands import completion, offered, run_command
from ..models import CommandCall
from ..queries import channel_title
from .common import answers_json, channel_or_404


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def commands(request: Request, pk: int) -> HttpResponseBase:
    """Return the completions of ``q``; a POST executes ``line``."""
    channel = channel_or_404(request, pk)
    if request.method == "GET":
        offereds = completion(channel, request.user, request.GET.get("q", "").strip()[:40])
        rows = [
            {
                "value": offered.word,
                "label": f"/{offered.word}",
                "also": offered.also,
                "hint": offered.hint,
                "takes": offered.takes,
            }
            for offered in offereds
        ]
        return JsonResponse(rows, safe=False)
    reply = run_command(
        channel,
        request.POST.get("line", ""),
        by=request.user,
        root=key_of(request.POST.get("root")) or None,
        client_id=request.POST.get("client", "")[:40],
        mentioned_ids=tuple(key_of(text) for text in request.POST.getlist("called")),
    )
    return JsonResponse(as_json(reply))


def as_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON for the open page."""
    return {"said": reply.said, "sheet": reply.sheet, "go": reply.go, "call": reply.call}


@require_GET
@login_required
def commands_help(request: Request, pk: int) -> HttpResponseBase:
    """List all commands available here; ``panel=1`` returns the sheet alone."""
    channel = channel_or_404(request, pk)
    context = {
        "channel": channel,
        "title": channel_title(channel, request.user),
        "commands": offered(channel, request.user),
    }
    return render(
        request, f"conversations/{'_commands_sheet' if request.GET.get('panel') else 'commands'}.html", context
    )


@require_GET
@login_required
def call(request: Request, pk: int, call_pk: int) -> HttpResponseBase:
    """Return a program's answer, to the person who asked and nobody else."""
    channel_or_404(request, pk)
    command_call = get_object_or_404(
        CommandCall.objects.select_related("hook"), pk=call_pk, by=request.user, hook__channel=pk
    )
    return JsonResponse(
        {
            "done": command_call.answered_at is not None,
            "failed": command_call.failed,
            "said": command_call.said,
            "by": command_call.hook.word,
        }
    )
