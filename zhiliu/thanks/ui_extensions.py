"""Thanks on the profile page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_acts, profile_figures, profile_sections

from .models import Thanks


@profile_sections.register(key="thanks", weight=60)
def thanks_received(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the section of the latest thanks a person got."""
    rows = list(Thanks.objects.filter(to=person).select_related("by").order_by("-at")[:5])
    return {"template": "thanks/profile_section.html", "rows": rows, "side": True} if rows else None


@profile_figures.register(key="thanks", weight=30)
def thanked_by(person: Person, viewer: Person) -> tuple[int, str]:
    """Return how many people have thanked them."""
    count = Thanks.objects.filter(to=person).values("by").distinct().count()
    return count, ngettext("person has thanked them", "people have thanked them", count)


@profile_acts.register(key="thanks", weight=10)
def thank_them(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the action to thank this person."""
    if person.pk == viewer.pk:
        return None
    return {"label": _("Thank"), "url": reverse("thanks:new", args=[person.handle]), "icon": "heart"}
