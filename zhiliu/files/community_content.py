"""Moves files with their community."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import SharedFile, Upload


class SharedFiles(Rows):
    """Shared files; on a name conflict in the target folder, the source community's name is prefixed."""

    key, name, models = "shared_files", _("Shared files"), (SharedFile,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the files one by one, because of their names."""
        used = set(SharedFile.objects.there().filter(community=target).values_list("folder", "name"))
        moved = []
        for shared_file in SharedFile.objects.filter(community=source, pk__in=list(keys)):
            moved.append([shared_file.pk, shared_file.name])
            if shared_file.removed_at is None and (shared_file.folder, shared_file.name) in used:
                shared_file.name = f"{source.name} · {shared_file.name}"[:200]
            shared_file.community = target
            shared_file.save(update_fields=["community", "name"])
        return moved

    def take_back(self, moved: Any, source: Community, target: Community) -> None:
        """Move them back under the old name, unless it has been taken there meanwhile."""
        used = set(SharedFile.objects.there().filter(community=source).values_list("folder", "name"))
        names = dict(moved)
        for shared_file in SharedFile.objects.filter(community=target, pk__in=names):
            if (shared_file.folder, names[shared_file.pk]) not in used:
                shared_file.name = names[shared_file.pk]
            shared_file.community = source
            shared_file.save(update_fields=["community", "name"])


class Uploads(Rows):
    """Uploads shown in texts and gatherings: a merge moves all, a split those of the moved shared files."""

    key, name, models = "uploads", _("Files in texts"), (Upload,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Return the versions of moved shared files. Other uploads stay readable for those who could read them."""
        files = SharedFile.objects.filter(pk__in=selection.get("shared_files", ()))
        versions = files.exclude(versions=None).values_list("versions__upload_id", flat=True)
        return set(versions) | selection.get(self.key, set())


offers_community_content(SharedFiles)
offers_community_content(Uploads, weight=1)
