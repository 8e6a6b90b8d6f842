"""Polls are opened, and people vote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.rules import require

from .facts import BallotCast, PollClosed, PollOpened, PollPut
from .models import Ballot, Option, Poll
from .rules import can_close, can_open, can_vote

MOST_OPTIONS = 12
MOST_AT_A_THING = 6
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
    """Put a question to a community.

    Args:
        options: at least two different ones, in their order.

    Raises:
        Forbidden: not a member, or polls are off. Refused: too few or too many options, or a closing time out of range.
    """
    require(can_open, by, community)
    texts = _distinct(options, MOST_OPTIONS)
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
    community: Community,
    about: tuple[str, int],
    *,
    question: str,
    options: Sequence[str],
    by: Person,
    lasts: dt.timedelta = dt.timedelta(hours=3),
) -> Poll:
    """Put a question to those who are at a thing. The poll that was open there is closed; the same question again is
    the same poll.

    Args:
        about: kind and id of the thing; its app says who may (``owners``).
        options: 2 to 6 different ones, in their order. lasts: it closes by itself after this time.

    Raises:
        Forbidden: may not put questions there. Refused: too few or too many options.
    """
    kind, thing_id = about
    closes_at = timezone.now() + lasts
    poll = Poll(community=community, question=question, by=by, closes_at=closes_at, kind=kind, thing_id=thing_id)
    require(can_close, by, poll)
    texts = _distinct(options, MOST_AT_A_THING)
    with transaction.atomic():
        open_ones = Poll.objects.about(kind, thing_id).open().select_for_update()
        same = next((one for one in open_ones if one.question == question), None)
        if same is not None:
            return same
        for one in open_ones:
            close_poll(one, by=by)
        poll.save()
        _add_options(poll, texts)
        announce(PollPut(poll_id=poll.pk, community_id=community.pk, by_id=by.pk))
    return poll


def close_poll(poll: Poll, *, by: Person) -> Poll:
    """Close a poll now. Twice is harmless.

    Raises:
        Forbidden: neither its author nor who moderates or leads where it was put.
    """
    require(can_close, by, poll)
    with transaction.atomic():
        if Poll.objects.filter(pk=poll.pk).open().update(closes_at=timezone.now()):
            announce(PollClosed(poll_id=poll.pk, community_id=poll.community_id, by_id=by.pk))
    poll.refresh_from_db()
    return poll


def _distinct(options: Sequence[str], most: int) -> list[str]:
    texts = list(dict.fromkeys(text.strip() for text in options if text.strip()))
    if not 2 <= len(texts) <= most:
        raise Refused(_("Give 2 to %(most)s different options.") % {"most": most}, field="options")
    return texts


def _add_options(poll: Poll, texts: Sequence[str]) -> None:
    Option.objects.bulk_create(Option(poll=poll, text=text, order=place) for place, text in enumerate(texts))


def cast_ballot(poll: Poll, option: Option, *, by: Person) -> None:
    """Vote, or change one's mind. The same choice again is harmless.

    Raises:
        Forbidden: not a member. Refused: closed, or an option of another poll.
    """
    require(can_vote, by, poll)
    if option.poll_id != poll.pk:
        raise Refused(_("Choose one of the options shown."))
    if not poll.is_open:
        raise Refused(_("This poll is closed."))
    with transaction.atomic():
        # The unique row settles two clicks at the same time: one person has one ballot.
        ballot, is_new = Ballot.objects.select_for_update().get_or_create(poll=poll, by=by, defaults={"option": option})
        if not is_new and ballot.option_id == option.pk:
            return
        Ballot.objects.filter(pk=ballot.pk).update(option=option, at=timezone.now())
        Poll.objects.filter(pk=poll.pk).update(ballot_count=Ballot.objects.filter(poll=poll).count())
        # Where names are not shown the log does not keep them either.
        actor = None if poll.is_secret or poll.kind else by.pk
        announce(BallotCast(poll_id=poll.pk, community_id=poll.community_id, by_id=actor))
