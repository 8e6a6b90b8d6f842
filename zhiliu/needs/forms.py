"""Forms of needs and topics."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.search.places import PlaceField

from .topics import CHECKLIST

_QUESTIONS = dict(CHECKLIST)


class NeedForm(Form):
    """A need in one line, with an optional description of the situation."""

    title = TextField(
        label=_("What are you stuck with?"),
        max_length=80,
        help_text=_("One line, as you would tell a colleague."),
        widget=forms.TextInput(attrs={"placeholder": _("The last time you were stuck")}),
    )
    community = PlaceField()
    body = LongTextField(label=_("The situation"), max_length=2000, required=False, rows=3)
    anonymous = forms.BooleanField(
        label=_("Post anonymously"),
        required=False,
        help_text=_("We don’t record who posted this. Not even administrators can see it."),
    )


class NeedEditForm(Form):
    """A need's title and body, with the version they are based on."""

    title = TextField(label=_("What are you stuck with?"), max_length=80)
    body = LongTextField(label=_("The situation"), max_length=2000, required=False, rows=4)
    version = forms.IntegerField(widget=forms.HiddenInput)


class TopicForm(Form):
    """A topic and its checklist."""

    title = TextField(label=_("Topic"), max_length=80, help_text=_("Small enough for one hour."))
    for_whom = TextField(label=_("Who it’s for"), max_length=200)
    take_home = TextField(label=_("What you’ll take away"), max_length=300)
    pains = LongTextField(label=_QUESTIONS["pains"], max_length=500, required=False, rows=2)
    differently = LongTextField(label=_QUESTIONS["differently"], max_length=500, required=False, rows=2)
    small_enough = forms.BooleanField(label=_QUESTIONS["small_enough"], required=False)
    solved_by = LongTextField(label=_QUESTIONS["solved_by"], max_length=500, required=False, rows=2)
    seen_by = LongTextField(label=_QUESTIONS["seen_by"], max_length=500, required=False, rows=2)

    def is_challenged(self) -> bool:
        """Return whether the checklist has an answer or an error; otherwise it is collapsed."""
        return any(self[name].value() or self[name].errors for name in _QUESTIONS)


class TopicEditForm(TopicForm):
    """A topic with the version it is based on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseForm(Form):
    """The reason for closing a need."""

    reason = TextField(label=_("Why"), max_length=300, help_text=_("People who need it will read this."))
