"""Pages of channels and direct messages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.reach import reach
from zhiliu.communities.views import community_or_404, frame
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.inbound_mail.addresses import reply_address
from zhiliu.kit.contracts.presence import Presence, here_now, presence_of
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.queries import own_waiting
from zhiliu.moderation.rules import mute_of

from ..forms import ChannelForm, InvolvementForm
from ..last_words import add_last_words
from ..mentions import mentioned_people
from ..message_range import message_range, number_on
from ..models import Channel, ChannelMembership, Message
from ..opening import (
    change_channel,
    close_channel,
    keeps,
    leave_talk,
    let_in,
    open_channel,
    open_talk,
    reopen_channel,
    require_keeper,
    take_out,
)
from ..posting import place_of
from ..queries import (
    channel_title,
    mine_among,
    partner_in,
    pinned,
    resting_in,
    rows_of_communities,
    rows_of_community,
    rows_of_memberships,
    talks,
    thread_of,
)
from ..reacting import SIGNS, WORDS
from ..read_marks import marks_for
from ..read_state import choose_involvement, membership_of, put_away
from ..rendering import draw, with_all
from ..reply_handlers import CHANNEL
from ..rules import can_ask, can_open_channel, can_post, can_put_out, can_reply, moderates
from ..ui_extensions import channel_banners
from ..unsent import unsent_in, unsent_words
from .common import channel_or_404
from .phrases import phrases
from .turning import quoted_of


@require_GET
@login_required
def home(request: Request) -> HttpResponseBase:
    """List the reader's channels and direct messages with unread counts; on phones the entry to conversations."""
    rows = rows_of_memberships(request.user)
    places = zip(reach(request.user).roles, reach(request.user).places, strict=True)
    found = rows_of_communities(reach(request.user).roles, request.user)
    groups = [(place, found[key]) for key, place in places if found[key]]
    mine = talks(rows, request.user)
    shown = [*mine, *(row for _place, rows_of_place in groups for row in rows_of_place)]
    add_last_words(shown, request.user)
    unsent = unsent_words([row.pk for row in shown], request.user)
    for row in shown:
        row.unsent = unsent.get(row.pk, "")
    context = {"groups": groups, "talks": mine}
    return render(request, "conversations/home.html", context)


@require_GET
@login_required
def channels(request: Request, slug: str) -> HttpResponseBase:
    """List the channels of a community."""
    community = community_or_404(request, slug)
    closed = Channel.objects.visible_to(request.user).filter(community=community).exclude(closed_at=None)
    context = frame(
        request,
        community,
        "talk",
        rows=rows_of_community(community.pk, request.user),
        closed=list(closed),
        may_open=can_open_channel(request.user, community),
    )
    return render(request, "conversations/channels.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def channel_new(request: Request, slug: str) -> HttpResponseBase:
    """Create a channel."""
    community = community_or_404(request, slug)
    require(can_open_channel, request.user, community)
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("name", "purpose", "kind", "posting")}
        channel = form.attempt(open_channel, community, by=request.user, **wanted)
        if channel is not None:
            to = "conversations:people" if channel.kind == Channel.Kind.PRIVATE else channel
            return redirect(to, *_args(channel))
    return render(request, "conversations/channel_form.html", frame(request, community, "talk", form=form))


def _args(channel: Channel) -> tuple[int, ...]:
    return (channel.pk,) if channel.kind == Channel.Kind.PRIVATE else ()


@require_GET
@login_required
def channel(request: Request, pk: int) -> HttpResponseBase:
    """Show a channel. ``at`` opens it at a message, ``on`` at a day."""
    found = channel_or_404(request, pk)
    # Read before the messages: a message posted in between arrives as a change.
    cursor = found.last_change
    membership = membership_of(found, request.user)
    at = key_of(request.GET.get("at")) or _on_day(request, found)
    first_unread = membership.read_number + 1 if membership.read_number < found.last_number else 0
    shown = message_range(found, around=at or first_unread)
    context = {**_frame(request, found), "shown": _rows(shown.messages), "cursor": cursor, "at": at}
    context |= {"first_unread": first_unread, "older": shown.older, "newer": shown.newer, "membership": membership}
    context["resting"] = resting_in(found, request.user)
    context["banners"] = [made for make in channel_banners if (made := make(found, request.user)) is not None]
    context |= {"quoted": quoted_of(request, found.pk), "held": _held(request, found)}
    context |= {"mine": _mine(request, shown.messages), "pins": pinned(found), "marks": marks_for(found, request.user)}
    context["unsent"] = unsent_in(found, request.user)
    return render(request, "conversations/channel.html", context)


