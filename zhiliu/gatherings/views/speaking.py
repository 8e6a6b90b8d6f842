"""The running order of lightning talks: the host composes it, speakers answer, the stage shows it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back, key_of, wished
from zhiliu.kit.web.page_frame import hear_on_page

from .. import lightning
from ..forms import TalkForm
from ..models import Gathering, LightningTalk
from ..rules import can_change_talk, can_host
from ..running_order import order_of
from .lookups import gathering_or_404


def lightning_or_404(request: Request, pk: int) -> Gathering:
    """Return a gathering with lightning talks that the person may see."""
    gathering = gathering_or_404(request, pk)
    if not gathering.is_lightning:
        raise Http404
    return gathering


def talk_or_404(request: Request, pk: int) -> LightningTalk:
    """Return a lightning talk of a gathering the person may see."""
    talk = get_object_or_404(LightningTalk.objects.select_related("speaker"), pk=pk)
    talk.gathering = lightning_or_404(request, talk.gathering_id)
    return talk


@require_http_methods(["GET", "POST"])
@login_required
def order(request: Request, pk: int) -> HttpResponseBase:
    """Show the running order to the host; a POST adds a talk and asks its speaker."""
    gathering = lightning_or_404(request, pk)
    require(can_host, request.user, gathering)
    form = TalkForm(request.user, request.POST or None, initial={"minutes": 5})
    if request.method == "POST" and form.is_valid():
        talk = form.attempt(lightning.add_talk, gathering, **form.cleaned_data, by=request.user)
        if talk is not None:
            if talk.speaker_id != request.user.pk:
                messages.success(request, _("%(name)s has been asked.") % {"name": talk.speaker.name})
            return redirect("gatherings:order", pk=pk)
    context = {"gathering": gathering, "community": gathering.community, "form": form, "order": order_of(gathering)}
    return render(request, "gatherings/order.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def talk(request: Request, pk: int) -> HttpResponseBase:
    """Change title and minutes of a talk."""
    lightning_talk = talk_or_404(request, pk)
    require(can_change_talk, request.user, lightning_talk)
    initial = {"title": lightning_talk.title, "minutes": lightning_talk.minutes}
    form = TalkForm(request.user, request.POST or None, initial=initial, with_speaker=False)
    if request.method == "POST" and form.is_valid():
        lightning.change_talk(lightning_talk, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved"))
        hosts = can_host(request.user, lightning_talk.gathering)
        return redirect("gatherings:order" if hosts else "gatherings:gathering", pk=lightning_talk.gathering_id)
    context = {
        "gathering": lightning_talk.gathering,
        "community": lightning_talk.gathering.community,
        "form": form,
        "talk": lightning_talk,
    }
    return render(request, "gatherings/talk.html", context)


@require_POST
@login_required
def answer(request: Request, pk: int) -> HttpResponseBase:
    """Accept (``on=1``) or decline (``on=0``) a talk, as its speaker."""
    lightning_talk = talk_or_404(request, pk)
    yes = wished(request)
    lightning.answer_for_talk(lightning_talk, yes=yes, by=request.user)
    messages.success(request, _("Thank you. The host has been notified.") if yes else _("The host is notified."))
    seen = Gathering.objects.visible_to(request.user).filter(pk=lightning_talk.gathering_id).exists()
    return redirect(lightning_talk.gathering) if seen else redirect("gatherings:list")


@require_POST
@login_required
def place(request: Request, pk: int) -> HttpResponseBase:
    """Move a talk to a ``place``, counted from 1."""
    lightning_talk = talk_or_404(request, pk)
    lightning.move_talk(lightning_talk, key_of(request.POST.get("place")), by=request.user)
    return redirect("gatherings:order", pk=lightning_talk.gathering_id)


@require_POST
@login_required
def removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove a talk from the order."""
    lightning_talk = talk_or_404(request, pk)
    lightning.remove_talk(lightning_talk, by=request.user)
    messages.success(request, _("“%(title)s” was removed from the running order.") % {"title": lightning_talk.title})
    return redirect("gatherings:order", pk=lightning_talk.gathering_id)


@require_POST
@login_required
def start(request: Request, pk: int) -> HttpResponseBase:
    """Start a talk (``on=1``), or end it (``on=0``)."""
    lightning_talk = talk_or_404(request, pk)
    act = lightning.end_talk if request.POST.get("on") == "0" else lightning.start_talk
    act(lightning_talk, by=request.user)
    return redirect(back(request, lightning_talk.gathering.get_absolute_url()))


@require_GET
@login_required
def stage(request: Request, pk: int) -> HttpResponseBase:
    """Show the current speaker, the time left and the next one: for the wall, and refetched by the room."""
    gathering = lightning_or_404(request, pk)
    hear_on_page(request, f"gathering-{pk}")
    context = {"gathering": gathering, "order": order_of(gathering), "may_host": can_host(request.user, gathering)}
    return render(request, "gatherings/stage.html", context)
