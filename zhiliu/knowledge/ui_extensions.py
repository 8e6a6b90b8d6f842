"""Knowledge on other pages: a community's tab and section, a profile's section and figures, an onboarding step."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import HomeSection, Tab, home_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_figures, profile_sections
from zhiliu.kit.contracts.todos import Todo, first_steps
from zhiliu.kit.web.addresses import address

from . import week  # noqa: F401  registers its section of the manager's week
from .models import Library, Reading
from .queries import article_list, article_rows, used_by_colleagues, written_by

tabs.register(
    Tab("library", pgettext_lazy("tab", "Library"), lambda community: library_url(community), Feature.LIBRARY),
    key="library",
    weight=40,
)


def library_url(community: Community) -> str:
    """Return the address of a community's library, even before it exists."""
    return address("knowledge:library", Library.slug_for(community))


def newest_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the pinned and the latest articles."""
    if not community.has(Feature.LIBRARY):
        return None
    rows = (
        article_list(viewer)
        .published()
        .filter(library__community=community)
        .order_by(F("pinned_at").desc(nulls_last=True), "-published_at", "-pk")[:4]
    )
    return {"template": "knowledge/community_section.html", "rows": article_rows(rows), "url": library_url(community)}


home_sections.register(HomeSection(gettext_lazy("New knowledge"), newest_section), key="knowledge.newest", weight=30)


@profile_sections.register(key="knowledge.left", weight=20)
def left_section(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the articles a person wrote."""
    rows = article_rows(written_by(person, viewer).order_by("-use_count", "-published_at", "-pk")[:6])
    return {"template": "knowledge/profile_section.html", "rows": rows, "person": person} if rows else None


@profile_figures.register(key="knowledge.articles", weight=20)
def articles_figure(person: Person, viewer: Person) -> tuple[int, Any]:
    """Return how many articles."""
    return written_by(person, viewer).count(), _("articles")


@profile_figures.register(key="knowledge.used", weight=21)
def used_figure(person: Person, viewer: Person) -> tuple[int, Any]:
    """Return how often colleagues used them."""
    return used_by_colleagues(person, viewer), _("times used by colleagues")


@first_steps.register(key="knowledge.read", weight=30)
def read_something(person: Person) -> Todo | None:
    """Suggest reading something from the library."""
    if Reading.objects.filter(person=person).exists() or not article_list(person).exists():
        return None
    url = reverse("knowledge:home")
    return Todo("book", _("Read one thing colleagues found out"), url, _("Open the library"), (_("Two minutes"),))
