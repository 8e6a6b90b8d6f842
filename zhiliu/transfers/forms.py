"""Forms of imports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form


class FileForm(Form):
    """A file, and its declared type."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX; a number and a name in each line."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    full = forms.BooleanField(
        label=_("This is the full list"),
        required=False,
        help_text=_("You see who is missing from it. No one is removed automatically."),
    )
