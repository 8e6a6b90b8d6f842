"""What of moderation moves with a community when it is merged or split."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Decision, Flag, HeldPost, Report, Sanction


class _Stays(Rows):
    """Goes along when everything does; stays when a part is split off, since it is about people, not about things."""

    def follows(self, chosen: Chosen, source: Community) -> set[int]:
        """Nothing."""
        return set()


class Holds(_Stays):
    """What waits or was decided."""

    key, name, models = "holds", pgettext_lazy("plural", "Messages held back"), (HeldPost,)


class Flags(_Stays):
    """What detectors flagged."""

    key, name, models = "flags", pgettext_lazy("plural", "Flags"), (Flag,)


class Reports(_Stays):
    """What people reported."""

    key, name, models = "reports_of_things", pgettext_lazy("plural", "Reports of messages"), (Report,)


class Decisions(_Stays):
    """What was decided."""

    key, name, models = "moderation_decisions", pgettext_lazy("plural", "Decisions of moderators"), (Decision,)


class Sanctions(_Stays):
    """Sanctions with their appeals."""

    key, name, models = "sanctions", pgettext_lazy("plural", "Sanctions"), (Sanction,)


for _kind in (Holds, Flags, Reports, Decisions, Sanctions):
    offers_community_content(_kind, weight=90)
