"""Forms of administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.errors import Refused
from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.kit.web.site import clean_address

from ..fields import cleaned_value, current_fields, inputs
from ..models import Location, Organisation, Person, Position, ProfileField
from ..person_fields import DepartmentField, FormWithPeople, PersonField, TimeZoneField

OWN = ("name", "employee_number", "email", "department", "position", "location", "manager", "hired_on")


class PersonForm(FormWithPeople):
    """The data administrators keep about a person, including custom fields.

    Args:
        person: whose; None for a new one.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TextField(label=pgettext_lazy("person", "Name"), max_length=80)
    employee_number = TextField(label=pgettext_lazy("person", "Number"), max_length=40, required=False)
    email = forms.EmailField(label=_("Email address"), max_length=200, required=False)
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
        """Return fields of the person, as the verbs take them."""
        values = {name: self.cleaned_data[name] for name in OWN}
        return {**values, "employee_number": values["employee_number"] or None, "email": values["email"] or None}

    def values(self) -> dict[str, str]:
        """Return values of the custom fields."""
        return cleaned_value(self.defined, self.cleaned_data)

    def own_fields(self) -> list[Any]:
        """Return the first part of the form."""
        return [self[name] for name in OWN]

    def defined_fields(self) -> list[Any]:
        """Return the custom fields."""
        return [self[field.input_name] for field in self.defined]


class OrganisationForm(Form):
    """Settings of the organisation.

    Args:
        row: the current row. proposed: initial address while none is set.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = TextField(label=_("Name"), max_length=80)
    welcome = TextField(
        label=_("Line on the sign-in page"),
        max_length=80,
        required=False,
        help_text=_("Shown next to the password field."),
    )
    address = TextField(
        label=_("Web address"),
        max_length=200,
        required=False,
        help_text=_(
            "The web address of Zhiliu: https://zhiliu.example.com. Links, emails and calendars start with it."
        ),
    )
    sure = forms.BooleanField(label=_("I opened it in my browser and it works"), required=False)
    logo = forms.ImageField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG or WebP; best square, at least 128 pixels.")
    )
    photos = forms.ChoiceField(
        label=_("Photos of people"),
        choices=Organisation.Photos.choices,
        help_text=_("Without photos, people are shown by the end of their name."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, help_text=_("For people who haven’t chosen one."))
    time_zone = TimeZoneField(label=_("Time zone"), required=False, help_text=_("For people who haven’t chosen one."))

    def __init__(self, data: Any = None, files: Any = None, *, row: Organisation, proposed: str) -> None:
        initial = {
            name: getattr(row, name) for name in ("version", "name", "welcome", "photos", "language", "time_zone")
        }
        super().__init__(data, files, initial={**initial, "address": row.address or proposed})
        self.row = row
        by_default = dict(settings.LANGUAGES)[settings.LANGUAGE_CODE]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("As installed: %(choice)s") % {"choice": by_default}),
            *settings.LANGUAGES,
        ]
        if settings.ADDRESS_IS_DECLARED:
            del self.fields["address"]
        self._doubted = False

    def clean_address(self) -> str:
        """Return the stored form; '' for none."""
        text = str(self.cleaned_data["address"])
        try:
            return clean_address(text) if text else ""
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None

    def doubt(self, fault: str) -> None:
        """Report that the address could not be opened from this server, and offer to save it anyway."""
        self._doubted = True
        self.add_error("address", fault)

    @property
    def offers_sure(self) -> bool:
        """Return True if the form offers to save a doubtful address."""
        return self._doubted

    def known(self) -> dict[str, str]:
        """Return fields of the organisation, as the verb takes them."""
        names = ("name", "welcome", "address", "photos", "language", "time_zone")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class DepartmentForm(FormWithPeople):
    """A department: its name, parent and head."""

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
    """A custom profile field. Its kind cannot change later.

    Args:
        existing: the field to change; None for a new one.
    """

    label = TextField(label=_("Field name"), max_length=40)
    label_en = TextField(label=_("In English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Type of answer"), choices=ProfileField.Kind.choices, widget=forms.RadioSelect)
    options = LongTextField(
        label=_("Choices"),
        max_length=4000,
        required=False,
        help_text=_("For a list: one per line. People keep values you remove later."),
    )
    filled_by = forms.ChoiceField(
        label=_("Who fills it in"), choices=ProfileField.Filler.choices, widget=forms.RadioSelect
    )
    seen_by = forms.ChoiceField(
        label=_("Visible to"),
        choices=ProfileField.Reader.choices,
        widget=forms.RadioSelect,
        help_text=_("Guests never see it. Colleagues can search by what they see."),
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
        """Return one option per line, without duplicates."""
        lines = (line.strip()[:120] for line in str(self.cleaned_data["options"]).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class HoursForm(Form):
    """The working hours of a day."""

    starts = forms.TimeField(label=_("Work starts"))
    lunch_starts = forms.TimeField(label=_("Lunch starts"))
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
        choices=[("no", _("Day off: a holiday")), ("yes", _("Working day: adjusted for a holiday"))],
        widget=forms.RadioSelect,
    )
    name = TextField(label=_("Name of the day"), max_length=80)

    def clean_date(self) -> dt.date:
        """Check for a plausible year."""
        date: dt.date = self.cleaned_data["date"]
        if not 2000 <= date.year <= 2100:
            raise forms.ValidationError(_("Enter a year between 2000 and 2100."))
        return date
