"""Needs on other pages, and the registries they offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import HomeSection, Tab, home_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.forms import Form
from zhiliu.search.views.searching import next_steps

from . import week  # noqa: F401  registers its sections of the manager's week
from .models import Topic
from .queries import on_the_way

# Sections of a topic's page, from higher layers: (topic, viewer) -> {"template": …} or None.
topic_sections: Registry[Callable[[Topic, Person], dict[str, Any] | None]] = Registry("sections of a topic's page")


@dataclass(frozen=True)
class TopicFormPart:
    """A part of a higher layer in the form that creates a topic.

    Args:
        template: renders ``part.form``. form: bound to the submitted data. act: called with the new topic in its
            transaction; returns the next page, or None for the topic's. context: what else the template needs.
    """

    template: str
    form: Form
    act: Callable[[Topic], str | None]
    context: dict[str, Any] = field(default_factory=dict)


# Parts of the form that creates a topic: (community, viewer, submitted data or None) -> part, or None.
topic_form_parts: Registry[Callable[[Community, Person, Any], TopicFormPart | None]] = Registry(
    "parts of a topic's form"
)

tabs.register(
    Tab("needs", pgettext_lazy("tab", "Needs"), lambda community: address("needs:list", community.slug), Feature.NEEDS),
    key="needs",
    weight=20,
)


def on_the_way_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the track table: topics with the progress of their lines."""
    if not community.has(Feature.NEEDS):
        return None
    open_needs = community.needs.filter(state="open").order_by("-support_count", "-at")[:3]
    return {
        "template": "needs/community_section.html",
        "rows": on_the_way(community, viewer),
        "open_needs": open_needs,
    }


home_sections.register(HomeSection(gettext_lazy("In progress"), on_the_way_section), key="needs.on_the_way", weight=10)


@next_steps.register(key="needs.voice")
def voice_instead(text: str, person: Person) -> dict[str, Any] | None:
    """Suggest voicing a need if the search has no answer."""
    from django.utils.http import urlencode

    url = f"{address('needs:voice')}?{urlencode({'title': text[:80]})}"
    return {"label": _("Turn into a need"), "url": url, "icon": "hand"}
