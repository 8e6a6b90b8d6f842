"""Moves surveys with their objects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Survey


class Surveys(Rows):
    """Surveys; feedback on a gathering moves with it."""

    key, name, models = "surveys", _("Surveys"), (Survey,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """See the class."""
        rows = Survey.objects.filter(kind="gathering", thing_id__in=selection.get("gatherings", ()))
        return set(rows.values_list("pk", flat=True)) | selection.get(self.key, set())


offers_community_content(Surveys, weight=40)
