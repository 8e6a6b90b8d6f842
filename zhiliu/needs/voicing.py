"""Voice, support, edit, close and reopen needs."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.lineage.linking import note_reached

from .facts import AnonymousNeedVoiced, NeedChanged, NeedClosed, NeedReopened, NeedSupported, NeedVoiced
from .models import Need, Support
from .rules import can_edit, can_moderate, can_support, can_voice


def voice_need(community: Community, *, title: str, by: Person, body: str = "", anonymous: bool = False) -> Need:
    """Voice a need.

    Args:
        anonymous: stores nobody with the need; not even administrators can tell.

    Raises:
        Forbidden: the community is out of reach or archived.
    """
    require(can_voice, by, community)
    with transaction.atomic():
        need = Need(community=community, title=title, body=body, is_anonymous=anonymous)
        need.by, need.at = (None, _today()) if anonymous else (by, timezone.now())
        need.save()
        note_reached(("need", need.pk), 0)
        if anonymous:
            announce(AnonymousNeedVoiced(community_id=community.pk))
        else:
            announce(NeedVoiced(need_id=need.pk, community_id=community.pk, by_id=by.pk))
    return need


def _today() -> dt.datetime:
    """Return the start of the day: an exact time could reveal the author."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def set_support(need: Need, *, on: bool, by: Person) -> Need:
    """Set whether the person supports a need. Idempotent: the caller passes the wished state.

    Raises:
        Forbidden: the community is out of reach or archived.
        Refused: one's own need, or a merged one.
    """
    require(can_support, by, need)
    if need.by_id == by.pk:
        raise Refused(_("This is your own need. You’re already counted."))
    if need.state == Need.State.MERGED:
        raise Refused(_("This need was merged into another. Support that one."))
    with transaction.atomic():
        if on:
            _row, changed = Support.objects.get_or_create(need=need, by=by)
        else:
            changed = bool(Support.objects.filter(need=need, by=by).delete()[0])
        if changed:
            recount_support(need)
            announce(NeedSupported(need_id=need.pk, on=on, community_id=need.community_id, by_id=by.pk))
    need.refresh_from_db()
    return need


def recount_support(need: Need) -> None:
    """Recount the supporters of a need."""
    count = Support.objects.filter(need=need).count()
    Need.objects.filter(pk=need.pk).update(support_count=count)


def edit_need(need: Need, *, title: str, body: str, by: Person, version: int) -> Need:
    """Edit the title and body of a need.

    Args:
        version: of the need the person was looking at.

    Raises:
        Refused: someone else changed it in the meantime.
    """
    require(can_edit, by, need)
    with transaction.atomic():
        changed = Need.objects.filter(pk=need.pk, version=version).update(
            title=title, body=body, version=F("version") + 1
        )
        if not changed:
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(NeedChanged(need_id=need.pk, community_id=need.community_id, by_id=by.pk))
    need.refresh_from_db()
    return need


def close_need(need: Need, *, reason: str, by: Person) -> Need:
    """Close a need with a reason; its author and supporters are notified. Idempotent."""
    require(can_moderate, by, need)
    with transaction.atomic():
        closed = Need.objects.filter(pk=need.pk, state=Need.State.OPEN).update(state=Need.State.CLOSED, reason=reason)
        if closed:
            announce(NeedClosed(need_id=need.pk, community_id=need.community_id, by_id=by.pk))
    need.refresh_from_db()
    return need


def reopen_need(need: Need, *, by: Person) -> Need:
    """Reopen a closed need; its author and supporters are notified. Idempotent."""
    require(can_moderate, by, need)
    with transaction.atomic():
        opened = Need.objects.filter(pk=need.pk, state=Need.State.CLOSED).update(state=Need.State.OPEN, reason="")
        if opened:
            announce(NeedReopened(need_id=need.pk, community_id=need.community_id, by_id=by.pk))
    need.refresh_from_db()
    return need
