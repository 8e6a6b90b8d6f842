"""Forms of governance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.kit.web.http import key_of

from .models import BudgetLine, ReportPlan
from .proposing import QUORUM


def _day(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short", **attrs}, format="%Y-%m-%d")


def _amount(label: Any, lowest: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=Decimal(lowest), max_digits=12, decimal_places=2)


class GoalForm(Form):
    """A goal."""

    title = TextField(label=_("Goal"), max_length=60)
    why = TextField(label=_("Why it matters"), max_length=300, required=False)
    measure = TextField(label=_("How we’ll know it is reached"), max_length=200, required=False)
    owner = forms.ChoiceField(
        label=pgettext_lazy("goal", "Owner"),
        required=False,
        widget=forms.Select(attrs={"data-combobox": reverse_lazy("directory:search")}),
    )
    ends_on = forms.DateField(label=_("Due"), required=False, widget=_day())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        key = key_of(self.data.get("owner") if self.is_bound else self.initial.get("owner"))
        chosen = Person.objects.active().employees().filter(pk=key)
        field.choices = [("", ""), *((item.pk, item.name) for item in chosen)]

    def wanted(self) -> dict[str, Any]:
        """Return the fields of the goal."""
        values = {name: self.cleaned_data[name] for name in ("title", "why", "measure", "ends_on")}
        return {**values, "owner": Person.objects.filter(pk=key_of(self.cleaned_data["owner"])).first()}


class LineForm(Form):
    """A budget line."""

    title = TextField(label=_("What it’s for"), max_length=60)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = _amount(_("Amount in yuan"), "0")


class SpendingForm(Form):
    """A payment from a budget line."""

    line = forms.ChoiceField(label=_("From which line"))
    what = TextField(label=_("What for"), max_length=80)
    amount = _amount(_("Amount in yuan"), "0.01")
    on = forms.DateField(label=pgettext_lazy("spending", "When"), widget=_day())
    bought = TextField(label=_("Spent on"), max_length=200, required=False)
    gathering = forms.ChoiceField(label=_("For which gathering"), required=False)
    receipt = forms.FileField(label=_("Receipt"), required=False)

    def __init__(self, *args: Any, lines: list[BudgetLine], gatherings: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["line"].choices = [(line.pk, line.title) for line in lines]
        choices["gathering"].choices = [("", _("None in particular")), *gatherings]


class PlanForm(Form):
    """The rhythm of reports to sponsors."""

    rhythm = forms.ChoiceField(label=_("Report to sponsors"), choices=ReportPlan.Rhythm.choices)


class ProposalForm(Form):
    """A proposal."""

    title = TextField(label=_("What do you propose?"), max_length=80)
    body = LongTextField(label=_("Why, and what would change"), max_length=4000, rows=6)
    closes_on = forms.DateField(label=_("Vote until"), widget=_day())
    quorum = forms.IntegerField(label=_("Valid if this percentage votes"), min_value=1, max_value=100, initial=QUORUM)

    def closes_at(self) -> dt.datetime:
        """Return the end of the closing day."""
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["closes_on"], dt.time(23, 59)))


class FollowForm(Form):
    """What follows from a decision."""

    text = TextField(label=_("What follows"), max_length=300)
