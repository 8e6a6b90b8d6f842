"""Before a gathering: propose, change, fix the time, invite, answer, cancel."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.directory.queries import room_names
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.web.http import Request, back, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.needs.models import Topic

from ..audience_forms import AudienceForm
from ..best_times import best_times
from ..conflicts import USUAL_MINUTES, conflicts_of
from ..forms import CancelForm, CounterForm, DetailsForm, InviteForm, ProposeForm, TeaForm, TimeForm
from ..inviting import accept_to_share, counter, decline_to_share, invite_sharer, share_oneself, take_time
from ..models import Format, Gathering, Invitation, Offer
from ..proposing import change_details, offer_to_share, propose, propose_tea_chat, withdraw_offer
from ..queries import communities_to_propose_in
from ..rules import can_host
from ..scheduling import cancel, fix_time
from .audience import invite_all
from .lookups import gathering_or_404


@require_http_methods(["GET", "POST"])
@login_required
@once
def gathering_new(request: Request) -> HttpResponseBase:
    """Propose a gathering (``format``, ``topic``, ``community``, ``sharer`` in the address fill the form)."""
    communities = communities_to_propose_in(request.user)
    if not communities:
        return _nowhere(request)
    format = request.POST.get("format") or request.GET.get("format") or _first_format(request, communities)
    if format == Format.TEA_CHAT:
        return _tea(request, communities)
    return _talk(request, communities, format)


@require_http_methods(["GET", "POST"])
@login_required
@once
def tea_new(request: Request) -> HttpResponseBase:
    """Invite someone to tea (``with`` in the address: their handle)."""
    communities = communities_to_propose_in(request.user)
    if not communities:
        return _nowhere(request)
    return _tea(request, communities)


def _nowhere(request: Request) -> HttpResponseBase:
    """Show how to join a community to someone who is in none with gatherings."""
    if request.method == "POST" or request.user.is_guest:
        raise Forbidden(_("Join a community with gatherings first."))
    return render(request, "gatherings/nowhere.html")


def _first_format(request: Request, communities: Any) -> str:
    """Return the default format of the community's kind."""
    slug = request.GET.get("community", "")
    community = next((item for item in communities if item.slug == slug), None)
    if community is None or request.GET.get("topic"):
        return Format.ONE_PROBLEM_TALK
    return str(community.template.default_format)


def _talk(request: Request, communities: Any, requested: str) -> HttpResponseBase:
    format = requested if requested in (Format.LIGHTNING, Format.EVENING) else str(Format.ONE_PROBLEM_TALK)
    topic = _topic(request)
    if topic is not None:
        communities = communities.filter(pk=topic.community_id)
        if not communities:
            raise Forbidden(_("Join the community of this topic first."))
    form = ProposeForm(request.user, communities, request.POST or None, initial=_talk_initial(request, topic))
    if format == Format.LIGHTNING:
        form.leave_speakers_for_later()
    if request.method == "POST" and form.is_valid():
        gathering = form.attempt(_propose, request, form.cleaned_data, topic, format)
        if gathering is not None:
            messages.success(request, _("Created. Next: schedule it."))
            return redirect("gatherings:time", pk=gathering.pk)
    return render(request, "gatherings/new.html", {"form": form, "topic": topic, "format": format})


def _topic(request: Request) -> Topic | None:
    key = key_of(request.POST.get("topic") or request.GET.get("topic"))
    return get_object_or_404(Topic.objects.visible_to(request.user), pk=key) if key else None


def _talk_initial(request: Request, topic: Topic | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"i_share": request.GET.get("share") == "me"}
    if topic is not None:
        initial |= {name: getattr(topic, name) for name in ("title", "for_whom", "take_home")}
        initial["community"] = topic.community_id
    elif slug := request.GET.get("community", ""):
        initial["community"] = Community.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if handle := request.GET.get("sharer", ""):
        initial["sharer"] = visible_people(request.user).filter(handle=handle).first()
    return initial


def _propose(request: Request, values: dict[str, Any], topic: Topic | None, format: str) -> Gathering:
    """Propose the gathering. A sharer who offered shares at once; others are invited."""
    other = values.get("sharer") if not values.get("i_share") else None
    if other is not None and other.pk == request.user.pk:
        other, values["i_share"] = None, True
    offered = other is not None and topic is not None and Offer.objects.filter(topic=topic, by=other).exists()
    sharer = request.user if values.get("i_share") else other if offered else None
    gathering = propose(
        values["community"],
        title=values["title"],
        for_whom=values["for_whom"],
        take_home=values["take_home"],
        seats=values["seats"],
        named_feedback=values["named_feedback"],
        topic=topic,
        format=format,
        sharer=sharer,
        by=request.user,
    )
    if other is not None and not offered:
        invite_sharer(gathering, other, by=request.user)
    return gathering


