"""Form fields that choose a person or a department."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy

from zhiliu.kit.forms import Form
from zhiliu.kit.http import key_of

from .models import Department, Person


class PersonField(forms.ModelChoiceField):
    """One person, found by name, pinyin or initials.

    Args:
        people: who may be chosen.
    """

    def __init__(self, people: QuerySet[Person], **kwargs: Any) -> None:
        widget = forms.Select(attrs={"data-combobox": reverse_lazy("directory:search")})
        super().__init__(people, widget=widget, empty_label="", **kwargs)

    def keep(self, person: Person | None) -> None:
        """Take whom the form was made with whatever has become of them: saving another field must not drop them."""
        if person is not None:
            self.queryset = Person.objects.filter(Q(pk=person.pk) | Q(pk__in=self.queryset.values("pk")))  # type: ignore[union-attr]

    def show_only(self, chosen: Any) -> None:
        """Offer only what is chosen already; the others are searched for, not written into the page."""
        key = chosen.pk if isinstance(chosen, Person) else chosen
        people = self.queryset.filter(pk=key) if key_of(key) and self.queryset is not None else []
        self.widget.choices = [("", ""), *((person.pk, person.name) for person in people)]


class FormWithPeople(Form):
    """A form with person fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, PersonField):
                first = self.initial.get(name)
                field.keep(first if isinstance(first, Person) else None)
                field.show_only(self.data.get(self.add_prefix(name)) or first)


class DepartmentField(forms.ModelChoiceField):
    """One department, those below others indented."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Department.objects.with_tree_fields(), empty_label="—", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """The name under its place in the tree."""
        return f"{'　' * obj.tree_depth}{obj.name}"
