"""Forms of gatherings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel
from zhiliu.directory import person_fields
from zhiliu.directory.models import Department, Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.web.forms import Form, LocalMomentField, LongTextField, TextField, WithMoment

LENGTHS = (15, 30, 40, 45, 60, 90, 120, 180)


def length_choices() -> list[tuple[int, Any]]:
    """Return the lengths to choose from."""
    return [(length, ngettext_lazy("%(n)s min", "%(n)s min", length) % {"n": length}) for length in LENGTHS]


class NominatedPersonField(person_fields.PersonField):
    """One person, limited to people the viewer may see.

    Args:
        viewer: the person filling in the form.
    """

    def __init__(self, viewer: Person, **kwargs: Any) -> None:
        super().__init__(visible_people(viewer), **kwargs)


class WithPeople(Form):
    """A form with person fields whose options load on demand: long lists of people are not written into the page."""

    def offer_chosen(self) -> None:
        """Fill the selects with the current choices."""
        for name, field in self.fields.items():
            if isinstance(field, NominatedPersonField):
                field.show_only(self.data.get(self.add_prefix(name)) or self.initial.get(name))


class DayField(forms.DateField):
    """A day, chosen with the browser's date picker."""

    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


class ClockField(forms.TimeField):
    """An hour and minute."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")


class TimeForm(WithMoment):
    """Day, hour and length, so that an end before the start is impossible."""

    day = DayField(label=_("Day"))
    clock = ClockField(label=_("Starts at"))
    minutes = forms.TypedChoiceField(label=_("Length"), coerce=int, choices=length_choices)
    place = TextField(label=_("Place"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "rooms"}))
    online_url = forms.URLField(label=_("Online room"), max_length=400, required=False, assume_scheme="https")

    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """Return start and end."""
        # In UTC: Python compares and subtracts two datetimes of the same zone by wall clock.
        start = self.moment().astimezone(dt.UTC)
        return start, start + dt.timedelta(minutes=self.cleaned_data["minutes"])


class WithTopicForm(TimeForm, WithPeople):
    """Sharer and time of a new topic, all optional."""

    day = DayField(label=_("Day"), required=False)
    clock = ClockField(label=_("Starts at"), required=False, initial=dt.time(15, 0))
    minutes = forms.TypedChoiceField(
        label=_("Length"), coerce=int, choices=length_choices, required=False, empty_value="40", initial=40
    )
    i_share = forms.BooleanField(label=_("I’ll speak myself"), required=False)
    online_url = None  # type: ignore[assignment]

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sharer"] = NominatedPersonField(
            viewer,
            label=_("Who to invite as speaker"),
            required=False,
            help_text=_("They are asked and decide."),
        )
        self.offer_chosen()

    def clean_minutes(self) -> int:
        """Fall back to the default length."""
        return int(self.cleaned_data["minutes"])

    def clean_clock(self) -> dt.time | None:
        """Reject a day without an hour."""
        clock: dt.time | None = self.cleaned_data["clock"]
        if clock is None and self.cleaned_data.get("day"):
            raise forms.ValidationError(_("At what time?"))
        return clock

    def wants_gathering(self) -> bool:
        """Return whether any of its fields is filled in."""
        return any(self.cleaned_data[name] for name in ("sharer", "i_share", "day"))


def _feedback_field() -> forms.TypedChoiceField:
    """Return the field that chooses between anonymous and named feedback.

    Its help text warns small groups that anonymous feedback may never be shown.
    """
    return forms.TypedChoiceField(
        label=_("Feedback"),
        coerce=lambda value: value == "named",
        choices=[
            ("", _("Without names: shown once 5 people have answered")),
            ("named", _("With names: the speaker and host see who said what, from the first answer on")),
        ],
        empty_value=False,  # type: ignore[arg-type]
        required=False,
        help_text=_("With fewer than 5 attendees, choose names: otherwise no answers are ever shown."),
    )


class ProposeForm(WithPeople):
    """A gathering about one problem. Its time is fixed in the next step."""

    community = forms.ModelChoiceField(Community.objects.none(), label=_("Community"), empty_label=None)
    title = TextField(
        label=_("What is it about?"), max_length=80, help_text=_("One problem, as you would describe it.")
    )
    for_whom = TextField(label=_("Who is it for?"), max_length=200)
    take_home = TextField(label=_("What will people take away from it?"), max_length=300)
    i_share = forms.BooleanField(label=_("I’ll speak myself"), required=False)
    seats = forms.IntegerField(
        label=_("Seats"), min_value=2, max_value=5000, required=False, help_text=_("Leave empty for no limit.")
    )

    named_feedback = _feedback_field()

    def __init__(self, viewer: Person, communities: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sharer"] = NominatedPersonField(
            viewer,
            label=_("Who to invite as speaker"),
            required=False,
            help_text=_("They are asked and decide."),
        )
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        self.order_fields(
            ["community", "title", "for_whom", "take_home", "i_share", "sharer", "seats", "named_feedback"]
        )
        self.offer_chosen()

    def leave_speakers_for_later(self) -> None:
        """Remove the speaker fields: speakers of lightning talks are asked one by one in the running order."""
        for name in ("i_share", "sharer"):
            del self.fields[name]


class TeaForm(WithMoment, WithPeople):
    """A tea chat for two: who, when, where."""

    community = forms.ModelChoiceField(Community.objects.none(), label=_("Community"), empty_label=None)
    day = DayField(label=_("Day"))
    clock = ClockField(label=_("Starts at"))
    minutes = forms.TypedChoiceField(label=_("Length"), coerce=int, choices=length_choices, initial=30)
    place = TextField(label=_("Place"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "rooms"}))
    title = TextField(label=_("About"), max_length=80, required=False)

    def __init__(self, viewer: Person, communities: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"] = NominatedPersonField(viewer, label=_("Who with"))
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        self.order_fields(["other", "day", "clock", "minutes", "place", "title", "community"])
        if len(communities) == 1:
            self.fields["community"].widget = forms.HiddenInput()
        self.offer_chosen()

    def starts_at(self) -> dt.datetime:
        """Return the start in the reader's time zone."""
        return self.moment()


