"""Polls in channels: a poll belongs to the message it was posted with, which stores what it shows of it.

The poll itself, its options and ballots are those of ``zhiliu.polls``. A message is rendered for all its readers from
its own row, so it stores what is rendered (:func:`as_shown`). Every vote is a change of the channel, like a reaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.polls.models import Ballot, Poll
from zhiliu.polls.owners import PollOwner, owners
from zhiliu.polls.voting import distinct, end_poll, put_poll

from .models import Channel, Message
from .rules import can_reply, can_see, can_withdraw

KIND = "message"
MOST_OPTIONS = 10
LONGEST_QUESTION, LONGEST_OPTION = 120, 80
SHORTEST, LONGEST = dt.timedelta(minutes=5), dt.timedelta(days=30)


@dataclass(frozen=True)
class PollRequest:
    """A poll to be posted with a message: its words, and how long it stays open."""

    question: str
    options: tuple[str, ...]
    lasts: dt.timedelta
    is_secret: bool = False

    @property
    def body(self) -> str:
        """The text of the message, which is screened, searched, quoted and sent to programs."""
        return "\n".join([self.question, "", *(f"- {text}" for text in self.options)])

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for a held post."""
        lasts = int(self.lasts.total_seconds())
        return {"question": self.question, "options": self.options, "lasts": lasts, "secret": self.is_secret}


def poll_request_of(data: dict[str, Any] | None) -> PollRequest | None:
    """Parse the result of :meth:`PollRequest.as_json`."""
    if data is None:
        return None
    return PollRequest(data["question"], tuple(data["options"]), dt.timedelta(seconds=data["lasts"]), data["secret"])


def checked(question: str, options: Sequence[str], lasts: dt.timedelta, *, is_secret: bool = False) -> PollRequest:
    """Validate a poll.

    Raises:
        Refused: no question, too few or too many options, too long, or open for too short or too long a time.
    """
    question = " ".join(without_invisibles(question).split())
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise Refused(
            _("Ask something, in at most %(most)s characters.") % {"most": LONGEST_QUESTION}, field="question"
        )
    texts = distinct([" ".join(without_invisibles(option).split()) for option in options], MOST_OPTIONS)
    if any(len(text) > LONGEST_OPTION for text in texts):
        raise Refused(_("Options can have at most %(most)s characters.") % {"most": LONGEST_OPTION}, field="options")
    if not SHORTEST <= lasts <= LONGEST:
        raise Refused(_("Choose how long it stays open: five minutes to thirty days."), field="lasts")
    return PollRequest(question, tuple(texts), lasts, is_secret)


def attach(message: Message, request: PollRequest) -> None:
    """Create the poll of a new message, in its transaction."""
    assert message.by is not None
    poll = put_poll(
        message.channel.community,
        (KIND, message.pk),
        question=request.question,
        options=request.options,
        lasts=request.lasts,
        is_secret=request.is_secret,
        by=message.by,
    )
    message.poll, message.poll_due = as_shown(poll), poll.closes_at
    Message.objects.filter(pk=message.pk).update(poll=message.poll, poll_due=message.poll_due)


def as_shown(poll: Poll) -> dict[str, Any]:
    """Return what a message stores of its poll, the same for all readers. Secret counts only appear after the end."""
    counts = _counts(poll) if poll.shows_counts else {}
    return {
        "id": poll.pk,
        "question": poll.question,
        "options": [[option.pk, option.text, counts.get(option.pk, 0)] for option in poll.options.all()],
        "closes": poll.closes_at.isoformat(),
        "open": poll.is_open,
        "secret": poll.is_secret,
        "counted": poll.shows_counts,
        "voted": poll.ballot_count,
    }


def _counts(poll: Poll) -> dict[int, int]:
    counts: dict[int, int] = {}
    for key in Ballot.objects.filter(poll=poll).values_list("option_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return counts


def end_with(message: Message, by: Person) -> None:
    """End the poll of a deleted message."""
    poll = poll_of(message)
    if poll is not None:
        end_poll(poll, by=by)
        Message.objects.filter(pk=message.pk).update(poll=as_shown(poll), poll_due=None)


def poll_of(message: Message) -> Poll | None:
    """Return the poll of a message."""
    if message.poll is None:
        return None
    return Poll.objects.about(KIND, message.pk).select_related("community", "by").first()


def _message(key: int) -> Message | None:
    return Message.objects.select_related("channel__community").filter(pk=key).first()


def _keeps(person: Person, key: int) -> bool:
    message = _message(key)
    return message is not None and can_see(person, message.channel) and can_withdraw(person, message)


def _votes(person: Person, key: int) -> bool:
    message = _message(key)
    return message is not None and message.withdrawn_at is None and can_reply(person, message.channel)


def _sees(person: Person, key: int) -> bool:
    message = _message(key)
    return message is not None and message.withdrawn_at is None and can_see(person, message.channel)


def _seen(person: Person) -> Any:
    channels = Channel.objects.visible_to(person).values("pk")
    rows = Message.objects.filter(poll__isnull=False, withdrawn_at=None, channel__in=channels)
    return rows.values("pk")


owners.register(PollOwner(keep=_keeps, vote=_votes, see=_sees, seen=_seen, most_options=MOST_OPTIONS), key=KIND)
