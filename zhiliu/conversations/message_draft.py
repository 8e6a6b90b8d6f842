"""The content of a message before it is posted, and its form in a held post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.files.models import Upload
from zhiliu.kit.errors import Refused

from .models import Message
from .polling import PollRequest, poll_request_of


@dataclass(frozen=True)
class MessageDraft:
    """The content of a message that is not stored yet.

    Args:
        root: the message whose thread it continues.
        client_id: deduplicates repeated requests of one device; empty where the sender cannot repeat itself.
        chosen: ids of people chosen from the completion of names.
        refers_to: the message it quotes or forwards.
    """

    body: str
    root: Message | None = None
    client_id: str = ""
    chosen: tuple[int, ...] = ()
    uploads: tuple[Upload, ...] = ()
    poll: PollRequest | None = None
    refers_to: Message | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that a held post stores: plain values, ids instead of rows."""
        content = {
            "text": self.body,
            "root": self.root.pk if self.root else None,
            "chosen": list(self.chosen),
            "uploads": [upload.pk for upload in self.uploads],
        }
        if self.refers_to is not None:
            content["refers_to"] = self.refers_to.pk
        return content | ({"poll": self.poll.as_json()} if self.poll else {})


def draft_of(payload: dict[str, Any], *, channel_id: int, client_id: str) -> MessageDraft:
    """Rebuild the draft from :meth:`MessageDraft.as_json`, without files that were deleted since.

    Raises:
        Refused: the thread it continued no longer exists.
    """
    root = Message.objects.filter(pk=payload["root"] or 0, channel=channel_id).first()
    if payload["root"] and root is None:
        raise Refused(_("The place for this no longer exists."))
    uploads = Upload.objects.in_bulk(payload["uploads"])
    return MessageDraft(
        payload["text"],
        root,
        client_id,
        tuple(payload["chosen"]),
        tuple(uploads[key] for key in payload["uploads"] if key in uploads),
        poll_request_of(payload.get("poll")),
        Message.objects.filter(pk=payload.get("refers_to") or 0).first(),
    )
