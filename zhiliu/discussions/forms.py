"""Forms of questions and posts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.directory.person_fields import FormWithPeople, PersonField
from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.kit.web.http import key_of
from zhiliu.search.places import PlaceField
from zhiliu.search.typed_tags import split_tags

from .models import Post, Weekday

BODY = 8000


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")


class QuestionForm(Form):
    """A question in one line, with an optional description of the situation."""

    title = TextField(
        label=_("Your question"),
        max_length=120,
        help_text=_("One line, as you would ask a colleague next to you."),
        widget=forms.TextInput(attrs={"placeholder": _("What do you want to know?")}),
    )
    community = PlaceField()
    body = LongTextField(
        label=_("The situation"),
        max_length=BODY,
        required=False,
        rows=5,
        help_text=_("What you tried, and what you saw. Markdown is supported."),
    )
    tags = TextField(label=_("Tags"), max_length=200, required=False, help_text=_("Separate with commas, at most six."))

    source = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def clean_tags(self) -> list[str]:
        """Return the tags as a list."""
        return split_tags(self.cleaned_data["tags"])

    def clean_source(self) -> tuple[str, int] | None:
        """Return the origin as (kind, id), or None if it is invalid."""
        kind, _mark, key = self.cleaned_data["source"].partition("-")
        return (kind, key_of(key)) if kind and key_of(key) else None


class QuestionEditForm(QuestionForm):
    """A question with the version it is based on. Its origin and its community cannot change."""

    source = None  # type: ignore[assignment]
    community = None  # type: ignore[assignment]
    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(Form):
    """An answer."""

    body = LongTextField(label=pgettext_lazy("to a question", "Your answer"), max_length=BODY, rows=4)


class AnswerEditForm(AnswerForm):
    """An answer with the version it is based on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AcceptForm(Form):
    """Why an answer solved the question, and thanks."""

    why = TextField(
        label=_("Why it solved it"),
        max_length=300,
        required=False,
        help_text=_("One sentence for those who come later."),
    )
    thanks = TextField(
        label=_("Thank them"), max_length=300, required=False, help_text=_("They are notified right away.")
    )


class OwnerForm(FormWithPeople):
    """The person who sees to a question."""

    owner = PersonField(Person.objects.active(), label=_("Who will handle it?"), required=False)


class ExpertForm(FormWithPeople):
    """A colleague who may know."""

    person = PersonField(Person.objects.active(), label=_("Ask someone else"))


class PostForm(Form):
    """A post to discuss."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("of a post", "Kind"), choices=Post.Kind.choices, widget=forms.RadioSelect
    )
    title = TextField(label=pgettext_lazy("of a post", "Title"), max_length=120)
    body = LongTextField(
        label=pgettext_lazy("of a post", "Text"),
        max_length=20_000,
        rows=8,
        help_text=_("End with what you would like to hear from colleagues. Markdown is supported."),
    )


class PostEditForm(PostForm):
    """A post with the version it is based on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DutyForm(FormWithPeople):
    """A line of the rota."""

    person = PersonField(Person.objects.active(), label=pgettext_lazy("of a rota", "Who"))
    weekday = forms.TypedChoiceField(label=pgettext_lazy("of a rota", "Day"), choices=Weekday.choices, coerce=int)
    starts = forms.TimeField(label=_("From"), widget=_clock())
    ends = forms.TimeField(
        label=pgettext_lazy("hours on duty", "Until"),
        widget=_clock(),
        help_text=_("If earlier than the start, it means the next day."),
    )


class LimitForm(Form):
    """How many requests a week a person accepts."""

    most = forms.TypedChoiceField(
        label=_("How often can you be asked?"),
        coerce=int,
        widget=forms.RadioSelect,
        # Evaluated per form, so that the words are in the reader's language.
        choices=lambda: [
            (0, _("Never")),
            *((n, ngettext("%(n)s time a week", "%(n)s times a week", n) % {"n": n}) for n in (1, 2, 3, 5)),
        ],
    )


def words_of_tags(tags: Any) -> str:
    """Return the tags as the form shows them."""
    return str(_(", ")).join(sorted(tag.name for tag in tags.all()))
