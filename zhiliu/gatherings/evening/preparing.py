"""Prepare an evening: channel, minutes for the guest, and timed announcements."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel
from zhiliu.conversations.rules import can_post
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..facts import Changed
from ..models import Gathering
from ..rules import can_host
from .models import Evening, SheetLine

GUEST_MINUTES = 30
SHORTEST, LONGEST = 10, 120
MOST_LINES = 20
EARLIEST, LATEST = -24 * 60, 8 * 60


def channels_for(community: Community, person: Person) -> QuerySet[Channel]:
    """Return the open channels of a community that the person can read, without direct messages."""
    visible: QuerySet[Channel] = Channel.objects.visible_to(person).open().filter(community=community)
    return visible.exclude(kind=Channel.Kind.TALK)


def arrange(gathering: Gathering, *, by: Person) -> Evening:
    """Create the evening of a gathering in the first channel its host can write in, with a default run sheet.

    Raises:
        Refused: there is no such channel.
    """
    channel = next((candidate for candidate in channels_for(gathering.community, by) if can_post(by, candidate)), None)
    if channel is None:
        raise Refused(_("An evening sharing needs a community channel you can write in."))
    evening, is_new = Evening.objects.get_or_create(
        gathering=gathering, defaults={"channel": channel, "guest_minutes": GUEST_MINUTES}
    )
    if is_new:
        SheetLine.objects.bulk_create(_first_lines(evening))
    return evening


def require_channel(gathering: Gathering, channel: Channel, by: Person) -> None:
    """Refuse a channel of another community, or one in which ``by`` cannot write."""
    if channel.community_id != gathering.community_id or not can_post(by, channel):
        raise Refused(_("Choose a channel of this community you can write in."), field="channel")


def _first_lines(evening: Evening) -> Iterable[SheetLine]:
    title = evening.gathering.title
    announcements = (
        (-30, _("Here in half an hour: %(title)s. Text, pictures and voice. Come as you are.") % {"title": title}),
        (evening.guest_minutes - 5, _("Five more minutes, then questions. Put yours into the queue now.")),
    )
    return [SheetLine(evening=evening, minute=minute, text=text[:300]) for minute, text in announcements]


def change_evening(evening: Evening, *, channel: Channel, guest_minutes: int, by: Person) -> None:
    """Choose the channel and the guest's minutes. Idempotent.

    Raises:
        Forbidden: not the host. Refused: it has begun, the channel belongs to another community or the person cannot
            write there, or not 10 to 120 minutes.
    """
    gathering = evening.gathering
    require(can_host, by, gathering)
    require_channel(gathering, channel, by)
    if not SHORTEST <= guest_minutes <= LONGEST:
        raise Refused(_("The guest shares for 10 to 120 minutes."), field="guest_minutes")
    with transaction.atomic():
        before = Evening.objects.filter(pk=evening.pk, phase=Evening.Phase.BEFORE)
        if not before.exists():
            raise Refused(_("The evening has started and stays in its channel."))
        if before.exclude(channel=channel, guest_minutes=guest_minutes).exists():
            # Announcements during the evening keep their distance from the questions.
            longer = guest_minutes - before.get().guest_minutes
            evening.lines.filter(sent_at=None, minute__gt=0).update(minute=F("minute") + longer)
            before.update(channel=channel, guest_minutes=guest_minutes)
            _tell_changed(gathering, by)
    evening.refresh_from_db()


def add_line(evening: Evening, *, minute: int, text: str, by: Person) -> SheetLine:
    """Add an announcement to the run sheet. Idempotent for the same minute and text.

    Args:
        minute: from the start, negative before it.

    Raises:
        Forbidden: not the host. Refused: no words, too far from the start, too many lines, or it is over.
    """
    require(can_host, by, evening.gathering)
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Enter a title."), field="text")
    if not EARLIEST <= minute <= LATEST:
        raise Refused(_("At most one day before and eight hours after the start."), field="minute")
    with transaction.atomic():
        now = Evening.objects.select_for_update().get(pk=evening.pk)
        if now.phase == Evening.Phase.OVER:
            raise Refused(_("The evening is over."))
        existing = now.lines.filter(minute=minute, text=text).first()
        if existing is not None:
            return existing
        if now.lines.count() >= MOST_LINES:
            raise Refused(_("A run sheet can have at most %(most)s lines.") % {"most": MOST_LINES})
        sheet_line = SheetLine.objects.create(evening=now, minute=minute, text=text)
        _tell_changed(evening.gathering, by)
    return sheet_line


def remove_line(line: SheetLine, *, by: Person) -> None:
    """Remove an unsent announcement from the run sheet. Sent ones stay. Idempotent."""
    gathering = line.evening.gathering
    require(can_host, by, gathering)
    with transaction.atomic():
        if SheetLine.objects.filter(pk=line.pk, sent_at=None).delete()[0]:
            _tell_changed(gathering, by)


def _tell_changed(gathering: Gathering, by: Person) -> None:
    announce(Changed(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk))
