"""Forms of polls."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form, LongTextField, TextField


class PollForm(Form):
    """A question, its options one per line, and the closing day."""

    question = TextField(label=_("Question"), max_length=120)
    options = LongTextField(label=_("Options"), max_length=1200, rows=4, help_text=_("One per line, 2 to 12"))
    closes_on = forms.DateField(
        label=_("Open until the end of"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    is_secret = forms.BooleanField(
        label=_("Secret ballot"),
        required=False,
        help_text=_("Votes are secret. Counts appear at the end."),
    )

    def clean_options(self) -> list[str]:
        """Return the non-empty lines; each must be short enough for a row."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if any(len(line) > 80 for line in lines):
            raise forms.ValidationError(_("Options can have at most 80 characters."))
        return lines

    def closes_at(self) -> dt.datetime:
        """Return the end of the chosen day."""
        end = dt.datetime.combine(self.cleaned_data["closes_on"], dt.time(23, 59, 59))
        return timezone.make_aware(end)
