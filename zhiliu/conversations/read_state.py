"""Read state, synchronised between a person's devices, and notification levels of channels."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.live.waking import broadcast_ephemeral
from zhiliu.notifications.delivery import forget_news

from .models import Channel, ChannelMembership, Mention, Message
from .read_marks import tell_authors
from .rules import can_see


def membership_of(channel: Channel, person: Person) -> ChannelMembership:
    """Return a person's membership of a channel. The first visit to a public one creates it with everything read."""
    membership = _membership.first(channel.pk, person.pk)
    if membership is None:
        first = {"read_number": channel.last_number}
        membership, is_new = ChannelMembership.objects.get_or_create(
            channel=channel, person_id=person.pk, defaults=first
        )
        if is_new:
            tell_authors(channel, 0, channel.last_number, reader=person)
    return membership


_membership = CompiledQuery(
    lambda channel, person: ChannelMembership.objects.filter(channel=channel, person=person).order_by(), 1, 1
)


def read_to(channel: Channel, number: int, *, by: Person) -> None:
    """Mark messages up to ``number`` as read. The state never goes back: an outdated device changes nothing."""
    require(can_see, by, channel)
    number = min(number, channel.last_number)
    with transaction.atomic():
        before = membership_of(channel, by).read_number
        if ChannelMembership.objects.filter(channel=channel, person=by, read_number__lt=number).update(
            read_number=number
        ):
            tell_authors(channel, before, number, reader=by)
            _count_calls(channel, by)
            _tell_devices(channel, by)


def unread_from(channel: Channel, number: int, *, by: Person) -> None:
    """Mark message ``number`` and all after it as unread."""
    require(can_see, by, channel)
    with transaction.atomic():
        membership_of(channel, by)
        ChannelMembership.objects.filter(channel=channel, person=by).update(
            read_number=max(min(number, channel.last_number) - 1, 0),
            seen_number=Greatest("seen_number", "read_number"),
        )
        _count_calls(channel, by)
        _tell_devices(channel, by)


def _count_calls(channel: Channel, person: Person) -> None:
    membership = ChannelMembership.objects.get(channel=channel, person=person)
    unread = Mention.objects.filter(
        person=person, message__channel=channel, message__root=None, message__number__gt=membership.read_number
    )
    ChannelMembership.objects.filter(pk=membership.pk).update(calls=unread.count())


def _tell_devices(channel: Channel, person: Person) -> None:
    """Broadcast the read state to the person's devices after the commit. It is private, so the log has no trace."""
    membership = ChannelMembership.objects.get(channel=channel, person=person)
    state = {"channel": channel.pk, "read": membership.read_number, "calls": membership.calls}
    transaction.on_commit(lambda: broadcast_ephemeral(("person", person.pk), "read", state))


def choose_involvement(channel: Channel, involvement: str, *, by: Person) -> None:
    """Choose the notification level of a channel: everything, mentions, or nothing."""
    require(can_see, by, channel)
    membership_of(channel, by)
    ChannelMembership.objects.filter(channel=channel, person=by).update(
        involvement=ChannelMembership.Involvement(involvement)
    )


def put_away(channel: Channel, *, by: Person) -> None:
    """Hide a direct message until someone posts in it."""
    ChannelMembership.objects.filter(channel=channel, person=by, channel__kind=Channel.Kind.TALK).update(
        hidden_at=timezone.now()
    )


def uncount(message_id: int) -> None:
    """Remove a deleted message from unread counts and inboxes. Idempotent."""
    message = Message.objects.select_related("channel").filter(pk=message_id, withdrawn_at__isnull=False).first()
    if message is None:
        return
    called = set(Mention.objects.filter(message=message).values_list("person_id", flat=True))
    Mention.objects.filter(message=message).delete()
    if message.root_id is None:
        memberships = ChannelMembership.objects.filter(channel=message.channel_id)
        unread = memberships.filter(person__in=called, read_number__lt=message.number, calls__gt=0)
        unread.update(calls=F("calls") - 1)
        _pass_over(message)
    _forget_news(message, called)


def _forget_news(message: Message, called: set[int]) -> None:
    """Remove it from the inboxes of mentioned people, thread participants or fully involved members."""
    channel, root = ("channel", message.channel_id), ("message", message.root_id or 0)
    news = ("message", message.pk)
    forget_news("conversations.called", called, channel, *news, by_id=message.by_id)
    if message.root_id is None:
        wanting = ChannelMembership.objects.filter(channel=message.channel_id).exclude(person__in=called)
        recipients = set(wanting.values_list("person_id", flat=True))
        forget_news("conversations.said", recipients, channel, *news, by_id=message.by_id)
    else:
        thread = Message.objects.filter(Q(pk=message.root_id) | Q(root=message.root_id), by__isnull=False)
        recipients = {key for key in thread.values_list("by_id", flat=True) if key} - called
        forget_news("conversations.replied", recipients, root, *news, by_id=message.by_id)


def _pass_over(message: Message) -> None:
    """Move read states right before the message past it, and past deleted messages that follow."""
    number = message.number
    while True:
        ChannelMembership.objects.filter(channel=message.channel_id, read_number=number - 1).update(read_number=number)
        number += 1
        after = Message.objects.filter(channel=message.channel_id, root=None, number=number)
        if not after.filter(withdrawn_at__isnull=False).exists():
            return
