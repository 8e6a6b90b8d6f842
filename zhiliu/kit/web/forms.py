"""Behaviour of all forms: text is cleaned, and a refusal is shown on its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from typing import Any, ParamSpec, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from ..errors import Refused
from ..text.chinese_text import without_invisibles
from ..text.natural_dates import at_local

P = ParamSpec("P")
T = TypeVar("T")


class HasVersion(Protocol):
    """An editable object whose changes are counted."""

    @property
    def version(self) -> int: ...


Edited = TypeVar("Edited", bound=HasVersion)


class TextField(forms.CharField):
    """One line of text: invisible and direction characters are removed before the length is checked.

    Emoji and rare characters stay.
    """

    def to_python(self, value: Any) -> str:
        text = without_invisibles(str(value)) if value not in self.empty_values else ""
        return super().to_python(" ".join(text.split()) if not isinstance(self.widget, forms.Textarea) else text) or ""


class LongTextField(TextField):
    """Several lines of text.

    Args:
        rows: height of the field in lines.
    """

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "data-controller": "autogrow"}))
        super().__init__(**kwargs)


class Form(forms.Form):
    """Base of the product's forms: the form checks the format, the verb everything else."""

    def refuse(self, refused: Refused) -> None:
        """Show a verb's refusal on the field it names, or above the form."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, str(refused.reason))

    def attempt(self, verb: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what ``verb`` returns for these arguments, or None when it refuses; the refusal is shown on the form.

        For verbs that return nothing use :meth:`succeeds`.
        """
        try:
            return verb(*args, **kwargs)
        except Refused as refused:
            self.refuse(refused)
            return None

    def succeeds(self, verb: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Return True if ``verb`` succeeded; a refusal is shown on the form."""
        try:
            verb(*args, **kwargs)
        except Refused as refused:
            self.refuse(refused)
            return False
        return True

    def on_top_of(self, thing: Edited) -> Edited:
        """Set the form's version to the current one of ``thing``, so that a refused form can be sent again.

        Returns:
            ``thing``, which the page shows beside what was typed.
        """
        data: Any = copy(self.data)  # The data of a request are immutable.
        data["version"] = thing.version
        self.data = data
        return thing


class WithMoment(Form):
    """A form with a day and a clock time in the reader's time zone."""

    day_field, clock_field = "day", "clock"

    def moment(self) -> dt.datetime:
        """Return the moment of both fields."""
        return at_local(self.cleaned_data[self.day_field], self.cleaned_data[self.clock_field])

    def clean(self) -> dict[str, Any] | None:
        """Refuse an hour that does not exist because the clocks go forward."""
        cleaned = super().clean()
        if self.cleaned_data.get(self.day_field) and self.cleaned_data.get(self.clock_field) is not None:
            try:
                self.moment()
            except Refused as refused:
                self.add_error(self.clock_field, str(refused.reason))
        return cleaned


class LocalMomentField(forms.DateTimeField):
    """Day and time in one field, in the reader's time zone; the first one if that hour occurs twice."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> dt.datetime | None:
        """Parse the clock time as UTC and add the zone afterwards: Django's field refuses an hour that occurs twice."""
        with timezone.override(dt.UTC):
            moment = super().to_python(value)
        if moment is None or moment.tzinfo is not dt.UTC:
            return moment
        try:
            return at_local(moment.date(), moment.time())
        except Refused as refused:
            raise ValidationError(str(refused.reason), code="no_such_hour") from refused
