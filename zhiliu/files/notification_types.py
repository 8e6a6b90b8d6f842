"""What people are told about shared files."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from zhiliu.communities.models import Membership
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import FileShared
from .models import SharedFile


@offers_notification
class FileIsThere(NotificationType):
    """Members who want to know everything learn of a new file or version."""

    key = "files.shared"
    fact = FileShared
    icon = "file"
    says = gettext_lazy("%(who)s shared the file “%(title)s”")

    def recipients(self, fact: FileShared) -> Iterable[int]:
        """Those whose involvement is everything."""
        return Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        ).values_list("person_id", flat=True)

    def still_wanted(self, fact: FileShared) -> bool:
        """While the file is there."""
        return SharedFile.objects.there().filter(pk=fact.shared_file_id).exists()
