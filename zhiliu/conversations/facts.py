"""What happens in conversations."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OfChannel(Fact, abstract=True):
    """Something happened in a channel."""

    about = ("channel", "channel_id")
    channel_id: int


@dataclass(frozen=True, kw_only=True)
class ChannelOpened(OfChannel, name="conversations.channel_opened"):
    """A channel of a community was opened; talks are nobody else's business and leave no such fact."""

    administrative = _("Created a channel")


@dataclass(frozen=True, kw_only=True)
class ChannelChanged(OfChannel, name="conversations.channel_changed"):
    """Name, purpose or who may post were changed, or it was closed or opened again."""

    administrative = _("Changed a channel")


@dataclass(frozen=True, kw_only=True)
class MembersChanged(OfChannel, name="conversations.members_changed"):
    """People were let into a private channel or a talk, or went."""

    person_ids: tuple[int, ...] = ()
    left: bool = False


@dataclass(frozen=True, kw_only=True)
class HooksChanged(OfChannel, name="conversations.hooks_changed"):
    """A program may write in a channel, or is told what is said there; or not any more."""

    administrative = _("Changed a channel’s integrations")


@dataclass(frozen=True, kw_only=True)
class FloorChanged(OfChannel, name="conversations.speaking_turn_changed"):
    """Only some people write in a channel for a while, or everybody again."""


@dataclass(frozen=True, kw_only=True)
class OfMessage(OfChannel, abstract=True):
    """A message appeared or changed; ``changed`` is the place of the change in its channel."""

    message_id: int
    changed: int
    root_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MessagePosted(OfMessage, name="conversations.message_posted"):
    """Somebody said something."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Reminded(OfChannel, name="conversations.reminder_due"):
    """What somebody wanted to be reminded of was said in the talk with themselves."""

    message_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class MessagesImported(OfChannel, name="conversations.messages_imported"):
    """Messages that were said elsewhere came in, in one batch; ``changed`` is the place of the last one."""

    message_ids: tuple[int, ...]
    changed: int


@dataclass(frozen=True, kw_only=True)
class MessageEdited(OfMessage, name="conversations.message_edited"):
    """The author put it differently.

    Args:
        edit: how many edits it has had by now.
    """

    edit: int = 0


@dataclass(frozen=True, kw_only=True)
class MessageWithdrawn(OfMessage, name="conversations.message_deleted"):
    """The author or a moderator took it back; its words are kept for those who moderate."""


@dataclass(frozen=True, kw_only=True)
class MessagePutBack(OfMessage, name="conversations.message_restored"):
    """A message that was taken down stands again."""


@dataclass(frozen=True, kw_only=True)
class MessageMarked(OfMessage, name="conversations.message_marked"):
    """Reactions or the pin of a message changed."""


@dataclass(frozen=True, kw_only=True)
class ThreadGrew(OfMessage, name="conversations.thread_grew"):
    """A message got another reply."""


@dataclass(frozen=True, kw_only=True)
class Quoted(OfChannel, name="conversations.messages_quoted"):
    """Messages went into a draft; their authors are told."""

    kind: str
    thing_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOutAsked(OfChannel, name="conversations.quote_removal_requested"):
    """An author asked not to be quoted in a draft."""

    kind: str
    thing_id: int
    drafter_id: int | None
