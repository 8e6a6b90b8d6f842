"""People and communities where they are only mentioned; their apps are below the engine that asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Announcement, Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type


@offers_object_type
class PersonKind(ObjectType):
    """People."""

    label = "person"
    icon = "users"
    name = pgettext_lazy("kind of thing", "Colleague")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        people = Person.objects.filter(pk__in=list(keys)).select_related("department", "position")
        return {person.pk: self.card(person) for person in people}

    def card(self, person: Person) -> ObjectCard:
        """The card of a loaded person."""
        place = " · ".join(str(part) for part in (person.department, person.position) if part)
        return ObjectCard("person", person.pk, person.name, person.get_absolute_url(), place, thing=person)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Whom the reader may see."""
        return set(visible_people(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


@offers_object_type
class CommunityKind(ObjectType):
    """Communities; that one exists is no secret among employees."""

    label = "community"
    icon = "users"
    name = pgettext_lazy("kind of thing", "Community")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        found = Community.objects.without_tree_fields().filter(pk__in=list(keys))
        return {
            item.pk: ObjectCard(
                "community", item.pk, item.name, item.get_absolute_url(), item.purpose, item.pk, item.started_at, item
            )
            for item in found
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those that are listed for the reader."""
        found = Community.objects.without_tree_fields().listed_for(person).filter(pk__in=list(keys))
        return set(found.values_list("pk", flat=True))


@offers_object_type
class AnnouncementKind(ObjectType):
    """Announcements, read inside their community."""

    label = "announcement"
    page = "communities:announcement"
    icon = "megaphone"
    name = pgettext_lazy("kind of thing", "Announcement")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        announcements = Announcement.objects.filter(pk__in=list(keys)).select_related("community")
        return {
            announcement.pk: ObjectCard(
                "announcement",
                announcement.pk,
                announcement.title,
                announcement.get_absolute_url(),
                "",
                announcement.community_id,
                announcement.at,
                announcement,
            )
            for announcement in announcements
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those of communities the reader sees inside."""
        inside = Announcement.objects.filter(pk__in=list(keys)).filter(reach(person).community_q("community"))
        return set(inside.values_list("pk", flat=True))
