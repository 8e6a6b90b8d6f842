"""What a person typed in a conversation and did not send, for their other devices.

It is nobody else's: no page, search or file shows it to anybody but the person. The device's own words win: a save that
was made from an older state changes nothing, and the device is told what is there.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.live.waking import broadcast_ephemeral

from .models import Channel, Message, UnsentText
from .rules import can_reply

KEEP_FOR = dt.timedelta(days=30)
MOST_CHARACTERS = 8000


def unsent_in(channel: Channel, person: Person, root: int = 0) -> dict[str, object]:
    """Return the person's unsent text in a channel or thread, as pages carry it; version 0 without one."""
    for body, version in _kept.rows(person.pk, channel.pk, root):
        return {"body": body, "version": version}
    return {"body": "", "version": 0}


# Every page of a channel asks.
_kept = CompiledQuery(
    lambda person, channel, root: UnsentText.objects.filter(person=person, channel=channel, root=root).values_list(
        "body", "version"
    ),
    1,
    1,
    1,
)


def keep_unsent(channel: Channel, body: str, *, by: Person, root: Message | None = None, version: int = 0) -> bool:
    """Keep an unsent text; an empty one removes it. Return whether it counts. Idempotent.

    A text made from another version than the kept one changes nothing: another device has written in between.

    Raises:
        Forbidden: may not write here; whoever may not any more still takes words away. Refused: too long.
    """
    body, root_id = without_invisibles(body), root.pk if root is not None else 0
    rows = UnsentText.objects.filter(person=by, channel=channel, root=root_id)
    if body.strip() or not rows.exists():
        require(can_reply, by, channel)
    if len(body) > MOST_CHARACTERS:
        raise Refused(_("This is too long to be kept."))
    with transaction.atomic():
        kept = rows.select_for_update().first()
        if kept is None:
            return _create(channel, root_id, body, by)
        if kept.body == body:
            return True
        if kept.version != version:
            return False
        _change(kept, body)
    return True


def _create(channel: Channel, root: int, body: str, by: Person) -> bool:
    if not body.strip():
        return True
    # Another device that saves at the same moment may be first; its text stays, and this device is told of it.
    values = {"body": body, "version": _next_version(0)}
    row, is_new = UnsentText.objects.get_or_create(person=by, channel=channel, root=root, defaults=values)
    if is_new:
        _tell_devices(row, row.version)
    return row.body == body


def _change(kept: UnsentText, body: str) -> None:
    if not body.strip():
        _tell_devices(kept, 0)
        kept.delete()
        return
    kept.body, kept.version, kept.at = body, _next_version(kept.version), timezone.now()
    kept.save(update_fields=["body", "version", "at"])
    _tell_devices(kept, kept.version)


def _next_version(last: int) -> int:
    """Return a version no earlier text of this place has had, not even one that was removed."""
    return max(time.time_ns() // 1_000_000, last + 1)


def _tell_devices(row: UnsentText, version: int) -> None:
    """Tell the person's other pages after the commit that there is something new; they ask for it."""
    topic, event = ("person", row.person_id), {"channel": row.channel_id, "root": row.root, "version": version}
    transaction.on_commit(lambda: broadcast_ephemeral(topic, "unsent", event))


def forget_sent(channel: Channel, version: int, *, by: Person, root: int = 0) -> None:
    """Remove the unsent text that became a message. A newer one stays. Idempotent."""
    for row in UnsentText.objects.filter(person=by, channel=channel, root=root, version=version):
        _tell_devices(row, 0)
        row.delete()


def unsent_words(channel_ids: Sequence[int], person: Person) -> dict[int, str]:
    """Return the person's unsent texts by channel, without those of threads; one query."""
    rows = UnsentText.objects.filter(person_id=person.pk, channel__in=channel_ids, root=0)
    return dict(rows.values_list("channel_id", "body"))


def forget_unsent_of(person_ids: Iterable[int], channel: Channel | None = None) -> None:
    """Remove the unsent texts of leavers: everywhere, or in a channel they are out of."""
    rows = UnsentText.objects.filter(person__in=list(person_ids))
    (rows if channel is None else rows.filter(channel=channel)).delete()


def forget_old_unsent() -> None:
    """Remove unsent texts that nobody has touched for a while."""
    UnsentText.objects.filter(at__lt=timezone.now() - KEEP_FOR).delete()
