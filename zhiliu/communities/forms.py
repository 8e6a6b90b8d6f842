"""Forms of communities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.person_fields import DepartmentField
from zhiliu.kit.web.forms import Form, LongTextField, TextField, WithMoment
from zhiliu.kit.web.http import key_of

from .community_content import Chosen, belongings
from .models import Community, Opening, PreparedAnnouncement
from .role_permissions import Admission, Feature, Kind


def _day_field() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


def _clock_field() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")


class StartForm(Form):
    """A community to start."""

    name = TextField(label=_("Name"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect)
    purpose = TextField(label=_("Purpose"), max_length=200, required=False)
    department = DepartmentField(
        label=_("Initial members"),
        required=False,
        help_text=_("A whole department with all its teams. You can invite others at any time."),
    )


class SettingsForm(Form):
    """Settings of a community."""

    name = TextField(label=_("Name"), max_length=40)
    mark = TextField(label=_("Mark"), max_length=2, help_text=_("One character, shown as the community’s icon."))
    purpose = TextField(label=_("Purpose"), max_length=200, required=False)
    visibility = forms.ChoiceField(
        label=_("Who can read"),
        choices=Community.Visibility.choices,
        widget=forms.RadioSelect,
        help_text=_("All colleagues see its name and purpose, so they can ask to join. Guests see neither."),
    )
    admission = forms.ChoiceField(label=_("How to join"), choices=Admission.choices, widget=forms.RadioSelect)
    member_limit = forms.IntegerField(
        label=_("Maximum members"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Leave empty for no limit. When it is full, people join the waiting list."),
    )
    features = forms.MultipleChoiceField(
        label=_("Switched on"), choices=Feature.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    sessions_a_month = forms.IntegerField(label=_("Gatherings a month"), min_value=0, max_value=20)


class JoinForm(Form):
    """A request to join."""

    note = TextField(label=_("Message to the managers"), max_length=300, required=False)


class RulebookForm(Form):
    """The rules, one per line."""

    text = LongTextField(label=_("Rules"), max_length=8000, rows=8)


class AnnouncementForm(Form):
    """An announcement."""

    title = TextField(label=_("Title"), max_length=80)
    body = LongTextField(label=_("Text"), max_length=8000, rows=6)


class InviteForm(Form):
    """Colleagues to add as members, or a guest."""

    people = forms.MultipleChoiceField(
        label=_("Colleagues"),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-combobox": reverse_lazy("directory:search")}),
    )
    department = DepartmentField(
        label=_("A whole department"), required=False, help_text=_("Including sub-departments")
    )
    how = forms.ChoiceField(
        label=_("How they join"),
        choices=[("now", _("Add them as members right away")), ("ask", _("Invite them: each can accept or decline"))],
        widget=forms.RadioSelect,
        initial="now",
        required=False,
    )
    guest_name = TextField(label=_("Guest’s name"), max_length=80, required=False)
    guest_email = forms.EmailField(label=_("Guest’s email address"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        wanted = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        # The view checks ids against what the inviting person may see; the form only checks their shape.
        field.choices = [(value, value) for value in wanted if key_of(value)]


class LinkForm(Form):
    """An invitation link."""

    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=365, initial=14)
    most = forms.IntegerField(
        label=_("Maximum uses"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Leave empty for no limit"),
    )
    note = TextField(label=_("Where you posted it"), max_length=60, required=False)


class HomeTextForm(Form):
    """A text of the home page."""

    title = TextField(label=_("Title"), max_length=40)
    text = LongTextField(
        label=_("Text"), max_length=4000, rows=6, help_text=_("Supports lists, links and bold, as in articles")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OccasionForm(Form):
    """An occasion of the calendar."""

    title = TextField(label=_("Title"), max_length=60)
    starts_on = forms.DateField(label=_("First day"), widget=_day_field())
    ends_on = forms.DateField(
        label=_("Last day"), widget=_day_field(), required=False, help_text=_("Leave empty for a single day")
    )
    note = TextField(label=_("What to know"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of the verbs."""
        found = self.cleaned_data
        days = {"starts_on": found["starts_on"], "ends_on": found["ends_on"] or found["starts_on"]}
        return {"title": found["title"], "note": found["note"], **days}


