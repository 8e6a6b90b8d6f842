"""The queue: waiting cases, one case in full, deciding, undoing, past decisions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.files.models import Upload
from zhiliu.files.views.ranges import part_asked
from zhiliu.files.views.serving import serve
from zhiliu.kit.contracts.notification_types import looked_at
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.paging import page_of

from ..canned_responses import canned_responses
from ..deciding import decide_held_post, decide_thing, undo
from ..forms import CaseForm
from ..models import Decision
from ..queries import SORTS, Case, case_of, count_waiting, decision_lines, queue
from ..sanctioning import impose
from .common import moderation_frame, place_or_404, require_moderator


@require_GET
@login_required
def waiting(request: Request, slug: str | None = None) -> HttpResponseBase:
    """List what waits in one or all moderated communities. ``only`` is a sort, ``at`` the row that gets the focus."""
    community = place_or_404(request, slug)
    if community is not None or request.user.is_admin:
        looked_at.provider(request.user, "moderation", community.pk if community else 0)
    only = request.GET.get("only", "")
    only = only if only in SORTS else ""
    cases = queue(request.user, community, only)
    keys = [case.key for case in cases]
    at = request.GET.get("at", "")
    sorts = _sorts(request, community, only)
    context = moderation_frame(
        request,
        community,
        "queue",
        cases=cases,
        page_keys=_keys() if cases else (),
        sorts=sorts,
        shown_sort=next(sort for sort in sorts if sort["current"]),
        order=",".join(keys),
        focus=at if at in keys else (keys[0] if at and keys else ""),
    )
    return render(request, "moderation/queue.html", context)


def _keys() -> tuple[tuple[str, str], ...]:
    """Return the shortcut keys of the queue, for its footer and the keys dialog."""
    return (
        ("A", _("publish or keep")),
        ("R", _("hide")),
        ("W", _("warn")),
        ("M", _("mute")),
    )


def _sorts(request: Request, community: Community | None, only: str) -> list[dict[str, object]]:
    """Return the filter above the list, with counts."""
    counts = count_waiting(request.user, community)
    labels = {
        "": (pgettext("waiting things", "All"), sum(counts.values())),
        "held": (pgettext("waiting things", "Not published yet"), counts["held"]),
        "reported": (pgettext("waiting things", "Reported"), counts["reported"]),
        "flagged": (pgettext("waiting things", "Flagged"), counts["flagged"]),
    }
    url = request.path
    return [
        {"label": label, "count": count, "url": f"{url}?only={key}" if key else url, "current": key == only}
        for key, (label, count) in labels.items()
    ]


@require_POST
@login_required
def decisions(request: Request) -> HttpResponseBase:
    """Decide about one row of the queue: ``decide`` is its key and ``leave`` or ``out``."""
    require_moderator(request)
    key, _slash, act = request.POST.get("decide", "").partition("/")
    case = case_of(key, request.user)
    if case is None:
        raise Refused(_("Someone else has just decided this."))
    decision = _decide(case, leave=act == "leave", words=case.words if act != "leave" else "", request=request)
    _say(request, decision)
    return redirect(f"{_without_query(back(request, '/moderation/'))}?at={_next(request, key)}")


def _decide(case: Case, *, leave: bool, words: str, request: Request) -> Decision:
    if case.held_post:
        return decide_held_post(case.held_post, publish=leave, by=request.user, words=words)
    return decide_thing(case.kind, case.thing_id or 0, leave=leave, by=request.user, words=words)


def _say(request: Request, decision: Decision) -> None:
    """Show the outcome, with a link to undo it."""
    message = _("Hidden.") if decision.is_taken_down else _("Upheld.")
    messages.success(request, message, extra_tags=address("moderation:undo", decision.pk))


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _next(request: Request, key: str) -> str:
    """Return the row after the decided one, or the one before it at the end."""
    order = request.POST.get("order", "")[:4000].split(",")
    if key not in order:
        return "first"
    place = order.index(key)
    following = order[place + 1 : place + 2] or order[max(place - 1, 0) : place]
    return following[0] if following else "first"


@require_http_methods(["GET", "POST"])
@login_required
def case(request: Request, key: str) -> HttpResponseBase:
    """Show one case in full, with a message to the author and an optional sanction. ``with`` preselects the
    sanction.
    """
    require_moderator(request)
    waiting_case = case_of(key, request.user)
    if waiting_case is None:
        if request.method == "POST":
            raise Refused(_("Someone else has just decided this."))
        raise Http404(key)
    chosen = request.GET.get("with", "")
    form = CaseForm(
        request.POST or None,
        community=waiting_case.community,
        kinds=_kinds(waiting_case),
        initial=_initial(waiting_case, chosen),
    )
    if request.method == "POST" and form.is_valid():
        decision = form.attempt(_decide_with, request, waiting_case, form)
        if decision is not None:
            _say(request, decision)
            return redirect(_queue_of(waiting_case.community))
    if chosen and "reason" in form.fields:
        form.fields["reason"].widget.attrs["autofocus"] = True
    context = moderation_frame(
        request,
        waiting_case.community,
        "queue",
        case=waiting_case,
        form=form,
        ready=canned_responses(waiting_case.community),
    )
    return render(request, "moderation/case.html", context)


@require_GET
@login_required
def case_file(request: Request, key: str, upload: str) -> HttpResponseBase:
    """Serve an attachment of a waiting case to its moderators."""
    waiting_case = case_of(key, request.user)
    if waiting_case is None or upload not in [text for _name, text in waiting_case.exhibit.files]:
        raise Http404(upload)
    upload_row = get_object_or_404(Upload.objects.select_related("file"), key=upload)
    return serve(upload_row, request.GET.get("w", ""), part=part_asked(request))


def _decide_with(request: Request, case: Case, form: CaseForm) -> Decision:
    """Decide and sanction atomically: a refused sanction also rolls back the decision."""
    leave = request.POST.get("outcome") == "leave"
    cleaned = form.cleaned_data
    if leave and cleaned.get("sanction"):
        raise Refused(_("This post isn’t grounds for a sanction."), field="sanction")
    with transaction.atomic():
        decision = _decide(case, leave=leave, words=cleaned["words"], request=request)
        if cleaned.get("sanction") and case.author and case.community:
            impose(
                case.community,
                case.author,
                cleaned["sanction"],
                reason=cleaned["reason"],
                rule=cleaned["rule"],
                until=form.until(),
                by=request.user,
                decision=decision,
            )
    return decision


def _kinds(case: Case) -> list[str]:
    """Return the sanctions the reader may impose on the author there; none on moderators."""
    if case.author and case.community and reach(case.author).may(Permission.MODERATE, case.community.pk):
        return []
    return case.kinds


def _initial(case: Case, sanction: str) -> dict[str, object]:
    return {"sanction": sanction, "words": case.words}


def _queue_of(community: Community | None) -> str:
    return address("moderation:queue", community.slug) if community else address("moderation:everywhere")


@require_POST
@login_required
def undoing(request: Request, pk: int) -> HttpResponseBase:
    """Undo a decision."""
    decision = get_object_or_404(
        Decision.objects.moderated_by(request.user).select_related("community", "author"), pk=pk
    )
    undo(decision, by=request.user)
    messages.success(request, _("Decision undone. Waiting again."))
    return redirect(back(request, _queue_of(decision.community)))


@require_GET
@login_required
def decided(request: Request, slug: str | None = None) -> HttpResponseBase:
    """List decisions, newest first."""
    community = place_or_404(request, slug)
    rows = Decision.objects.moderated_by(request.user).select_related("author", "by", "undone_by", "community")
    if community is not None:
        rows = rows.filter(community=community)
    page = page_of(rows, request, by="-at")
    context = moderation_frame(request, community, "decided", rows=decision_lines(page.rows), next_url=page.next_url)
    return render(request, "moderation/decided.html", context)
