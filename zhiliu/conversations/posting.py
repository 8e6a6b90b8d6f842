"""Post, edit, delete and restore messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.kit.text.markdown import render
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.screening import ScreeningResult, flag, held_before, hold_for_review, screen

from .facts import MessageEdited, MessagePosted, MessagePutBack, MessageWithdrawn, ThreadGrew
from .mentions import find_mentioned, mark_mentioned, own_words
from .message_draft import MessageDraft
from .models import Attachment, Channel, ChannelMembership, Message, MessageEdit
from .pace import keep_talk_pace
from .polling import PollRequest, attach, end_with
from .rules import can_edit, can_post, can_reply, can_withdraw, moderates

MOST_CHARACTERS = 8000
MOST_FILES = 10
EDIT_FOR = dt.timedelta(hours=24)
WITHDRAW_FOR = dt.timedelta(hours=2)


@dataclass(frozen=True)
class PostingPlace:
    """The counters of a channel for a new message or change."""

    number: int
    change: int


def take_place(channel_id: int, *, numbers: int = 0, changes: int = 1, at: dt.datetime | None = None) -> PostingPlace:
    """Advance the counters of a channel and return them.

    The row stays locked until the end of the transaction, so the next caller commits later: numbers and changes have no
    gaps and are in commit order on both databases.

    Args:
        numbers: messages that are added to the channel itself. changes: all changes.
        at: time of the newest message, when one is added.
    """
    table = connection.ops.quote_name(Channel._meta.db_table)
    sql = (
        f"UPDATE {table} SET last_number = last_number + %s, last_change = last_change + %s, "  # noqa: S608
        "last_at = coalesce(%s, last_at) WHERE id = %s RETURNING last_number, last_change"
    )
    field = Channel._meta.get_field("last_at")
    moment = field.get_db_prep_value(at, connection) if at else None
    with connection.cursor() as cursor:
        cursor.execute(sql, [numbers, changes, moment, channel_id])
        number, change = cursor.fetchone()
    return PostingPlace(number, change)


def post(
    channel: Channel,
    *,
    body: str,
    by: Person,
    root: Message | None = None,
    client_id: str = "",
    mentioned_ids: Collection[int] = (),
    uploads: Sequence[Upload] = (),
    poll: PollRequest | None = None,
    quoted: Message | None = None,
) -> Message | HeldPost:
    """Post a message in a channel, or in the thread under ``root``; screening may hold it for review.

    Args:
        client_id: given by the sender's device; a repeated one returns the existing message.
        mentioned_ids: people chosen from the completion of names.
        uploads: files of ``by`` to attach. poll: its question and options are the text of the message.
        quoted: a message of this channel that it answers; deleted ones stay quoted, without their words.

    Raises:
        Forbidden: may not post here. Refused: empty, too long, or too often.
    """
    require(can_reply if root is not None else can_post, by, channel)
    if (message := _sent_before(by, client_id) or held_before(by, client_id)) is not None:
        return message
    if quoted is not None and quoted.channel_id != channel.pk:
        raise Refused(_("You can only quote messages of this channel."))
    draft = MessageDraft(_checked(body, uploads), root, client_id, tuple(mentioned_ids), tuple(uploads), poll, quoted)
    return _publish_or_hold(channel, draft, draft.body, by)


def post_forward(
    channel: Channel, original: Message, *, comment: str, by: Person, client_id: str, uploads: Sequence[Upload]
) -> Message | HeldPost:
    """Post a message that forwards another one; its words are screened with the comment.

    The caller has checked that ``by`` may share the original and the files.

    Raises:
        Forbidden: may not post here. Refused: too long, or too often.
    """
    require(can_post, by, channel)
    if (message := _sent_before(by, client_id) or held_before(by, client_id)) is not None:
        return message
    body = without_invisibles(comment).strip()
    if body:
        _checked(body, uploads)
    draft = MessageDraft(body, client_id=client_id, uploads=tuple(uploads), refers_to=original)
    return _publish_or_hold(channel, draft, f"{body}\n\n{original.body}".strip(), by)


def _publish_or_hold(channel: Channel, draft: MessageDraft, text: str, by: Person) -> Message | HeldPost:
    """Publish a draft, or hold it for review because of its ``text``."""
    look = _screened(text, channel, by)
    if look.holds and channel.community:
        payload = review_payload(channel, draft)
        return hold_for_review(
            look, channel.community, kind="message", payload=payload, by=by, client_id=draft.client_id
        )
    return publish_message(channel, draft, by=by, look=look)


def _screened(body: str, channel: Channel, by: Person) -> ScreeningResult:
    """Screen a post in a community. Direct messages are private: only their pace is checked."""
    if channel.community:
        return screen(body, channel.community, by=by, place=place_of(channel))
    keep_talk_pace(by)
    return ScreeningResult()


def place_of(channel: Channel) -> str:
    """Return the key of a channel where texts are compared."""
    return f"channel-{channel.pk}"


def review_payload(channel: Channel, draft: MessageDraft) -> dict[str, Any]:
    """Return everything needed to publish a held message later, and the current number of its channel.

    What it forwards was screened in these words, so moderators judge these, and no later ones are published.
    """
    payload = draft.as_json() | {"place": place_of(channel), "channel": channel.pk, "number": channel.last_number}
    if draft.refers_to is not None and draft.refers_to.channel_id != channel.pk:
        payload["forwarded"] = draft.refers_to.body
    return payload


def publish_message(
    channel: Channel, draft: MessageDraft, *, by: Person, look: ScreeningResult | None = None
) -> Message:
    """Store a message. The caller has checked permissions."""
    try:
        with transaction.atomic():
            message = _store(channel, draft, by)
            if draft.poll is not None:
                attach(message, draft.poll)
            if look is not None and channel.community:
                flag(look, channel.community, kind="message", thing_id=message.pk, by=by)
            return message
    except IntegrityError:
        # The same message was sent twice at once and the other request won. The transaction rolled the counters back.
        earlier = _sent_before(by, draft.client_id)
        if earlier is None:
            raise
        return earlier


def _sent_before(by: Person, client_id: str) -> Message | None:
    """Return the message that a device has already sent under this id."""
    if not client_id:
        return None
    # The condition of the unique index: SQLite uses the index only if the query repeats the condition, and reads all
    # messages of the author otherwise.
    return _by_name.first(by.pk, client_id)


_by_name = CompiledQuery(
    lambda by, name: Message.objects.filter(by=by, client_id=name).exclude(client_id="").order_by(), 1, ""
)


def _checked(body: str, uploads: Sequence[Upload]) -> str:
    body = without_invisibles(body).strip()
    if not body and not uploads:
        raise Refused(_("Write something first."), field="body")
    if len(body) > MOST_CHARACTERS:
        raise Refused(
            _("Messages can have at most %(most)s characters. Send longer text as a file, or write an article.")
            % {"most": f"{MOST_CHARACTERS:,}"},
            field="body",
        )
    if len(uploads) > MOST_FILES:
        raise Refused(_("A message can have at most %(most)s files.") % {"most": MOST_FILES})
    return body


def html_of(
    body: str, channel: Channel, by: Person, mentioned_ids: Collection[int] = ()
) -> tuple[str, dict[str, object]]:
    """Return the HTML of a text with its mentions marked, and the people it mentions."""
    html = render(body, talk=True).html
    called = find_mentioned(own_words(html), channel, by=by, mentioned_ids=mentioned_ids)
    return mark_mentioned(html, called), called.as_json()


def _store(channel: Channel, draft: MessageDraft, by: Person) -> Message:
    html, called = html_of(draft.body, channel, by, draft.chosen)
    now = timezone.now()
    message = Message(
        channel=channel,
        by=by,
        body=draft.body,
        html=html,
        at=now,
        client_id=draft.client_id,
        called=called,
        refers_to=draft.refers_to,
    )
    if draft.root is None:
        place = take_place(channel.pk, numbers=1, at=now)
        message.number, message.changed = place.number, place.change
    else:
        _into_thread(message, draft.root, now)
    message.save(force_insert=True)
    Attachment.objects.bulk_create(
        [Attachment(message=message, upload=upload, place=place) for place, upload in enumerate(draft.uploads)]
    )
    _read_own(message)
    announce(
        MessagePosted(
            message_id=message.pk,
            channel_id=channel.pk,
            number=message.number,
            changed=message.changed,
            root_id=message.root_id,
            community_id=channel.community_id,
            by_id=by.pk,
        )
    )
    if draft.root is not None:
        announce(_grew(draft.root, message))
    return message


def _into_thread(message: Message, root: Message, now: dt.datetime) -> None:
    """Count two changes: the reply, and the message above it, whose number of replies grows."""
    place = take_place(message.channel_id, changes=2)
    Message.objects.filter(pk=root.pk).update(reply_count=F("reply_count") + 1, last_reply_at=now, changed=place.change)
    root.refresh_from_db(fields=["reply_count", "changed"])
    message.root, message.number, message.changed = root, root.reply_count, place.change - 1


def _grew(root: Message, message: Message) -> ThreadGrew:
    return ThreadGrew(
        message_id=root.pk,
        channel_id=message.channel_id,
        changed=root.changed,
        community_id=message.channel.community_id,
        by_id=message.by_id,
    )


def _read_own(message: Message) -> None:
    """Mark the channel as read up to the author's own message, and show a hidden direct message again."""
    channel = message.channel
    if message.root_id is None:
        read = ChannelMembership.objects.filter(channel=channel, person=message.by).update(
            read_number=message.number, calls=0
        )
        if not read:
            ChannelMembership.objects.get_or_create(
                channel=channel, person=message.by, defaults={"read_number": message.number}
            )
    if channel.is_talk:
        ChannelMembership.objects.filter(channel=channel, hidden_at__isnull=False).update(hidden_at=None)


