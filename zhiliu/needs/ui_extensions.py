"""What needs show on other pages, and the registry they offer themselves."""

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
from zhiliu.search.views import next_steps

from .models import Topic
from .queries import on_the_way

# Sections of a topic's page: who could share it, what was arranged. (topic, viewer) -> {"template": …} or None.
topic_sections: Registry[Callable[[Topic, Person], dict[str, Any] | None]] = Registry("sections of a topic's page")


@dataclass(frozen=True)
class TopicFormPart:
    """What a higher floor asks for in the form that makes a topic.

    Args:
        template: draws ``part.form``. form: bound to what was sent. act: called with the new topic in its transaction;
            returns the page to go on with, or None for the topic's. context: what the template needs beside.
    """

    template: str
    form: Form
    act: Callable[[Topic], str | None]
    context: dict[str, Any] = field(default_factory=dict)


# Parts of the form that makes a topic: (community, viewer, what was sent or None) -> part, or None.
topic_form_parts: Registry[Callable[[Community, Person, Any], TopicFormPart | None]] = Registry(
    "parts of a topic's form"
)

tabs.register(
    Tab("needs", pgettext_lazy("tab", "Needs"), lambda community: address("needs:list", community.slug), Feature.NEEDS),
    key="needs",
    weight=20,
)


def on_the_way_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """The track table: topics and how far each has come."""
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
    """Words nobody has an answer to are a need."""
    from django.utils.http import urlencode

    url = f"{address('needs:voice')}?{urlencode({'title': text[:80]})}"
    return {"label": _("Turn into a need"), "url": url, "icon": "hand"}
