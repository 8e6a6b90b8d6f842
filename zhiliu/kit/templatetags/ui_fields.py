"""How one form field becomes HTML: label, widget, hint, error, and the attributes that tie them together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

PICKED = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def render_field(
    field: BoundField, *, hint: str | None, optional: bool | None, label: str | None, icon: SafeString
) -> SafeString:
    """The whole field.

    Args:
        field: a field bound to its form.
        hint: replaces the help text of the field.
        optional: show 选填; by default when the field is not required.
        label: replaces the label; '' keeps it for screen readers only.
        icon: the mark in front of an error.
    """
    widget = field.field.widget
    hint = str(field.help_text) if hint is None else hint
    optional = (not field.field.required) if optional is None else optional
    notes = _notes(field, hint, icon)
    attrs = _attrs(field, bool(hint))
    if isinstance(widget, forms.HiddenInput):
        return field.as_widget()
    if isinstance(widget, forms.CheckboxInput):
        return _tick(field, attrs, notes, label)
    text = _label_text(field, label, optional)
    if isinstance(widget, PICKED):
        return _group(field, attrs, text, notes, label)
    drawn = field.as_widget(attrs=attrs)
    if "data-combobox" in widget.attrs:
        drawn = _combobox(widget, drawn)
    tag = format_html('<label for="{}"{}>{}</label>', field.id_for_label, _label_class(label), text)
    return format_html('<div class="field{}">{}{}{}</div>', _wrong(field), tag, drawn, notes)


def _wrong(field: BoundField) -> str:
    return " wrong" if field.errors else ""


def _label_class(label: str | None) -> SafeString:
    return mark_safe(' class="hidden-text"') if label == "" else mark_safe("")


def _label_text(field: BoundField, label: str | None, optional: bool) -> SafeString:
    mark = format_html(' <span class="optional">{}</span>', gettext("optional")) if optional else ""
    return format_html("{}{}", label or field.label, mark)


def _notes(field: BoundField, hint: str, icon: SafeString) -> SafeString:
    """Hint and errors, each with the id the widget points to."""
    base = field.id_for_label or field.auto_id or field.html_name
    said = format_html('<p class="hint" id="{}-hint">{}</p>', base, hint) if hint else mark_safe("")
    errors = format_html_join("", '<span class="error-line">{}{}</span>', ((icon, error) for error in field.errors))
    wrong = format_html('<p class="error" id="{}-error">{}</p>', base, errors) if field.errors else ""
    return format_html("{}{}", said, wrong)


def _attrs(field: BoundField, hinted: bool) -> dict[str, Any]:
    widget = field.field.widget
    base = field.id_for_label or field.auto_id or field.html_name
    ids = [f"{base}-hint"] * hinted + [f"{base}-error"] * bool(field.errors)
    attrs: dict[str, Any] = {"aria-describedby": " ".join(ids)} if ids else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if not isinstance(widget, (forms.CheckboxInput, *PICKED)):
        attrs["class"] = f"{_class_of(widget)} {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, forms.Textarea) and "data-controller" not in widget.attrs:
        attrs["data-controller"] = "autogrow"
    return attrs


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.FileInput):
        return "input file"
    if isinstance(widget, forms.SelectMultiple):
        return "input list"
    return "input select" if isinstance(widget, forms.Select) else "input"


def _tick(field: BoundField, attrs: dict[str, Any], notes: SafeString, label: str | None) -> SafeString:
    """A checkbox or switch: the row is the label and the target."""
    switch = "data-switch" in field.field.widget.attrs
    if switch:
        attrs["role"] = "switch"
    row = format_html(
        '<label class="{}">{} <span>{}</span></label>',
        "switch" if switch else "choice",
        field.as_widget(attrs=attrs),
        label or field.label,
    )
    return format_html('<div class="field{}">{}{}</div>', _wrong(field), row, notes)


def _group(
    field: BoundField, attrs: dict[str, Any], text: SafeString, notes: SafeString, label: str | None
) -> SafeString:
    """Radio buttons or checkboxes that belong together."""
    described = attrs.get("aria-describedby", "")
    rows = format_html_join(
        "",
        '<label class="choice">{} <span>{}</span></label>',
        ((subwidget.tag(), subwidget.choice_label) for subwidget in field.subwidgets),
    )
    return format_html(
        '<fieldset class="field choices{}"{}><legend{}>{}</legend>{}{}</fieldset>',
        _wrong(field),
        format_html(' aria-describedby="{}"', described) if described else "",
        _label_class(label),
        text,
        rows,
        notes,
    )


def _combobox(widget: forms.Widget, drawn: SafeString) -> SafeString:
    """The frame the island ``combobox`` works in; without scripts the widget inside is used as it is."""
    several = isinstance(widget, forms.SelectMultiple)
    return format_html(
        '<div class="combobox" data-controller="combobox" data-combobox-url-value="{}" data-combobox-several-value="{}"'
        ' data-combobox-create-value="{}">{}</div>',
        widget.attrs["data-combobox"],
        str(several).lower(),
        "true" if widget.attrs.get("data-create") else "false",
        drawn,
    )
