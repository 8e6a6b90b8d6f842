"""Nominations and requests to departments, and the pages to answer them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, key_of
from zhiliu.needs.models import Topic
from zhiliu.notifications.delivery import mark_read_about

from ..forms import DepartmentForm, NominateForm
from ..models import DepartmentAsk, Gathering, Nomination
from ..nominating import (
    Wanted,
    ask_department,
    decline_for_department,
    name_for_department,
    nominate,
    say_no,
    say_yes,
    take_nominee,
)
from ..rules import can_nominate
from .lookups import gathering_or_404


def _wanted_or_404(request: Request, kind: str, pk: int) -> Wanted:
    if kind == "gathering":
        return gathering_or_404(request, pk)
    topic: Topic = get_object_or_404(Topic.objects.visible_to(request.user).select_related("community"), pk=pk)
    return topic


@require_http_methods(["GET", "POST"])
@login_required
def nominations(request: Request, kind: str, pk: int) -> HttpResponseBase:
    """Nominate a colleague (``person`` in the address: their handle)."""
    thing = _wanted_or_404(request, kind, pk)
    require(can_nominate, request.user, thing)
    chosen = visible_people(request.user).filter(handle=request.GET.get("person", "")).first()
    form = NominateForm(request.user, request.POST or None, initial={"person": chosen})
    if request.method == "POST" and form.is_valid():
        person, why = form.cleaned_data["person"], form.cleaned_data["why"]
        nomination = form.attempt(nominate, thing, person, why=why, by=request.user)
        if nomination is not None:
            _say_asked(request, nomination)
            return redirect(thing)
    return render(request, "gatherings/nominate.html", _frame(thing, form=form))


def _say_asked(request: Request, nomination: Nomination) -> None:
    name = nomination.person.name
    if nomination.by_id == request.user.pk:
        messages.success(request, _("%(name)s has been asked and decides.") % {"name": name})
    else:
        # The same message whatever was answered: only the nominator learns of a no.
        messages.info(request, _("Someone has already nominated %(name)s. People aren’t asked twice.") % {"name": name})


@require_http_methods(["GET", "POST"])
@login_required
def departments(request: Request, kind: str, pk: int) -> HttpResponseBase:
    """Ask a department to send someone."""
    thing = _wanted_or_404(request, kind, pk)
    require(can_nominate, request.user, thing)
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        department = form.cleaned_data["department"]
        if form.succeeds(ask_department, thing, department, note=form.cleaned_data["note"], by=request.user):
            messages.success(request, _("%(name)s is asked to nominate someone.") % {"name": department.head.name})
            return redirect(thing)
    return render(request, "gatherings/department.html", _frame(thing, form=form))


@require_http_methods(["GET", "POST"])
@login_required
def nomination(request: Request, pk: int) -> HttpResponseBase:
    """Answer a nomination: ``answer`` = yes or no, with a message."""
    rows = Nomination.objects.select_related("topic__community", "gathering__community", "by")
    mine = get_object_or_404(rows, pk=pk, person=request.user)
    thing = _seen_or_404(request, mine)
    mark_read_about(request.user, "nomination", pk)
    answer, word = request.POST.get("answer", ""), request.POST.get("word", "").strip()[:300]
    if answer == "yes":
        say_yes(mine, by=request.user, word=word)
        messages.success(request, _("Thank you. We’ve noted that you would speak."))
        return redirect(thing)
    if answer == "no":
        say_no(mine, by=request.user, word=word)
        messages.success(request, _("Thanks for answering. Only the person who nominated you is notified."))
        return redirect("home")
    return render(request, "gatherings/nomination.html", _frame(thing, nomination=mine))


@require_http_methods(["GET", "POST"])
@login_required
def department_ask(request: Request, pk: int) -> HttpResponseBase:
    """Answer for a department: ``answer`` = name (someone) or decline (with a message)."""
    rows = DepartmentAsk.objects.select_related("topic__community", "gathering__community", "by", "department")
    ask = get_object_or_404(rows, pk=pk, department__head=request.user)
    thing = _seen_or_404(request, ask)
    mark_read_about(request.user, "department_ask", pk)
    answer = request.POST.get("answer", "")
    form = NominateForm(request.user, request.POST if answer == "name" else None)
    if answer == "decline":
        decline_for_department(ask, by=request.user, word=request.POST.get("word", "").strip()[:300])
        messages.success(request, _("The person who asked is notified."))
        return redirect(thing)
    if answer == "name" and form.is_valid() and _names(request, ask, form):
        return redirect(thing)
    return render(request, "gatherings/department_ask.html", _frame(thing, ask=ask, form=form))


def _names(request: Request, ask: DepartmentAsk, form: NominateForm) -> bool:
    person = form.cleaned_data["person"]
    if not form.succeeds(name_for_department, ask, person, why=form.cleaned_data["why"], by=request.user):
        return False
    if person.pk == request.user.pk:
        messages.success(request, _("Thank you. We’ve noted that you would speak."))
    else:
        messages.success(request, _("%(name)s has been asked and decides.") % {"name": person.name})
    return True


def _seen_or_404(request: Request, row: Nomination | DepartmentAsk) -> Wanted:
    kind = "topic" if row.topic_id else "gathering"
    thing = _wanted_or_404(request, kind, row.topic_id or row.gathering_id or 0)
    setattr(row, kind, thing)
    return thing


@require_POST
@login_required
def nominee(request: Request, pk: int) -> HttpResponseBase:
    """Make a nominee who said yes the sharer (``nomination``: which)."""
    gathering = gathering_or_404(request, pk)
    rows = Nomination.objects.select_related("person")
    chosen = get_object_or_404(rows, pk=key_of(request.POST.get("nomination")), gathering=gathering)
    chosen.gathering = gathering
    take_nominee(chosen, by=request.user)
    messages.success(request, _("%(name)s is the speaker.") % {"name": chosen.person.name})
    return redirect(gathering)


@require_GET
@login_required
def sharing(request: Request) -> HttpResponseBase:
    """Show advice for sharers on a good fifteen-minute talk."""
    return render(request, "gatherings/sharing.html")


def _frame(thing: Wanted, **more: Any) -> dict[str, Any]:
    assert isinstance(thing, Model)
    gathering = thing if isinstance(thing, Gathering) else None
    return {"thing": thing, "gathering": gathering, "community": thing.community, **more}
