"""Notifications about shared files."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from zhiliu.communities.models import Membership
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import FileShared
from .models import SharedFile


@offers_notification
class FileIsThere(NotificationType):
    """Tells members who want all notifications about a new file or version."""

    key = "files.shared"
    fact = FileShared
    icon = "file"
    says = gettext_lazy("%(who)s shared the file “%(title)s”")

    def recipients(self, fact: FileShared) -> Iterable[int]:
        """Return the members who want all notifications."""
        return Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        ).values_list("person_id", flat=True)

    def still_wanted(self, fact: FileShared) -> bool:
        """Only while the file has not been removed."""
        return SharedFile.objects.there().filter(pk=fact.shared_file_id).exists()
