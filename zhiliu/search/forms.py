"""Forms of the search."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.web.forms import Form, TextField


class SynonymsForm(Form):
    """Words of like meaning, in one line."""

    words = TextField(
        label=pgettext_lazy("of like meaning", "Words that mean the same"),
        max_length=300,
        help_text=_("Separated by commas"),
    )
