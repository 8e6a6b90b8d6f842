"""After a gathering: end it, thank, give feedback, write it up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.files.storing import upload
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.surveys.forms import SurveyForm
from zhiliu.surveys.models import Survey

from .. import queries
from ..completing import (
    add_file,
    change_summary,
    complete,
    give_feedback,
    remove_gathering_file,
    tell_what_changed,
    thank_sharer,
    thank_speakers,
)
from ..depositing import assign_deposit, publish_deposit, start_deposit, usual_due_day
from ..forms import ChangedForm, EndForm, HandOverForm, SummaryForm, ThanksForm
from ..models import Gathering, GatheringFile
from ..polling import polls_of
from ..rules import can_host, can_prepare
from .lookups import gathering_or_404


@require_http_methods(["GET", "POST"])
@login_required
def end(request: Request, pk: int) -> HttpResponseBase:
    """End a gathering and collect its results."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    if gathering.state == Gathering.State.HELD:
        return redirect(gathering)
    owed = gathering.owes_deposit
    initial = {"owner": gathering.host or request.user, "due_on": usual_due_day()}
    form = EndForm(request.user, request.POST or None, initial=initial, with_deposit=owed)
    if request.method == "POST" and form.is_valid() and form.succeeds(_end, request, gathering, form.cleaned_data):
        messages.success(request, _("Ended. Attendees are asked for thanks and one minute of feedback."))
        return redirect(gathering)
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "form": form,
        "owed": owed,
        "attendance": queries.attendance_of(gathering),
        "files": list(gathering.files.select_related("upload")),
        "questions": queries.questions_of(gathering, request.user),
        "polls": polls_of(gathering),
    }
    return render(request, "gatherings/end.html", context)


def _end(request: Request, gathering: Gathering, values: dict[str, Any]) -> None:
    complete(
        gathering,
        summary=values["summary"],
        deposit_owner=values.get("owner"),
        due_on=values.get("due_on"),
        by=request.user,
    )


@require_http_methods(["GET", "POST"])
@login_required
def summary(request: Request, pk: int) -> HttpResponseBase:
    """Edit the summary; a conflicting change is shown beside the form."""
    gathering = gathering_or_404(request, pk)
    require(can_prepare, request.user, gathering)
    form = SummaryForm(request.POST or None, initial={"summary": gathering.summary, "version": gathering.version})
    theirs = None
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(change_summary, gathering, by=request.user, **form.cleaned_data)
        if changed is not None:
            return redirect(changed)
        theirs = form.on_top_of(gathering_or_404(request, pk))
    context = {"gathering": gathering, "community": gathering.community, "form": form, "theirs": theirs}
    return render(request, "gatherings/summary.html", context)


@require_POST
@login_required
@once
def files(request: Request, pk: int) -> HttpResponseBase:
    """Add one or more files."""
    gathering = gathering_or_404(request, pk)
    require(can_prepare, request.user, gathering)
    contents = request.FILES.getlist("file")
    if not contents:
        raise Refused(_("No file received. Try again."))
    for content in contents:
        assert content.file is not None
        stored = upload(content.file, name=content.name or "file", by=request.user, community=gathering.community)
        add_file(gathering, stored, by=request.user)
    messages.success(request, _("Added"))
    return redirect(gathering)


@require_POST
@login_required
def file_removal(request: Request, pk: int, file_pk: int) -> HttpResponseBase:
    """Remove a file."""
    gathering = gathering_or_404(request, pk)
    file = get_object_or_404(GatheringFile, pk=file_pk, gathering=gathering)
    file.gathering = gathering
    remove_gathering_file(file, by=request.user)
    return redirect(gathering)


@require_POST
@login_required
def thanks(request: Request, pk: int) -> HttpResponseBase:
    """Thank the sharer, or all speakers at once."""
    gathering = gathering_or_404(request, pk)
    form = ThanksForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Briefly say what helped you."))
    say = thank_speakers if gathering.is_lightning else thank_sharer
    say(gathering, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Thanks sent."))
    return redirect(gathering)


@require_POST
@login_required
def feedback(request: Request, pk: int) -> HttpResponseBase:
    """Give one minute of feedback. Uses no form token, whose row would store who answered and when."""
    gathering = gathering_or_404(request, pk)
    survey = queries.feedback_survey(gathering)
    if survey is None:
        raise Refused(_("There is no feedback to give yet."))
    form = SurveyForm(survey, request.POST)
    if not form.is_valid():
        raise Refused(_("Answer the first two questions. The rest are optional."))
    give_feedback(gathering, form.values(), by=request.user)
    messages.success(request, _thanks_for_feedback(survey))
    return redirect(gathering)


def _thanks_for_feedback(survey: Survey) -> str:
    if survey.is_anonymous:
        return _("Thank you. The speaker and host see combined answers from 5 responses on.")
    return _("Thank you. The speaker and host can read it, with your name.")


@require_POST
@login_required
def changed(request: Request, pk: int) -> HttpResponseBase:
    """Tell those who gave feedback what changed because of it."""
    gathering = gathering_or_404(request, pk)
    form = ChangedForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Briefly say what you changed."))
    tell_what_changed(gathering, changed=form.cleaned_data["changed"], by=request.user)
    messages.success(request, _("Saved. People who gave feedback are notified."))
    return redirect(gathering)


@require_POST
@login_required
def deposit(request: Request, pk: int) -> HttpResponseBase:
    """Start or open the article; with ``publish=1``, publish it at once."""
    gathering = gathering_or_404(request, pk)
    if request.POST.get("publish") != "1":
        return redirect(start_deposit(gathering, by=request.user))
    article = publish_deposit(gathering, by=request.user)
    if article.published_at is not None:
        messages.success(request, _("Published. Colleagues can find it now."))
    return redirect(article)


@require_POST
@login_required
def deposit_owner(request: Request, pk: int) -> HttpResponseBase:
    """Assign the deposit to an owner, with a due day."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    form = HandOverForm(request.user, request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a person and a day."))
    assign_deposit(gathering, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved"))
    return redirect(gathering)
