"""Forms of the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.web.forms import Form, TextField

from .queries import acts


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SearchForm(Form):
    """Search filters."""

    text = TextField(label=pgettext_lazy("audit", "About"), max_length=60, required=False)
    who = TextField(label=pgettext_lazy("audit", "Who"), max_length=60, required=False)
    verb = forms.ChoiceField(label=_("Action"), required=False)
    since = forms.DateField(label=pgettext_lazy("audit", "From"), required=False, widget=_day())
    until = forms.DateField(label=pgettext_lazy("audit", "To"), required=False, widget=_day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["verb"]
        field.choices = [("", _("Everything")), *acts()]
