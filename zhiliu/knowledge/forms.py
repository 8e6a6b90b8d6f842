"""Forms of knowledge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.web.forms import Form, LongTextField, TextField
from zhiliu.search.typed_tags import split_tags

from .models import Article, Library, Use


class NewForm(Form):
    """Title, library and template of a new article."""

    title = TextField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("What someone would search for. You can change it later."),
    )
    library = forms.ChoiceField(label=_("Library"))
    template = forms.ChoiceField(label=_("Template"), choices=Article.Template.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, libraries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["library"].choices = libraries  # type: ignore[attr-defined]


class MoveForm(Form):
    """The library to move an article to."""

    library = forms.ChoiceField(label=_("Library"))

    def __init__(self, *args: Any, libraries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["library"].choices = libraries  # type: ignore[attr-defined]


class MarkdownField(LongTextField):
    """Markdown text: control characters are removed, surrounding whitespace stays."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)


class EditForm(Form):
    """The working copy, with the version it is based on."""

    title = TextField(label=_("Title"), max_length=120, required=False)
    claim = TextField(
        label=_("In one sentence"),
        max_length=200,
        required=False,
        help_text=_("The takeaway for people who read no further."),
    )
    markdown = MarkdownField(label=_("Text"), max_length=400_000, required=False, rows=24)
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = TextField(label=pgettext_lazy("of a change", "Why"), max_length=200, required=False)


class UseForm(Form):
    """Where an article was used, and the outcome."""

    where = TextField(
        label=_("Where did you use it?"),
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("A customer, a site, a machine, a meeting")}),
    )
    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Use.Outcome.choices, initial=Use.Outcome.UNKNOWN, widget=forms.RadioSelect
    )
    story = LongTextField(
        label=_("In a sentence"),
        max_length=500,
        required=False,
        rows=2,
        help_text=_("What happened, and what you would add."),
    )


class ReviewForm(Form):
    """The result of a review."""

    next_on = forms.DateField(
        label=_("Next review on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    verifies = forms.BooleanField(
        label=_("I checked it: still correct"),
        required=False,
        help_text=_("Readers see that you verified it."),
    )


def _people(several: bool) -> Any:
    """Return a field for people; the view sets its choices."""
    widget = forms.SelectMultiple if several else forms.Select
    kind = forms.MultipleChoiceField if several else forms.ChoiceField
    return lambda label, **kwargs: kind(
        label=label, widget=widget(attrs={"data-combobox": reverse_lazy("directory:search")}), **kwargs
    )


class SettingsForm(Form):
    """The settings of an article."""

    owner = _people(False)(_("Owner"))
    authors = _people(True)(_("Authors"), required=False)
    folder = TextField(
        label=_("Folder"),
        max_length=200,
        required=False,
        help_text=_("As a path. New folders are created: Field work/Door seals"),
    )
    tags = TextField(
        label=_("Tags"), max_length=300, required=False, help_text=_("Separate with commas, at most twelve.")
    )
    audience = forms.ChoiceField(label=_("Who can read it"), choices=Article.Audience.choices, widget=forms.RadioSelect)
    named_readers = _people(True)(
        _("Specific people"), required=False, help_text=_("They can read it regardless of the choice above.")
    )
    review_on = forms.DateField(
        label=_("Next review on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, library: Library, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "authors", "named_readers"):
            self.fields[name].choices = people  # type: ignore[attr-defined]
        if library.community_id is None:
            everybody = (Article.Audience.LIBRARY.value, pgettext_lazy("audience", "All colleagues"))
            named = (Article.Audience.NAMED.value, Article.Audience.NAMED.label)
            self.fields["audience"].choices = [everybody, named]  # type: ignore[attr-defined]

    def clean_folder(self) -> str:
        """Return the path without empty parts, at most five levels, each name truncated."""
        parts = [part.strip()[:80] for part in self.cleaned_data["folder"].replace("／", "/").split("/")]
        return "/".join([part for part in parts if part][:5])

    def clean_tags(self) -> list[str]:
        """Return the tags as a list."""
        return split_tags(self.cleaned_data["tags"])
