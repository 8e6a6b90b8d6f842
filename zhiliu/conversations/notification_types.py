"""Notification types of conversations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import LeftOutAsked, MembersChanged, MessageEdited, MessagePosted, Quoted, Reminded
from .last_words import one_line
from .mentions import ids_mentioned
from .models import Channel, ChannelMembership, Message
from .reply_handlers import TALK, THREAD


def _message(fact: Any) -> Message | None:
    rows = Message.objects.filter(pk=fact.message_id, withdrawn_at=None)
    return rows.select_related("channel__community").first()


def _without_muted(ids: Iterable[int], channel_id: int) -> set[int]:
    """Return those who have not muted the channel."""
    muted = ChannelMembership.objects.filter(channel=channel_id, involvement=ChannelMembership.Involvement.NOTHING)
    return set(ids) - set(muted.values_list("person_id", flat=True))


def _standing(row: Any) -> Message | None:
    """Return the message of a notification, if its reader can see the channel."""
    rows = Message.objects.filter(pk=row.details.get("message") or 0, withdrawn_at=None)
    return rows.select_related("channel__community").first() if row.card is not None else None


class _OfChannel(NotificationType):
    """Base: one notification per channel, with a counter."""

    group = "talk"

    def thing(self, fact: Any) -> tuple[str, int]:
        """Return the channel."""
        return ("channel", fact.channel_id)

    def details(self, fact: Any) -> dict[str, Any]:
        """Store the message."""
        return {"message": fact.message_id}

    def url(self, row: Any) -> str:
        """Return the address of the message: where it stands in the channel, or its thread."""
        message = _standing(row)
        return message.get_absolute_url() if message is not None else super().url(row)

    def reply_to(self, row: Any) -> tuple[str, int] | None:
        """A reply goes to the message's thread, or to the direct message."""
        message = _standing(row)
        if message is None:
            return None
        return (TALK, message.channel_id) if message.channel.is_talk else (THREAD, message.root_id or message.pk)

    def said(self, row: Any) -> str:
        """Return the message."""
        message = _standing(row)
        return message.body if message is not None else ""

    def last_words(self, rows: Sequence[Any]) -> dict[int, str]:
        """Return the last message of each row, unless it was deleted."""
        keys = [row.row.details.get("message") or 0 for row in rows]
        messages = Message.objects.prefetch_related("attachments__upload__file").in_bulk(keys)
        return {row.row.pk: one_line(messages[key]) for row, key in zip(rows, keys, strict=True) if key in messages}

    def still_wanted(self, fact: Any) -> bool:
        """Return whether the message was not deleted."""
        return Message.objects.filter(pk=fact.message_id, withdrawn_at=None).exists()


@offers_notification
class CalledInChannel(_OfChannel):
    """Someone is mentioned by name, by role, or with everybody."""

    key = "conversations.called"
    fact = (MessagePosted, MessageEdited)
    icon = "at-sign"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s mentions you in “%(title)s”")

    def recipients(self, fact: Any) -> Iterable[int]:
        """Return the people the message mentions; for an edit, those it newly mentions."""
        message = _message(fact)
        if message is None:
            return []
        calls = [*message.edits.order_by("pk").values_list("called", flat=True), message.called]
        # Later edits may exist already: each fact notifies the people its own version was the first to mention.
        place = (fact.edit or len(calls) - 1) if isinstance(fact, MessageEdited) else 0
        ids, *before = [_called_by(message, called) for called in reversed(calls[: place + 1])]
        return _without_muted(ids.difference(*before), fact.channel_id)


def _called_by(message: Message, called: dict[str, Any]) -> set[int]:
    """Return everybody one of its versions mentions."""
    return ids_mentioned(Message(channel=message.channel, by_id=message.by_id, called=called)) if called else set()


@offers_notification
class TalkMessage(_OfChannel):
    """A message in a direct message, or in a channel someone follows entirely."""

    key = "conversations.said"
    fact = MessagePosted
    icon = "message-circle"
    push = True

    def url(self, row: Any) -> str:
        """Return the address of the channel, which opens where one stopped reading."""
        return NotificationType.url(self, row)

    def recipients(self, fact: MessagePosted) -> Iterable[int]:
        """Return members with full involvement, without mentioned people."""
        if fact.root_id is not None:
            return []
        wanting = ChannelMembership.objects.filter(
            channel=fact.channel_id, involvement=ChannelMembership.Involvement.EVERYTHING
        )
        ids = set(wanting.values_list("person_id", flat=True))
        message = _message(fact) if ids else None
        return ids - ids_mentioned(message) if message is not None else []

    def sentence(self, row: Any) -> Any:
        """Return the number of messages, the last author, and the channel."""
        channel: Channel | None = row.card.thing if row.card else None
        if channel is not None and channel.is_talk:
            words = ngettext("%(who)s wrote to you", "%(count)s messages to you, the last from %(who)s", row.count)
        else:
            words = ngettext(
                "%(who)s wrote in “%(title)s”", "%(count)s messages in “%(title)s”, the last from %(who)s", row.count
            )
        return words % {"who": row.who, "count": row.count, "title": row.title}


