"""Forms of conversations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.community_news import news
from zhiliu.kit.web.forms import Form, LongTextField, TextField

from .models import Channel, ChannelMembership, OutgoingHook

KINDS = [
    (Channel.Kind.PUBLIC, _("Public: anyone who can see the community can read")),
    (Channel.Kind.PRIVATE, _("Private: only people who are added")),
]


class ChannelForm(Form):
    """The settings of a channel."""

    name = TextField(label=pgettext_lazy("of a channel", "Name"), max_length=40)
    purpose = TextField(label=_("Purpose"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Who can read"), choices=KINDS, initial=Channel.Kind.PUBLIC, widget=forms.RadioSelect
    )
    posting = forms.ChoiceField(
        label=_("Who can write"),
        choices=Channel.Posting.choices,
        initial=Channel.Posting.EVERYBODY,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class InvolvementForm(Form):
    """The notification level of a channel."""

    involvement = forms.ChoiceField(choices=ChannelMembership.Involvement.choices)


class IncomingHookForm(Form):
    """The name of a program that posts in a channel."""

    name = TextField(label=_("Name of the program"), max_length=40, help_text=_("Readers see this as the author."))


class OutgoingHookForm(Form):
    """The address of a program or robot, and what is sent to it."""

    kind = forms.ChoiceField(label=_("Message text"), choices=OutgoingHook.Kind.choices, initial=OutgoingHook.Kind.JSON)
    robot_secret = forms.CharField(
        label=_("Secret of the robot"),
        max_length=120,
        required=False,
        help_text=_("DingTalk: 加签, starts with SEC. Feishu: 签名校验. Others have none."),
    )
    tells = forms.MultipleChoiceField(
        label=_("What is sent"), initial=["messages"], widget=forms.CheckboxSelectMultiple
    )
    url = forms.URLField(label=_("Web address"), max_length=400, assume_scheme="https")

    field_order = ("kind", "url", "robot_secret", "tells")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("messages", _("Messages of this channel")), *((key, news.get(key).label) for key in news.names())]  # type: ignore[union-attr]
        self.fields["tells"].choices = choices  # type: ignore[attr-defined]


class CommandHookForm(Form):
    """A command that a program answers."""

    word = TextField(label=_("Command"), max_length=21, help_text=_("One word; members type it after /."))
    hint = TextField(label=_("What it does"), max_length=80, required=False)
    url = forms.URLField(label=_("Web address"), max_length=400, assume_scheme="https")


# How long a poll stays open, in minutes.
LASTING = [
    (60, _("One hour")),
    (4 * 60, _("Four hours")),
    (24 * 60, _("One day")),
    (3 * 24 * 60, _("Three days")),
    (7 * 24 * 60, _("One week")),
]


class ChannelPollForm(Form):
    """A poll in a channel: question, options one per line, and how long it stays open."""

    question = TextField(label=_("Question"), max_length=120)
    options = LongTextField(label=_("Options"), max_length=1000, rows=3, help_text=_("One per line, 2 to 10"))
    lasts = forms.TypedChoiceField(label=_("Stays open for"), choices=LASTING, coerce=int, initial=24 * 60)
    is_secret = forms.BooleanField(
        label=_("Secret ballot"),
        required=False,
        help_text=_("Votes are secret. Counts appear at the end."),
    )
    root = forms.IntegerField(widget=forms.HiddenInput, required=False)
    client = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def clean_options(self) -> list[str]:
        """Return the non-empty lines."""
        return [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]


class ForwardForm(Form):
    """Where a message is forwarded to, with a comment."""

    into = forms.TypedChoiceField(label=pgettext_lazy("where a message is forwarded", "To"), coerce=int)
    comment = LongTextField(
        label=pgettext_lazy("with a forwarded message", "Note"), max_length=8000, rows=2, required=False
    )
    consents = forms.BooleanField(
        label=_("These words leave the circle they were said in"),
        required=False,
        help_text=_("They were said in private. Who reads them there sees the author’s name and the words."),
    )
    client = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
