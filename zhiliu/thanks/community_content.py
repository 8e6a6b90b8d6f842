"""Moves thanks with their objects."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Thanks


class ThanksSaid(Rows):
    """Thanks; those for a gathering or an article move with it."""

    key, name, models = "thanks", _("Thanks"), (Thanks,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """See the class."""
        about = Q(kind="gathering", thing_id__in=selection.get("gatherings", ()))
        about |= Q(kind="article", thing_id__in=selection.get("articles", ()))
        return set(Thanks.objects.filter(about).values_list("pk", flat=True)) | selection.get(self.key, set())


offers_community_content(ThanksSaid, weight=40)
