"""Gatherings as community content: they move with their topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community
from zhiliu.files.models import Upload

from .models import Gathering, GatheringFile


class Gatherings(Rows):
    """Gatherings and their files. Gatherings of a moving topic move too."""

    key, name, models = "gatherings", pgettext_lazy("navigation", "Gatherings"), (Gathering,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Add the gatherings of the chosen topics."""
        about = Gathering.objects.filter(topic__in=selection.get("topics", ()))
        return set(about.values_list("pk", flat=True)) | selection.get(self.key, set())

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the rows and their files."""
        moved = super().move(keys, source, target)
        _move_files(moved, source, target)
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Undo ``move``: move files and rows back."""
        _move_files(moved, target, source)
        super().take_back(moved, source, target)


def _move_files(gatherings: list[int], source: Community, target: Community) -> None:
    files = GatheringFile.objects.filter(gathering__in=gatherings).values("upload_id")
    Upload.objects.filter(pk__in=files, community=source).update(community=target)


offers_community_content(Gatherings, weight=20)
