"""Administration of custom profile fields."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import readings

from ..facts import ProfileFieldChanged
from ..models import Person, ProfileField
from ..rules import is_admin


def add_field(*, label: str, kind: str, by: Person, **settings: Any) -> ProfileField:
    """Create a field, at the end.

    Args:
        settings: further fields of :class:`ProfileField`.

    Raises:
        Refused: the name is taken, or a list has no choices.
    """
    require(is_admin, by)
    with transaction.atomic():
        _check(label, kind, settings)
        last = ProfileField.objects.aggregate(last=Max("place"))["last"] or 0
        field = ProfileField.objects.create(label=label, kind=kind, key=_free_key(label), place=last + 1, **settings)
        fact = ProfileFieldChanged(field_id=field.pk, act="added", by_id=by.pk)
        announce(fact, change=change(Picture(), picture_of(field)))
    return field


def change_field(field: ProfileField, *, label: str, by: Person, **settings: Any) -> None:
    """Change a field; its key and kind stay, and so do people's values.

    Raises:
        Refused: as for :func:`add_field`.
    """
    require(is_admin, by)
    with transaction.atomic():
        _check(label, field.kind, settings, without=field)
        was = picture(ProfileField, field.pk)
        ProfileField.objects.filter(pk=field.pk).update(label=label, **settings)
        fact = ProfileFieldChanged(field_id=field.pk, act="changed", by_id=by.pk)
        announce(fact, change=change(was, picture(ProfileField, field.pk)))


def retire_field(field: ProfileField, retired: bool, *, by: Person) -> None:
    """Hide a field on all pages, or bring it back; its values stay. Idempotent."""
    require(is_admin, by)
    with transaction.atomic():
        was = picture(ProfileField, field.pk)
        rows = ProfileField.objects.filter(pk=field.pk, retired_at__isnull=retired)
        if rows.update(retired_at=timezone.now() if retired else None):
            fact = ProfileFieldChanged(field_id=field.pk, act="retired" if retired else "back", by_id=by.pk)
            announce(fact, change=change(was, picture(ProfileField, field.pk)))


def move_up(field: ProfileField, *, by: Person) -> None:
    """Move a field up by one; the first one stays first."""
    require(is_admin, by)
    with transaction.atomic():
        was = picture(ProfileField, field.pk)
        order = list(ProfileField.objects.filter(retired_at=None).select_for_update())
        at = next((place for place, profile_field in enumerate(order) if profile_field.pk == field.pk), 0)
        if at == 0:
            return
        order[at - 1], order[at] = order[at], order[at - 1]
        for place, profile_field in enumerate(order, start=1):
            ProfileField.objects.filter(pk=profile_field.pk).update(place=place)
        fact = ProfileFieldChanged(field_id=field.pk, act="moved", by_id=by.pk)
        announce(fact, change=change(was, picture(ProfileField, field.pk)))


def _check(label: str, kind: str, settings: dict[str, Any], without: ProfileField | None = None) -> None:
    namesakes = ProfileField.objects.filter(label=label)
    if without is not None:
        namesakes = namesakes.exclude(pk=without.pk)
    if namesakes.exists():
        raise Refused(_("A field with this name already exists, perhaps a retired one."), field="label")
    if kind == ProfileField.Kind.CHOICE and not settings.get("options"):
        raise Refused(_("Enter the options, one per line."), field="options")


def _free_key(label: str) -> str:
    """Return an unused key from the likeliest reading; without separators, so that it never equals other keys in
    ``Person.extra``.
    """
    base = re.sub(r"[^a-z0-9]+", "", (readings(label) or [""])[0])[:30] or "field"
    if base.isdecimal() or ProfileField.objects.filter(key=base).exists():
        return f"f{secrets.token_hex(3)}{base}"
    return base
