"""The life of a community: phases, merging, splitting, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once

from ..community_content import parts
from ..forms import MergeForm, PhaseForm, SplitForm
from ..lifecycle.merging import UNDO, merge_communities, preview_merge, undo_merge
from ..lifecycle.phases import NEXT, change_phase
from ..lifecycle.splitting import USEFUL_SIZE, departments_of, split_community, undo_split
from ..models import Community, MergeOrSplit
from ..reach import reach
from ..role_permissions import Permission
from ..rules import can_archive, can_set_up
from .common import community_or_404, frame

SHOWN = 20


@require_GET
@login_required
def life(request: Request, slug: str) -> HttpResponseBase:
    """Show the current phase, the next ones, and the history."""
    community = community_or_404(request, slug)
    require(can_archive, request.user, community)
    context = frame(
        request,
        community,
        "home",
        next=[(after, _acts()[after]) for after in NEXT[community.phase]],
        changes=community.phase_changes.select_related("by")[:SHOWN],
        merges_and_splits=_told(request, community),
        useful_size=USEFUL_SIZE if community.member_count > USEFUL_SIZE else 0,
    )
    return render(request, "communities/life.html", context)


def _acts() -> dict[str, str]:
    """Return the labels of the phase transitions."""
    phase = Community.Phase
    return {
        phase.ACTIVE: _("Open it"),
        phase.DORMANT: _("Make dormant"),
        phase.ARCHIVED: _("Archive"),
    }


def _told(request: Request, community: Community) -> list[dict[str, Any]]:
    """Return merges into it and splits from it, each with whether the viewer can undo it."""
    rows = _merges_and_splits(community).select_related("source", "target", "by")[:SHOWN]
    may, latest = can_set_up(request.user, community), timezone.now() - UNDO
    return [{"merge_or_split": row, "undo": may and row.undone_at is None and row.at > latest} for row in rows]


def _merges_and_splits(community: Community) -> QuerySet[MergeOrSplit]:
    kind = MergeOrSplit.Kind
    return MergeOrSplit.objects.filter(Q(kind=kind.MERGE, target=community) | Q(kind=kind.SPLIT, source=community))


@require_POST
@login_required
def phase(request: Request, slug: str) -> HttpResponseBase:
    """Change the phase."""
    community = community_or_404(request, slug)
    form = PhaseForm(request.POST)
    if form.is_valid():
        change_phase(community, form.cleaned_data["after"], by=request.user, why=form.cleaned_data["why"])
        messages.success(request, _("Saved"))
    return redirect("communities:life", slug=slug)


@require_http_methods(["GET", "POST"])
@login_required
@once
def merge(request: Request, slug: str) -> HttpResponseBase:
    """Choose the target of a merge (``?target=``), preview it, and run it."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    targets = _targets(request.user, community)
    values = request.POST or request.GET
    form = MergeForm(values if "target" in values else None, targets=targets)
    chosen = form.is_valid() and next(target for target in targets if target.slug == form.cleaned_data["target"])
    if request.method == "POST" and chosen:
        merge_communities(community, chosen, by=request.user)
        text = _("“%(source)s” is now part of “%(target)s”. You can undo this for one day.")
        messages.success(request, text % {"source": community.name, "target": chosen.name})
        return redirect("communities:life", slug=chosen.slug)
    more: dict[str, Any] = {"form": form}
    if chosen:
        opens = community.visibility != chosen.visibility == Community.Visibility.OPEN
        more |= {"target": chosen, "preview": preview_merge(community, chosen), "opens": opens}
    return render(request, "communities/merge.html", frame(request, community, "home", **more))


def _targets(person: Person, community: Community) -> list[Community]:
    """Return communities the person may set up, without this one and archived ones."""
    rows = Community.objects.without_tree_fields().exclude(pk=community.pk).exclude(phase=Community.Phase.ARCHIVED)
    if not person.is_admin:
        rows = rows.filter(pk__in=list(reach(person).all_roles))
    return [row for row in rows.order_by("name") if reach(person).may(Permission.REPAIR_SETTINGS, row.pk)]


@require_http_methods(["GET", "POST"])
@login_required
@once
def split(request: Request, slug: str) -> HttpResponseBase:
    """Choose people and contents of a new community, preview it (``look=1``), and create it."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    form = SplitForm(request.POST or None, community=community, departments=departments_of(community))
    more: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        people = _chosen_people(community, form)
        if "look" in request.POST:
            more |= {"look": True, "people": people, "parts": parts(community, form.things())}
        else:
            merge_or_split = form.attempt(_split, request, community, form, people)
            if merge_or_split is not None:
                return redirect(merge_or_split.target)
    return render(request, "communities/split.html", frame(request, community, "home", **more))


def _chosen_people(community: Community, form: SplitForm) -> QuerySet[Person]:
    values = form.cleaned_data
    inside = Q(department__in=values["departments"]) | Q(pk__in=values["people"])
    return Person.objects.active().filter(inside, memberships__community=community).order_by("name")


def _split(request: Request, community: Community, form: SplitForm, people: QuerySet[Person]) -> MergeOrSplit:
    merge_or_split = split_community(
        community,
        name=form.cleaned_data["name"],
        people=people,
        things=form.things(),
        stay=form.cleaned_data["stay"],
        by=request.user,
    )
    messages.success(
        request, _("“%(name)s” has been created. You can undo this for one day.") % {"name": merge_or_split.target.name}
    )
    return merge_or_split


@require_POST
@login_required
def undoing(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Undo a merge or split."""
    community = community_or_404(request, slug)
    merge_or_split = get_object_or_404(_merges_and_splits(community).select_related("source", "target"), pk=pk)
    undo = undo_merge if merge_or_split.kind == MergeOrSplit.Kind.MERGE else undo_split
    undo(merge_or_split, by=request.user)
    messages.success(request, _("Undone. Everything is back where it was."))
    return redirect("communities:life", slug=slug)
