"""Turn an evening's messages into the start of its article."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiliu.conversations.models import Message
from zhiliu.conversations.turning import excerpt_of, tell_quoted
from zhiliu.directory.models import Person
from zhiliu.knowledge.models import Article

from ..models import Gathering
from .models import Evening

# The limit of quoted messages; the article links to the first one for the rest.
MOST = 400


def said_that_evening(evening: Evening) -> list[Message]:
    """Return the messages from the opening to the end, oldest first, without deleted ones."""
    if evening.first_number is None:
        return []
    last = evening.last_number if evening.last_number is not None else evening.channel.last_number
    rows = Message.objects.filter(channel=evening.channel, root=None, number__range=(evening.first_number, last))
    return list(
        rows.filter(withdrawn_at=None)
        .select_related("by")
        .prefetch_related("attachments__upload__file")
        .order_by("number")[:MOST]
    )


def _parts(evening: Evening, guest_id: int | None) -> tuple[list[Message], list[Message]]:
    """Return the guest's messages and those after it, without the opening and announcements."""
    messages = said_that_evening(evening)
    turn = evening.questions_number
    shared = [message for message in messages if message.by_id == guest_id and (turn is None or message.number < turn)]
    after = [message for message in messages if turn is not None and message.number > turn]
    return shared, after


def markdown_of_evening(gathering: Gathering) -> str:
    """Return the guest's part and the questions under separate headings, each quote linked to its message."""
    evening = Evening.objects.filter(gathering=gathering).select_related("channel").first()
    if evening is None:
        return ""
    shared, after = _parts(evening, gathering.sharer_id)
    name = gathering.sharer.name if gathering.sharer else ""
    headed = ((_("What %(name)s shared") % {"name": name}, shared), (_("Questions in the channel"), after))
    return "\n\n".join(
        f"## {head}\n\n{excerpt_of(evening.channel, messages).markdown}" for head, messages in headed if messages
    )


def tell_those_quoted(gathering: Gathering, article: Article, *, by: Person) -> None:
    """Notify everybody quoted in the draft; they may ask to be left out."""
    evening = Evening.objects.filter(gathering=gathering).select_related("channel").first()
    if evening is not None:
        shared, after = _parts(evening, gathering.sharer_id)
        tell_quoted(evening.channel, [*shared, *after], ("article", article.pk), by)
