"""People edit their own profile."""

from __future__ import annotations

from django.db import transaction

from zhiliu.kit.contracts.rules import require

from .accounts import change_people
from .fields import current_fields, merged
from .models import Person, ProfileField
from .rules import can_edit_profile
from .skills import declare_skills


def fields_to_fill(person: Person, by: Person) -> list[ProfileField]:
    """Return the fields of a profile form: all for administrators, for others those the person fills in."""
    if person.is_guest:
        return []
    fields = current_fields()
    return list(fields if by.is_admin else fields.filter(filled_by=ProfileField.Filler.PERSON))


def introduce(
    person: Person,
    *,
    tagline: str,
    experience: str,
    pinyin: str,
    skills: list[str],
    time_zone: str = "",
    values: dict[str, str] | None = None,
    by: Person,
) -> None:
    """Set a person's description of themselves.

    Args:
        time_zone: like Asia/Shanghai; '' for the organisation's.
        values: of the custom fields, by key; those ``by`` may not fill in are ignored.
    """
    require(can_edit_profile, by, person)
    allowed = {field.key for field in fields_to_fill(person, by)}
    allowed_values = {key: value for key, value in (values or {}).items() if key in allowed}
    with transaction.atomic():
        # The lock prevents overwriting an administrator's form, which writes other keys of ``extra``.
        current = Person.objects.select_for_update().get(pk=person.pk)
        current.tagline, current.experience, current.pinyin = tagline, experience, pinyin
        current.time_zone = time_zone
        current.extra = merged(current.extra, allowed_values)
        current.save(update_fields=["tagline", "experience", "pinyin", "time_zone", "extra"])
        declare_skills(current, skills, by=by)
        change_people([current], by=by)
