"""Forms of shared files."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form, TextField


class ShareForm(Form):
    """Folder and description of files to share; the files themselves are sent separately."""

    folder = TextField(
        label=_("Folder"), max_length=40, required=False, widget=forms.TextInput(attrs={"list": "folders"})
    )
    note = TextField(label=_("Description"), max_length=200, required=False)


class DescribeForm(ShareForm):
    """Name, folder and note of a shared file."""

    name = TextField(label=_("Name"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("name", "folder", "note")