class DetailsForm(WithPeople):
    """Texts, host and seats, with the version they are based on."""

    title = TextField(label=_("What is it about?"), max_length=80)
    for_whom = TextField(label=_("Who is it for?"), max_length=200, required=False)
    take_home = TextField(label=_("What will people take away from it?"), max_length=300, required=False)
    seats = forms.IntegerField(
        label=_("Seats"), min_value=2, max_value=5000, required=False, help_text=_("Leave empty for no limit.")
    )
    named_feedback = _feedback_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["named_feedback"] = "named" if self.initial.get("named_feedback") else ""
        self.fields["host"] = NominatedPersonField(viewer, label=_("Host"))
        self.offer_chosen()


class InviteForm(WithPeople):
    """The person to invite, with a message."""

    note = LongTextField(
        label=_("Message to them"),
        max_length=300,
        required=False,
        rows=3,
        help_text=_("Why them? Say what they did that others want to hear about."),
    )

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = NominatedPersonField(viewer, label=_("Who to ask"))
        self.order_fields(["person", "note"])
        self.offer_chosen()


class WalkInForm(WithPeople):
    """Someone who came without signing up."""

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = NominatedPersonField(viewer, label=_("Came without signing up"))
        self.offer_chosen()


class NominateForm(WithPeople):
    """The person to nominate, and why."""

    why = LongTextField(
        label=_("Why them?"),
        max_length=300,
        required=False,
        rows=3,
        help_text=_("What did they do that you’d like to hear about? They can read this."),
    )

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = NominatedPersonField(viewer, label=_("Who could speak?"))
        self.order_fields(["person", "why"])
        self.offer_chosen()


class AskedDepartmentField(forms.ModelChoiceField):
    """A department that has a head, labelled with the head's name."""

    def label_from_instance(self, department: Department) -> str:
        """Return name and head, to distinguish departments with the same name."""
        return f"{department.name} · {department.head.name if department.head else ''}"


class DepartmentForm(Form):
    """The department to ask."""

    department = AskedDepartmentField(
        Department.objects.filter(head__is_active=True).select_related("head").order_by("name"),
        label=_("Department"),
        empty_label=_("Choose a department"),
        help_text=_("The head is asked and nominates someone, or declines."),
    )
    note = LongTextField(label=_("Message to them"), max_length=300, required=False, rows=3)


