"""Who gets a notification by mail at once: by their own choice, else by the default of its type."""

from __future__ import annotations

from collections.abc import Sequence

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import NotificationType

from .models import Preference


def mailed_among(kind: NotificationType, people: Sequence[Person]) -> list[Person]:
    """Return those of ``people`` who get such a notification by mail at once."""
    ids = [person.pk for person in people if person.email]
    chosen = dict(Preference.objects.filter(person__in=ids, group=kind.group).values_list("person_id", "mail"))
    return [person for person in people if person.email and _is_now(kind, chosen.get(person.pk))]


def mails_now(kind: NotificationType, person: Person) -> bool:
    """Return whether the person gets such a notification by mail at once."""
    return bool(mailed_among(kind, [person]))


def _is_now(kind: NotificationType, choice: str | None) -> bool:
    return choice == Preference.Mail.NOW if choice else kind.mail
