"""Object type and search documents of shared files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import pgettext_lazy

from zhiliu.communities.facts import CommunityChanged
from zhiliu.communities.reach import readers
from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search

from .facts import FileDescribed, FileRemoved, FileShared
from .models import SharedFile


@offers_object_type
class SharedFileKind(ModelObjectType[SharedFile]):
    """A shared file; it is not a station of the lineage."""

    label = "shared_file"
    model = SharedFile
    select_related = ("community", "upload__file")
    page = "files:shared"
    icon = "file"
    name = pgettext_lazy("kind of thing", "File")

    def seen_by(self, person: Any) -> QuerySet[SharedFile]:
        """Return visible files, without removed ones."""
        return SharedFile.objects.visible_to(person).there()

    def card(self, shared_file: SharedFile) -> ObjectCard:
        """Return the card of a loaded file."""
        text = shared_file.note or filesizeformat(shared_file.upload.file.size)
        return ObjectCard(
            "shared_file",
            shared_file.pk,
            shared_file.name,
            shared_file.get_absolute_url(),
            text,
            shared_file.community_id,
            shared_file.at,
            shared_file,
        )


@offers_search
class SharedFileType(Indexer):
    """Shared files by name, folder and note."""

    label = "shared_file"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Return one document per file that was not removed."""
        rows = SharedFile.objects.there().filter(pk__in=list(keys)).select_related("community")
        return [_document(row) for row in rows]

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return ids for the file's own facts, and for changes in who may see the community."""
        if isinstance(fact, FileShared | FileDescribed | FileRemoved):
            return [fact.shared_file_id]
        if isinstance(fact, CommunityChanged) and fact.community_id is not None:
            return SharedFile.objects.filter(community_id=fact.community_id).values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return the ids of all shared files."""
        return SharedFile.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _document(shared_file: SharedFile) -> SearchDocument:
    return SearchDocument(
        kind="shared_file",
        key=shared_file.pk,
        title=shared_file.name,
        body=" ".join(part for part in (shared_file.note, shared_file.folder) if part),
        readers=readers(shared_file.community),
        community_id=shared_file.community_id,
        people=[shared_file.by_id] if shared_file.by_id else [],
        at=shared_file.at,
    )