def _held(request: Request, channel: Channel, root: int | None = None) -> list[HeldPost]:
    """Return the reader's held messages in this channel or thread; moderators' messages are never held."""
    if channel.is_talk or moderates(request.user, channel):
        return []
    return [hold for hold in own_waiting(request.user, place_of(channel)) if hold.payload.get("root") == root]


def _on_day(request: Request, channel: Channel) -> int:
    day = parse_date(request.GET.get("on", "")[:10]) if request.GET.get("on") else None
    if day is None:
        return 0
    return number_on(channel, timezone.make_aware(dt.datetime.combine(day, dt.time())))


def _keys() -> tuple[tuple[Any, Any], ...]:
    """Return the shortcuts of a channel, for the dialog of all shortcuts."""
    return (
        ("R", _("Write a message")),
        ("Esc", _("Move between the text box and the messages")),
        ("↑ ↓", _("Next and previous message; in an empty text box: edit your last one")),
        ("Enter", _("Message actions")),
    )


def _frame(request: Request, channel: Channel) -> dict[str, Any]:
    """Return the context shared by the pages of a channel."""
    request.current_channel = channel  # type: ignore[attr-defined]
    person = request.user
    partner = partner_in(channel, person)
    heard = [f"channel-{channel.pk}"] + ([f"here-{partner.pk}"] if partner else [])
    hear_on_page(request, *heard)
    return {
        "partner": partner,
        # The text box shows until when the other person has quiet hours.
        "partner_presence": Presence(bool(here_now([partner.pk]))) if partner else None,
        "channel": channel,
        "title": channel_title(channel, person),
        "where": channel_title(channel, person) if channel.is_talk else f"#{channel.name}",
        "count": _how_many(channel),
        "why_not": can_post.why_not(person, channel),
        "may_reply": can_reply(person, channel),
        "may_ask": can_ask(person, channel),
        "may_keep": keeps(person, channel),
        "may_moderate": moderates(person, channel),
        "mute": mute_of(person, channel.community_id) if channel.community_id else None,
        "words": WORDS.items(),
        "page_keys": _keys(),
        # Live messages are rendered in the company's time zone.
        "zone": timezone.get_current_timezone_name(),
        "signs": SIGNS,
        "phrases": phrases,
        "involvements": ChannelMembership.Involvement.choices,
    }


def _how_many(channel: Channel) -> int:
    """Return the number of people in the channel; for a public one the community's denormalised count."""
    if channel.kind == Channel.Kind.PUBLIC and channel.community is not None:
        return channel.community.member_count
    return mentioned_people(channel).count()


def _mine(request: Request, messages: list[Message]) -> dict[str, Any]:
    """Return the reader's own reactions and bookmarks."""
    return {str(key): value for key, value in mine_among(request.user, messages).items()}


RUN_SECONDS = 300


def _rows(page: list[Message], below: Message | None = None) -> list[dict[str, Any]]:
    """Return messages with their HTML, date separators, and whether one continues the one above.

    Args:
        below: the message they reply to, which is shown above them with its own date.
    """
    rows: list[dict[str, Any]] = []
    before: Message | None = None
    day_before = timezone.localdate(below.at) if below is not None else None
    for message, html in zip(page, draw(page), strict=True):
        day = timezone.localdate(message.at)
        near = before is not None and (message.at - before.at).total_seconds() < RUN_SECONDS
        run = near and day == day_before and before is not None and before.by_id == message.by_id
        rows.append({"message": message, "html": html, "day": day if day != day_before else None, "run": run})
        before, day_before = message, day
    return rows


