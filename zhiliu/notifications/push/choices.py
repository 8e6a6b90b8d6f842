"""Who gets a notification on devices: by their own choice, else by the default of its type."""

from __future__ import annotations

from collections.abc import Sequence

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import NotificationType, notice_kinds

from ..models import Preference, PushDevice
from .devices import open_devices


def is_shown_by_default(kind: NotificationType) -> bool:
    """Return whether devices show such a notification unless the person chose otherwise."""
    return kind.push or kind.calls or kind.mail


def group_is_shown_by_default(group: str) -> bool:
    """Return whether a group has notifications that devices show by default."""
    return any(is_shown_by_default(kind) for kind in notice_kinds if kind.group == group)


def devices_for(kind: NotificationType, people: Sequence[Person]) -> list[PushDevice]:
    """Return the devices that show such a notification to ``people``."""
    devices = list(open_devices(list(people)))
    if not devices:
        return []
    owners = {device.person_id for device in devices}
    chosen = dict(Preference.objects.filter(person__in=owners, group=kind.group).values_list("person_id", "push"))
    return [device for device in devices if _is_now(kind, chosen.get(device.person_id))]


def shows_now(kind: NotificationType, person: Person) -> bool:
    """Return whether the person still wants such notifications on devices."""
    chosen = Preference.objects.filter(person=person, group=kind.group).values_list("push", flat=True).first()
    return _is_now(kind, chosen)


def _is_now(kind: NotificationType, choice: str | None) -> bool:
    return choice == Preference.Push.NOW if choice else is_shown_by_default(kind)
