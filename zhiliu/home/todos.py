"""Todos of the lower layers, and onboarding steps."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiliu.communities.models import Announcement, Community, JoinRequest, Membership
from zhiliu.communities.queries import my_communities
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import Todo, first_steps, waits
from zhiliu.needs.models import Need, Support

from .queries import requests_to_decide, unread_announcements


@waits("home.join_requests", lambda _person: JoinRequest.objects.filter(decision=""))
def join_requests(person: Person) -> list[Todo]:
    """Return join requests, one row per community."""
    by_community: dict[int, list] = {}
    for request in requests_to_decide(person):
        by_community.setdefault(request.community_id, []).append(request)
    todos = []
    for requests in by_community.values():
        community = requests[0].community
        title = ngettext(
            "%(count)s person wants to join “%(name)s”", "%(count)s people want to join “%(name)s”", len(requests)
        ) % {"count": len(requests), "name": community.name}
        names = _(", ").join(request.person.name for request in requests[:3])
        url = reverse("communities:members", args=[community.slug])
        todos.append(Todo("users", title, url, _("Decide"), (names,), requests[0].at))
    return todos


@waits(
    "home.announcements",
    lambda person: Announcement.objects.filter(is_pinned=True, community__memberships__person=person).exclude(
        receipts__person=person
    ),
)
def announcements(person: Person) -> list[Todo]:
    """Return announcements the person has not opened."""
    return [
        Todo(
            "megaphone",
            announcement.title,
            announcement.get_absolute_url(),
            _("Read"),
            (announcement.community.name,),
            announcement.at,
        )
        for announcement in unread_announcements(person)
    ]


@first_steps.register(key="home.join", weight=0)
def join_a_community(person: Person) -> Todo | None:
    """Suggest joining a community."""
    if Membership.objects.filter(person=person).count() >= 2 or person.is_guest or not _is_there_more(person):
        return None
    return Todo(
        "users",
        _("Join the people who do the same work"),
        reverse("communities:list"),
        _("See communities"),
        (_("Two are enough to start"),),
    )


def _is_there_more(person: Person) -> bool:
    """Return whether there is a community to join."""
    return Community.objects.listed_for(person).exclude(memberships__person=person).exists()


@first_steps.register(key="home.profile", weight=10)
def say_who_you_are(person: Person) -> Todo | None:
    """Suggest introducing oneself."""
    if person.tagline or person.skills.exists():
        return None
    url = reverse("directory:profile", args=[person.handle])
    return Todo("user", _("Introduce yourself in a sentence"), url, _("Write"), (_("So that colleagues find you"),))


@first_steps.register(key="home.need", weight=20)
def say_where_you_are_stuck(person: Person) -> Todo | None:
    """Suggest voicing or supporting a need."""
    if Need.objects.filter(by=person).exists() or Support.objects.filter(by=person).exists():
        return None
    if not any(community.has(Feature.NEEDS) for community in my_communities(person)):
        return None
    return Todo(
        "hand",
        _("Share where you’re stuck"),
        reverse("needs:voice"),
        _("Share a need"),
        (_("One sentence: someone has solved it before"),),
    )
