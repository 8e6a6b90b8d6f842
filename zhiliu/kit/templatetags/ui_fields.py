"""Rendering data of form fields: shape, widget, hint, error, and the attributes that connect them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

PICKED = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field_context(field: BoundField, *, hint: str | None, optional: bool | None, label: str | None) -> dict[str, Any]:
    """Return the context of ``kit/field.html``.

    Args:
        field: a field bound to its form.
        hint: replaces the help text of the field.
        optional: show 选填; by default when the field is not required.
        label: replaces the label; '' keeps it for screen readers only.
    """
    widget = field.field.widget
    hint = str(field.help_text) if hint is None else hint
    attrs = _attrs(field, bool(hint))
    shape = _shape(widget)
    return {
        "field": field,
        "shape": shape,
        "base": _base(field),
        "label": label or field.label,
        "hides_label": label == "",
        "optional": (not field.field.required) if optional is None else optional,
        "hint": hint,
        "described_by": attrs.get("aria-describedby", ""),
        "is_switch": "data-switch" in widget.attrs,
        "widget": field.as_widget(attrs=attrs) if shape in ("tick", "plain") else "",
        "combobox": _combobox(widget),
    }


def _shape(widget: forms.Widget) -> str:
    if isinstance(widget, forms.HiddenInput):
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "group" if isinstance(widget, PICKED) else "plain"


def _base(field: BoundField) -> str:
    """Return the prefix of the ids of hint and error."""
    return field.id_for_label or field.auto_id or field.html_name


def _attrs(field: BoundField, hinted: bool) -> dict[str, Any]:
    widget = field.field.widget
    base = _base(field)
    ids = [f"{base}-hint"] * hinted + [f"{base}-error"] * bool(field.errors)
    attrs: dict[str, Any] = {"aria-describedby": " ".join(ids)} if ids else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if not isinstance(widget, (forms.CheckboxInput, *PICKED)):
        attrs["class"] = f"{_class_of(widget)} {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, forms.Textarea) and "data-controller" not in widget.attrs:
        attrs["data-controller"] = "autogrow"
    if "data-switch" in widget.attrs:
        attrs["role"] = "switch"
    return attrs


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.FileInput):
        return "input file"
    if isinstance(widget, forms.SelectMultiple):
        return "input list"
    return "input select" if isinstance(widget, forms.Select) else "input"


def _combobox(widget: forms.Widget) -> dict[str, Any] | None:
    """Return the settings of the island ``combobox``; without scripts the inner widget is used."""
    if "data-combobox" not in widget.attrs:
        return None
    return {
        "url": widget.attrs["data-combobox"],
        "several": isinstance(widget, forms.SelectMultiple),
        "create": bool(widget.attrs.get("data-create")),
    }
