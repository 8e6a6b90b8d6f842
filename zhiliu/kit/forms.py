"""What all forms share: text is cleaned, and a refusal lands on its field."""

from __future__ import annotations

from typing import Any

from django import forms

from .errors import Refused
from .hanzi import without_invisibles


class TextField(forms.CharField):
    """One line of text: invisible and direction characters removed, length checked after that.

    Emoji and rare characters stay.
    """

    def to_python(self, value: Any) -> str:
        text = without_invisibles(str(value)) if value not in self.empty_values else ""
        return super().to_python(" ".join(text.split()) if not isinstance(self.widget, forms.Textarea) else text) or ""


class LongTextField(TextField):
    """Several lines of text.

    Args:
        rows: height of the field in lines.
    """

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "data-controller": "autogrow"}))
        super().__init__(**kwargs)


class Form(forms.Form):
    """Base of the product's forms: shape is checked here, truth by the verb."""

    def refuse(self, refused: Refused) -> None:
        """Show a verb's refusal on the field it names, or above the form."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, str(refused.reason))
