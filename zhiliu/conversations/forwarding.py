"""Forward a message to another channel or direct message.

The words are those of the original when it was sent on (``references.py``). Files come along only as far as the person
may share them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.moderation.models import HeldPost

from .models import Channel, Message
from .posting import post_forward
from .queries import ChannelRow, rows_of_communities, rows_of_memberships, talks
from .references import is_forward, leaves_circle
from .rules import can_see

Group = tuple[str, list[ChannelRow]]


def original_of(message: Message) -> Message:
    """Return what is forwarded: the message, or what it forwards itself."""
    return message.refers_to if message.refers_to is not None and is_forward(message) else message


def needs_consent(message: Message, into: Channel) -> bool:
    """Return whether forwarding takes the words out of the circle that could read them."""
    return leaves_circle(message.channel, into) or leaves_circle(original_of(message).channel, into)


def shareable_files(message: Message, into: Channel, *, by: Person) -> list[Upload]:
    """Return the files that may come along: all from where everybody in ``into`` could read, else only one's own."""
    uploads = [attachment.upload for attachment in message.attachments.select_related("upload__file")]
    if needs_consent(message, into):
        return [upload for upload in uploads if upload.by_id == by.pk]
    return uploads


def forward(
    message: Message, into: Channel, *, comment: str, by: Person, client_id: str = "", consents: bool = False
) -> Message | HeldPost:
    """Forward a message to another channel, with a comment. Idempotent by ``client_id``.

    Args:
        consents: the person confirmed that the words leave a private circle.

    Raises:
        Forbidden: may not read the message, or not post in the channel. Refused: deleted, the same channel, not
            confirmed, or nothing of it may be shared.
    """
    require(can_see, by, message.channel)
    original = original_of(message)
    if message.withdrawn_at is not None or original.withdrawn_at is not None:
        raise Refused(_("This message was deleted."))
    if into.pk in (message.channel_id, original.channel_id):
        raise Refused(_("It was written there. Choose another place, or quote it."), field="into")
    if needs_consent(message, into) and not consents:
        raise Refused(_("Confirm that what was said in private may be read there."), field="consents")
    files = shareable_files(message, into, by=by)
    if not original.body and not files:
        raise Refused(_("Its files can’t be shared outside. Only their sender can send them on."))
    return post_forward(into, original, comment=comment, by=by, client_id=client_id, uploads=files)


def forward_targets(message: Message, person: Person) -> list[Group]:
    """Return where a message may be forwarded to, by group: direct messages first, then each community's channels."""
    rows = rows_of_memberships(person)
    seen = reach(person)
    by_community = rows_of_communities(seen.roles, person)
    closed_to = _stewards_only(person, [row.pk for many in by_community.values() for row in many])
    groups: list[Group] = [("", [row for row in talks(rows, person) if row.pk != message.channel_id])]
    for key, place in zip(seen.roles, seen.places, strict=True):
        left = [row for row in by_community[key] if row.pk != message.channel_id and row.pk not in closed_to]
        groups.append((place.name, left))
    return [(name, left) for name, left in groups if left]


def _stewards_only(person: Person, ids: list[int]) -> set[int]:
    """Return the channels among ``ids`` in which only managers post, and the person is none."""
    rows = Channel.objects.filter(pk__in=ids).exclude(posting=Channel.Posting.EVERYBODY)
    may = reach(person).may
    return {
        key
        for key, community in rows.values_list("pk", "community_id")
        if not may(Permission.EDIT_HOME, community or 0)
    }