def _tea(request: Request, communities: Any) -> HttpResponseBase:
    form = TeaForm(request.user, communities, request.POST or None, initial=_tea_initial(request, communities))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        gathering = form.attempt(
            propose_tea_chat,
            values["community"],
            other=values["other"],
            starts_at=form.starts_at(),
            minutes=values["minutes"],
            place=values["place"],
            title=values["title"],
            by=request.user,
        )
        if gathering is not None:
            messages.success(request, _("%(name)s has been asked.") % {"name": values["other"].name})
            return redirect(gathering)
    context = {"form": form, "rooms": room_names(), "format": Format.TEA_CHAT}
    return render(request, "gatherings/tea.html", context)


def _tea_initial(request: Request, communities: Any) -> dict[str, Any]:
    soon = timezone.localtime() + dt.timedelta(days=1)
    slug, handle = request.GET.get("community", ""), request.GET.get("with", "")
    chosen = next((community for community in communities if community.slug == slug), communities[0])
    return {
        "community": chosen.pk,
        "day": soon.date(),
        "clock": dt.time(15, 30),
        "minutes": 30,
        "other": visible_people(request.user).filter(handle=handle).first() if handle else None,
    }


@require_http_methods(["GET", "POST"])
@login_required
def gathering_edit(request: Request, pk: int) -> HttpResponseBase:
    """Change texts, host and seats; a conflicting change is shown beside the form."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    names = ("title", "for_whom", "take_home", "seats", "named_feedback", "host", "version")
    form = DetailsForm(request.user, request.POST or None, initial={name: getattr(gathering, name) for name in names})
    theirs = None
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(change_details, gathering, by=request.user, **form.cleaned_data)
        if changed is not None:
            return redirect(changed)
        theirs = form.on_top_of(gathering_or_404(request, pk))
    context = {"gathering": gathering, "community": gathering.community, "form": form, "theirs": theirs}
    return render(request, "gatherings/edit.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def gathering_time(request: Request, pk: int) -> HttpResponseBase:
    """Fix or move the time. Conflicts are shown first; sending again with ``anyway`` accepts them.

    With a first time comes the question whom to invite to attend.
    """
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    # A time typed on another page arrives in the query string; its conflicts are shown at once.
    typed = request.GET if "day" in request.GET else None
    form = TimeForm(request.POST or typed, initial=_time_initial(gathering))
    audience = _audience_form(request, gathering)
    doubts = []
    if request.method == "GET" and typed and form.is_valid():
        doubts = conflicts_of(gathering, *form.moments(), form.cleaned_data["place"])
    if request.method == "POST" and form.is_valid() and (audience is None or audience.is_valid()):
        starts_at, ends_at = form.moments()
        doubts = conflicts_of(gathering, starts_at, ends_at, form.cleaned_data["place"])
        if not doubts or request.POST.get("anyway") == "1":
            if form.succeeds(_fix, request, gathering, form, audience):
                return redirect(gathering)
            doubts = []
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "form": form,
        "doubts": doubts,
        "rooms": room_names(),
        "audience": audience,
        "proposed": best_times(gathering) if not gathering.starts_at and not gathering.is_tea_chat else [],
    }
    return render(request, "gatherings/time.html", context)


def _audience_form(request: Request, gathering: Gathering) -> AudienceForm | None:
    """Return the form that invites the audience, for a gathering that gets its first time."""
    if gathering.state != Gathering.State.PLANNING or gathering.is_tea_chat:
        return None
    return AudienceForm(request.user, gathering, request.POST or None, prefix="audience")


def _fix(request: Request, gathering: Gathering, form: TimeForm, audience: AudienceForm | None) -> None:
    moved = gathering.state == Gathering.State.FIXED
    starts_at, ends_at = form.moments()
    place, online_url = form.cleaned_data["place"], form.cleaned_data["online_url"]
    with transaction.atomic():
        fix_time(gathering, starts_at=starts_at, ends_at=ends_at, place=place, online_url=online_url, by=request.user)
        invited = invite_all(gathering, audience, by=request.user) if audience is not None else []
    # Said only now: a refused invitation takes the time back, too.
    scheduled = _("Rescheduled. Attendees are notified.") if moved else _("Scheduled.")
    messages.success(request, " ".join([scheduled, *invited]))


def _time_initial(gathering: Gathering) -> dict[str, Any]:
    usual = USUAL_MINUTES[gathering.format]  # type: ignore[index]
    start = timezone.localtime(gathering.starts_at) if gathering.starts_at else None
    return {
        "day": start.date() if start else None,
        "clock": start.time() if start else dt.time(15, 0),
        "minutes": gathering.minutes or usual,
        "place": gathering.place,
        "online_url": gathering.online_url,
    }


@require_GET
@login_required
def doubts(request: Request, pk: int) -> HttpResponseBase:
    """Return the conflicts of the time being typed."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    form = TimeForm(request.GET)
    conflicts = []
    if form.is_valid():
        starts_at, ends_at = form.moments()
        conflicts = conflicts_of(gathering, starts_at, ends_at, form.cleaned_data["place"])
    return render(request, "gatherings/_doubts.html", {"doubts": conflicts, "checked": form.is_valid()})


