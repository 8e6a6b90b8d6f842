"""The page that builds a rule; everything entered so far is in its address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.errors import Refused
from zhiliu.kit.web.forms import Form

from .conditions import MOST, AdmissionCriteria, read_criteria
from .subjects import FIELD, Condition, Subject, subjects

UNLESS = "x"


class ConditionForm(Form):
    """One condition: values to tick, or a range.

    Args:
        data: of the whole page. subject: what it is about. place: distinguishes its fields from other conditions'.
    """

    def __init__(self, data: QueryDict, subject: Subject, place: str) -> None:
        sent = any(name.startswith(f"c{place}-") for name in data)
        super().__init__(data if sent else None, prefix=f"c{place}")
        self.subject, self.place = subject, place
        self.fields.update(_fields(subject))

    def condition(self) -> Condition | None:
        """Return the condition, or None while it is incomplete."""
        if not self.is_bound or not self.is_valid():
            return None
        found = self.cleaned_data
        if not self.subject.span:
            asked = Condition(self.subject.key, any=tuple(found["any"]))
        else:
            asked = Condition(self.subject.key, least=_end(found["least"]), most=_end(found["most"]))
        return asked if asked.is_complete else None


def _fields(subject: Subject) -> dict[str, forms.Field]:
    if not subject.span:
        coerce: Any = str if subject.key == "kind" or subject.key.startswith(FIELD) else int
        return {"any": _ticks(subject, coerce)}
    labels = {"least": _("From"), "most": _("To")}
    if subject.span == "date":
        return {name: forms.DateField(label=label, required=False, widget=_day()) for name, label in labels.items()}
    choices = subject.choices()
    if choices:
        options = [("", "—"), *choices]
        return {
            name: forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=None, choices=options)
            for name, label in labels.items()
        }
    return {
        name: forms.IntegerField(label=label, required=False, min_value=0, max_value=60)
        for name, label in labels.items()
    }


def _ticks(subject: Subject, coerce: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("One of these"),
        coerce=coerce,
        required=False,
        choices=subject.choices(),
        widget=forms.CheckboxSelectMultiple,
    )


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


def _end(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


class Builder:
    """A rule being built.

    Args:
        data: what the page sent: ``about`` = "place.subject" for each condition, ``unless`` likewise; ``add`` and
            ``new`` for one more, ``drop`` for one less.
        saved: the rule in force, with which an untouched page starts.
    """

    def __init__(self, data: QueryDict, saved: AdmissionCriteria | None) -> None:
        self._known = subjects()
        if not data and saved is not None:
            data = QueryDict(address_of(saved))
        self.data = data
        self.rows = list(self._rows())
        self.unless = self._unless()

    def _rows(self) -> Iterator[ConditionForm]:
        wanted = [text for text in self.data.getlist("about") if text.partition(".")[0] != self.data.get("drop")]
        if "add" in self.data:
            places = [int(place) for place in (text.partition(".")[0] for text in wanted) if place.isdecimal()]
            wanted.append(f"{max(places, default=-1) + 1}.{self.data.get('new', '')}")
        for text in wanted[:MOST]:
            place, _dot, key = text.partition(".")
            if key in self._known and place.isascii() and place.isdecimal() and len(place) < 4:
                yield ConditionForm(self.data, self._known[key], place)

    def _unless(self) -> ConditionForm | None:
        key = self.data.get("new_unless") if "add_unless" in self.data else self.data.get("unless")
        if key not in self._known or self.data.get("drop") == UNLESS:
            return None
        return ConditionForm(self.data, self._known[str(key)], UNLESS)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """Return the subjects of conditions."""
        return [(key, subject.label) for key, subject in self._known.items()]

    @property
    def may_add(self) -> bool:
        """Return whether another condition may be added."""
        return len(self.rows) < MOST

    def wanted(self) -> AdmissionCriteria | None:
        """Return the rule, or None while it is incomplete."""
        asked = [form.condition() for form in self.rows]
        unless = self.unless.condition() if self.unless else None
        if not asked or None in asked or (self.unless and unless is None):
            return None
        return AdmissionCriteria(tuple(condition for condition in asked if condition), unless)


def address_of(criteria: AdmissionCriteria) -> str:
    """Return the query string of the page's address for a rule."""
    pairs: list[tuple[str, Any]] = []
    for place, condition in enumerate(criteria.all):
        pairs += [("about", f"{place}.{condition.about}"), *_pairs(condition, str(place))]
    if criteria.unless:
        pairs += [("unless", criteria.unless.about), *_pairs(criteria.unless, UNLESS)]
    return urlencode(pairs)


def _pairs(condition: Condition, place: str) -> list[tuple[str, Any]]:
    ends = [(f"c{place}-{name}", value) for name, value in (("least", condition.least), ("most", condition.most))]
    return [*((f"c{place}-any", value) for value in condition.any), *((name, v) for name, v in ends if v is not None)]


def packed(criteria: AdmissionCriteria) -> str:
    """Return a rule as the value of the hidden field of the form that saves it."""
    return json.dumps(criteria.stored(), ensure_ascii=False)


def unpacked(text: str) -> AdmissionCriteria:
    """Return the rule in a hidden field.

    Raises:
        Refused: it is invalid.
    """
    try:
        return read_criteria(json.loads(text[:40_000]))
    except (ValueError, RecursionError):
        raise Refused(_("This rule can’t be read. Write it again.")) from None
