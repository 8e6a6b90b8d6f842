"""Members: joining, leaving, inviting, roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.accounts import invite_guest
from zhiliu.directory.exporting import list_answer
from zhiliu.directory.login_links import login_link_key
from zhiliu.directory.models import LoginLink, Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, back, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import ListOrder, chosen_order, in_order, page_of
from zhiliu.kit.web.site import base_url

from .. import queries
from ..admission.inviting import invitation_of, invite_people, invited_people
from ..admission.waiting import step_back
from ..forms import InviteForm, JoinForm
from ..joining import (
    add_members,
    change_roles,
    decide_request,
    give_role,
    join,
    leave,
    remove_member,
    way_in,
    why_closed,
)
from ..models import Community, JoinRequest, Membership, Rulebook, WaitingPlace
from ..reach import reach
from ..role_permissions import JoinMethod, Role
from ..rules import can_admit, can_export, can_see_week
from .common import community_or_404, frame, listed_or_404

# The columns of a member row. Loading whole persons would cost more than the query.
_MEMBER_SHOWN = (
    *("community_id", "role", "joined_at", "person__name", "person__handle", "person__kind", "person__photo"),
    *("person__department__name", "person__position__name"),
)

# Orders of the list by what the address says; "" is the usual one.
ORDERS = {
    "": ListOrder("-joined_at", pgettext_lazy("members", "Newest first")),
    "first": ListOrder("joined_at", pgettext_lazy("members", "Longest here first")),
    "name": ListOrder("person__name", gettext_lazy("By name")),
}


@require_http_methods(["GET", "POST"])
@login_required
def membership(request: Request, slug: str) -> HttpResponseBase:
    """Join: read and accept the rules, and become a member or wait for a decision."""
    community = listed_or_404(request, slug)
    rulebook = community.rulebooks.first()
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shown = Rulebook.objects.filter(pk=key_of(request.POST.get("rulebook"))).first()
        result = join(community, by=request.user, accepts=shown, note=form.cleaned_data["note"])
        if isinstance(result, JoinRequest):
            messages.success(request, _("Your request has been sent to the community’s managers."))
        elif isinstance(result, WaitingPlace):
            messages.success(request, _("It is full. You are on the waiting list."))
        else:
            messages.success(request, _("You’re in."))
        return redirect(community)
    closed = why_closed(community, request.user)
    if closed and not reach(request.user).is_member(community):
        raise Refused(closed)
    context = {
        "community": community,
        "rulebook": rulebook,
        "form": form,
        "asks": way_in(community, request.user) == JoinMethod.REQUEST,
        "invitation": invitation_of(community, request.user),
    }
    return render(request, "communities/join.html", context)


@require_POST
@login_required
def departure(request: Request, slug: str) -> HttpResponseBase:
    """Leave a community."""
    community = community_or_404(request, slug)
    leave(community, by=request.user)
    messages.success(request, _("You have left “%(name)s”.") % {"name": community.name})
    return redirect("communities:list")


@require_POST
@login_required
def involvement(request: Request, slug: str) -> HttpResponseBase:
    """Choose the person's involvement."""
    community = community_or_404(request, slug)
    if request.POST.get("involvement") in Membership.Involvement.values:
        rows = Membership.objects.filter(community=community, person=request.user)
        rows.update(involvement=request.POST["involvement"])
        messages.success(request, _("Saved"))
    return redirect(back(request, community.get_absolute_url()))


