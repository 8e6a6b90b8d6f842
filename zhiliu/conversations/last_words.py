"""What was said, on one line: in lists of channels, in the inbox, in quotations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.text.markdown import plain

from .models import Attachment, Message

if TYPE_CHECKING:
    from .queries import ChannelRow

MOST = 160


def one_line(message: Message) -> str:
    """Return the words of a message on one line, or what it has instead of words. '' for a deleted one.

    Args:
        message: with ``attachments`` prefetched where it may have no words.
    """
    if message.withdrawn_at is not None:
        return ""
    words = " ".join(plain(message.body, talk=True).split()) or files_on_one_line(message)
    if not words and message.refers_to_id is not None:
        return _("[Forwarded message]")
    return words if len(words) <= MOST else f"{words[:MOST].rstrip()}…"


def files_on_one_line(message: Message) -> str:
    """Return what the files of a message are called."""
    attachments: Iterable[Attachment] = message.attachments.all()
    return pgettext("between names", ", ").join(file_words(attachment.upload) for attachment in attachments)


def file_words(upload: Upload) -> str:
    """Return what a file is called where its content is not shown."""
    if upload.file.is_picture:
        return _("[Picture]")
    if upload.file.is_sound:
        return _("[Voice message]")
    return upload.name


def add_last_words(rows: Sequence[ChannelRow], person: Person) -> None:
    """Fill in the last message of each row; two queries, however many rows."""
    newest = Message.objects.filter(
        channel__in=[row.pk for row in rows], root=None, number=F("channel__last_number")
    ).select_related("by")
    by_channel = {message.channel_id: message for message in newest.prefetch_related("attachments__upload__file")}
    for row in rows:
        message = by_channel.get(row.pk)
        if message is not None:
            row.last_author, row.last_words = _author(message, person), _last_words(message)


def _author(message: Message, person: Person) -> str:
    if message.by is None:
        return _("Former colleague")
    return pgettext("who wrote it", "You") if message.by_id == person.pk else message.by.name


def _last_words(message: Message) -> str:
    return _("This message was deleted.") if message.withdrawn_at is not None else one_line(message)
