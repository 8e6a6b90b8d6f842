"""Queries for the pages of communities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.web.paging import ListOrder
from zhiliu.kit.web.table_export import day_cell, moment_cell

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


# Orders of the list of announcements by what the address says.
ANNOUNCEMENT_ORDERS = {
    "new": ListOrder("-at", gettext_lazy("Newest first")),
    "old": ListOrder("at", gettext_lazy("Oldest first")),
}


def announcement_list(
    community: Community, viewer: Person, *, show: str = "all", text: str = ""
) -> QuerySet[Announcement]:
    """Return announcements of a community: all, or those the viewer has not read; with these words.

    They are annotated with ``is_read``.
    """
    read = Receipt.objects.filter(announcement=OuterRef("pk"), person=viewer)
    rows = community.announcements.select_related("by", "community").annotate(is_read=Exists(read))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(body__icontains=text))
    return rows.filter(is_read=False) if show == "unread" else rows


def announcement_lines(announcements: QuerySet[Announcement], *, counts_reads: bool) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of announcements, headings first.

    Args:
        counts_reads: adds how many members have read each, for those whom the page of an announcement tells it.
    """
    headings = (_("Title"), pgettext("announcement", "Announced by"), pgettext("announcement", "Announced on"))
    if not counts_reads:
        yield headings
        for row in announcements.iterator(chunk_size=500):
            yield _about_announcement(row)
        return
    yield *headings, pgettext("announcement", "Members who have read it")
    members = Membership.objects.filter(community=OuterRef("community"), person=OuterRef("receipts__person"))
    for row in announcements.annotate(read_count=Count("receipts", filter=Exists(members))).iterator(chunk_size=500):
        yield *_about_announcement(row), row.read_count


def _about_announcement(row: Announcement) -> tuple[str, str, str]:
    return row.title, row.by.name if row.by else "", moment_cell(row.at)


def unread_members(announcement: Announcement) -> QuerySet[Membership]:
    """Return the members who have not read an announcement."""
    read = Receipt.objects.filter(announcement=announcement, person=OuterRef("person"))
    return announcement.community.memberships.filter(~Exists(read)).select_related("person")


def receipt_lines(announcement: Announcement) -> Iterator[Sequence[Any]]:
    """Yield who of the members has read an announcement, and when; headings first, the unread ones last."""
    yield pgettext("person", "Name"), _("Employee number"), _("Department"), _("Role"), _("Read on"), _("Has read it")
    read = Receipt.objects.filter(announcement=announcement, person=OuterRef("person")).values("at")
    members = announcement.community.memberships.annotate(read_at=Subquery(read))
    members = members.select_related("person__department").order_by(F("read_at").asc(nulls_last=True), "person__name")
    for row in members.iterator(chunk_size=500):
        person, at = row.person, row.read_at
        who = (person.name, person.employee_number or "", str(person.department or ""), row.get_role_display())
        yield *who, moment_cell(at), pgettext("receipt", "yes") if at else pgettext("receipt", "no")


def newcomers(community: Community, days: int = 30) -> QuerySet[Membership]:
    """Return the members who joined recently."""
    since = timezone.now() - dt.timedelta(days=days)
    return community.memberships.filter(joined_at__gte=since).select_related("person").order_by("-joined_at")


def member_lines(memberships: QuerySet[Membership], *, with_contacts: bool) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of members, headings first.

    Args:
        with_contacts: also employee numbers and mail addresses, which no page shows to colleagues.
    """
    contacts = (_("Employee number"), _("Email")) if with_contacts else ()
    yield pgettext("person", "Name"), _("Department"), _("Position"), _("Role"), _("Joined on"), *contacts
    for row in memberships.iterator(chunk_size=500):
        person = row.person
        contacts = (person.employee_number or "", person.email or "") if with_contacts else ()
        place = (str(person.department or ""), str(person.position or ""))
        yield person.name, *place, row.get_role_display(), day_cell(row.joined_at), *contacts