@require_GET
@login_required
def members(request: Request, slug: str) -> HttpResponseBase:
    """List the members with their roles."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    context = frame(
        request,
        community,
        "members",
        page=page_of(rows.only(*_MEMBER_SHOWN), request, by=ORDERS[filters["sort"]].by),
        **filters,
        orders=ORDERS,
        roles=Role.choices,
        requests=queries.open_requests(community) if can_admit(request.user, community) else [],
        has_sent=_has_sent(request, community),
        shows_week=can_see_week(request.user),
        **_waiting(request, community),
    )
    return render(request, "communities/members.html", context)


def _found(request: Request, community: Community) -> tuple[Any, dict[str, str]]:
    """Return the members that match the search, and the search itself."""
    text, role = (request.GET.get(name, "").strip()[:60] for name in ("q", "role"))
    rows = community.memberships.select_related("person__department", "person__position")
    if text:
        rows = rows.filter(person__in=Person.objects.named(text).values("pk"))
    if role in Role.values:
        rows = rows.filter(role=role)
    return rows, {"text": text, "role": role, "sort": chosen_order(request, ORDERS, name="sort")}


@require_GET
@login_required
def members_file(request: Request, slug: str) -> HttpResponseBase:
    """The members that match the search, as a file, for those who export lists of members."""
    community = community_or_404(request, slug)
    require(can_export, request.user, community)
    rows, filters = _found(request, community)
    title = _("Members of %(name)s") % {"name": community.name}
    # Who admits people works with their addresses already.
    with_contacts = can_admit(request.user, community)
    lines = queries.member_lines(in_order(rows, ORDERS[filters["sort"]].by), with_contacts=with_contacts)
    return list_answer(request, lines, title=title, file="members", community_id=community.pk)


def _has_sent(request: Request, community: Community) -> bool:
    """Return whether someone who may no longer admit has unanswered invitations; others have a page of all."""
    own = community.invitations.filter(by=request.user, answer="")
    return not can_admit(request.user, community) and own.exists()


def _waiting(request: Request, community: Community) -> dict[str, Any]:
    if community.member_limit is None or not can_admit(request.user, community):
        return {}
    rows = community.waiting_places.order_by("at", "pk")
    return {"waiting": rows.select_related("person__department")[:20], "waiting_count": rows.count()}


@require_POST
@login_required
def waiting_place(request: Request, slug: str) -> HttpResponseBase:
    """Leave the waiting list."""
    community = listed_or_404(request, slug)
    if step_back(community, by=request.user):
        messages.success(request, _("You left the waiting list."))
    return redirect(community)


@require_http_methods(["GET", "POST"])
@login_required
@once
def invitations(request: Request, slug: str) -> HttpResponseBase:
    """Add or invite colleagues, or invite a guest by mail."""
    community = community_or_404(request, slug)
    require(can_admit, request.user, community)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invited = form.attempt(_invite, request, community, form.cleaned_data)
        if invited is not None:
            count, guest_link = invited
            messages.success(request, _came_in(count, by_request=form.cleaned_data["how"] == "ask"))
            if guest_link is not None and why_no_mail():
                return _show_guest_link(request, community, guest_link)
            return redirect("communities:members", slug=slug)
    return render(request, "communities/invite.html", frame(request, community, "members", form=form))


def _came_in(count: int, *, by_request: bool) -> str:
    """Return a message: people added at once are not called invited."""
    if by_request:
        text = ngettext("%(count)s person was invited.", "%(count)s people were invited.", count)
    else:
        text = ngettext("%(count)s person is a member now.", "%(count)s people are members now.", count)
    return text % {"count": count}


def _show_guest_link(request: Request, community: Community, link: LoginLink) -> HttpResponseBase:
    """Show a guest's link to pass on without mail. It is only in this response."""
    url = base_url(request) + reverse("invitation", args=[login_link_key(link)])
    context = frame(request, community, "members", url=url, guest=link.person, reason=why_no_mail())
    response = render(request, "communities/guest_link.html", context)
    add_never_cache_headers(response)
    return response


def _invite(request: Request, community: Community, values: dict[str, Any]) -> tuple[int, LoginLink | None]:
    """Return how many were added or invited, and the link of a guest among them."""
    people = list(visible_people(request.user).filter(pk__in=values["people"]))
    if values["department"]:
        people += invited_people(values["department"])
    if not people and not values["guest_email"]:
        raise Refused(_("Choose at least one person."))
    count, link = 0, None
    if values["how"] == "ask":
        count, people = invite_people(community, people, by=request.user), []
    if values["guest_email"]:
        guest, link = invite_guest(
            name=values["guest_name"] or values["guest_email"], email=values["guest_email"], by=request.user
        )
        people.append(guest)
    return count + add_members(community, dict.fromkeys(people, Role.MEMBER), by=request.user), link


@require_POST
@login_required
def request_decision(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Admit (``admit=1``) or decline a join request."""
    community = community_or_404(request, slug)
    waiting = get_object_or_404(community.join_requests.select_related("person", "community"), pk=pk)
    admit = request.POST.get("admit") == "1"
    decided = decide_request(waiting, admit=admit, by=request.user, reason=request.POST.get("reason", "")[:300])
    if decided.decision == JoinRequest.Decision.ADMITTED:
        messages.success(request, _("%(name)s is a member now.") % {"name": waiting.person.name})
    return redirect(back(request, community.get_absolute_url()))


@require_POST
@login_required
def role(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Give a member a role, or remove them (empty ``role``)."""
    community = community_or_404(request, slug)
    member = get_object_or_404(community.memberships.select_related("person"), pk=pk)
    role = request.POST.get("role", "")
    if role in Role.values:
        give_role(community, member.person, role, by=request.user)
    elif not role:
        remove_member(community, member.person, by=request.user)
    messages.success(request, _("Saved"))
    return redirect("communities:members", slug=slug)


@require_POST
@login_required
def roles(request: Request, slug: str) -> HttpResponseBase:
    """Change the roles of several members: ``role-<pk>`` where it differs from ``was-<pk>``; empty removes."""
    community = community_or_404(request, slug)
    wanted = _changed_roles(request)
    chosen = {
        row.person: wanted[row.pk] for row in community.memberships.filter(pk__in=wanted).select_related("person")
    }
    change_roles(community, chosen, by=request.user)
    words = ngettext("%(n)s member changed", "%(n)s members changed", len(chosen))
    messages.success(request, words % {"n": len(chosen)})
    return redirect(back(request, reverse("communities:members", args=[slug])))


def _changed_roles(request: Request) -> dict[int, str]:
    """Return the wished roles by membership. What others changed meanwhile is kept where the form did not touch it."""
    changed = {}
    for name, role in request.POST.items():
        prefix, _dash, key = name.partition("-")
        known = role in Role.values or role == ""
        if prefix == "role" and known and (pk := key_of(key)) and request.POST.get(f"was-{key}") != role:
            changed[pk] = str(role)
    return changed
