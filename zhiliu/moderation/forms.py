"""Forms of moderation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.kit.web.http import key_of

from .detecting import detectors
from .models import Mode, Policy, Report, Sanction, Word
from .recent_activity import MOST_RECENT
from .screening import mode_of

TERMS = (1, 3, 7, 14, 30, 90)


class ReportForm(Form):
    """The reason for a report."""

    kind = forms.SlugField(max_length=20, widget=forms.HiddenInput)
    id = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=pgettext_lazy("of a report", "What is wrong"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
    )
    words = LongTextField(label=_("What should they know?"), max_length=300, rows=2, required=False)


class SanctionFields(Form):
    """A sanction: its kind, term, reason and rule.

    Args:
        community: whose rules can be named. kinds: what the moderator may impose.
    """

    sanction = forms.ChoiceField(label=pgettext_lazy("moderation", "Sanction"))
    days = forms.TypedChoiceField(
        label=pgettext_lazy("of a sanction", "For how long"),
        # Evaluated per form: at import, the words would be in the process's default language.
        choices=lambda: [(days, ngettext("%(n)s day", "%(n)s days", days) % {"n": days}) for days in TERMS],
        coerce=int,
        initial=3,
        required=False,
        help_text=_("A warning has no end date."),
    )
    reason = TextField(label=pgettext_lazy("of a sanction", "Reason"), max_length=300)
    rule = forms.ChoiceField(label=pgettext_lazy("of a sanction", "By which rule"), required=False)

    def __init__(self, *args: Any, community: Community | None, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Sanction.Kind.choices)
        sanction: Any = self.fields["sanction"]
        rule: Any = self.fields["rule"]
        sanction.choices = [(kind, labels[kind]) for kind in kinds]
        rule.choices = [("", _("Not given")), *((text, text) for text in rules_of(community))]

    def until(self) -> dt.datetime:
        """Return the end of the term."""
        return timezone.now() + dt.timedelta(days=self.cleaned_data.get("days") or 3)


class CaseForm(SanctionFields):
    """The message to the author, and an optional sanction."""

    words = LongTextField(label=_("Message to the author"), max_length=1000, rows=3, required=False)

    def __init__(self, *args: Any, community: Community | None, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, community=community, kinds=kinds, **kwargs)
        sanction: Any = self.fields["sanction"]
        sanction.choices = [("", pgettext_lazy("sanction", "None")), *sanction.choices]
        sanction.required = self.fields["reason"].required = False
        if not kinds:
            for name in ("sanction", "days", "reason", "rule"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Require a reason for a sanction."""
        cleaned = super().clean() or {}
        if cleaned.get("sanction") and not cleaned.get("reason"):
            self.add_error("reason", _("Give the reason. The person can read it."))
        return cleaned


class SanctionForm(SanctionFields):
    """A sanction for behaviour outside messages; also asks for the person."""

    person = forms.ChoiceField(
        label=pgettext_lazy("of a sanction", "Who"),
        widget=forms.Select(attrs={"data-combobox": reverse_lazy("directory:search")}),
    )
    field_order = ("person", "sanction", "days", "reason", "rule")

    def __init__(self, *args: Any, community: Community, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, community=community, kinds=kinds, **kwargs)
        pk = key_of(self.data.get("person") if self.is_bound else self.initial.get("person"))
        self.chosen = Person.objects.filter(pk=pk, memberships__community=community).first()
        person: Any = self.fields["person"]
        person.error_messages["invalid_choice"] = _("Choose a member of this community.")
        person.choices = [("", ""), *((item.pk, item.name) for item in [self.chosen] if item)]


def rules_of(community: Community | None) -> list[str]:
    """Return the rules of a community one by one, if each has its own line."""
    rulebook = community.rulebooks.first() if community else None
    lines = [line.strip(" -*•\t0123456789.、") for line in rulebook.text.splitlines()] if rulebook else []
    return list(dict.fromkeys(line[:300] for line in lines if line))[:30]


class AppealForm(Form):
    """The text of an appeal."""

    words = LongTextField(label=pgettext_lazy("of an appeal", "Why"), max_length=1000, rows=4)


class AnswerForm(Form):
    """The answer to an appeal."""

    answer = LongTextField(label=pgettext_lazy("of an appeal", "Answer"), max_length=1000, rows=4)


class PolicyForm(Form):
    """The mode of each detector, and the limits of messages per hour."""

    newcomer_limit = forms.IntegerField(
        label=_("Messages an hour in the first 7 days"), min_value=1, max_value=MOST_RECENT
    )
    member_limit = forms.IntegerField(label=_("Messages an hour after that"), min_value=1, max_value=MOST_RECENT)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, policy: Policy) -> None:
        initial = {name: getattr(policy, name) for name in ("newcomer_limit", "member_limit", "version")}
        super().__init__(data, initial=initial)
        for detector in detectors:
            self.fields[f"mode_{detector.key}"] = forms.ChoiceField(
                label=detector.name,
                help_text=detector.hint,
                choices=Mode.choices,
                initial=mode_of(policy, detector.key),
            )

    @property
    def mode_fields(self) -> list[Any]:
        """Return one field per detector."""
        return [self[f"mode_{detector.key}"] for detector in detectors]

    def modes(self) -> dict[str, str]:
        """Return the chosen modes by detector."""
        return {detector.key: self.cleaned_data[f"mode_{detector.key}"] for detector in detectors}


class TemplateForm(Form):
    """A canned response to authors."""

    title = TextField(label=_("Title"), max_length=40)
    text = LongTextField(label=_("Message to the author"), max_length=1000, rows=3)
    fits = forms.ChoiceField(
        label=_("Suggested for"),
        choices=[("", pgettext_lazy("reasons", "None: chosen by hand")), *Report.Reason.choices],
        required=False,
    )


class WordsForm(Form):
    """Words for the organisation's list."""

    words = LongTextField(
        label=pgettext_lazy("of a list", "Words"), max_length=20_000, rows=4, help_text=_("One per line")
    )
    weight = forms.TypedChoiceField(
        label=pgettext_lazy("of a word", "Effect"), choices=Word.Weight.choices, coerce=int, initial=1
    )

    def clean_words(self) -> list[str]:
        """Return the lines; each must be short enough."""
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if any(len(line) > 40 for line in lines):
            raise forms.ValidationError(_("Words can have at most 40 characters."))
        return lines
