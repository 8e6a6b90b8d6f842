"""Pages of communities."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.joining import invite_guest
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.doors import back, once
from zhiliu.kit.errors import Refused
from zhiliu.kit.http import Request
from zhiliu.kit.paging import page_of
from zhiliu.kit.rules import require

from . import queries
from .announcing import announce_to, mark_read, remind_unread
from .forms import AnnouncementForm, InviteForm, JoinForm, RulebookForm, SettingsForm, StartForm
from .joining import accept_rulebook, add_members, decide_request, give_role, join, leave, remove_member
from .models import Community, JoinRequest, Membership, Rulebook
from .reach import reach
from .rules import can_admit, can_edit_home, can_see, can_set_up
from .starting import change_settings, set_rulebook, start_community
from .tables import KINDS, Kind, Role

# What a row of the members' page shows; reading every column of everybody costs more than the query.
_MEMBER_SHOWN = (
    *("community_id", "role", "joined_at", "person__name", "person__handle", "person__kind"),
    *("person__department__name", "person__position__name"),
)


def community_or_404(request: Request, slug: str) -> Community:
    """A community whose inside the person may see."""
    community = get_object_or_404(Community.objects.without_tree_fields(), slug=slug)
    # The rule and not its query set: asked by every page of a community, and the reach is read already.
    if not can_see(request.user, community):
        raise Http404(slug)
    return community


def listed_or_404(request: Request, slug: str) -> Community:
    """A community the person may know of."""
    return get_object_or_404(Community.objects.without_tree_fields().listed_for(request.user), slug=slug)


def frame(request: Request, community: Community, tab: str, **context: Any) -> dict[str, Any]:
    """What every page of a community shows: head and tabs. Other apps build their pages on it too."""
    shown = [entry for entry in queries.tabs if not entry.feature or community.has(entry.feature)]
    return {
        "community": community,
        "tabs": [{"label": one.label, "url": one.url(community), "current": one.key == tab} for one in shown],
        "is_member": reach(request.user).is_member(community),
        "may_set_up": can_set_up(request.user, community),
        "may_admit": can_admit(request.user, community),
        "may_edit_home": can_edit_home(request.user, community),
        **context,
    }


@require_GET
@login_required
def communities(request: Request) -> HttpResponseBase:
    """All communities one may know of."""
    page = page_of(queries.community_list(request.user), request, by="name", size=50)
    return render(request, "communities/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@login_required
@once
def start(request: Request) -> HttpResponseBase:
    """Start a community from the template of its kind."""
    form = StartForm(request.POST or None, initial={"kind": Kind.PROFESSIONAL})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(start_community(by=request.user, **form.cleaned_data))
        except Refused as refused:
            form.refuse(refused)
    kinds = [(kind, KINDS[kind]) for kind in Kind]
    return render(request, "communities/start.html", {"form": form, "kinds": kinds})


@require_GET
@login_required
def home(request: Request, slug: str) -> HttpResponseBase:
    """A community's home; to those who cannot look inside, what it is and how to join."""
    community = listed_or_404(request, slug)
    if not can_see(request.user, community):
        return render(request, "communities/door.html", _door(request, community))
    rulebook, accepted = queries.rulebook_state(community, request.user)
    sections = [section(community, request.user) for section in queries.home_sections]
    side = [section(community, request.user) for section in queries.side_sections]
    acts = [act(community, request.user) for act in queries.home_acts]
    context = frame(
        request,
        community,
        "home",
        pinned=queries.pinned_announcement(community, request.user),
        rulebook=rulebook,
        accepted=accepted,
        keepers=queries.keepers(community),
        requests=queries.open_requests(community)[:5] if can_admit(request.user, community) else [],
        sections=[section for section in sections if section],
        side_sections=[section for section in side if section],
        acts=[act for act in acts if act],
        children=Community.objects.without_tree_fields().visible_to(request.user).filter(parent=community),
    )
    return render(request, "communities/home.html", context)


def _door(request: Request, community: Community) -> dict[str, Any]:
    waiting = community.join_requests.filter(person=request.user, decision="").first()
    return {"community": community, "keepers": queries.keepers(community), "waiting": waiting}


@require_http_methods(["GET", "POST"])
@login_required
def membership(request: Request, slug: str) -> HttpResponseBase:
    """Join: read the rules, say yes, and be in or wait for a decision."""
    community = listed_or_404(request, slug)
    rulebook = community.rulebooks.first()
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shown = Rulebook.objects.filter(pk=request.POST.get("rulebook") or 0).first()
        result = join(community, by=request.user, accepts=shown, note=form.cleaned_data["note"])
        if isinstance(result, JoinRequest):
            messages.success(request, _("Your request is with those who look after the community."))
        else:
            messages.success(request, _("You are in."))
        return redirect(community)
    context = {"community": community, "rulebook": rulebook, "form": form}
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
    """Choose how much one wants to hear."""
    community = community_or_404(request, slug)
    if request.POST.get("involvement") in Membership.Involvement.values:
        rows = Membership.objects.filter(community=community, person=request.user)
        rows.update(involvement=request.POST["involvement"])
        messages.success(request, _("Saved"))
    return redirect(back(request, community.get_absolute_url()))


