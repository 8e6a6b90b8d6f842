"""Topics and needs as community content."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Need, Topic

OFFERED = 200


class Topics(Rows):
    """Topics, chosen individually."""

    key, name, models = "topics", _("Topics"), (Topic,)

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return the newest ones."""
        topics = Topic.objects.filter(community=community).order_by("-pk")[:OFFERED]
        return [(topic.pk, str(topic)) for topic in topics]


class Needs(Rows):
    """Needs. Those of a moving topic move with it, and so do needs merged into them."""

    key, name, models = "needs", _("Needs"), (Need,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Add the needs of the chosen topics, and those merged into them."""
        direct = set(Need.objects.filter(topic__in=selection.get("topics", ())).values_list("pk", flat=True))
        direct |= selection.get(self.key, set())
        return direct | set(Need.objects.filter(merged_into__in=direct).values_list("pk", flat=True))


offers_community_content(Topics, weight=10)
offers_community_content(Needs, weight=11)
