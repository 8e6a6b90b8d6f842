"""Values of custom profile fields: who sees them, who fills them in, who shares them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import pgettext

from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.forms import Form
from zhiliu.kit.web.forms import TextField as OneLine

from .models import Person, ProfileField

Kind, Filler, Reader = ProfileField.Kind, ProfileField.Filler, ProfileField.Reader
SUGGESTED = 100


@dataclass(frozen=True)
class ShownField:
    """A value on a profile.

    Args:
        field: the field. text: the displayed value.
        url: list of colleagues with the same value, '' for fields without groups. others: their number.
    """

    field: ProfileField
    text: Any
    url: str = ""
    others: int = 0


def current_fields() -> QuerySet[ProfileField]:
    """Return the fields in use, in order."""
    return ProfileField.objects.filter(retired_at=None)


def merged(extra: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """Return a person's ``extra`` with these values; empty ones are removed, other keys stay."""
    others = {key: value for key, value in extra.items() if key not in values}
    return {**others, **{key: value for key, value in values.items() if value}}


def seen_by(viewer: Person, person: Person) -> list[ProfileField]:
    """Return the fields of ``person`` that ``viewer`` sees. Guests see none, and have none."""
    if viewer.is_guest or person.is_guest:
        return []
    fields = current_fields()
    if not (viewer.is_admin or viewer.pk == person.pk):
        fields = fields.filter(seen_by=Reader.COLLEAGUES)
    return list(fields)


def values_shown(person: Person, viewer: Person) -> list[ShownField]:
    """Return the values of a profile, each with the colleagues who share it."""
    fields = [field for field in seen_by(viewer, person) if person.extra.get(field.key)]
    groups = [field for field in fields if makes_groups(field)]
    others = _others(person, groups)
    return [
        ShownField(field, readable(field, person.extra[field.key]), group_url(field, person), others[field.key])
        if field in groups
        else ShownField(field, readable(field, person.extra[field.key]))
        for field in fields
    ]


def makes_groups(field: ProfileField) -> bool:
    """Return True if colleagues may be listed by this field."""
    return field.seen_by == Reader.COLLEAGUES and field.kind != Kind.DATE


def group_url(field: ProfileField, person: Person) -> str:
    """Return the address of the list of people who share a person's value."""
    return f"{reverse('directory:people')}?{urlencode({field.input_name: person.extra[field.key]})}"


def readable(field: ProfileField, value: str) -> Any:
    """Return a stored value for display: dates as dates."""
    if field.kind == Kind.DATE:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _stored(field: ProfileField) -> Coalesce:
    """Return a query expression for a person's value, as text on both databases; '' for none."""
    return Coalesce(KeyTextTransform(field.key, "extra"), Value(""), output_field=TextField())


def sharing(people: QuerySet[Person], field: ProfileField, value: str) -> QuerySet[Person]:
    """Return those of ``people`` who have this value."""
    return people.alias(**{f"value_{field.pk}": _stored(field)}).filter(**{f"value_{field.pk}": value})


def having(field: ProfileField, values: Iterable[str]) -> QuerySet[Person]:
    """Return everybody who has one of these values."""
    return Person.objects.alias(value=_stored(field)).filter(value__in=list(values))


def _others(person: Person, fields: Iterable[ProfileField]) -> dict[str, int]:
    """Return how many colleagues share each value, in one query."""
    people = Person.objects.active().employees().exclude(pk=person.pk)
    counts = {}
    for field in fields:
        people = people.alias(**{f"value_{field.pk}": _stored(field)})
        counts[field.key] = Count("pk", filter=Q(**{f"value_{field.pk}": person.extra[field.key]}))
    return people.aggregate(**counts) if counts else {}


@dataclass(frozen=True)
class Filter:
    """A field to filter the list of people by.

    Args:
        field: the field. value: the requested value, or ''. options: the choices.
    """

    field: ProfileField
    value: str
    options: list[str]


# Needed by every list of people.
_seen_by_colleagues = CompiledQuery(lambda: current_fields().filter(seen_by=Reader.COLLEAGUES))


def filters_for(viewer: Person, query: Any) -> list[Filter]:
    """Return the filters a viewer may use; ``query`` has the requested values by input name."""
    if viewer.is_guest:
        return []
    fields = [field for field in _seen_by_colleagues.objects() if makes_groups(field)]
    return [Filter(field, str(query.get(field.input_name, ""))[:120].strip(), list(field.options)) for field in fields]


class FilterForm(Form):
    """All filter fields as one form."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        filters = list(filters)
        super().__init__(initial={item.field.input_name: item.value for item in filters})
        for item in filters:
            self.fields[item.field.input_name] = _filter_input(item)
        self.names = pgettext("between names of fields", ", ").join(str(item.field) for item in filters)


def _filter_input(filter: Filter) -> forms.Field:
    common: dict[str, Any] = {"label": str(filter.field), "required": False}
    if filter.field.kind == Kind.CHOICE:
        return forms.ChoiceField(**common, choices=[("", "—"), *((option, option) for option in filter.options)])
    url = reverse("directory:shared_values", args=[filter.field.key])
    return OneLine(**common, widget=forms.TextInput(attrs={"data-combobox": url, "data-create": "1"}))


def field_suggestions(field: ProfileField) -> list[str]:
    """Return values of a text field that several colleagues share, most frequent first."""
    rows = (
        Person.objects.active()
        .employees()
        .annotate(value=_stored(field))
        .exclude(value="")
        .values("value")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("-n", "value")
    )
    return [row["value"] for row in rows[:SUGGESTED]]


def inputs(fields: Iterable[ProfileField], extra: dict[str, Any]) -> dict[str, forms.Field]:
    """Return form fields by name, filled with a person's values."""
    return {field.input_name: _input(field, str(extra.get(field.key) or "")) for field in fields}


def _input(field: ProfileField, value: str) -> forms.Field:
    common: dict[str, Any] = {"label": str(field), "required": False, "initial": value}
    if field.kind == Kind.DATE:
        widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
        return forms.DateField(**{**common, "initial": readable(field, value) or None}, widget=widget)
    if field.kind == Kind.CHOICE:
        # People keep a value that is no longer offered.
        options = [*field.options, *([value] if value and value not in field.options else [])]
        return forms.ChoiceField(**common, choices=[("", "—"), *((option, option) for option in options)])
    return OneLine(**common, max_length=120)


def cleaned_value(fields: Iterable[ProfileField], data: dict[str, Any]) -> dict[str, str]:
    """Return the stored values from a form's cleaned data."""
    values = {field.key: data.get(field.input_name) for field in fields if field.input_name in data}
    return {key: value.isoformat() if isinstance(value, dt.date) else str(value or "") for key, value in values.items()}
