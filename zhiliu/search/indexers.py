"""Indexers of people and communities, whose apps are in layers below the engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiliu.communities import facts as community_facts
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import EVERY_EMPLOYEE
from zhiliu.directory import facts as directory_facts
from zhiliu.directory.models import NameKey, Person
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search

from .names import names_with_title

_SEVERAL = (
    directory_facts.PeopleChanged,
    directory_facts.PeopleLeft,
    community_facts.MembersJoined,
    community_facts.MembersLeft,
)
_ONE_PERSON = (
    directory_facts.PersonJoined,
    directory_facts.PersonLeft,
    directory_facts.PersonReturned,
    community_facts.MemberLeft,
)


@offers_search
class People(Indexer):
    """People, by name in every reading, department, position, skills and their own texts."""

    label = "person"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Return active people; guests are found by members of their communities."""
        people = (
            Person.objects.active()
            .filter(pk__in=list(keys))
            .select_related("department", "position")
            .prefetch_related("skills__skill")
        )
        names: dict[int, list[str]] = {}
        for person_id, key in NameKey.objects.filter(person__in=people).values_list("person_id", "key"):
            names.setdefault(person_id, []).append(key)
        circles: dict[int, list[str]] = {}
        for person_id, community_id in Membership.objects.filter(person__in=people).values_list(
            "person_id", "community_id"
        ):
            circles.setdefault(person_id, []).append(f"c{community_id}")
        return [self._document(person, circles.get(person.pk, []), names.get(person.pk, [])) for person in people]

    def _document(self, person: Person, circle: list[str], names: list[str]) -> SearchDocument:
        place = [str(part) for part in (person.department, person.position) if part]
        skills = [claim.skill.name for claim in person.skills.all()]
        return SearchDocument(
            kind="person",
            key=person.pk,
            title=person.name,
            body="\n".join([*place, *skills, person.tagline, person.experience]),
            readers=["admins", f"p{person.pk}", *circle, *([] if person.is_guest else [EVERY_EMPLOYEE])],
            people=[person.pk],
            names=[*names, *names_with_title(person.name)],
            tags=skills,
        )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return ids for joining, leaving, changes of a person or their department or position, and guests'
        communities.
        """
        if isinstance(fact, _ONE_PERSON):
            return [fact.person_id]
        if isinstance(fact, _SEVERAL):
            return fact.person_ids
        if isinstance(fact, directory_facts.PeopleEnrolled):
            return [*fact.person_ids, *fact.changed_ids]
        # People are found by the names of department and position; a new one has no people yet.
        if (
            isinstance(fact, directory_facts.DepartmentChanged | directory_facts.PositionChanged)
            and fact.act == "added"
        ):
            return []
        if isinstance(fact, directory_facts.DepartmentChanged):
            return Person.objects.active().filter(department=fact.department_id).values_list("pk", flat=True)
        if isinstance(fact, directory_facts.PositionChanged):
            return Person.objects.active().filter(position=fact.position_id).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return the ids of all active people."""
        return Person.objects.active().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


@offers_search
class Communities(Indexer):
    """Communities, by name and purpose. All employees may know that one exists."""

    label = "community"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Yield one document per community."""
        for community in Community.objects.without_tree_fields().filter(pk__in=list(keys)):
            yield SearchDocument(
                kind="community",
                key=community.pk,
                title=community.name,
                body=f"{community.purpose}\n{community.get_kind_display()}",
                readers=["admins", EVERY_EMPLOYEE, f"c{community.pk}"],
                community_id=community.pk,
                at=community.started_at,
            )

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return ids for start and changes."""
        if isinstance(fact, community_facts.CommunityStarted | community_facts.CommunityChanged):
            return [fact.community_id] if fact.community_id else []
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all ids."""
        return Community.objects.without_tree_fields().values_list("pk", flat=True)
