"""Lists of gatherings, and the page of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhiliu.communities.views import community_or_404, frame
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url
from zhiliu.lineage.timeline import timeline_of
from zhiliu.needs.queries import similar_needs
from zhiliu.notifications.delivery import mark_read_about
from zhiliu.polls.queries import shown as polls_shown
from zhiliu.surveys.forms import SurveyForm
from zhiliu.surveys.models import Survey
from zhiliu.surveys.results import Results, has_answered, results

from .. import queries
from ..audience import note_seen
from ..completing import took_part
from ..conflicts import may_check_in_now, running_order
from ..forms import ChangedForm, HandOverForm
from ..models import AudienceInvitation, Evening, Gathering, Invitation, Seat, wants_sharer
from ..polling import polls_of
from ..rules import (
    can_deposit,
    can_host,
    can_make_poster,
    can_nominate,
    can_prepare,
    can_propose,
    can_publish_deposit,
    can_see_named_results,
    can_see_results,
)
from ..running_order import order_of
from .lookups import gathering_or_404


@require_GET
@login_required
def gatherings(request: Request) -> HttpResponseBase:
    """List coming or past gatherings in reach, own ones first."""
    past = request.GET.get("show") == "past"
    context: dict[str, Any] = {"past": past, "may_propose": queries.communities_to_propose_in(request.user).exists()}
    if past:
        rows = queries.with_people(Gathering.objects.visible_to(request.user).past())
        page = page_of(rows, request, by="-starts_at")
    else:
        mine, others = queries.coming_for(request.user)
        page = page_of(others, request, by="starts_at")
        context |= _first_page(request, mine) if "after" not in request.GET else {}
    context |= {
        "rows": queries.gathering_rows(page.rows, request.user),
        "next_url": page.next_url,
        "feed_url": base_url(request) + reverse("gatherings:feed", args=[request.user.calendar_key or "0"]),
    }
    return render(request, "gatherings/list.html", context)


def _first_page(request: Request, mine: Any) -> dict[str, Any]:
    monday = _monday(request.GET.get("week", ""))
    return {
        "mine": queries.gathering_rows(mine[:30], request.user),
        "planned": queries.gathering_rows(queries.planned_for(request.user)[:10], request.user),
        "week": queries.week_for(request.user, monday, only_mine=False),
        "week_before": monday - dt.timedelta(days=7),
        "week_after": monday + dt.timedelta(days=7),
    }


def _monday(text: str) -> dt.date:
    """Return the Monday of the requested week, or of this week for an invalid date."""
    today = timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = today
    if abs((day - today).days) > 3660:
        day = today
    return day - dt.timedelta(days=day.weekday())


@require_GET
@login_required
def community_gatherings(request: Request, slug: str) -> HttpResponseBase:
    """List gatherings of a community: coming and planned, or past."""
    community = community_or_404(request, slug)
    past = request.GET.get("show") == "past"
    inside = queries.with_people(Gathering.objects.visible_to(request.user).filter(community=community))
    shown = inside.past() if past else inside.coming().exclude(format="tea_chat")  # type: ignore[attr-defined]
    page = page_of(shown, request, by="-starts_at" if past else "starts_at")
    first = not past and "after" not in request.GET
    planned = queries.planned_for(request.user, community)[:10] if first else []
    context = frame(
        request,
        community,
        "gatherings",
        rows=queries.gathering_rows(page.rows, request.user),
        planned=queries.gathering_rows(planned, request.user),
        next_url=page.next_url,
        past=past,
        may_propose=can_propose(request.user, community),
    )
    return render(request, "gatherings/community.html", context)


@require_GET
@login_required
def gathering(request: Request, pk: int) -> HttpResponseBase:
    """Show one gathering: what it is and who comes, or its results once held."""
    gathering = gathering_or_404(request, pk)
    mark_read_about(request.user, "gathering", pk)
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "line": timeline_of(("gathering", pk), request.user),
        "questions": queries.questions_of(gathering, request.user),
        "files": list(gathering.files.select_related("upload__file", "by")),
        "may_host": can_host(request.user, gathering),
        "may_prepare": can_prepare(request.user, gathering),
        "order": order_of(gathering) if gathering.is_lightning else None,
        "evening": Evening.objects.select_related("channel").get(gathering=gathering) if gathering.is_evening else None,
    }
    hear_on_page(request, f"gathering-{pk}")
    more = _after(request, gathering) if gathering.state == Gathering.State.HELD else _before(request, gathering)
    template = "gatherings/after.html" if gathering.state == Gathering.State.HELD else "gatherings/gathering.html"
    return render(request, template, context | more)


def _before(request: Request, gathering: Gathering) -> dict[str, Any]:
    audience_invitation = _seen_invitation(request, gathering)
    invitations = list(gathering.invitations.select_related("person__department", "by").order_by("at"))
    is_wanted = wants_sharer(gathering)
    may_nominate = is_wanted and can_nominate(request.user, gathering)
    return {
        "wanted": is_wanted,
        "naming": queries.naming_of(gathering, request.user) if is_wanted else None,
        "may_nominate": may_nominate,
        "discovered": queries.discovered_for(gathering, request.user) if may_nominate else [],
        "may_make_poster": can_make_poster(request.user, gathering),
        "audience": queries.audience_of(gathering),
        "seat": Seat.objects.filter(gathering=gathering, person=request.user).first(),
        "expected": request.user.pk in (gathering.sharer_id, gathering.host_id),
        "steps": running_order(gathering),
        "invitations": invitations,
        "audience_invitation": audience_invitation,
        "mine": next((invitation for invitation in invitations if invitation.person_id == request.user.pk), None),
        "open_states": (Invitation.State.WAITING, Invitation.State.COUNTERED),
        "check_in_open": may_check_in_now(gathering),
        "shared_count": queries.shared_by(gathering.sharer, request.user).count() if gathering.sharer else 0,
        "alike": similar_needs(gathering.title, request.user, kinds=("article",))[:3]
        if not gathering.is_tea_chat
        else [],
    }


def _seen_invitation(request: Request, gathering: Gathering) -> AudienceInvitation | None:
    """Return the reader's invitation to attend, and record the first look at it."""
    rows = AudienceInvitation.objects.filter(gathering=gathering, person=request.user)
    invitation = rows.select_related("call__by").first()
    # Later looks write nothing: readers of the page do not queue for SQLite's write lock.
    if invitation is not None and invitation.seen_at is None:
        note_seen(gathering, request.user)
    return invitation