def edit(message: Message, *, body: str, by: Person, mentioned_ids: Collection[int] = ()) -> None:
    """Edit one's own message; the old text is kept. Idempotent for the same text.

    Raises:
        Forbidden: someone else's message, or the channel is closed. Refused: deleted, or too late.
    """
    require(can_edit, by, message)
    require(can_reply, by, message.channel)
    if message.withdrawn_at is not None:
        raise Refused(_("This message was deleted."))
    if message.poll is not None:
        raise Refused(_("A published poll can’t be edited. Close it and start another."))
    if timezone.now() - message.at > EDIT_FOR:
        raise Refused(_("Messages can be edited for one day. Write a new one."))
    body = _checked(body, list(message.uploads.all()))
    look = _look_at_edit(message, body, by)
    html, called = html_of(body, message.channel, by, mentioned_ids)
    with transaction.atomic():
        place = take_place(message.channel_id)
        # Under the channel's lock: if two devices edit at once, each stores the text it replaced.
        message.refresh_from_db()
        if message.body == body or message.withdrawn_at is not None:
            transaction.set_rollback(True)
            return
        MessageEdit.objects.create(message=message, body=message.body, called=message.called)
        message.body, message.html, message.called = body, html, called
        message.edited_at, message.changed = timezone.now(), place.change
        message.save(update_fields=["body", "html", "called", "edited_at", "changed"])
        announce(MessageEdited(**_names(message, by), edit=message.edits.count()))
        if message.channel.community:
            flag(look, message.channel.community, kind="message", thing_id=message.pk, by=by)


