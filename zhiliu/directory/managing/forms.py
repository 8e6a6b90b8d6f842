"""Forms of administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.forms import Form, LongTextField, TextField

from ..choosing import DepartmentField, FormWithPeople, PersonField
from ..fields import cleaned, current_fields, inputs
from ..models import Location, Person, Position, ProfileField

OWN = ("name", "number", "email", "department", "position", "location", "manager", "hired_on")


class PersonForm(FormWithPeople):
    """What administrators know about a person, with the fields the company defines.

    Args:
        person: whose; None for somebody new.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TextField(label=pgettext_lazy("person", "Name"), max_length=80)
    number = TextField(label=pgettext_lazy("person", "Number"), max_length=40, required=False)
    email = forms.EmailField(label=_("Mail address"), max_length=200, required=False)
    department = DepartmentField(label=_("Department"), required=False)
    position = forms.ModelChoiceField(
        Position.objects.order_by("-level", "name"), label=_("Position"), required=False, empty_label="—"
    )
    location = forms.ModelChoiceField(
        Location.objects.order_by("name"), label=_("Location"), required=False, empty_label="—"
    )
    manager = PersonField(Person.objects.active().employees(), label=_("Manager"), required=False)
    hired_on = forms.DateField(
        label=_("Hired on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, person: Person | None = None) -> None:
        initial = {name: getattr(person, name) for name in (*OWN, "version")} if person else {}
        super().__init__(data, initial=initial)
        self.defined = list(current_fields()) if person is None or not person.is_guest else []
        self.fields.update(inputs(self.defined, person.extra if person else {}))

    def known(self) -> dict[str, Any]:
        """Fields of the person, as the verbs take them."""
        values = {name: self.cleaned_data[name] for name in OWN}
        return {**values, "number": values["number"] or None, "email": values["email"] or None}

    def values(self) -> dict[str, str]:
        """Values of the fields the company defines."""
        return cleaned(self.defined, self.cleaned_data)

    def own_fields(self) -> list[Any]:
        """The first part of the form."""
        return [self[name] for name in OWN]

    def defined_fields(self) -> list[Any]:
        """The part the company defines."""
        return [self[field.input_name] for field in self.defined]


class DepartmentForm(FormWithPeople):
    """A department: its name, where it belongs, who heads it."""

    name = TextField(label=_("Name"), max_length=80)
    parent = DepartmentField(label=_("Belongs to"), required=False)
    head = PersonField(Person.objects.active().employees(), label=_("Head"), required=False)


class PositionForm(Form):
    """A position and its level."""

    name = TextField(label=_("Name"), max_length=80)
    level = forms.IntegerField(
        label=_("Level"), min_value=1, max_value=99, initial=1, help_text=_("1 for beginners, higher above.")
    )


class LocationForm(Form):
    """A place people work at."""

    name = TextField(label=_("Name"), max_length=80)


class RoomForm(Form):
    """A room of a location."""

    name = TextField(label=_("Name"), max_length=80)
    seats = forms.IntegerField(label=pgettext_lazy("room", "Seats"), min_value=1, max_value=5000, initial=20)


class FieldForm(Form):
    """A field of profiles. Its kind is chosen once.

    Args:
        existing: the field to change; None for a new one.
    """

    label = TextField(label=_("What it is called"), max_length=40)
    label_en = TextField(label=_("In English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("What is filled in"), choices=ProfileField.Kind.choices, widget=forms.RadioSelect)
    options = LongTextField(
        label=_("What can be chosen"),
        max_length=4000,
        required=False,
        help_text=_("For a list: one a line. People keep what is taken out later."),
    )
    filled_by = forms.ChoiceField(
        label=_("Who fills it in"), choices=ProfileField.Filler.choices, widget=forms.RadioSelect
    )
    seen_by = forms.ChoiceField(
        label=_("Who sees it"),
        choices=ProfileField.Reader.choices,
        widget=forms.RadioSelect,
        help_text=_("Guests never do. What colleagues see, they can find each other by."),
    )

    def __init__(self, data: Any = None, *, existing: ProfileField | None = None) -> None:
        names = ("label", "label_en", "kind", "filled_by", "seen_by")
        made_from = existing or ProfileField()
        initial = {name: getattr(made_from, name) for name in names}
        super().__init__(data, initial={**initial, "options": "\n".join(made_from.options)})
        if existing is not None:
            del self.fields["kind"]
            if existing.kind != ProfileField.Kind.CHOICE:
                del self.fields["options"]

    def clean_options(self) -> list[str]:
        """One option a line, none twice."""
        lines = (line.strip()[:120] for line in str(self.cleaned_data["options"]).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class HoursForm(Form):
    """The usual hours of a working day."""

    starts = forms.TimeField(label=_("Work begins"))
    lunch_starts = forms.TimeField(label=_("Lunch begins"))
    lunch_ends = forms.TimeField(label=_("Lunch ends"))
    ends = forms.TimeField(label=_("Work ends"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")


class DayForm(Form):
    """A day that differs from its weekday."""

    date = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    )
    works = forms.ChoiceField(
        label=_("On this day"),
        choices=[("no", _("Nobody works: a holiday")), ("yes", _("Work goes on: a shifted working day"))],
        widget=forms.RadioSelect,
    )
    name = TextField(label=_("Name of the day"), max_length=80)

    def clean_date(self) -> dt.date:
        """A year somebody could mean."""
        date: dt.date = self.cleaned_data["date"]
        if not 2000 <= date.year <= 2100:
            raise forms.ValidationError(_("Write a year between 2000 and 2100."))
        return date