class PhaseForm(Form):
    """The next phase of a community."""

    after = forms.ChoiceField(choices=Community.Phase.choices, widget=forms.HiddenInput)
    why = TextField(label=_("Reason, in one line"), max_length=200, required=False)


class MergeForm(Form):
    """The target of a merge."""

    target = forms.ChoiceField(label=_("Target community"))

    def __init__(self, *args: Any, targets: list[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        field.choices = [("", _("Choose…")), *((target.slug, target.name) for target in targets)]


class SplitForm(Form):
    """The people and contents of a new community."""

    name = TextField(label=_("Name of the new community"), max_length=40)
    departments = forms.MultipleChoiceField(
        label=_("Members of these departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.MultipleChoiceField(
        label=_("And these members too"),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-combobox": reverse_lazy("directory:search")}),
    )
    stay = forms.BooleanField(
        label=_("They also stay here"),
        required=False,
        initial=True,
        help_text=_("Otherwise they are removed from this community."),
    )

    def __init__(
        self, *args: Any, community: Community, departments: list[tuple[int, str, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["departments"].choices = [(key, f"{name} ({count})") for key, name, count in departments]
        wanted = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        # The verb ignores people who are no members.
        choices["people"].choices = [(value, value) for value in wanted if key_of(value)]
        for belonging in belongings:
            options = belonging.options(community)
            if options:
                self.fields[f"things-{belonging.key}"] = forms.MultipleChoiceField(
                    label=belonging.name, required=False, choices=options, widget=forms.CheckboxSelectMultiple
                )

    def things(self) -> Chosen:
        """Return the chosen contents, by content type."""
        found = {name.removeprefix("things-"): value for name, value in self.cleaned_data.items() if "things-" in name}
        return {key: {int(value) for value in values} for key, values in found.items()}


class PlanForm(WithMoment):
    """Sub-communities to create, and when they open."""

    day_field = "first_on"

    part = forms.ChoiceField(label=_("Which communities"), choices=Opening.Part.choices, widget=forms.RadioSelect)
    names = LongTextField(label=_("Names, one per line"), max_length=2000, rows=4, required=False)
    existing = forms.MultipleChoiceField(
        label=_("Existing communities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An incubating community opens on its date. An open one is only announced."),
    )
    first_on = forms.DateField(label=_("The first one opens on"), widget=_day_field())
    clock = forms.TimeField(label=_("At"), widget=_clock_field())
    every_days = forms.IntegerField(
        label=_("Days until the next one"), min_value=0, max_value=180, help_text=_("0: all at once")
    )

    def __init__(self, *args: Any, existing: Iterable[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communities = {str(community.pk): community for community in existing}
        fields: Any = self.fields
        if self.communities:
            names = (
                (key, f"{community.name} · {community.get_phase_display()}")
                for key, community in self.communities.items()
            )
            fields["existing"].choices = list(names)
        else:
            del fields["existing"]
            parts = (choice for choice in Opening.Part.choices if choice[0] != Opening.Part.EXISTING)
            fields["part"].choices = list(parts)

    def chosen(self) -> list[Community]:
        """Return the chosen existing communities, which get a stage too."""
        return [self.communities[key] for key in self.cleaned_data.get("existing", ())]

    def first(self) -> dt.datetime:
        """Return when the first one opens."""
        return self.moment()


class OpeningForm(WithMoment):
    """When a community opens."""

    day = forms.DateField(label=_("Opens on"), widget=_day_field())
    clock = forms.TimeField(label=_("At"), widget=_clock_field())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def opens_at(self) -> dt.datetime:
        """Return the time."""
        return self.moment()


class PreparedForm(Form):
    """An announcement sent around an opening."""

    audience = forms.ChoiceField(
        label=_("Recipients"), choices=PreparedAnnouncement.Audience.choices, widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=_("Days after the opening"), min_value=-90, max_value=180, help_text=_("-7: a week before it")
    )
    title = TextField(label=_("Title"), max_length=80)
    body = LongTextField(
        label=_("Text"),
        max_length=8000,
        rows=6,
        help_text=_("{day} is replaced by the opening date, even if it changes"),
    )
