"""Opening polls, and voting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import BallotCast, PollClosed, PollOpened, PollPut
from .models import Ballot, Option, Poll
from .owners import owners
from .rules import can_close, can_open, can_vote

MOST_OPTIONS = 12
LONGEST = dt.timedelta(days=90)


def open_poll(
    community: Community,
    *,
    question: str,
    options: Sequence[str],
    closes_at: dt.datetime,
    by: Person,
    is_secret: bool = False,
) -> Poll:
    """Create a poll in a community.

    Args:
        options: at least two different ones, in order.

    Raises:
        Forbidden: not a member, or polls are disabled. Refused: too few or too many options, or a closing time out of
            range.
    """
    require(can_open, by, community)
    texts = distinct(options, MOST_OPTIONS)
    if not timezone.now() < closes_at <= timezone.now() + LONGEST:
        raise Refused(_("Choose a closing time within the next 90 days."), field="closes_on")
    with transaction.atomic():
        poll = Poll.objects.create(
            community=community, question=question, by=by, is_secret=is_secret, closes_at=closes_at
        )
        _add_options(poll, texts)
        announce(PollOpened(poll_id=poll.pk, community_id=community.pk, by_id=by.pk))
    return poll


def put_poll(
    community: Community | None,
    about: tuple[str, int],
    *,
    question: str,
    options: Sequence[str],
    by: Person,
    lasts: dt.timedelta = dt.timedelta(hours=3),
    is_secret: bool = False,
) -> Poll:
    """Create a poll for the participants of an object. It closes other open polls there. Idempotent for the same
    question while it is open.

    Args:
        about: kind and id of the object; its app decides who may (``owners``).
        options: from 2 to the owner's maximum of different ones, in order.
        lasts: it closes by itself after this time.

    Raises:
        Forbidden: may not create polls there. Refused: too few or too many options.
    """
    kind, thing_id = about
    closes_at = timezone.now() + lasts
    poll = Poll(community=community, question=question, by=by, closes_at=closes_at, kind=kind, thing_id=thing_id)
    poll.is_secret = is_secret
    require(can_close, by, poll)
    owner = owners.get(kind)
    texts = distinct(options, owner.most_options if owner else MOST_OPTIONS)
    with transaction.atomic():
        open_ones = Poll.objects.about(kind, thing_id).open().select_for_update()
        existing = next((poll for poll in open_ones if poll.question == question), None)
        if existing is not None:
            return existing
        for item in open_ones:
            close_poll(item, by=by)
        poll.save()
        _add_options(poll, texts)
        announce(PollPut(poll_id=poll.pk, community_id=poll.community_id, by_id=by.pk))
    return poll


def close_poll(poll: Poll, *, by: Person) -> Poll:
    """Close a poll now. Idempotent.

    Raises:
        Forbidden: neither its author nor a moderator or leader there.
    """
    require(can_close, by, poll)
    return end_poll(poll, by=by)


def end_poll(poll: Poll, *, by: Person) -> Poll:
    """Like :func:`close_poll`; the caller has checked permissions."""
    with transaction.atomic():
        if Poll.objects.filter(pk=poll.pk).open().update(closes_at=timezone.now()):
            announce(PollClosed(poll_id=poll.pk, community_id=poll.community_id, by_id=by.pk))
    poll.refresh_from_db()
    return poll


def distinct(options: Sequence[str], most: int) -> list[str]:
    """Return the options in stored form, without empty ones and duplicates.

    Raises:
        Refused: fewer than two, or more than ``most``.
    """
    texts = list(dict.fromkeys(text.strip() for text in options if text.strip()))
    if not 2 <= len(texts) <= most:
        raise Refused(_("Enter 2 to %(most)s different options.") % {"most": most}, field="options")
    return texts


def _add_options(poll: Poll, texts: Sequence[str]) -> None:
    Option.objects.bulk_create(Option(poll=poll, text=text, order=place) for place, text in enumerate(texts))


def cast_ballot(poll: Poll, option: Option, *, by: Person) -> bool:
    """Vote, or change the vote. Idempotent for the same choice.

    Returns:
        True if this changed anything.

    Raises:
        Forbidden: not a member. Refused: closed, or an option of another poll.
    """
    require(can_vote, by, poll)
    if option.poll_id != poll.pk:
        raise Refused(_("Choose one of the options shown."))
    with transaction.atomic():
        # Locked: a ballot that counts was cast before the poll was closed.
        if not Poll.objects.select_for_update(no_key=True).get(pk=poll.pk).is_open:
            raise Refused(_("This poll is closed."))
        # Race: the unique key handles two simultaneous clicks: one ballot per person.
        ballot, is_new = Ballot.objects.select_for_update().get_or_create(poll=poll, by=by, defaults={"option": option})
        if not is_new and ballot.option_id == option.pk:
            return False
        Ballot.objects.filter(pk=ballot.pk).update(option=option, at=timezone.now())
        Poll.objects.filter(pk=poll.pk).update(ballot_count=Ballot.objects.filter(poll=poll).count())
        # Where names are not shown, the log does not store them either.
        actor = None if poll.is_secret or poll.kind else by.pk
        announce(BallotCast(poll_id=poll.pk, community_id=poll.community_id, by_id=actor))
    return True
