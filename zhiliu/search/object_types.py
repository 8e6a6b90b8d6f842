"""Object types of people and communities, whose apps are in layers below."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Announcement, Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type


@offers_object_type
class PersonKind(ModelObjectType[Person]):
    """People."""

    label = "person"
    model = Person
    select_related = ("department", "position")
    icon = "users"
    name = pgettext_lazy("kind of thing", "Colleague")

    def seen_by(self, person: Any) -> QuerySet[Person]:
        """Return the people the reader may see."""
        return visible_people(person)

    def card(self, person: Person) -> ObjectCard:
        """Return the card of a loaded person."""
        place = " · ".join(str(part) for part in (person.department, person.position) if part)
        return ObjectCard("person", person.pk, person.name, person.get_absolute_url(), place, thing=person)


@offers_object_type
class CommunityKind(ModelObjectType[Community]):
    """Communities; all employees may know that one exists."""

    label = "community"
    model = Community
    icon = "users"
    name = pgettext_lazy("kind of thing", "Community")

    def rows(self) -> Any:
        """Without their place in the tree."""
        return Community.objects.without_tree_fields()

    def seen_by(self, person: Any) -> QuerySet[Community]:
        """Return the communities listed for the reader."""
        return self.rows().listed_for(person)

    def card(self, community: Community) -> ObjectCard:
        """Return the card of a loaded community."""
        url, key = community.get_absolute_url(), community.pk
        return ObjectCard(
            "community", key, community.name, url, community.purpose, key, community.started_at, community
        )


@offers_object_type
class AnnouncementKind(ModelObjectType[Announcement]):
    """Announcements, readable inside their community."""

    label = "announcement"
    model = Announcement
    select_related = ("community",)
    page = "communities:announcement"
    icon = "megaphone"
    name = pgettext_lazy("kind of thing", "Announcement")

    def seen_by(self, person: Any) -> QuerySet[Announcement]:
        """Return those of communities the reader sees inside."""
        return self.rows().filter(reach(person).community_q("community"))

    def card(self, announcement: Announcement) -> ObjectCard:
        """Return the card of a loaded announcement."""
        url, community = announcement.get_absolute_url(), announcement.community_id
        return ObjectCard(
            "announcement", announcement.pk, announcement.title, url, "", community, announcement.at, announcement
        )
