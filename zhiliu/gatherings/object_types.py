"""Gatherings where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type
from zhiliu.kit.templatetags.ui_time import day_words

from .models import DepartmentAsk, Gathering, Nomination


@offers_object_type
class GatheringKind(ObjectType):
    """Gatherings: the third station."""

    label = "gathering"
    page = "gatherings:gathering"
    icon = "calendar"
    name = pgettext_lazy("kind of thing", "Gathering")
    station = 2

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Gathering.objects.filter(pk__in=list(keys))
        return {gathering.pk: self.card(gathering) for gathering in rows}

    def card(self, gathering: Gathering) -> ObjectCard:
        """The card of a loaded gathering."""
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

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        rows = Gathering.objects.visible_to(person).filter(pk__in=list(keys))
        return set(rows.values_list("pk", flat=True))


@offers_object_type
class NominationKind(ObjectType):
    """Nominations; only the named person is led to one."""

    label = "nomination"
    icon = "hand-heart"
    name = pgettext_lazy("kind of thing", "Nomination")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Nomination.objects.filter(pk__in=list(keys)).select_related("topic", "gathering")
        return {row.pk: _wanted_card(self.label, row, row.community_id) for row in rows}

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those that name the person."""
        return set(Nomination.objects.filter(pk__in=list(keys), person=person).values_list("pk", flat=True))


@offers_object_type
class DepartmentAskKind(ObjectType):
    """Requests to departments; only the head is led to one."""

    label = "department_ask"
    icon = "users"
    name = pgettext_lazy("kind of thing", "Request to a department")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = DepartmentAsk.objects.filter(pk__in=list(keys)).select_related("topic", "gathering")
        return {row.pk: _wanted_card(self.label, row, row.community_id) for row in rows}

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those to departments the person heads."""
        rows = DepartmentAsk.objects.filter(pk__in=list(keys), department__head=person)
        return set(rows.values_list("pk", flat=True))


def _wanted_card(label: str, row: Any, community_id: int) -> ObjectCard:
    return ObjectCard(label, row.pk, str(row.wanted_for), row.get_absolute_url(), "", community_id, row.at, row)


def state_words(gathering: Gathering) -> str:
    """How a gathering stands, in a few words: its time, or how many came."""
    if gathering.state == Gathering.State.CANCELLED:
        return str(gathering.get_state_display())
    if gathering.starts_at is None:
        return gettext("No time yet")
    if gathering.state == Gathering.State.HELD and gathering.taken:
        return ngettext("%(count)s signed up", "%(count)s signed up", gathering.taken) % {"count": gathering.taken}
    start = timezone.localtime(gathering.starts_at)
    return capfirst(f"{day_words(start.date(), timezone.localdate())} {start:%H:%M}")