@require_GET
@login_required
def thread(request: Request, pk: int, root: int) -> HttpResponseBase:
    """Show a message with its replies, as a page or as the panel beside the channel."""
    found = channel_or_404(request, pk)
    cursor = found.last_change
    above = get_object_or_404(with_all(Message.objects.all()), pk=root, channel=found, root=None)
    replies = thread_of(above)
    context = {**_frame(request, found), "root": above, "root_html": draw([above])[0], "cursor": cursor}
    context |= {"shown": _rows(replies.messages, above), "mine": _mine(request, [above, *replies.messages])}
    context["unsent"] = unsent_in(found, request.user, above.pk)
    context["root_day"] = timezone.localdate(above.at)
    context |= {"held": _held(request, found, above.pk)}
    part = request.htmx or request.GET.get("panel")
    return render(request, "conversations/_thread.html" if part else "conversations/thread.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def settings(request: Request, pk: int) -> HttpResponseBase:
    """Change a channel."""
    found = channel_or_404(request, pk)
    require_keeper(found, request.user)
    names = ("name", "purpose", "posting")
    initial = {**{name: getattr(found, name) for name in names}, "kind": found.kind, "version": found.version}
    form = ChannelForm(request.POST or None, initial=initial)
    del form.fields["kind"]
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or found.version
        changed = {name: form.cleaned_data[name] for name in names}
        if form.succeeds(change_channel, found, by=request.user, version=version, **changed):
            messages.success(request, _("Saved."))
            return redirect(found)
    request.current_channel = found  # type: ignore[attr-defined]
    return render(request, "conversations/settings.html", {"channel": found, "form": form})


@require_POST
@login_required
def closure(request: Request, pk: int) -> HttpResponseBase:
    """Close a channel, or reopen it (``off=1``)."""
    found = channel_or_404(request, pk)
    act = reopen_channel if request.POST.get("off") else close_channel
    act(found, by=request.user)
    return redirect(found)


@require_http_methods(["GET", "POST"])
@login_required
def people(request: Request, pk: int) -> HttpResponseBase:
    """List the people of a channel; into a private one others can be invited."""
    found = channel_or_404(request, pk)
    if request.method == "POST":
        chosen = visible_people(request.user).filter(pk__in=[key_of(text) for text in request.POST.getlist("people")])
        let_in(found, list(chosen), by=request.user)
        return redirect("conversations:people", found.pk)
    request.current_channel = found  # type: ignore[attr-defined]
    inside = list(mentioned_people(found).select_related("department", "quiet_hours").order_by("name")[:200])
    context = {**_frame(request, found), "is_private": found.kind == Channel.Kind.PRIVATE}
    context["may_put_out"] = can_put_out(request.user, found)
    presence = presence_of(inside)
    context["people"] = [(person, presence.get(person.pk)) for person in inside]
    context["here"] = len(here_now(mentioned_people(found).values_list("pk", flat=True)))
    context["mine_involvement"] = membership_of(found, request.user).involvement
    context["mail_address"] = reply_address(request.user, CHANNEL, found.pk)
    return render(request, "conversations/people.html", context)


@require_POST
@login_required
def person_out(request: Request, pk: int, person_pk: int) -> HttpResponseBase:
    """Remove a person from a private channel."""
    found = channel_or_404(request, pk)
    person = get_object_or_404(Person, pk=person_pk, channel_memberships__channel=found)
    take_out(found, person, by=request.user)
    messages.success(request, _("%(name)s is no longer in this channel.") % {"name": person.name})
    return redirect("conversations:people", pk)


@require_POST
@login_required
def involvement(request: Request, pk: int) -> HttpResponseBase:
    """Choose the notifications of a channel."""
    found = channel_or_404(request, pk)
    form = InvolvementForm(request.POST)
    if form.is_valid():
        choose_involvement(found, form.cleaned_data["involvement"], by=request.user)
    return redirect(found)


@require_POST
@login_required
def leaving(request: Request, pk: int) -> HttpResponseBase:
    """Leave a private channel, or hide a direct message."""
    found = channel_or_404(request, pk)
    if found.is_talk:
        put_away(found, by=request.user)
    else:
        leave_talk(found, by=request.user)
    return redirect("conversations:home")


@require_http_methods(["GET", "POST"])
@login_required
def talk_new(request: Request) -> HttpResponseBase:
    """Open the direct message with one or several people, or a new one. ``?person=`` opens it at once."""
    given = request.POST.getlist("people") if request.method == "POST" else request.GET.getlist("person")
    keys = [key_of(text) for text in given if key_of(text)]
    chosen: list[Person] = list(visible_people(request.user).filter(pk__in=keys))
    if request.method == "POST":
        if not chosen:
            messages.error(request, _("Choose someone first."))
            return redirect(back(request))
        return redirect(open_talk(chosen, by=request.user))
    return render(request, "conversations/talk_new.html", {"chosen": chosen})
