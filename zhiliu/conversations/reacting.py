"""React to messages, pin them for everybody, and bookmark them."""

from __future__ import annotations

import regex
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import MessageMarked
from .models import Bookmark, Message, Reaction
from .opening import require_keeper
from .posting import take_place
from .rules import can_reply, can_see

# Words come first, because a word says what helped. Keys are stored, labels are shown.
WORDS = {
    "useful": pgettext_lazy("reaction", "Useful"),
    "noted": pgettext_lazy("reaction", "Noted"),
    "same": pgettext_lazy("reaction", "Same question"),
    "thanks": pgettext_lazy("reaction", "Thanks"),
}
SIGNS = ("👍", "👏", "🎉", "😄", "🤔", "👀", "✅", "❤️")
# A picture, in a skin tone or with the letters of a region (England); a flag; a keycap.
_PART = (
    r"(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|[\U000E0020-\U000E007E]+\U000E007F)?"
    r"|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F\u20E3)"
)
# One emoji: a part, or joined ones (a woman, a joiner, a computer). No accents, which pile up over the lines above.
_EMOJI = regex.compile(rf"(?=.{{1,12}}$){_PART}(?:\u200D{_PART})*")
_ORDER = {what: position for position, what in enumerate([*WORDS, *SIGNS])}
_MARKED = regex.compile(r"(\p{Emoji_Presentation})\uFE0F")
# Signs that are drawn as text without the mark.
_UNMARKED = regex.compile(r"(?!\p{Emoji_Presentation})(\p{Extended_Pictographic}|[0-9#*](?=\u20E3))(\u20E3?)")
MOST_DIFFERENT = 20
MOST_PINS = 50


def reaction_label(what: str) -> str:
    """Return the label of a reaction."""
    return str(WORDS.get(what, what))


def sorted_reactions(reacted: dict[str, int]) -> list[tuple[str, int]]:
    """Return (reaction, count) of those that were given: the words, then the usual signs, then others.

    Sorted where it is shown, because the database keeps no order of keys.
    """
    given = [(what, count) for what, count in reacted.items() if count]
    return sorted(given, key=lambda row: (_ORDER.get(row[0], len(_ORDER)), row[0]))


def as_stored(what: str) -> str:
    """Return a sign in its one spelling: the mark that asks for a picture stands only where text would be drawn."""
    return _UNMARKED.sub("\\1\ufe0f\\2", what) if _UNMARKED.fullmatch(what) else _MARKED.sub(r"\1", what)


def react(message: Message, what: str, *, by: Person) -> None:
    """Add a reaction to a message. Idempotent.

    Raises:
        Forbidden: cannot take part here. Refused: the message was deleted, no such reaction, or too many kinds of them.
    """
    require(can_reply, by, message.channel)
    what = as_stored(what)
    if what not in WORDS and not _EMOJI.fullmatch(what):
        raise Refused(_("There is no such reaction."))
    if message.withdrawn_at is not None:
        raise Refused(_("This message was deleted."))
    if what not in message.reacted and len(message.reacted) >= MOST_DIFFERENT:
        raise Refused(_("There are enough different reactions here. Add to one of them."))
    with transaction.atomic():
        _row, is_new = Reaction.objects.get_or_create(message=message, by=by, what=what)
        if is_new:
            _count_anew(message, by)


def take_reaction_back(message: Message, what: str, *, by: Person) -> None:
    """Remove one's own reaction. Idempotent."""
    require(can_see, by, message.channel)
    spellings = {what, as_stored(what)}
    with transaction.atomic():
        removed, _rows = Reaction.objects.filter(message=message, by=by, what__in=spellings).delete()
        if removed:
            _count_anew(message, by)


def _count_anew(message: Message, by: Person) -> None:
    # Lock the channel first: two reactions at once are counted one after the other, each including the other.
    place = take_place(message.channel_id)
    rows = Reaction.objects.filter(message=message).values_list("what").annotate(n=Count("pk"))
    counts = dict(rows)
    Message.objects.filter(pk=message.pk).update(reacted=counts, changed=place.change)
    message.reacted, message.changed = counts, place.change
    _announce(message, by)


def pin(message: Message, *, by: Person) -> None:
    """Pin a top-level message for everybody. Idempotent.

    Raises:
        Forbidden: may not manage the channel (in a direct message everybody may). Refused: too many pins, or a reply.
    """
    _require_pinner(message, by)
    if message.root_id is not None or message.withdrawn_at is not None:
        raise Refused(_("Only a message of the channel itself can be pinned."))
    pinned = Message.objects.filter(channel=message.channel_id, pinned_at__isnull=False)
    if pinned.exclude(pk=message.pk).count() >= MOST_PINS:
        raise Refused(_("There are too many pins here. Unpin one first."))
    _set_pin(message, by, pinned=True)


def unpin(message: Message, *, by: Person) -> None:
    """Remove a pin. Idempotent."""
    _require_pinner(message, by)
    _set_pin(message, by, pinned=False)


def _require_pinner(message: Message, by: Person) -> None:
    require(can_reply, by, message.channel)
    if not message.channel.is_talk:
        require_keeper(message.channel, by)


def _set_pin(message: Message, by: Person, *, pinned: bool) -> None:
    with transaction.atomic():
        place = take_place(message.channel_id)
        values = {"pinned_at": timezone.now() if pinned else None, "pinned_by": by if pinned else None}
        rows = Message.objects.filter(pk=message.pk, pinned_at__isnull=pinned)
        if not rows.update(changed=place.change, **values):
            transaction.set_rollback(True)
            return
        message.changed = place.change
        _announce(message, by)


def _announce(message: Message, by: Person) -> None:
    announce(
        MessageMarked(
            message_id=message.pk,
            channel_id=message.channel_id,
            changed=message.changed,
            root_id=message.root_id,
            community_id=message.channel.community_id,
            by_id=by.pk,
        )
    )


def bookmark(message: Message, *, by: Person) -> None:
    """Bookmark a message. Idempotent."""
    require(can_see, by, message.channel)
    Bookmark.objects.get_or_create(message=message, by=by)


def forget_bookmark(message: Message, *, by: Person) -> None:
    """Remove one's own bookmark. Idempotent."""
    Bookmark.objects.filter(message=message, by=by).delete()
