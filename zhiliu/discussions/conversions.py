"""Convert a message or another text into a question."""

from __future__ import annotations

from django.utils.http import urlencode
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.conversions import Conversion, Destination, Outcome, destinations
from zhiliu.kit.web.addresses import address

from .rules import can_ask

BODY = 800


def community_of(community_id: int | None) -> Community | None:
    return Community.objects.without_tree_fields().filter(pk=community_id or 0).first()


def may_ask(person: Person, community_id: int | None) -> bool:
    """Return whether the person may ask in the community."""
    community = community_of(community_id)
    return community is not None and can_ask(person, community)


def ask_from(excerpt: Conversion, by: Person) -> Outcome:
    """Return the prefilled form with its origin. The link is stored when the question is asked."""
    community = community_of(excerpt.community_id)
    assert community is not None
    words = {"community": community.slug, "title": excerpt.title[:120], "body": excerpt.plain[:BODY]}
    if excerpt.sources:
        words["source"] = "{}-{}".format(*excerpt.sources[0])
    return Outcome(f"{address('discussions:ask')}?{urlencode(words)}")


destinations.register(
    Destination(pgettext_lazy("turn into", "Question"), "circle-question-mark", may_ask, ask_from),
    key="question",
    weight=15,
)
