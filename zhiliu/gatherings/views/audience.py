"""The audience of a gathering: invite, call again, plan reminders, answer, and share elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.conversations.models import Channel
from zhiliu.directory.exporting import list_answer
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url

from ..audience import answer_audience_invitation, call_again, invite_audience, waiting_for_answer
from ..audience_forms import AudienceForm
from ..audience_queries import audience_counts, audience_lines, invited_to
from ..inviting_elsewhere import channel_posted_in, post_in_channel, robots_of, share_text, short_link
from ..models import AudienceInvitation, Gathering, Reminder
from ..rules import can_host, can_make_poster
from ..scheduling import choose_reminders
from .lookups import gathering_or_404
from .poster import drawn


@require_http_methods(["GET", "POST"])
@login_required
@once
def audience(request: Request, pk: int) -> HttpResponseBase:
    """Show who is invited and what they answered; a POST invites more."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    form = AudienceForm(request.user, gathering, request.POST or None) if gathering.takes_audience else None
    if form is not None and _invites(request, gathering, form):
        return redirect("gatherings:audience", pk=pk)
    shown = request.GET.get("show", "")
    page = page_of(invited_to(gathering, shown), request, by="pk")
    counts = audience_counts(gathering)
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "form": form,
        "page": page,
        "show": shown,
        "shows": [(key, name, counts[key or "all"]) for key, name in [("", _("All")), *_shows()]],
        "counts": counts,
        "calls": list(gathering.calls.select_related("by").order_by("pk")),
        "waiting_count": waiting_for_answer(gathering).count() if gathering.takes_audience else 0,
        "posted": channel_posted_in(gathering),
        "reminders": _reminders(gathering),
    }
    return render(request, "gatherings/audience.html", context)


def _invites(request: Request, gathering: Gathering, form: AudienceForm) -> bool:
    """Return whether the form was sent, and its people were invited."""
    form.start_unticked()
    if request.method != "POST" or not form.is_valid():
        return False
    words = form.attempt(invite_all, gathering, form, by=request.user)
    if words is None:
        return False
    messages.success(request, " ".join(words) or _("No one new was invited."))
    return True


def _shows() -> list[tuple[str, Any]]:
    maybe, no = AudienceInvitation.Answer.MAYBE, AudienceInvitation.Answer.NO
    return [("yes", _("Coming")), ("maybe", maybe.label), ("no", no.label), ("open", _("No answer yet"))]


def _reminders(gathering: Gathering) -> list[tuple[str, Any, bool, Any]]:
    """Return key, name, whether it is planned, and when it was or will be sent."""
    planned = {row.kind: row for row in gathering.reminders.all()}
    return [
        (kind, name, kind in gathering.reminder_kinds, planned[kind].due_at if kind in planned else None)
        for kind, name in Reminder.Kind.choices
    ]


def invite_all(gathering: Gathering, form: AudienceForm, *, by: Person) -> list[str]:
    """Invite whom the form names and post in its channel, both or neither.

    Returns:
        Sentences that say who was reached.
    """
    channel, choice = form.cleaned_data.get("channel"), form.choice()
    with transaction.atomic():
        count = invite_audience(gathering, choice, by=by)
        if channel is not None:
            post_in_channel(gathering, channel, by=by)
    words = []
    if count:
        words.append(ngettext("%(n)s colleague is invited.", "%(n)s colleagues are invited.", count) % {"n": count})
    if choice.tags:
        words.append(_("Followers of the tags are notified."))
    if channel is not None:
        words += _words_for_channel(channel)
    return words


def _words_for_channel(channel: Channel) -> list[str]:
    words = [_("Posted in #%(name)s.") % {"name": channel.name}]
    if robots := robots_of(channel):
        passed = ngettext("%(n)s group robot passes it on.", "%(n)s group robots pass it on.", robots)
        words.append(passed % {"n": robots})
    return words


@require_POST
@login_required
def second_call(request: Request, pk: int) -> HttpResponseBase:
    """Call those again who have not answered."""
    count = call_again(gathering_or_404(request, pk), by=request.user)
    words = ngettext("%(n)s colleague was reminded.", "%(n)s colleagues were reminded.", count)
    messages.success(request, words % {"n": count})
    return redirect("gatherings:audience", pk=pk)


@require_POST
@login_required
def reminders(request: Request, pk: int) -> HttpResponseBase:
    """Choose which reminders attendees get."""
    choose_reminders(gathering_or_404(request, pk), request.POST.getlist("kind"), by=request.user)
    messages.success(request, _("Saved."))
    return redirect("gatherings:audience", pk=pk)


@require_POST
@login_required
def attendance_answer(request: Request, pk: int) -> HttpResponseBase:
    """Answer an invitation to attend: ``answer`` = maybe or no. A yes is a sign-up."""
    gathering = gathering_or_404(request, pk)
    answer_audience_invitation(gathering, request.POST.get("answer", ""), by=request.user)
    messages.success(request, _("Thanks. The host sees your answer."))
    return redirect(back(request, gathering.get_absolute_url()))


@require_GET
@login_required
def audience_file(request: Request, pk: int) -> HttpResponseBase:
    """The list of invited people and their answers, as a file."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    title = _("Audience of %(name)s") % {"name": gathering.title}
    lines, where = audience_lines(gathering), gathering.community_id
    return list_answer(request, lines, title=title, file=f"audience-{pk}", community_id=where)


@require_GET
@login_required
def share(request: Request, pk: int) -> HttpResponseBase:
    """Text, short link and poster to paste into a group chat elsewhere."""
    gathering = gathering_or_404(request, pk)
    has_poster = can_make_poster(request.user, gathering)
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "text": share_text(gathering),
        "short": base_url(request) + short_link(gathering),
        "picture": drawn(request, gathering) if has_poster else "",
    }
    return render(request, "gatherings/share.html", context)


@require_GET
@login_required
def short(request: Request, pk: int) -> HttpResponseBase:
    """Redirect from the short link to the page."""
    return redirect(gathering_or_404(request, pk))
