"""The contents of a library as community content: folders with their structure, articles with their files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, CommunityContent, offers_community_content
from zhiliu.communities.models import Community
from zhiliu.lineage.models import Link

from .drafting import library_of
from .models import Article, Folder, Library
from .moving import bring_files
from .pinning import MOST_PINNED

OFFERED = 200


class Folders(CommunityContent):
    """Branches of the folder tree, chosen by their top folder. Subfolders move too."""

    key, name, models = "folders", _("Folders"), (Folder,)

    def keys(self, community: Community) -> set[int]:
        """Return all folders."""
        return set(Folder.objects.filter(library__community=community).values_list("pk", flat=True))

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return the top-level ones."""
        top = Folder.objects.filter(library__community=community, parent=None).order_by("name")
        return list(top.values_list("pk", "name")[:OFFERED])

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Return everything below the chosen ones."""
        folders: set[int] = set()
        waiting = selection.get(self.key, set())
        while waiting:
            folders |= waiting
            waiting = set(Folder.objects.filter(parent__in=waiting).values_list("pk", flat=True)) - folders
        return folders

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the branches. A top folder whose name is taken is prefixed with the source's name."""
        library, keys = library_of(target), set(keys)
        names = set(Folder.objects.filter(library=library, parent=None).values_list("name", flat=True))
        moved = []
        for folder in Folder.objects.filter(library__community=source, pk__in=keys):
            moved.append([folder.pk, folder.parent_id, folder.name])
            if folder.parent_id not in keys:
                folder.parent = None
                folder.name = f"{source.name} · {folder.name}"[:80] if folder.name in names else folder.name
            _settle(folder, library)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Restore places and names."""
        library, was = library_of(source), {key: (parent, name) for key, parent, name in moved}
        for folder in Folder.objects.filter(library__community=target, pk__in=was):
            folder.parent_id, folder.name = was[folder.pk]
            _settle(folder, library)


def _settle(folder: Folder, library: Library) -> None:
    # A filtered update instead of save(), which would query the place in the tree for each folder.
    Folder.objects.filter(pk=folder.pk).update(library=library, parent_id=folder.parent_id, name=folder.name)


class Articles(CommunityContent):
    """Articles. In a split, those in moving folders and those from moving gatherings move."""

    key, name, models = "articles", _("Articles"), (Article,)

    def keys(self, community: Community) -> set[int]:
        """Return all articles."""
        return set(Article.objects.filter(library__community=community).values_list("pk", flat=True))

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Add articles in chosen folders and of chosen gatherings."""
        inside = Article.objects.filter(folder__in=selection.get("folders", ()))
        deposits = Link.objects.filter(
            source_kind="gathering", source_id__in=selection.get("gatherings", ()), target_kind="article"
        )
        articles = {*inside.values_list("pk", flat=True), *deposits.values_list("target_id", flat=True)}
        return articles | selection.get(self.key, set())

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move articles with their folder, or to the top if it stays. Their old places are returned for undo.

        Pins stay behind: what is at the top of a library is for its managers to say, and there is little room.
        """
        library = library_of(target)
        rows = Article.objects.filter(library__community=source, pk__in=set(keys)).select_related("folder")
        moved = []
        for article in rows:
            pinned_at = article.pinned_at.isoformat() if article.pinned_at else None
            moved.append([article.pk, article.folder_id, pinned_at])
            article.pinned_at = None
            along = article.folder is not None and article.folder.library_id == library.pk
            _put(article, library, article.folder_id if along else None)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move articles back into their folders, and pin them again while there is room."""
        library, was = library_of(source), {key: place for key, *place in moved}
        room = MOST_PINNED - library.articles.pinned().count()
        back = list(Article.objects.filter(library__community=target, pk__in=was))
        # The first pinned first, so that the newest is the one for which there is no room.
        for article in sorted(back, key=lambda article: _pinned_at(was[article.pk]) or ""):
            article.pinned_at = None
            if room > 0 and (pinned_at := _pinned_at(was[article.pk])):
                article.pinned_at, room = dt.datetime.fromisoformat(pinned_at), room - 1
            _put(article, library, was[article.pk][0])


def _pinned_at(place: list[Any]) -> str | None:
    """Return when an article was pinned; moves of earlier versions did not note it."""
    return place[1] if len(place) > 1 else None


def _put(article: Article, library: Library, folder: int | None) -> None:
    bring_files(article, library.community)
    article.library, article.folder_id = library, folder
    article.version += 1
    article.save(update_fields=["library", "folder", "pinned_at", "version", "draft_markdown", "html"])


class Libraries(CommunityContent):
    """The library itself stays with its community; only its contents move."""

    key, name, models = "libraries", _("Library"), (Library,)

    def keys(self, community: Community) -> set[int]:
        """Return none."""
        return set()

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Do nothing."""
        return []

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Do nothing."""


offers_community_content(Folders, weight=30)
offers_community_content(Articles, weight=31)
offers_community_content(Libraries, weight=32)
