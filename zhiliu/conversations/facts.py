"""Facts about conversations."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OfChannel(Fact, abstract=True):
    """Base of the facts about one channel."""

    about = ("channel", "channel_id")
    channel_id: int


@dataclass(frozen=True, kw_only=True)
class ChannelOpened(OfChannel, name="conversations.channel_opened"):
    """A channel of a community was opened. Direct messages are private and leave no such fact."""

    administrative = _("Created a channel")


@dataclass(frozen=True, kw_only=True)
class ChannelChanged(OfChannel, name="conversations.channel_changed"):
    """Name, purpose or posting rights of a channel changed, or it was closed or reopened."""

    administrative = _("Changed a channel")


@dataclass(frozen=True, kw_only=True)
class MembersChanged(OfChannel, name="conversations.members_changed"):
    """People were added to or left a private channel or direct message."""

    person_ids: tuple[int, ...] = ()
    left: bool = False


@dataclass(frozen=True, kw_only=True)
class HooksChanged(OfChannel, name="conversations.hooks_changed"):
    """An incoming or outgoing hook was added to a channel, or removed."""

    administrative = _("Changed a channel’s integrations")


@dataclass(frozen=True, kw_only=True)
class FloorChanged(OfChannel, name="conversations.speaking_turn_changed"):
    """The speaking turn in a channel began or ended: only some people can post, or everybody again."""


@dataclass(frozen=True, kw_only=True)
class OfMessage(OfChannel, abstract=True):
    """A message was posted or changed; ``changed`` is the number of the change in its channel."""

    message_id: int
    changed: int
    root_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MessagePosted(OfMessage, name="conversations.message_posted"):
    """Someone posted a message."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Reminded(OfChannel, name="conversations.reminder_due"):
    """A reminder was posted in the direct message with oneself."""

    message_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class MessagesImported(OfChannel, name="conversations.messages_imported"):
    """Messages from elsewhere were imported in one batch; ``changed`` is the number of the last change."""

    message_ids: tuple[int, ...]
    changed: int


@dataclass(frozen=True, kw_only=True)
class MessageEdited(OfMessage, name="conversations.message_edited"):
    """The author edited a message.

    Args:
        edit: the number of its edits so far.
    """

    edit: int = 0


@dataclass(frozen=True, kw_only=True)
class MessageWithdrawn(OfMessage, name="conversations.message_deleted"):
    """The author or a moderator deleted a message. Its words are stored for moderators."""


@dataclass(frozen=True, kw_only=True)
class MessagePutBack(OfMessage, name="conversations.message_restored"):
    """A deleted message was restored."""


@dataclass(frozen=True, kw_only=True)
class MessageMarked(OfMessage, name="conversations.message_marked"):
    """Reactions, poll or pin of a message changed."""


@dataclass(frozen=True, kw_only=True)
class ThreadGrew(OfMessage, name="conversations.thread_grew"):
    """A message got another reply."""


@dataclass(frozen=True, kw_only=True)
class Quoted(OfChannel, name="conversations.messages_quoted"):
    """Messages were quoted in a draft; their authors are notified."""

    kind: str
    thing_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOutAsked(OfChannel, name="conversations.quote_removal_requested"):
    """An author asked not to be quoted in a draft."""

    kind: str
    thing_id: int
    drafter_id: int | None
