"""Discussions on other pages: a community's tab and sections, profile section and figure, a step after a search."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import HomeSection, Tab, home_sections, side_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_figures, profile_sections
from zhiliu.kit.web.addresses import address
from zhiliu.search.views.searching import next_steps

from . import week  # noqa: F401  registers its part of the manager's week
from .queries import answered_by, waiting_for_answers
from .rota import on_duty

tabs.register(
    Tab(
        "questions",
        pgettext_lazy("tab", "Questions"),
        lambda community: address("discussions:list", community.slug),
        Feature.QUESTIONS,
    ),
    key="questions",
    weight=15,
)


@profile_figures.register(key="discussions.accepted", weight=25)
def accepted_figure(person: Person, viewer: Person) -> tuple[int, str]:
    """Return how many of their answers were accepted."""
    count = answered_by(person, viewer).filter(was_accepted=True).count()
    return count, ngettext("answer accepted", "answers accepted", count)


@profile_sections.register(key="discussions.answered", weight=30)
def answered_section(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return questions a person answered: accepted answers first, then the newest."""
    rows = answered_by(person, viewer).select_related("community").order_by("-was_accepted", "-at", "-pk")[:5]
    return {"template": "discussions/profile_section.html", "rows": rows} if rows else None


@next_steps.register(key="discussions.ask", weight=-10)
def ask_instead(text: str, person: Person) -> dict[str, Any] | None:
    """Suggest asking what the search did not answer."""
    url = f"{address('discussions:ask')}?{urlencode({'title': text[:120]})}"
    return {"label": _("Ask this"), "url": url, "icon": "circle-question-mark"}


def unanswered_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return questions that wait for an answer."""
    if not community.has(Feature.QUESTIONS):
        return None
    rows = waiting_for_answers(viewer, [community.pk], limit=3)
    return {"template": "discussions/community_section.html", "rows": rows, "community": community} if rows else None


home_sections.register(
    HomeSection(gettext_lazy("Waiting for an answer"), unanswered_section), key="discussions.unanswered", weight=5
)


@side_sections.register(key="discussions.on_duty", weight=10)
def on_duty_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return who is on duty now."""
    if not community.has(Feature.QUESTIONS):
        return None
    duties = on_duty(community.pk)
    return {"template": "discussions/duty_section.html", "duties": duties, "slug": community.slug} if duties else None
