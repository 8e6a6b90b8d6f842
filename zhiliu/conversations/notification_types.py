"""What people are told about conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import LeftOutAsked, MembersChanged, MessageEdited, MessagePosted, Quoted, Reminded
from .mentions import ids_mentioned
from .models import Channel, ChannelMembership, Message
from .reply_handlers import TALK, THREAD


def _message(fact: Any) -> Message | None:
    rows = Message.objects.filter(pk=fact.message_id, withdrawn_at=None)
    return rows.select_related("channel__community").first()


def _without_muted(ids: Iterable[int], channel_id: int) -> set[int]:
    """Those who did not choose to be told nothing of the channel."""
    muted = ChannelMembership.objects.filter(channel=channel_id, involvement=ChannelMembership.Involvement.NOTHING)
    return set(ids) - set(muted.values_list("person_id", flat=True))


def _standing(row: Any) -> Message | None:
    """The message a row is about, in a channel its reader sees, as the card says."""
    rows = Message.objects.filter(pk=row.details.get("message") or 0, withdrawn_at=None)
    return rows.select_related("channel__community").first() if row.card is not None else None


class _OfChannel(NotificationType):
    """All are about the channel: one row for it, that counts."""

    group = "talk"

    def thing(self, fact: Any) -> tuple[str, int]:
        """The channel."""
        return ("channel", fact.channel_id)

    def details(self, fact: Any) -> dict[str, Any]:
        """Where exactly."""
        return {"message": fact.message_id}

    def reply_to(self, row: Any) -> tuple[str, int] | None:
        """A reply in the thread of the message; in a talk, a message of it."""
        message = _standing(row)
        if message is None:
            return None
        return (TALK, message.channel_id) if message.channel.is_talk else (THREAD, message.root_id or message.pk)

    def said(self, row: Any) -> str:
        """The message."""
        message = _standing(row)
        return message.body if message is not None else ""

    def still_wanted(self, fact: Any) -> bool:
        """Not once it was taken back."""
        return Message.objects.filter(pk=fact.message_id, withdrawn_at=None).exists()


@offers_notification
class CalledInChannel(_OfChannel):
    """Somebody is called by name, by role, or with everybody."""

    key = "conversations.called"
    fact = (MessagePosted, MessageEdited)
    icon = "at-sign"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s mentions you in “%(title)s”")

    def recipients(self, fact: Any) -> Iterable[int]:
        """Whom the message calls; an edit tells those it calls anew."""
        message = _message(fact)
        if message is None:
            return []
        calls = [*message.edits.order_by("pk").values_list("called", flat=True), message.called]
        # Edits may have followed by now: each fact tells whom its own wording was the first to call.
        place = (fact.edit or len(calls) - 1) if isinstance(fact, MessageEdited) else 0
        ids, *before = [_called_by(message, called) for called in reversed(calls[: place + 1])]
        return _without_muted(ids.difference(*before), fact.channel_id)


def _called_by(message: Message, called: dict[str, Any]) -> set[int]:
    """Everybody one of its versions mentions."""
    return ids_mentioned(Message(channel=message.channel, by_id=message.by_id, called=called)) if called else set()


@offers_notification
class TalkMessage(_OfChannel):
    """Something was said in a private talk, or in a channel of which somebody wants to know everything."""

    key = "conversations.said"
    fact = MessagePosted
    icon = "message-circle"
    mail = False

    def recipients(self, fact: MessagePosted) -> Iterable[int]:
        """Those who want everything, but for those who are called anyway."""
        message = _message(fact)
        if message is None or message.root_id is not None:
            return []
        wanting = ChannelMembership.objects.filter(
            channel=fact.channel_id, involvement=ChannelMembership.Involvement.EVERYTHING
        )
        return set(wanting.values_list("person_id", flat=True)) - ids_mentioned(message)

    def sentence(self, row: Any) -> Any:
        """How many messages, from whom, where."""
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
    """Somebody replied in a thread one began or took part in."""

    key = "conversations.replied"
    fact = MessagePosted
    icon = "corner-down-right"

    def thing(self, fact: Any) -> tuple[str, int]:
        """The message the thread hangs on."""
        return ("message", fact.root_id or fact.message_id)

    def recipients(self, fact: MessagePosted) -> Iterable[int]:
        """Who began the thread and who wrote in it, but for those who are called anyway."""
        message = _message(fact)
        if message is None or message.root_id is None:
            return []
        others = Message.objects.filter(root=message.root_id, number__lt=message.number).values_list("by_id", flat=True)
        began = Message.objects.filter(pk=message.root_id).values_list("by_id", flat=True)
        ids = {key for key in (*others, *began) if key} - ids_mentioned(message)
        return _without_muted(ids, fact.channel_id)

    def sentence(self, row: Any) -> Any:
        """Who replied to what."""
        words = ngettext(
            "%(who)s replied to “%(title)s”", "%(count)s replies to “%(title)s”, the last from %(who)s", row.count
        )
        return words % {"who": row.who, "count": row.count, "title": row.title}


@offers_notification
class WasTakenOut(NotificationType):
    """Somebody took a person out of a private channel."""

    key = "conversations.taken_out"
    group = "talk"
    fact = MembersChanged
    icon = "log-out"

    def thing(self, fact: MembersChanged) -> tuple[str, int]:
        """Nothing they could still open; the channel's id keeps one row for each."""
        return ("", fact.channel_id)

    def recipients(self, fact: MembersChanged) -> Iterable[int]:
        """Who was taken out by somebody else."""
        return fact.person_ids if fact.left and fact.by_id else []

    def sentence(self, row: Any) -> Any:
        """Who did it, and where: they know the channel's name."""
        key = row.row.thing_id if row.row else 0
        name = Channel.objects.filter(pk=key).values_list("name", flat=True).first() or ""
        return _("%(who)s removed you from the channel “%(channel)s”") % {"who": row.who, "channel": name}


@offers_notification
class WasQuoted(NotificationType):
    """What somebody said went into a draft."""

    key = "conversations.messages_quoted"
    group = "talk"
    fact = Quoted
    icon = "book"
    tells = "person_ids"

    def thing(self, fact: Quoted) -> tuple[str, int]:
        """The channel: the draft itself may not be open to them yet."""
        return ("channel", fact.channel_id)

    def sentence(self, row: Any) -> Any:
        """Who, where, and what one can do."""
        words = _("%(who)s is writing up what you said in “%(title)s”. Open it to review, or to be left out.")
        return words % {"who": row.who, "title": row.title}


@offers_notification
class AskedToBeLeftOut(NotificationType):
    """Whoever writes the draft learns that somebody does not want to be quoted."""

    key = "conversations.left_out"
    group = "mine"
    fact = LeftOutAsked
    icon = "user-x"
    calls = True
    tells = "drafter_id"
    says = gettext_lazy("%(who)s asks not to be quoted in “%(title)s”")

    def thing(self, fact: LeftOutAsked) -> tuple[str, int]:
        """The draft."""
        return (fact.kind, fact.thing_id)


@offers_notification
class ReminderArrived(_OfChannel):
    """What somebody wanted to be reminded of; its time has come."""

    key = "conversations.reminder_due"
    fact = Reminded
    icon = "clock"
    calls = True
    mail = True
    tells = "person_ids"

    def thing(self, fact: Any) -> tuple[str, int]:
        """The message: its words are what one is reminded of."""
        return ("message", fact.message_id)

    def sentence(self, row: Any) -> Any:
        """What it is."""
        return _("You wanted to be reminded: %(words)s") % {"words": row.title}
