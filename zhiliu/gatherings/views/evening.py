"""The host's desk of an evening sharing: channel, run sheet and phases."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back

from ..evening.preparing import add_line, change_evening, channels_for, remove_line
from ..evening.running import begin_evening, open_questions
from ..forms import EveningForm, SheetLineForm
from ..models import Evening
from ..rules import can_prepare
from .lookups import gathering_or_404


def evening_or_404(request: Request, pk: int) -> Evening:
    """Return the evening of a gathering the person may see."""
    gathering = gathering_or_404(request, pk)
    evening = Evening.objects.filter(gathering=gathering).select_related("channel__community").first()
    if evening is None:
        raise Http404(pk)
    evening.gathering = gathering
    return evening


@require_http_methods(["GET", "POST"])
@login_required
def desk(request: Request, pk: int) -> HttpResponseBase:
    """Show the desk; a POST sets channel and minutes."""
    evening = evening_or_404(request, pk)
    require(can_prepare, request.user, evening.gathering)
    form = EveningForm(
        channels_for(evening.gathering.community, request.user),
        request.POST or None,
        initial={"channel": evening.channel_id, "guest_minutes": evening.guest_minutes},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(change_evening, evening, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, _("Saved"))
        return redirect("gatherings:evening", pk=pk)
    return _desk(request, evening, form, SheetLineForm(initial={"minute": 0}))


def _desk(request: Request, evening: Evening, form: EveningForm, line_form: SheetLineForm) -> HttpResponseBase:
    context = {
        "gathering": evening.gathering,
        "community": evening.gathering.community,
        "evening": evening,
        "lines": list(evening.lines.select_related("evening__gathering")),
        "form": form,
        "line_form": line_form,
    }
    return render(request, "gatherings/evening.html", context)


@require_POST
@login_required
def lines(request: Request, pk: int) -> HttpResponseBase:
    """Add an announcement to the run sheet."""
    evening = evening_or_404(request, pk)
    form = SheetLineForm(request.POST)
    if form.is_valid() and form.succeeds(add_line, evening, **form.cleaned_data, by=request.user):
        return redirect("gatherings:evening", pk=pk)
    require(can_prepare, request.user, evening.gathering)
    first = {"channel": evening.channel_id, "guest_minutes": evening.guest_minutes}
    channels = channels_for(evening.gathering.community, request.user)
    return _desk(request, evening, EveningForm(channels, initial=first), form)


@require_POST
@login_required
def line_removal(request: Request, pk: int, line_pk: int) -> HttpResponseBase:
    """Remove an announcement from the run sheet."""
    evening = evening_or_404(request, pk)
    line = evening.lines.select_related("evening__gathering").filter(pk=line_pk).first()
    if line is not None:
        remove_line(line, by=request.user)
    return redirect("gatherings:evening", pk=pk)


@require_POST
@login_required
def guest(request: Request, pk: int) -> HttpResponseBase:
    """Start the guest's part."""
    evening = evening_or_404(request, pk)
    begin_evening(evening, by=request.user)
    return redirect(evening.channel)


@require_POST
@login_required
def questions(request: Request, pk: int) -> HttpResponseBase:
    """Start the questions."""
    evening = evening_or_404(request, pk)
    open_questions(evening, by=request.user)
    return redirect(back(request, evening.channel.get_absolute_url()))
