"""Forms of people and sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.web.forms import Form, LongTextField, TextField

from .fields import cleaned_value, inputs
from .models import Person, ProfileField
from .person_fields import TimeZoneField


class SignInForm(Form):
    """Number or mail address, and password."""

    username = TextField(
        label=_("Employee number or email"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"), max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ProfileForm(Form):
    """The editable part of a person's profile.

    Args:
        person: whose profile. defined: custom fields to fill in.
    """

    tagline = TextField(
        label=_("Tagline"),
        max_length=120,
        required=False,
        help_text=_("How colleagues should approach you, in your words."),
    )
    skills = TextField(
        label=_("Your skills"),
        max_length=600,
        required=False,
        help_text=_("Separate with commas. Colleagues can endorse each one."),
    )
    experience = LongTextField(label=_("Your experience so far"), max_length=2000, required=False)
    pinyin = TextField(label=_("How to read your name"), max_length=120, required=False)
    time_zone = TimeZoneField(
        label=_("Time zone"), required=False, help_text=_("Dates and times are shown in this time zone.")
    )

    def __init__(self, data: Any = None, *, person: Person, defined: list[ProfileField]) -> None:
        skills = "，".join(claim.skill.name for claim in person.skills.select_related("skill"))
        initial = {name: getattr(person, name) for name in ("tagline", "experience", "pinyin", "time_zone")}
        super().__init__(data, initial={**initial, "skills": skills})
        self.defined = defined
        self.fields.update(inputs(defined, person.extra))

    def clean_skills(self) -> list[str]:
        """Return a list of names."""
        return str(self.cleaned_data["skills"]).replace("，", ",").replace("、", ",").split(",")

    def told(self) -> dict[str, Any]:
        """Return the arguments for the verb."""
        names = ("tagline", "experience", "pinyin", "time_zone", "skills")
        values = cleaned_value(self.defined, self.cleaned_data)
        return {**{name: self.cleaned_data[name] for name in names}, "values": values}

    def defined_fields(self) -> list[Any]:
        """Return the custom fields."""
        return [self[field.input_name] for field in self.defined]


class PhotoForm(Form):
    """A picture to show as somebody's photo."""

    # Any picture: formats that Django does not know, such as HEIC, are read as well.
    photo = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or HEIC, at most 20 MB. Location and camera data are removed."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class PhotoImportForm(Form):
    """A ZIP file with photos of many people."""

    packed = forms.FileField(
        label=_("ZIP file"),
        help_text=_("Pictures named by employee number, such as 1024.jpg; at most 200. Existing photos are replaced."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )


class PhotoRemovalForm(Form):
    """Why somebody else's photo is removed."""

    reason = TextField(label=_("Reason"), max_length=200, help_text=_("The person reads it."))


WEAKNESSES = {
    "password_too_short": _("Too short: at least 10 characters."),
    "password_too_common": _("Many people use this one. Choose another."),
    "password_entirely_numeric": _("Not only digits: add letters or words."),
    "password_too_easy": _("This one is easy to guess. Choose another."),
}


class PasswordForm(Form):
    """A new password, typed once.

    Args:
        person: whose password; it must not resemble their data.
    """

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A sentence is good."),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        self.person = person

    def clean_password(self) -> str:
        """Validate it against common weaknesses."""
        password = str(self.cleaned_data["password"])
        try:
            validate_password(password, self.person)
        except ValidationError as error:
            # A short or common password is also easy to guess, so that message is dropped. Own texts replace Django's,
            # whose translation lags.
            errors = error.error_list
            more = [validation_error for validation_error in errors if validation_error.code != "password_too_easy"]
            raise ValidationError(
                [WEAKNESSES.get(validation_error.code or "", validation_error) for validation_error in more or errors]
            ) from None
        return password


class OwnPasswordForm(PasswordForm):
    """A new password for the signed-in person; requires the old one."""

    old = forms.CharField(
        label=_("Current password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenForm(Form):
    """A request to reset a password."""

    username = TextField(
        label=_("Employee number or email"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )


class GuestForm(Form):
    """An external person to invite."""

    name = TextField(label=pgettext_lazy("person", "Name"), max_length=80)
    email = forms.EmailField(label=_("Email address"), max_length=200)