@require_http_methods(["GET", "POST"])
@login_required
def cancellation(request: Request, pk: int) -> HttpResponseBase:
    """Cancel a gathering."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cancel(gathering, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Cancelled. Everyone who signed up is notified."))
        return redirect(gathering)
    context = {"gathering": gathering, "community": gathering.community, "form": form}
    return render(request, "gatherings/cancel.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def invitations(request: Request, pk: int) -> HttpResponseBase:
    """Invite someone to share."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    chosen = visible_people(request.user).filter(handle=request.GET.get("person", "")).first()
    form = InviteForm(request.user, request.POST or None, initial={"person": chosen})
    if request.method == "POST" and form.is_valid():
        person, note = form.cleaned_data["person"], form.cleaned_data["note"]
        if form.succeeds(invite_sharer, gathering, person, note=note, by=request.user):
            messages.success(request, _("%(name)s has been asked.") % {"name": person.name})
            return redirect(gathering)
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "form": form,
        "suggested": _suggested(request, gathering),
    }
    return render(request, "gatherings/invite.html", context)


def _suggested(request: Request, gathering: Gathering) -> list[Person]:
    """Return people who offered to share about the topic."""
    if gathering.topic is None:
        return []
    offers = gathering.topic.offers.select_related("by__department").order_by("at")
    return [offer.by for offer in offers if offer.by_id != request.user.pk][:6]


@require_http_methods(["GET", "POST"])
@login_required
def invitation(request: Request, pk: int) -> HttpResponseBase:
    """Answer an invitation: ``answer`` = accept, decline, or counter with other times."""
    gathering = gathering_or_404(request, pk)
    mine = get_object_or_404(Invitation.objects.filter(gathering=gathering, person=request.user))
    mine.gathering = gathering
    answer = request.POST.get("answer", "")
    form = CounterForm(request.POST if answer == "counter" else None)
    if answer == "accept":
        accept_to_share(mine, by=request.user)
        messages.success(request, _("Thank you. The host has been notified."))
        return redirect(gathering)
    if answer == "decline":
        decline_to_share(mine, by=request.user, word=request.POST.get("word", "")[:300])
        messages.success(request, _("The host is notified."))
        return redirect("gatherings:list") if not _still_sees(request, pk) else redirect(gathering)
    if answer == "counter" and form.is_valid() and _counters(request, mine, form):
        return redirect(gathering)
    context = {"gathering": gathering, "community": gathering.community, "invitation": mine, "form": form}
    return render(request, "gatherings/invitation.html", context)


def _still_sees(request: Request, pk: int) -> bool:
    """Return whether the person still sees it: a declined invitation may have been the only access."""
    return bool(Gathering.objects.visible_to(request.user).filter(pk=pk).exists())


def _counters(request: Request, mine: Invitation, form: CounterForm) -> bool:
    try:
        counter(mine, form.times(), by=request.user, word=form.cleaned_data["word"])
    except Refused as refused:
        form.add_error("first" if refused.field == "times" else None, str(refused.reason))
        return False
    messages.success(request, _("The host chooses one of them."))
    return True


@require_POST
@login_required
def invitation_time(request: Request, pk: int, invitation_pk: int) -> HttpResponseBase:
    """Accept one of the proposed times, as the host (``place`` counts from 0)."""
    gathering = gathering_or_404(request, pk)
    invitation = get_object_or_404(Invitation.objects.select_related("person"), pk=invitation_pk, gathering=gathering)
    invitation.gathering = gathering
    place = request.POST.get("place", "")
    take_time(invitation, int(place) if place.isdecimal() and len(place) < 3 else -1, by=request.user)
    messages.success(request, _("Scheduled, with %(name)s as speaker.") % {"name": invitation.person.name})
    return redirect(gathering)


@require_POST
@login_required
def sharer(request: Request, pk: int) -> HttpResponseBase:
    """Make the host the sharer."""
    share_oneself(gathering_or_404(request, pk), by=request.user)
    messages.success(request, _("You’re the speaker. Thank you."))
    return redirect("gatherings:gathering", pk=pk)


@require_POST
@login_required
def offer(request: Request, pk: int) -> HttpResponseBase:
    """Offer to share about a topic (``on=1``), or withdraw the offer."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user).select_related("community"), pk=pk)
    if request.POST.get("on") == "0":
        withdraw_offer(topic, by=request.user)
    else:
        offer_to_share(topic, by=request.user, word=request.POST.get("word", "")[:300])
        messages.success(request, _("Thank you. The topic’s author has been notified."))
    return redirect(back(request, topic.get_absolute_url()))
