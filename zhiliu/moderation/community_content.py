"""Moderation data that moves with a community when it is merged or split."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Decision, Flag, HeldPost, Report, Sanction


class _Stays(Rows):
    """Moves in a merge; stays in a split, because it is about people, not about content."""

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Return an empty set."""
        return set()


class Holds(_Stays):
    """Held posts, waiting or decided."""

    key, name, models = "holds", pgettext_lazy("plural", "Messages held back"), (HeldPost,)


class Flags(_Stays):
    """Flags of detectors."""

    key, name, models = "flags", pgettext_lazy("plural", "Flags"), (Flag,)


class Reports(_Stays):
    """Reports by people."""

    key, name, models = "reports_of_things", pgettext_lazy("plural", "Reports of messages"), (Report,)


class Decisions(_Stays):
    """Decisions of moderators."""

    key, name, models = "moderation_decisions", pgettext_lazy("plural", "Decisions of moderators"), (Decision,)


class Sanctions(_Stays):
    """Sanctions with their appeals."""

    key, name, models = "sanctions", pgettext_lazy("plural", "Sanctions"), (Sanction,)


for _kind in (Holds, Flags, Reports, Decisions, Sanctions):
    offers_community_content(_kind, weight=90)
