"""Start and end polls in channels, and vote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.moderation.models import HeldPost
from zhiliu.polls.models import Option, Poll
from zhiliu.polls.rules import can_close
from zhiliu.polls.voting import cast_ballot, close_poll

from .facts import MessageMarked
from .models import Channel, Message
from .polling import as_shown, checked, poll_of
from .posting import post, take_place
from .rules import can_ask, can_reply

MOST_AT_ONCE = 500


def start_poll(
    channel: Channel,
    *,
    question: str,
    options: Sequence[str],
    lasts: dt.timedelta,
    by: Person,
    is_secret: bool = False,
    root: Message | None = None,
    client_id: str = "",
) -> Message | HeldPost:
    """Post a poll with 2 to 10 options in a channel, or hold it for review if screening demands it.

    Args:
        lasts: how long it stays open, five minutes to thirty days.
        client_id: given by the sender's device; a repeated one returns the existing message.

    Raises:
        Forbidden: may not post here, or polls are off. Refused: no question, too few or too many options.
    """
    require(can_ask, by, channel)
    poll_request = checked(question, options, lasts, is_secret=is_secret)
    return post(channel, body=poll_request.body, by=by, root=root, client_id=client_id, poll=poll_request)


def vote(message: Message, option_id: int, *, by: Person) -> None:
    """Vote in the poll of a message, or change the vote. Idempotent for the same choice.

    Raises:
        Forbidden: cannot take part here. Refused: no poll, closed, deleted, or an option of another poll.
    """
    require(can_reply, by, message.channel)
    with transaction.atomic():
        # Lock the channel first: two votes at once are counted one after the other, each including the other.
        place = take_place(message.channel_id)
        poll = _poll_of(message)
        option = Option.objects.filter(pk=option_id, poll=poll).first()
        if option is None:
            raise Refused(_("Choose one of the options shown."))
        if not cast_ballot(poll, option, by=by):
            transaction.set_rollback(True)
            return
        # The log does not record who voted: the poll may be secret.
        _show(message, poll, place.change, None)


def end_channel_poll(message: Message, *, by: Person) -> None:
    """Close the poll of a message now. Idempotent.

    Raises:
        Forbidden: neither its author nor a moderator. Refused: no poll.
    """
    poll = _poll_of(message)
    require(can_close, by, poll)
    with transaction.atomic():
        place = take_place(message.channel_id)
        if not Message.objects.filter(pk=message.pk, poll_due__isnull=False).update(poll_due=None):
            transaction.set_rollback(True)
            return
        _show(message, close_poll(poll, by=by), place.change, by)


def show_closed(now: dt.datetime | None = None) -> int:
    """Show the results of polls that are over, once each.

    Returns:
        How many there were.
    """
    rows = Message.objects.filter(poll_due__lte=now or timezone.now()).select_related("channel")
    return sum(_show_closed(message) for message in rows.order_by("poll_due")[:MOST_AT_ONCE])


def _show_closed(message: Message) -> bool:
    with transaction.atomic():
        place = take_place(message.channel_id)
        poll = poll_of(message)
        # The filter keeps two job processes from showing it twice.
        if not Message.objects.filter(pk=message.pk, poll_due__isnull=False).update(poll_due=None) or poll is None:
            transaction.set_rollback(True)
            return False
        _show(message, poll, place.change, None)
    return True


def _poll_of(message: Message) -> Poll:
    poll = poll_of(message)
    if poll is None:
        raise Refused(_("There is no poll here."))
    if Message.objects.filter(pk=message.pk, withdrawn_at__isnull=False).exists():
        raise Refused(_("This message was deleted."))
    return poll


def _show(message: Message, poll: Poll, change: int, by: Person | None) -> None:
    """Update what the message shows of its poll. The caller has taken the change number."""
    poll.refresh_from_db()
    message.poll, message.changed = as_shown(poll), change
    Message.objects.filter(pk=message.pk).update(poll=message.poll, changed=change)
    announce(
        MessageMarked(
            message_id=message.pk,
            channel_id=message.channel_id,
            changed=change,
            root_id=message.root_id,
            community_id=message.channel.community_id,
            by_id=by.pk if by else None,
        )
    )
