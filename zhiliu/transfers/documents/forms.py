"""Forms of imports of documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.documents import DocumentPlace
from zhiliu.kit.web.forms import Form, TextField


class BringForm(Form):
    """Documents, and their target."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A zipped folder, or one file: Markdown or Word (.docx)."),
        widget=forms.FileInput(attrs={"accept": ".zip,.md,.markdown,.txt,.docx"}),
    )
    library = forms.ChoiceField(label=_("Library"))
    folder = TextField(
        label=_("Folder"),
        max_length=200,
        required=False,
        help_text=_("Where to put everything, for example Handbook/2026. The file’s own folders go below it."),
    )
    drafts = forms.BooleanField(
        label=_("As drafts"),
        required=False,
        help_text=_("Readers see nothing until someone publishes them one by one."),
    )

    def __init__(self, *args: Any, places: list[DocumentPlace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.slug: place for place in places}
        self.fields["library"].choices = [(place.slug, place.name) for place in places]  # type: ignore[attr-defined]
