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

from .facts import BallotCast, PollOpened
from .models import Ballot, Option, Poll
from .rules import can_open, can_vote

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
    """Put a question to a community.

    Args:
        options: at least two different ones, in their order.

    Raises:
        Forbidden: not a member, or polls are off. Refused: too few or too many options, or a closing time out of range.
    """
    require(can_open, by, community)
    texts = list(dict.fromkeys(text.strip() for text in options if text.strip()))
    if not 2 <= len(texts) <= MOST_OPTIONS:
        raise Refused(_("Give 2 to %(most)s different options.") % {"most": MOST_OPTIONS}, field="options")
    if not timezone.now() < closes_at <= timezone.now() + LONGEST:
        raise Refused(_("Choose a closing time within the next 90 days."), field="closes_on")
    with transaction.atomic():
        poll = Poll.objects.create(
            community=community, question=question, by=by, is_secret=is_secret, closes_at=closes_at
        )
        Option.objects.bulk_create(Option(poll=poll, text=text, order=place) for place, text in enumerate(texts))
        announce(PollOpened(poll_id=poll.pk, community_id=community.pk, by_id=by.pk))
    return poll


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
        actor = None if poll.is_secret else by.pk
        announce(BallotCast(poll_id=poll.pk, community_id=poll.community_id, by_id=actor))
