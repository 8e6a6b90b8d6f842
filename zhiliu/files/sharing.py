"""Sharing files in a community, describing, removing and restoring them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import FileDescribed, FileRemoved, FileShared
from .models import FileVersion, SharedFile, Upload
from .rules import can_share, can_tend


def share_file(community: Community, upload: Upload, *, by: Person, folder: str = "", note: str = "") -> SharedFile:
    """Share an upload in a community.

    The same name in the same folder becomes the next version of that file; the same content again is idempotent.

    Args:
        upload: one of ``by`` into this community.

    Raises:
        Forbidden: not a member, or files are disabled.
    """
    require(can_share, by, community)
    with transaction.atomic():
        # Race: the row lock serialises two uploads of the same name; the second becomes a version.
        Community.objects.select_for_update().get(pk=community.pk)
        shared_file = SharedFile.objects.there().filter(community=community, folder=folder, name=upload.name).first()
        if shared_file is not None:
            return _next_version(shared_file, upload, by=by, note=note)
        shared = SharedFile.objects.create(
            community=community, folder=folder, name=upload.name, note=note, upload=upload, by=by
        )
        FileVersion.objects.create(shared=shared, number=1, upload=upload, by=by)
        announce(FileShared(shared_file_id=shared.pk, community_id=community.pk, by_id=by.pk))
    return shared


def _next_version(shared: SharedFile, upload: Upload, *, by: Person, note: str) -> SharedFile:
    if shared.upload.file_id == upload.file_id:
        return shared
    shared.number, shared.upload, shared.by, shared.at = shared.number + 1, upload, by, timezone.now()
    shared.note = note or shared.note
    shared.save(update_fields=["number", "upload", "by", "at", "note"])
    FileVersion.objects.create(shared=shared, number=shared.number, upload=upload, by=by)
    announce(FileShared(shared_file_id=shared.pk, community_id=shared.community_id, by_id=by.pk))
    return shared


def describe_file(shared: SharedFile, *, name: str, folder: str, note: str, version: int, by: Person) -> None:
    """Change name, folder or note of a shared file.

    Raises:
        Refused: the name is taken in that folder, or the file was changed meanwhile.
    """
    require(can_tend, by, shared)
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=shared.community_id)
        _refuse_taken(shared, folder, name)
        rows = SharedFile.objects.filter(pk=shared.pk, version=version)
        if not rows.update(name=name, folder=folder, note=note, version=F("version") + 1):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(FileDescribed(shared_file_id=shared.pk, community_id=shared.community_id, by_id=by.pk))


def remove_file(shared: SharedFile, *, by: Person) -> None:
    """Remove a file; it can be restored. Idempotent."""
    require(can_tend, by, shared)
    with transaction.atomic():
        if SharedFile.objects.there().filter(pk=shared.pk).update(removed_at=timezone.now()):
            announce(FileRemoved(shared_file_id=shared.pk, community_id=shared.community_id, by_id=by.pk))


def restore_file(shared: SharedFile, *, by: Person) -> None:
    """Restore a removed file. Idempotent.

    Raises:
        Refused: another file has its name by now.
    """
    require(can_tend, by, shared)
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=shared.community_id)
        _refuse_taken(shared, shared.folder, shared.name)
        if SharedFile.objects.filter(pk=shared.pk).exclude(removed_at=None).update(removed_at=None):
            announce(FileRemoved(shared_file_id=shared.pk, back=True, community_id=shared.community_id, by_id=by.pk))


def _refuse_taken(shared: SharedFile, folder: str, name: str) -> None:
    others = SharedFile.objects.there().filter(community_id=shared.community_id, folder=folder, name=name)
    if others.exclude(pk=shared.pk).exists():
        raise Refused(_("A file with this name already exists in this folder."), field="name")
