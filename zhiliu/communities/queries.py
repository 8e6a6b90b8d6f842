"""Queries for the pages of communities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry

from .models import Announcement, Community, Consent, HomeBlock, JoinRequest, Membership, Receipt, Rulebook
from .role_permissions import Role


@dataclass
class Tab:
    """A tab of a community's pages, registered by the app that owns it.

    Args:
        key: identifies the current tab. label, url. feature: the feature that must be on, '' for none.
        shown: (community, viewer) -> whether the viewer sees it; None for everyone.
        count: (community, viewer) -> the small number behind the label, 0 for none.
    """

    key: str
    label: Any
    url: Callable[[Community], str]
    feature: str = ""
    shown: Callable[[Community, Person], bool] | None = None
    count: Callable[[Community, Person], int] | None = None


tabs: Registry[Tab] = Registry("tabs of a community")


@dataclass(frozen=True)
class HomeSection:
    """A section of the home page that an app offers.

    Args:
        name: shown to the manager who arranges the page.
        draw: (community, viewer) -> {"template": …, **context}, or None if there is nothing to show.
    """

    name: Any
    draw: Callable[[Community, Person], dict[str, Any] | None]


home_sections: Registry[HomeSection] = Registry("sections of a community's home")
side_sections: Registry[Callable[[Community, Person], dict[str, Any] | None]] = Registry("side of a community's home")
# The main button in the header of a community's home: (community, viewer) -> {"label", "url", "icon"} or None.
home_acts: Registry[Callable[[Community, Person], dict[str, Any] | None]] = Registry("acts of a community's home")


def home_page(community: Community, viewer: Person) -> list[dict[str, Any]]:
    """Return the sections of a home page in their order; unplaced sections come last."""
    blocks = list(community.home_blocks.all())
    placed = {block.key for block in blocks}
    drawn = [_drawn(block, community, viewer) for block in blocks if not block.is_hidden]
    new = [home_sections.get(key) for key in home_sections.names() if key not in placed]
    drawn += [section.draw(community, viewer) for section in new if section]
    return [section for section in drawn if section]


def _drawn(block: HomeBlock, community: Community, viewer: Person) -> dict[str, Any] | None:
    if not block.key:
        return {"template": "communities/text_section.html", "block": block}
    section = home_sections.get(block.key)
    return section.draw(community, viewer) if section else None


def my_communities(person: Person) -> list[Community]:
    """Return the communities of a person, by name."""
    mine = Membership.objects.filter(person=person).values("community_id")
    return list(Community.objects.without_tree_fields().filter(pk__in=mine).order_by("name")[:100])


def community_list(viewer: Person) -> QuerySet[Community]:
    """Return the communities a viewer may know of, annotated with their own membership."""
    mine = Membership.objects.filter(community=OuterRef("pk"), person=viewer)
    listed = Community.objects.without_tree_fields().listed_for(viewer).exclude(phase=Community.Phase.ARCHIVED)
    return listed.annotate(is_mine=Exists(mine)).order_by("-member_count", "name")


def keepers(community: Community) -> list[Membership]:
    """Return all memberships with a role, in the order of the roles."""
    rows = community.memberships.exclude(role=Role.MEMBER).select_related("person")
    order = {role: place for place, role in enumerate(Role)}
    return sorted(rows, key=lambda row: (order[Role(row.role)], row.person.name))


def pinned_announcement(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the announcement on the home page, how many have read it, and whether the viewer has."""
    announcement = community.announcements.filter(is_pinned=True).select_related("by").order_by("-at").first()
    if announcement is None:
        return None
    read = Receipt.objects.filter(announcement=announcement)
    return {
        "announcement": announcement,
        "read": read.filter(person__memberships__community=community).count(),
        "of": community.member_count,
        "mine": read.filter(person=viewer).exists(),
    }


def rulebook_state(community: Community, viewer: Person) -> tuple[Rulebook | None, bool]:
    """Return the rules in force, and whether the viewer has accepted them."""
    rulebook = community.rulebooks.select_related("by").first()
    if rulebook is None:
        return None, True
    return rulebook, Consent.objects.filter(rulebook=rulebook, person=viewer).exists()


def open_requests(community: Community) -> QuerySet[JoinRequest]:
    """Return the undecided requests to join, oldest first."""
    return community.join_requests.filter(decision="").select_related("person__department").order_by("at")


def unread_members(announcement: Announcement) -> QuerySet[Membership]:
    """Return the members who have not read an announcement."""
    read = Receipt.objects.filter(announcement=announcement, person=OuterRef("person"))
    return announcement.community.memberships.filter(~Exists(read)).select_related("person")


def newcomers(community: Community, days: int = 30) -> QuerySet[Membership]:
    """Return the members who joined recently."""
    since = timezone.now() - dt.timedelta(days=days)
    return community.memberships.filter(joined_at__gte=since).select_related("person").order_by("-joined_at")


def member_lines(memberships: QuerySet[Membership]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of members, headings first."""
    who = (pgettext("person", "Name"), _("Employee number"), _("Department"), _("Position"), _("Email"))
    yield *who, _("Role"), _("Joined on")
    for row in memberships.iterator(chunk_size=500):
        person = row.person
        place = (str(person.department or ""), str(person.position or ""), person.email or "")
        joined = date_format(timezone.localtime(row.joined_at), "Y-m-d")
        yield person.name, person.employee_number or "", *place, row.get_role_display(), joined
