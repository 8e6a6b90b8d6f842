"""Convert a message or another text into a need."""

from __future__ import annotations

from django.utils.http import urlencode
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.rules import can_take_part
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.conversions import Conversion, Destination, Outcome, destinations
from zhiliu.kit.web.addresses import address

BODY = 800


def may_voice(person: Person, community_id: int | None) -> bool:
    """Return whether the person may voice a need in the community."""
    community = Community.objects.without_tree_fields().filter(pk=community_id or 0).first()
    return community is not None and community.has(Feature.NEEDS) and can_take_part(person, community)


def voice_from(excerpt: Conversion, by: Person) -> Outcome:
    """Return the prefilled form, where the person sees similar needs before posting."""
    community = Community.objects.without_tree_fields().get(pk=excerpt.community_id or 0)
    words = {"community": community.slug, "title": excerpt.title[:80], "body": excerpt.plain[:BODY]}
    return Outcome(f"{address('needs:voice')}?{urlencode(words)}")


destinations.register(
    Destination(pgettext_lazy("turn into", "Need"), "hand", may_voice, voice_from), key="need", weight=20
)