class CounterForm(Form):
    """Up to three alternative times."""

    first = LocalMomentField(label=_("A time that suits you"))
    second = LocalMomentField(label=_("Second option"), required=False)
    third = LocalMomentField(label=_("Third option"), required=False)
    word = TextField(label=_("Your message"), max_length=300, required=False)

    def times(self) -> list[dt.datetime]:
        """Return the given times."""
        return [self.cleaned_data[name] for name in ("first", "second", "third") if self.cleaned_data.get(name)]


class CancelForm(Form):
    """The reason for cancelling."""

    reason = TextField(label=_("Why?"), max_length=300, help_text=_("Everyone who signed up can read this."))


class QuestionForm(Form):
    """A question, with or without a name."""

    text = TextField(label=_("Your question"), max_length=300)
    talk = forms.IntegerField(required=False)
    anonymous = forms.BooleanField(label=_("Post anonymously"), required=False)


class TalkForm(WithPeople):
    """A lightning talk: title, speaker and length."""

    title = TextField(label=_("What is the talk about?"), max_length=80)
    minutes = forms.TypedChoiceField(
        label=_("Length"),
        coerce=int,
        choices=lambda: [(n, ngettext_lazy("%(n)s min", "%(n)s min", n) % {"n": n}) for n in range(5, 11)],
    )

    def __init__(self, viewer: Person, *args: Any, with_speaker: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_speaker:
            self.fields["speaker"] = NominatedPersonField(
                viewer, label=_("Who speaks?"), help_text=_("They are asked and decide.")
            )
            self.order_fields(["title", "speaker", "minutes"])
        self.offer_chosen()


class EveningForm(Form):
    """The channel of an evening, and the guest's minutes."""

    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), empty_label=None)
    guest_minutes = forms.IntegerField(label=_("Minutes for the guest"), min_value=10, max_value=120)

    def __init__(self, channels: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]


class SheetLineForm(Form):
    """A line of the run sheet: text and minute."""

    minute = forms.IntegerField(
        label=_("Minute"),
        min_value=-24 * 60,
        max_value=8 * 60,
        help_text=_("Minutes from the start; −30 is half an hour before."),
    )
    text = TextField(label=_("Announcement title"), max_length=300)


class EndForm(WithPeople):
    """A short summary, and who writes it up."""

    summary = LongTextField(
        label=_("What was said"),
        max_length=20_000,
        rows=8,
        required=False,
        help_text=_("Three sentences are enough: the case, what helped, what to do tomorrow. Markdown is supported."),
    )
    due_on = forms.DateField(
        label=_("Until when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )

    def __init__(self, viewer: Person, *args: Any, with_deposit: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_deposit:
            self.fields["owner"] = NominatedPersonField(viewer, label=_("Who writes it up"))
            self.order_fields(["summary", "owner", "due_on"])
        else:
            del self.fields["due_on"]
        self.offer_chosen()


class SummaryForm(Form):
    """The summary, with the version it is based on."""

    summary = LongTextField(label=_("What was said"), max_length=20_000, rows=10)
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(WithPeople):
    """The owner of the deposit, and the due day."""

    due_on = DayField(label=_("Until when"))

    def __init__(self, viewer: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = NominatedPersonField(viewer, label=_("Who writes it up"))
        self.order_fields(["owner", "due_on"])
        self.offer_chosen()


class ThanksForm(Form):
    """The reason for thanks."""

    reason = TextField(label=_("What helped you?"), max_length=300)


class CodeForm(Form):
    """The six-digit code on the wall."""

    code = TextField(
        label=_("Code on the screen"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short code"}),
    )


class AnswerForm(Form):
    """The answer to a question."""

    answer = LongTextField(label=_("The answer in short"), max_length=2000, required=False, rows=3)


class ChangedForm(Form):
    """What changed because of the feedback."""

    changed = LongTextField(label=_("What did you change?"), max_length=500, rows=3)


class RoomPollForm(Form):
    """A poll for the room, with one option per line."""

    question = TextField(label=_("Question for the room"), max_length=120)
    options = LongTextField(label=_("Options"), max_length=600, rows=4, help_text=_("One per line, 2 to 6"))

    def clean_options(self) -> list[str]:
        """Return the non-empty lines, each short enough for a row on a phone."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if any(len(line) > 40 for line in lines):
            raise forms.ValidationError(_("Options can have at most 40 characters."))
        return lines
