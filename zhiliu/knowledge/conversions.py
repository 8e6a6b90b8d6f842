"""Convert messages or other texts into the draft of an article."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.conversions import Conversion, Destination, Outcome, destinations
from zhiliu.lineage.linking import link

from .drafting import library_of, start_draft
from .rules import can_write


def _community(community_id: int | None) -> Community | None:
    return Community.objects.without_tree_fields().filter(pk=community_id or 0).first()


def may_write(person: Person, community_id: int | None) -> bool:
    """Return whether the person may write in the library of the community."""
    community = _community(community_id)
    return community is not None and community.has(Feature.LIBRARY) and can_write(person, library_of(community))


def draft_from(excerpt: Conversion, by: Person) -> Outcome:
    """Start a draft in the community's library from an excerpt.

    Raises:
        Forbidden: may not write there.
    """
    community = _community(excerpt.community_id)
    assert community is not None
    with transaction.atomic():
        library = library_of(community)
        article = start_draft(library=library, title=excerpt.title, markdown=excerpt.markdown, by=by)
        link(excerpt.sources[0], ("article", article.pk), by_id=by.pk)
    return Outcome(f"{article.get_absolute_url()}edit/", ("article", article.pk))


destinations.register(
    Destination(pgettext_lazy("turn into", "Article draft"), "book", may_write, draft_from), key="article", weight=10
)
