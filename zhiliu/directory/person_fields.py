"""Form fields that choose a person or a department."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiliu.kit.web.forms import Form
from zhiliu.kit.web.http import key_of

from .models import Department, Organisation, Person

CONTINENTS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


class PersonField(forms.ModelChoiceField):
    """One person, found by name, pinyin or initials.

    Args:
        people: the possible choices.
    """

    def __init__(self, people: QuerySet[Person], **kwargs: Any) -> None:
        widget = forms.Select(attrs={"data-combobox": reverse_lazy("directory:search")})
        super().__init__(people, widget=widget, empty_label="", **kwargs)

    def keep(self, person: Person | None) -> None:
        """Allow the initial person whatever has become of them: saving another field must not drop them."""
        if person is not None:
            self.queryset = Person.objects.filter(Q(pk=person.pk) | Q(pk__in=self.queryset.values("pk")))  # type: ignore[union-attr]

    def show_only(self, chosen: Any) -> None:
        """Render only the chosen person; the others are searched for, not written into the page."""
        key = chosen.pk if isinstance(chosen, Person) else chosen
        people = self.queryset.filter(pk=key) if key_of(key) and self.queryset is not None else []
        self.widget.choices = [("", ""), *((person.pk, person.name) for person in people)]


class FormWithPeople(Form):
    """A form with person fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, PersonField):
                first = self.initial.get(name)
                field.keep(first if isinstance(first, Person) else None)
                field.show_only(self.data.get(self.add_prefix(name)) or first)


class TimeZoneField(forms.TypedChoiceField):
    """One time zone; empty for the one of the organisation or, on its own form, of the installation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=time_zone_choices, **kwargs)


def time_zone_choices() -> list[tuple[str, str]]:
    """Return time zones sorted by current local time, named in the reader's language."""
    default_name = Organisation.current().time_zone or settings.TIME_ZONE
    language = get_language() or settings.LANGUAGE_CODE
    city = get_timezone_location(default_name, locale=_locale(language), return_city=True)
    return [("", _("As set for everybody: %(choice)s") % {"choice": city}), *_zones(language, timezone.now().date())]


@lru_cache(maxsize=8)
def _zones(language: str, day: dt.date) -> list[tuple[str, str]]:
    """Cached for a day: the offsets of many zones change in spring and autumn."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    zones = []
    for name in sorted(available_timezones()):
        if name.partition("/")[0] not in CONTINENTS or "/" not in name:
            continue
        offset = ZoneInfo(name).utcoffset(noon)
        city = get_timezone_location(name, locale=_locale(language), return_city=True)
        zones.append((offset, city, name))
    return [(name, f"UTC{noon.astimezone(ZoneInfo(name)):%z} {city}") for _offset, city, name in sorted(zones)]


def _locale(language: str) -> str:
    return "zh_Hans" if language.startswith("zh") else "en"


class DepartmentField(forms.ModelChoiceField):
    """One department, indented by depth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Department.objects.with_tree_fields(), empty_label="—", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, indented by depth."""
        return f"{'　' * obj.tree_depth}{obj.name}"
