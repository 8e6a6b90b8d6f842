"""Topics and needs move with their community."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Need, Topic

OFFERED = 200


class Topics(Rows):
    """Topics, chosen one by one."""

    key, name, models = "topics", _("Topics"), (Topic,)

    def options(self, community: Community) -> list[tuple[int, str]]:
        """The newest ones."""
        topics = Topic.objects.filter(community=community).order_by("-pk")[:OFFERED]
        return [(topic.pk, str(topic)) for topic in topics]


class Needs(Rows):
    """Needs; those that became a topic go along with it, and those joined into one of them."""

    key, name, models = "needs", _("Needs"), (Need,)

    def follows(self, chosen: Chosen, source: Community) -> set[int]:
        """See the class."""
        direct = set(Need.objects.filter(topic__in=chosen.get("topics", ())).values_list("pk", flat=True))
        direct |= chosen.get(self.key, set())
        return direct | set(Need.objects.filter(merged_into__in=direct).values_list("pk", flat=True))


offers_community_content(Topics, weight=10)
offers_community_content(Needs, weight=11)