def _look_at_edit(message: Message, body: str, by: Person) -> ScreeningResult:
    """Screen an edit; a published message is flagged, not held."""
    channel = message.channel
    if channel.community is None or body == message.body:
        return ScreeningResult()
    return screen(body, channel.community, by=by, place=place_of(channel), is_edit=True)


def withdraw_message(message: Message, *, by: Person) -> None:
    """Delete a message: its author within two hours, moderators at any time. Idempotent.

    Moderators and the audit keep the text; readers see that a message was deleted.

    Raises:
        Forbidden: someone else's message. Refused: too late.
    """
    require(can_withdraw, by, message)
    own = message.by_id == by.pk
    if own and timezone.now() - message.at > WITHDRAW_FOR and not moderates(by, message.channel):
        raise Refused(_("Messages can be deleted for two hours. Ask a moderator of this community."))
    take_back_message(message, by=by)


def take_back_message(message: Message, *, by: Person) -> None:
    """Like :func:`withdraw_message`; the caller has checked permissions."""
    with transaction.atomic():
        place = take_place(message.channel_id)
        gone = Message.objects.filter(pk=message.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now(), withdrawn_by=by, changed=place.change, pinned_at=None
        )
        if not gone:
            transaction.set_rollback(True)
            return
        message.changed = place.change
        end_with(message, by)
        announce(MessageWithdrawn(**_names(message, by)))


def put_back_message(message: Message, *, by: Person) -> None:
    """Restore a message that was deleted by another person than its author. Idempotent.

    The caller has checked permissions.
    """
    with transaction.atomic():
        place = take_place(message.channel_id)
        rows = Message.objects.filter(pk=message.pk, withdrawn_at__isnull=False).exclude(withdrawn_by=F("by"))
        if not rows.update(withdrawn_at=None, withdrawn_by=None, changed=place.change):
            transaction.set_rollback(True)
            return
        message.changed = place.change
        announce(MessagePutBack(**_names(message, by)))


def _names(message: Message, by: Person) -> dict[str, Any]:
    """Return the fields shared by all facts about a changed message."""
    return {
        "message_id": message.pk,
        "channel_id": message.channel_id,
        "changed": message.changed,
        "root_id": message.root_id,
        "community_id": message.channel.community_id,
        "by_id": by.pk,
    }
