"""Moves polls with their community."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Poll


class Polls(Rows):
    """Polls; those of a gathering move with it (and those of channels with the channels, by their app)."""

    key, name, models = "polls", _("Polls"), (Poll,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """See the class."""
        rows = Poll.objects.filter(kind="gathering", thing_id__in=selection.get("gatherings", ()))
        return set(rows.values_list("pk", flat=True)) | selection.get(self.key, set())


offers_community_content(Polls, weight=40)
