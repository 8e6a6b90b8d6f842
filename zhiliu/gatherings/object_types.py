"""Object types of gatherings, nominations and department requests."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type
from zhiliu.kit.templatetags.ui_time import day_words

from .models import DepartmentAsk, Gathering, Nomination


@offers_object_type
class GatheringKind(ModelObjectType[Gathering]):
    """Gatherings: the third station of a line."""

    label = "gathering"
    model = Gathering
    page = "gatherings:gathering"
    icon = "calendar"
    name = pgettext_lazy("kind of thing", "Gathering")
    station = 2

    def card(self, gathering: Gathering) -> ObjectCard:
        """Return the card of a loaded gathering."""
        return ObjectCard(
            "gathering",
            gathering.pk,
            gathering.title,
            gathering.get_absolute_url(),
            state_words(gathering),
            gathering.community_id,
            gathering.starts_at or gathering.at,
            gathering,
        )


@offers_object_type
class NominationKind(ModelObjectType[Nomination]):
    """Nominations, visible only to the nominee."""

    label = "nomination"
    model = Nomination
    select_related = ("topic", "gathering")
    icon = "hand-heart"
    name = pgettext_lazy("kind of thing", "Nomination")

    def seen_by(self, person: Any) -> QuerySet[Nomination]:
        """Return those that name the person."""
        return self.rows().filter(person=person)

    def card(self, nomination: Nomination) -> ObjectCard:
        """Return the card of a loaded nomination."""
        return _wanted_card(self.label, nomination, nomination.community_id)


@offers_object_type
class DepartmentAskKind(ModelObjectType[DepartmentAsk]):
    """Requests to departments, visible only to the head."""

    label = "department_ask"
    model = DepartmentAsk
    select_related = ("topic", "gathering")
    icon = "users"
    name = pgettext_lazy("kind of thing", "Request to a department")

    def seen_by(self, person: Any) -> QuerySet[DepartmentAsk]:
        """Return those to departments the person heads."""
        return self.rows().filter(department__head=person)

    def card(self, ask: DepartmentAsk) -> ObjectCard:
        """Return the card of a loaded request."""
        return _wanted_card(self.label, ask, ask.community_id)


def _wanted_card(label: str, row: Any, community_id: int) -> ObjectCard:
    return ObjectCard(label, row.pk, str(row.wanted_for), row.get_absolute_url(), "", community_id, row.at, row)


def state_words(gathering: Gathering) -> str:
    """Return the state of a gathering in a few words: its time, or how many signed up."""
    if gathering.state == Gathering.State.CANCELLED:
        return str(gathering.get_state_display())
    if gathering.starts_at is None:
        return gettext("No time yet")
    if gathering.state == Gathering.State.HELD and gathering.taken:
        return ngettext("%(count)s signed up", "%(count)s signed up", gathering.taken) % {"count": gathering.taken}
    start = timezone.localtime(gathering.starts_at)
    return capfirst(f"{day_words(start.date(), timezone.localdate())} {start:%H:%M}")