def _after(request: Request, gathering: Gathering) -> dict[str, Any]:
    survey = queries.feedback_survey(gathering)
    may_tell = survey is not None and survey.is_open and request.user.pk != gathering.sharer_id
    may_tell = may_tell and took_part(gathering, request.user)
    has_told = survey is not None and has_answered(survey, request.user)
    deposit = getattr(gathering, "deposit", None)
    thanks = queries.thanks_for(gathering)
    return {
        "attendance": queries.attendance_of(gathering),
        "shared_count": queries.shared_by(gathering.sharer, request.user).count() if gathering.sharer else 0,
        "audience": queries.audience_of(gathering),
        "survey": survey,
        "survey_form": SurveyForm(survey) if survey is not None and may_tell and not has_told else None,
        "told": has_told,
        "results": _results(request, gathering, survey),
        "readers": _readers(survey),
        "thanks": thanks,
        "my_thanks": any(thanks_.by_id == request.user.pk for thanks_ in thanks),
        "deposit": deposit,
        "polls": polls_shown(polls_of(gathering), request.user),
        "changed_form": _changed(request, gathering, survey),
        "due": queries.due_words(deposit) if deposit is not None else "",
        "may_deposit": can_deposit(request.user, gathering),
        "may_publish": bool(gathering.summary) and can_publish_deposit(request.user, gathering),
        "hand_over": _hand_over(request, gathering),
    }


def _results(request: Request, gathering: Gathering, survey: Survey | None) -> Results | None:
    """Return the feedback for those who may see it; with names only for those the form names."""
    if survey is None:
        return None
    if survey.is_anonymous:
        return results(survey) if can_see_results(request.user, gathering) else None
    return results(survey, with_names=True) if can_see_named_results(request.user, gathering) else None


def _readers(survey: Survey | None) -> str:
    """Return who reads feedback that carries names."""
    if survey is None or survey.is_anonymous:
        return ""
    return _("With your name: the speaker and host see who said what. No one else does.")


def _changed(request: Request, gathering: Gathering, survey: Survey | None) -> ChangedForm | None:
    """Return the form for host and sharer, once there is feedback."""
    if survey is None or not survey.answered_count or not can_prepare(request.user, gathering):
        return None
    return ChangedForm(initial={"changed": gathering.changed_because})


def _hand_over(request: Request, gathering: Gathering) -> HandOverForm | None:
    deposit = getattr(gathering, "deposit", None)
    if deposit is None or deposit.is_done or not can_host(request.user, gathering):
        return None
    return HandOverForm(request.user, initial={"owner": deposit.owner, "due_on": deposit.due_on})
