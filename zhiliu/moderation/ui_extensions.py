"""Moderation on other pages: removed people, the community's tab, the navigation entry, the reader's own record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from zhiliu.communities.joining import kept_out
from zhiliu.communities.models import Community
from zhiliu.communities.queries import Tab, tabs
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_acts
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.page_frame import NavItem, PageFrame, shell_parts

from .models import Sanction
from .queries import count_by_community
from .reach import ids_with


@kept_out.register(key="moderation")
def why_sanctioned(community: Community, person: Person) -> Any:
    """Keep a removed person out of the community until the term ends."""
    rows = Sanction.objects.in_force().filter(community_id=community.pk, person_id=person.pk)
    sanction = rows.filter(kind=Sanction.Kind.REMOVE).order_by("-until").first()
    if sanction is None or sanction.until is None:
        return None
    until = date_format(timezone.localtime(sanction.until), "SHORT_DATETIME_FORMAT")
    return _("%(name)s was removed from this community and can return from %(until)s.") % {
        "name": person.name,
        "until": until,
    }


def moderates_here(community: Community, viewer: Person) -> bool:
    """Return True if the viewer moderates the community."""
    return viewer.is_active and reach(viewer).may(Permission.MODERATE, community.pk)


def waiting_counts(person: Person) -> dict[int | None, int]:
    """Return the number of waiting cases in each community, for every page; cached per request."""
    counts_by_place: dict[int | None, int] | None = getattr(person, "_waiting_counts", None)
    if counts_by_place is None:
        counts_by_place = {place: sum(counts.values()) for place, counts in count_by_community(person).items()}
        person._waiting_counts = counts_by_place  # type: ignore[attr-defined]
    return counts_by_place


tabs.register(
    Tab(
        "moderation",
        pgettext_lazy("tab", "Moderation"),
        lambda community: address("moderation:queue", community.slug),
        shown=moderates_here,
        count=lambda community, viewer: (
            waiting_counts(viewer).get(community.pk, 0) if moderates_here(community, viewer) else 0
        ),
    ),
    key="moderation",
    weight=95,
)


@shell_parts.register(key="moderation", weight=40)
def queue_in_rail(request: HttpRequest, shell: PageFrame) -> None:
    """Add the link to the queue, with its count, for moderators; one query."""
    person = shell.person
    if person is None or not (person.is_admin or ids_with(Permission.MODERATE, person)):
        return
    url = address("moderation:everywhere")
    current = request.path.startswith(url) and not request.path.startswith(address("moderation:mine"))
    count = sum(waiting_counts(person).values())
    shell.nav.append(NavItem("moderation", "shield", pgettext("navigation", "Moderation"), url, current, count))


@profile_acts.register(key="moderation.mine", weight=90)
def my_record(person: Person, viewer: Person) -> dict[str, Any] | None:
    """On the viewer's own profile: a link to their moderation record."""
    if person.pk != viewer.pk:
        return None
    return {"label": _("My moderation record"), "url": address("moderation:mine"), "icon": "shield"}
