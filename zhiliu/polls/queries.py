"""Queries of pages with polls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from zhiliu.directory.models import Person

from .models import Ballot, Option, Poll


@dataclass
class Choice:
    """An option for display; ``count`` is None while counts are hidden."""

    option: Option
    count: int | None
    mine: bool
    people: list[Person] = field(default_factory=list)


@dataclass
class ShownPoll:
    """A poll for display."""

    poll: Poll
    choices: list[Choice]

    @property
    def voted(self) -> bool:
        """Return True if the reader has voted."""
        return any(choice.mine for choice in self.choices)


def shown(polls: Iterable[Poll], viewer: Person) -> list[ShownPoll]:
    """Return polls with options, visible counts, and the reader's own choice; three queries for all of them."""
    polls = list(polls)
    options: dict[int, list[Option]] = defaultdict(list)
    for option in Option.objects.filter(poll__in=polls):
        options[option.poll_id].append(option)
    own_options = dict(Ballot.objects.filter(poll__in=polls, by=viewer).values_list("poll_id", "option_id"))
    open_handed = [poll for poll in polls if poll.shows_counts]
    counts = Counter(Ballot.objects.filter(poll__in=open_handed).values_list("option_id", flat=True))
    return [
        ShownPoll(
            poll,
            [
                Choice(option, counts[option.pk] if poll.shows_counts else None, own_options.get(poll.pk) == option.pk)
                for option in options[poll.pk]
            ],
        )
        for poll in polls
    ]


def with_people(poll: ShownPoll, most: int = 8) -> ShownPoll:
    """Add who chose what; a secret poll is returned unchanged."""
    if poll.poll.is_secret:
        return poll
    names: dict[int, list[Person]] = defaultdict(list)
    for ballot in Ballot.objects.filter(poll=poll.poll).select_related("by").order_by("at", "pk"):
        if len(names[ballot.option_id]) < most:
            names[ballot.option_id].append(ballot.by)
    for choice in poll.choices:
        choice.people = names[choice.option.pk]
    return poll
