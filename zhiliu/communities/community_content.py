"""The contents of a community, and how they move to another one. Each app registers its own types.

A test walks over all models and fails if one is missing. A merge moves everything; a split moves the chosen contents
and all that follow them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.registry import Registry

from .models import Announcement, Community, Occasion

# Ids of what is moved, by the key of its content type.
Chosen = dict[str, set[int]]


class CommunityContent(ABC):
    """A type of content that communities hold.

    ``key`` identifies it, ``name`` is its plural for people, ``models`` are the models it covers.
    """

    key: ClassVar[str]
    name: ClassVar[Any]
    models: ClassVar[tuple[type[Model], ...]]

    @abstractmethod
    def keys(self, community: Community) -> set[int]:
        """Return the ids of all contents of this type in a community."""

    @abstractmethod
    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move contents out of ``source``; return, as JSON, what :meth:`take_back` needs."""

    @abstractmethod
    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Undo :meth:`move` for everything that is still in ``target``."""

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return what can be chosen individually for a new community: (id, name)."""
        return []

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Return the ids of what follows the contents chosen so far, itself included."""
        return selection.get(self.key, set())


belongings: Registry[CommunityContent] = Registry("what belongs to communities")


class Rows(CommunityContent):
    """Content whose only tie to the community is a column ``community_id``."""

    def keys(self, community: Community) -> set[int]:
        """Return the ids of all rows."""
        return set(self._rows(community).values_list("pk", flat=True))

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the rows in one update."""
        moved = sorted(self.keys(source) & set(keys))
        self._rows(source).filter(pk__in=moved).update(community_id=target.pk)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move the rows back in one update."""
        self._rows(target).filter(pk__in=moved).update(community_id=source.pk)

    def _rows(self, community: Community) -> Any:
        return self.models[0]._base_manager.filter(community_id=community.pk)


def offers_community_content(kind: type[CommunityContent], *, weight: int = 0) -> type[CommunityContent]:
    """Register a content type. Types that follow others need a greater weight."""
    belongings.register(kind(), key=kind.key, weight=weight)
    return kind


@dataclass(frozen=True)
class ContentPart:
    """The number of contents of a type: a line of a preview."""

    name: Any
    count: int


def parts(community: Community, selection: Chosen | None = None) -> list[ContentPart]:
    """Return what moves: everything, or ``selection`` and what follows it."""
    keys = all_of(community) if selection is None else along_with(selection, community)
    found = [(belonging, len(keys.get(belonging.key, ()))) for belonging in belongings]
    return [ContentPart(community_content.name, count) for community_content, count in found if count]


def all_of(community: Community) -> Chosen:
    """Return everything a community holds."""
    return {belonging.key: belonging.keys(community) for belonging in belongings}


def along_with(selection: Chosen, source: Community) -> Chosen:
    """Return the chosen contents and everything that follows them, in the order of the registry."""
    found: Chosen = {key: set(keys) for key, keys in selection.items()}
    for belonging in belongings:
        found[belonging.key] = belonging.follows(found, source) & belonging.keys(source)
    return found


class Announcements(Rows):
    """Announcements with their receipts."""

    key, name, models = "announcements", _("Announcements"), (Announcement,)


class Occasions(Rows):
    """Occasions of the calendar."""

    key, name, models = "occasions", pgettext_lazy("of a calendar", "Dates"), (Occasion,)


class Below(Rows):
    """Sub-communities."""

    key, name, models = "communities", _("Sub-communities"), (Community,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the rows in one update; a community never becomes its own sub-community."""
        moved = sorted((self.keys(source) & set(keys)) - {target.pk})
        self._rows(source).filter(pk__in=moved).update(parent_id=target.pk)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move the rows back in one update."""
        self._rows(target).filter(pk__in=moved).update(parent_id=source.pk)

    def _rows(self, community: Community) -> Any:
        return Community.objects.without_tree_fields().filter(parent_id=community.pk)


for _kind in (Announcements, Occasions, Below):
    offers_community_content(_kind)
