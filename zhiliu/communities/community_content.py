"""What belongs to a community, and how it moves to another: each app says so for its own things.

Put in the registry by every app that keeps things in communities; a test walks over all models and asks whether one was
forgotten. Merging moves everything, splitting what goes along with the things that were chosen.
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

# What is moved, by the key of its belonging.
Chosen = dict[str, set[int]]


class CommunityContent(ABC):
    """A kind of thing communities hold.

    ``key`` names it, ``name`` is its plural in words, ``models`` are the models it answers for.
    """

    key: ClassVar[str]
    name: ClassVar[Any]
    models: ClassVar[tuple[type[Model], ...]]

    @abstractmethod
    def keys(self, community: Community) -> set[int]:
        """Ids of all that a community holds."""

    @abstractmethod
    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move those that are in ``source``; returns, as JSON, what :meth:`take_back` needs."""

    @abstractmethod
    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Undo :meth:`move` for all that is still in ``target``."""

    def options(self, community: Community) -> list[tuple[int, str]]:
        """What a person may choose one by one for a new community: (id, name)."""
        return []

    def follows(self, chosen: Chosen, source: Community) -> set[int]:
        """Ids of what goes along with the things chosen so far, itself included."""
        return chosen.get(self.key, set())


belongings: Registry[CommunityContent] = Registry("what belongs to communities")


class Rows(CommunityContent):
    """Things whose only tie to the community is a column ``community_id``."""

    def keys(self, community: Community) -> set[int]:
        """Ids of all rows."""
        return set(self._rows(community).values_list("pk", flat=True))

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """One update."""
        moved = sorted(self.keys(source) & set(keys))
        self._rows(source).filter(pk__in=moved).update(community_id=target.pk)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """The same update, the other way round."""
        self._rows(target).filter(pk__in=moved).update(community_id=source.pk)

    def _rows(self, community: Community) -> Any:
        return self.models[0]._base_manager.filter(community_id=community.pk)


def offers_community_content(kind: type[CommunityContent], *, weight: int = 0) -> type[CommunityContent]:
    """Put a belonging in the registry; those whose things follow others' need a greater weight."""
    belongings.register(kind(), key=kind.key, weight=weight)
    return kind


@dataclass(frozen=True)
class ContentPart:
    """How many of a kind of things: a line of a preview."""

    name: Any
    count: int


def parts(community: Community, chosen: Chosen | None = None) -> list[ContentPart]:
    """What moves: everything, or what goes along with ``chosen``."""
    keys = all_of(community) if chosen is None else along_with(chosen, community)
    found = [(belonging, len(keys.get(belonging.key, ()))) for belonging in belongings]
    return [ContentPart(community_content.name, count) for community_content, count in found if count]


def all_of(community: Community) -> Chosen:
    """Everything a community holds."""
    return {belonging.key: belonging.keys(community) for belonging in belongings}


def along_with(chosen: Chosen, source: Community) -> Chosen:
    """The chosen things and all that follows them, in the order of the registry."""
    found: Chosen = {key: set(keys) for key, keys in chosen.items()}
    for belonging in belongings:
        found[belonging.key] = belonging.follows(found, source) & belonging.keys(source)
    return found


class Announcements(Rows):
    """Announcements with their receipts."""

    key, name, models = "announcements", _("Announcements"), (Announcement,)


class Occasions(Rows):
    """What the community entered into its calendar."""

    key, name, models = "occasions", pgettext_lazy("of a calendar", "Dates"), (Occasion,)


class Below(Rows):
    """Communities that stand below it."""

    key, name, models = "communities", _("Sub-communities"), (Community,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """One update; a community never comes to stand below itself."""
        moved = sorted((self.keys(source) & set(keys)) - {target.pk})
        self._rows(source).filter(pk__in=moved).update(parent_id=target.pk)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """The same update, the other way round."""
        self._rows(target).filter(pk__in=moved).update(parent_id=source.pk)

    def _rows(self, community: Community) -> Any:
        return Community.objects.without_tree_fields().filter(parent_id=community.pk)


for _kind in (Announcements, Occasions, Below):
    offers_community_content(_kind)
