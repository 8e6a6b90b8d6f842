"""Mails that become messages: replies in threads and direct messages, posts in channels, and posts of programs."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.inbound_mail import (
    FilesPlace,
    InboundMessage,
    PostingAddress,
    ReplyHandler,
    offers_posting_address,
    offers_reply_handler,
)
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.text.markdown import inert

from .hooks.incoming import MAIL_LETTER, hook_of_mail, receive_mail
from .models import Channel, IncomingHook, Message
from .posting import post
from .rules import bots_may_write, can_post, can_reply

THREAD = "message.reply"
TALK = "talk.reply"
CHANNEL = "channel.post"
_AGAIN = re.compile(r"^(?:(?:re|aw|回复|答复|回覆)\s*[:：]\s*)+", re.IGNORECASE)


def _channel(person: Person, key: int) -> Channel:
    channel = Channel.objects.visible_to(person).select_related("community").filter(pk=key).first()
    if channel is None:
        raise Http404(key)
    return channel


def _of(channel: Channel) -> FilesPlace:
    # The channel serves files of messages, after its own rule.
    return FilesPlace(community=channel.community, is_private=True)


@offers_reply_handler
class ReplyByMail(ReplyHandler):
    """A reply in the thread under a message."""

    name = THREAD

    def place(self, person: Person, thing_id: int) -> FilesPlace:
        """See the class above."""
        channel = self._root(person, thing_id).channel
        require(can_reply, person, channel)
        return _of(channel)

    def take(self, person: Person, thing_id: int, letter: InboundMessage) -> None:
        """See the class above."""
        root = self._root(person, thing_id)
        post(root.channel, body=letter.text, by=person, root=root, client_id=letter.client_id, uploads=letter.uploads)

    def _root(self, person: Person, key: int) -> Message:
        rows = Message.objects.filter(channel__in=Channel.objects.visible_to(person).values("pk"), root=None)
        message = rows.select_related("channel__community").filter(pk=key).first()
        if message is None:
            raise Http404(key)
        return message


class _PostByMail(ReplyHandler):
    """A message in a channel or direct message."""

    def place(self, person: Person, thing_id: int) -> FilesPlace:
        """See the class above."""
        channel = _channel(person, thing_id)
        require(can_post, person, channel)
        return _of(channel)

    def take(self, person: Person, thing_id: int, letter: InboundMessage) -> None:
        """See the class above."""
        channel, body = _channel(person, thing_id), self.body_of(letter)
        post(channel, body=body, by=person, client_id=letter.client_id, uploads=letter.uploads)

    def body_of(self, letter: InboundMessage) -> str:
        """Return the text of the message."""
        return letter.text


@offers_reply_handler
class TalkByMail(_PostByMail):
    """A message in a direct message, as a reply to another."""

    name = TALK


@offers_reply_handler
class ChannelByMail(_PostByMail):
    """A new message in a channel, with the subject as its first line."""

    name = CHANNEL
    is_reply = False

    def body_of(self, letter: InboundMessage) -> str:
        """Return the subject in bold, then the text."""
        return "\n\n".join(part for part in (subject_line(letter.subject), letter.text) if part)


@offers_posting_address
class HookByMail(PostingAddress):
    """The mail address of a hook: everyone who knows it posts as the bot of the channel."""

    letter = MAIL_LETTER

    def open(self, secret: str) -> IncomingHook | None:
        """See the class above."""
        return hook_of_mail(secret)

    def writer(self, box: Any) -> Person:
        """Return the bot."""
        bot: Person = box.bot
        return bot

    def place(self, box: Any) -> FilesPlace:
        """See the class above."""
        require(bots_may_write, box.bot, box.channel)
        return _of(box.channel)

    def take(self, box: Any, letter: InboundMessage) -> None:
        """See the class above."""
        receive_mail(box, letter, head=subject_line(letter.subject))


def subject_line(subject: str) -> str:
    """Return a subject as the bold first line of a message, with special characters escaped; '' for none."""
    subject = _AGAIN.sub("", subject).strip()
    return f"**{inert(subject)}**" if subject else ""
