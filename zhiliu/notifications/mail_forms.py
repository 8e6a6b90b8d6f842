"""The form of the outgoing mail server."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form, TextField

from .mail_server import Server
from .models import MailServer


class MailServerForm(Form):
    """Settings of the outgoing mail server.

    Args:
        row: the current row; None for none.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    host = TextField(
        label=_("Server"), max_length=200, help_text=_("For example smtp.exmail.qq.com or smtp.office365.com.")
    )
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        initial=465,
        help_text=_("Usually 465 with TLS, 587 with STARTTLS."),
    )
    security = forms.ChoiceField(label=_("Encryption"), choices=MailServer.Security.choices, initial="tls")
    user = TextField(label=_("User name"), max_length=200, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown again. Leave empty to keep the current one."),
    )
    sender = TextField(label=_("Sender"), max_length=200, help_text=_("For example “知流 <zhiliu@example.com>”."))

    def __init__(self, data: Any = None, *, row: MailServer | None) -> None:
        names = ("host", "port", "security", "user", "sender")
        initial = {name: getattr(row, name) for name in names} if row else {}
        super().__init__(data, initial={**initial, "version": row.version if row else 0})

    def clean_sender(self) -> str:
        """Validate a mail address, optionally with a name before it."""
        sender = str(self.cleaned_data["sender"])
        try:
            validate_email(parseaddr(sender)[1])
        except ValidationError:
            raise ValidationError(_("Enter an email address, optionally with a name before it.")) from None
        return sender

    def server(self) -> Server:
        """Return the argument for the verb."""
        names = ("host", "port", "user", "password", "security", "sender")
        return Server(**{name: self.cleaned_data[name] for name in names})
