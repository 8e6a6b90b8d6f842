"""The form of a survey."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.web.forms import Form, LongTextField

from .asking import MAX_TEXT
from .models import Question, Survey
from .results import GRADES


class SurveyForm(Form):
    """The questions of a survey as fields ``q<id>``.

    Args:
        survey: whose questions are asked.
    """

    def __init__(self, survey: Survey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survey = survey
        for question in survey.questions.all():
            self.fields[f"q{question.pk}"] = _field(question)

    def values(self) -> dict[int, Any]:
        """Return answers by question id, as ``answer_survey`` takes them."""
        return {int(name[1:]): value for name, value in self.cleaned_data.items() if name.startswith("q")}


def _field(question: Question) -> forms.Field:
    if question.kind == Question.Kind.TEXT:
        return LongTextField(label=question.text, max_length=MAX_TEXT, required=question.required, rows=2)
    if question.kind == Question.Kind.SCALE:
        choices: list[tuple[str, Any]] = [(str(grade), str(grade)) for grade in GRADES]
    else:
        choices = [(str(place), text) for place, text in enumerate(question.options)]
    field = forms.ChoiceField(
        label=question.text,
        choices=choices,
        required=question.required,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one"), "invalid_choice": _("Choose one of the answers shown.")},
    )
    field.is_scale = question.kind == Question.Kind.SCALE  # type: ignore[attr-defined]
    # Older surveys have no labels of their own.
    field.ends = question.options or [_("Not at all"), _("Very much")]  # type: ignore[attr-defined]
    return field