@require_GET
@login_required
def members(request: Request, slug: str) -> HttpResponseBase:
    """Who belongs, in which role."""
    community = community_or_404(request, slug)
    rows = community.memberships.select_related("person__department", "person__position").only(*_MEMBER_SHOWN)
    text = request.GET.get("q", "").strip()[:60]
    if text:
        rows = rows.filter(person__in=Person.objects.named(text).values("pk"))
    context = frame(
        request,
        community,
        "members",
        page=page_of(rows, request, by="-joined_at"),
        text=text,
        roles=Role.choices,
        requests=queries.open_requests(community) if can_admit(request.user, community) else [],
    )
    return render(request, "communities/members.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def invitations(request: Request, slug: str) -> HttpResponseBase:
    """Make colleagues members, or invite a guest by mail."""
    community = community_or_404(request, slug)
    require(can_admit, request.user, community)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = _invite(request, community, form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            text = ngettext("%(count)s person was invited.", "%(count)s people were invited.", count)
            messages.success(request, text % {"count": count})
            return redirect("communities:members", slug=slug)
    return render(request, "communities/invite.html", frame(request, community, "members", form=form))


def _invite(request: Request, community: Community, wanted: dict[str, Any]) -> int:
    people = list(visible_people(request.user).filter(pk__in=wanted["people"]))
    if wanted["guest_email"]:
        guest, _invitation = invite_guest(
            name=wanted["guest_name"] or wanted["guest_email"], email=wanted["guest_email"], by=request.user
        )
        people.append(guest)
    if not people:
        raise Refused(_("Choose at least one person."))
    return add_members(community, dict.fromkeys(people, Role.MEMBER), by=request.user)


@require_POST
@login_required
def request_decision(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Admit (``admit=1``) or decline somebody who asked."""
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
    """Give a member a role, or (``role`` empty) take them out."""
    community = community_or_404(request, slug)
    member = get_object_or_404(community.memberships.select_related("person"), pk=pk)
    wanted = request.POST.get("role", "")
    if wanted in Role.values:
        give_role(community, member.person, wanted, by=request.user)
    elif not wanted:
        remove_member(community, member.person, by=request.user)
    messages.success(request, _("Saved"))
    return redirect("communities:members", slug=slug)


@require_http_methods(["GET", "POST"])
@login_required
def settings(request: Request, slug: str) -> HttpResponseBase:
    """Settings of a community."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    names = ("name", "mark", "purpose", "visibility", "admission", "phase", "features", "sessions_a_month")
    form = SettingsForm(request.POST or None, initial={name: getattr(community, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(community, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved"))
            return redirect(community)
    return render(request, "communities/settings.html", frame(request, community, "", form=form))


@require_GET
@login_required
def rulebook(request: Request, slug: str) -> HttpResponseBase:
    """The rules in force, and earlier versions."""
    community = community_or_404(request, slug)
    books = list(community.rulebooks.select_related("by")[:20])
    accepted = queries.rulebook_state(community, request.user)[1]
    return render(request, "communities/rulebook.html", frame(request, community, "", books=books, accepted=accepted))


@require_http_methods(["GET", "POST"])
@login_required
def rulebook_edit(request: Request, slug: str) -> HttpResponseBase:
    """Write a new version of the rules."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    current = community.rulebooks.first()
    form = RulebookForm(request.POST or None, initial={"text": current.text if current else ""})
    if request.method == "POST" and form.is_valid():
        set_rulebook(community, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The new rules are in force. Members are asked to accept them."))
        return redirect("communities:rulebook", slug=slug)
    return render(request, "communities/rulebook_edit.html", frame(request, community, "", form=form))


@require_POST
@login_required
def consent(request: Request, slug: str) -> HttpResponseBase:
    """Accept the version of the rules that was shown."""
    community = community_or_404(request, slug)
    current = community.rulebooks.first()
    if current is None or str(current.pk) != request.POST.get("rulebook"):
        raise Refused(_("The rules have changed meanwhile. Read them again."))
    accept_rulebook(current, by=request.user)
    messages.success(request, _("Accepted"))
    return redirect(community)


@require_GET
@login_required
def announcements(request: Request, slug: str) -> HttpResponseBase:
    """All announcements of a community."""
    community = community_or_404(request, slug)
    page = page_of(community.announcements.select_related("by", "community"), request, by="-at")
    return render(request, "communities/announcements.html", frame(request, community, "", page=page))


@require_GET
@login_required
def announcement(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """One announcement; opening it is the receipt of a member."""
    community = community_or_404(request, slug)
    found = get_object_or_404(community.announcements.select_related("by"), pk=pk)
    if reach(request.user).is_member(community):
        mark_read(found, by=request.user)
    unread = queries.unread_members(found)
    context = frame(request, community, "", announcement=found, unread=unread[:60], unread_count=unread.count())
    return render(request, "communities/announcement.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def announcement_new(request: Request, slug: str) -> HttpResponseBase:
    """Announce something."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(announce_to(community, by=request.user, **form.cleaned_data))
    return render(request, "communities/announcement_new.html", frame(request, community, "", form=form))


@require_POST
@login_required
def reminder(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remind those who have not read an announcement."""
    community = community_or_404(request, slug)
    remind_unread(get_object_or_404(community.announcements.select_related("community"), pk=pk), by=request.user)
    messages.success(request, _("A reminder is on its way."))
    return redirect(back(request, community.get_absolute_url()))