@offers_notification
class Replied(_OfChannel):
    """Someone replied in a thread the person started or took part in."""

    key = "conversations.replied"
    fact = MessagePosted
    icon = "corner-down-right"
    push = True

    def thing(self, fact: Any) -> tuple[str, int]:
        """Return the root message of the thread."""
        return ("message", fact.root_id or fact.message_id)

    def recipients(self, fact: MessagePosted) -> Iterable[int]:
        """Return the thread's author and participants, without mentioned people."""
        message = _message(fact) if fact.root_id is not None else None
        if message is None or message.root_id is None:
            return []
        others = Message.objects.filter(root=message.root_id, number__lt=message.number).values_list("by_id", flat=True)
        began = Message.objects.filter(pk=message.root_id).values_list("by_id", flat=True)
        ids = {key for key in (*others, *began) if key} - ids_mentioned(message)
        return _without_muted(ids, fact.channel_id)

    def sentence(self, row: Any) -> Any:
        """Return the text naming the replier and the message."""
        words = ngettext(
            "%(who)s replied to “%(title)s”", "%(count)s replies to “%(title)s”, the last from %(who)s", row.count
        )
        return words % {"who": row.who, "count": row.count, "title": row.title}


@offers_notification
class WasTakenOut(NotificationType):
    """Someone removed a person from a private channel."""

    key = "conversations.taken_out"
    group = "talk"
    fact = MembersChanged
    icon = "log-out"

    def thing(self, fact: MembersChanged) -> tuple[str, int]:
        """Return no object, since they cannot open it; the channel's id keeps one notification per channel."""
        return ("", fact.channel_id)

    def recipients(self, fact: MembersChanged) -> Iterable[int]:
        """Return people removed by someone else."""
        return fact.person_ids if fact.left and fact.by_id else []

    def sentence(self, row: Any) -> Any:
        """Return the text naming the actor and the channel, whose name they know."""
        key = row.row.thing_id if row.row else 0
        name = Channel.objects.filter(pk=key).values_list("name", flat=True).first() or ""
        return _("%(who)s removed you from the channel “%(channel)s”") % {"who": row.who, "channel": name}


@offers_notification
class WasQuoted(NotificationType):
    """A person's messages were quoted in a draft."""

    key = "conversations.messages_quoted"
    group = "talk"
    fact = Quoted
    icon = "book"
    tells = "person_ids"

    def thing(self, fact: Quoted) -> tuple[str, int]:
        """Return the channel: they may not be able to open the draft yet."""
        return ("channel", fact.channel_id)

    def sentence(self, row: Any) -> Any:
        """Return the text naming the drafter, the channel and the options."""
        words = _("%(who)s is writing up what you said in “%(title)s”. Open it to review, or to be left out.")
        return words % {"who": row.who, "title": row.title}


@offers_notification
class AskedToBeLeftOut(NotificationType):
    """The drafter is notified that someone does not want to be quoted."""

    key = "conversations.left_out"
    group = "mine"
    fact = LeftOutAsked
    icon = "user-x"
    calls = True
    tells = "drafter_id"
    says = gettext_lazy("%(who)s asks not to be quoted in “%(title)s”")

    def thing(self, fact: LeftOutAsked) -> tuple[str, int]:
        """Return the draft."""
        return (fact.kind, fact.thing_id)


@offers_notification
class ReminderArrived(_OfChannel):
    """A reminder a person has set is due."""

    key = "conversations.reminder_due"
    fact = Reminded
    icon = "clock"
    calls = True
    mail = True
    tells = "person_ids"

    def thing(self, fact: Any) -> tuple[str, int]:
        """Return the message, whose words are the reminder."""
        return ("message", fact.message_id)

    def sentence(self, row: Any) -> Any:
        """Return the text with the reminder's words."""
        return _("You wanted to be reminded: %(words)s") % {"words": row.title}

    def last_words(self, rows: Sequence[Any]) -> dict[int, str]:
        """Return nothing: the sentence says them."""
        return {}
