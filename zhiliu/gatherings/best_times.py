"""Propose times for a gathering: a plain score over working hours, with its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiliu.communities.models import Membership
from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.defaults import default_zone

from .conflicts import USUAL_MINUTES
from .models import Gathering, Seat

LOOK_AHEAD = dt.timedelta(days=24)
# Working days an audience needs to make room; the first day that gives them costs nothing.
NOTICE_DAYS = 3
# Starts people usually choose, and how much they like them.
STARTS = {
    dt.time(10): 3,
    dt.time(11): 1,
    dt.time(14): 4,
    dt.time(15): 6,
    dt.time(16): 4,
    dt.time(17): 1,
}
AFTER_WORK = {dt.time(19): 4, dt.time(19, 30): 6, dt.time(20): 5}
MONDAY, FRIDAY = 0, 4
SHORT_NOTICE, LATE_DAY, EDGE_OF_WEEK, SHIFTED, SAME_DAY, BUSY_MEMBERS = 12, 1, 5, 25, 30, 40


@dataclass
class ProposedTime:
    """A time, with what speaks for and against it.

    Args:
        score: higher is better; only differences mean something.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime
    score: float
    reasons: list[str] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """Return the length."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


def best_times(gathering: Gathering, *, now: dt.datetime | None = None, count: int = 3) -> list[ProposedTime]:
    """Return the best times of different days, best first; at most six queries.

    Candidates lie within working hours, those of an evening on the evenings of working days. Times at which sharer,
    host or a speaker is busy are left out.
    """
    now = now or timezone.now()
    surroundings = _Surroundings(gathering, now)
    best: dict[dt.date, ProposedTime] = {}
    for candidate in surroundings.candidates():
        day = timezone.localtime(candidate.starts_at).date()
        if day not in best or candidate.score > best[day].score:
            best[day] = candidate
    return sorted(best.values(), key=lambda time: (-time.score, time.starts_at))[:count]


class _Surroundings:
    """What else happens in the weeks ahead, read once."""

    def __init__(self, gathering: Gathering, now: dt.datetime) -> None:
        self.gathering, self.now = gathering, now
        self.zone = default_zone()
        self.today = now.astimezone(self.zone).date()
        self.minutes = gathering.minutes or USUAL_MINUTES[gathering.format]  # type: ignore[index]
        self.calendar = WorkCalendar(self.today, self.today + LOOK_AHEAD)
        others = Gathering.objects.filter(state=Gathering.State.FIXED, starts_at__range=(now, now + LOOK_AHEAD))
        self.others = list(others.exclude(pk=gathering.pk))
        self.leaders = self._leaders()
        seats = Seat.objects.filter(gathering__in=self.others).values_list("gathering_id", "person_id")
        self.seats = list(seats)
        members = Membership.objects.filter(community=gathering.community_id).values_list("person_id", flat=True)
        self.members = set(members)

    def _leaders(self) -> set[int]:
        leaders = {self.gathering.sharer_id, self.gathering.host_id} - {None}
        if self.gathering.is_lightning:
            leaders |= set(self.gathering.talks.standing().values_list("speaker_id", flat=True))
        return {key for key in leaders if key is not None}

    def candidates(self) -> Iterator[ProposedTime]:
        """Yield the times that are possible at all, scored."""
        working_day = 0
        for ahead in range(1, LOOK_AHEAD.days):
            day = self.today + dt.timedelta(days=ahead)
            if not self.calendar.works(day):
                continue
            working_day += 1
            for clock, liked in (AFTER_WORK if self.gathering.is_evening else STARTS).items():
                start = dt.datetime.combine(day, clock, self.zone)
                end = start + dt.timedelta(minutes=self.minutes)
                if self._is_possible(start, end):
                    yield self._scored(start, end, working_day, liked)

    def _is_possible(self, start: dt.datetime, end: dt.datetime) -> bool:
        if not self.gathering.is_evening and not self.calendar.in_hours(start, end):
            return False
        return not self.leaders & self._busy(start, end)

    def _at_once(self, start: dt.datetime, end: dt.datetime) -> list[Gathering]:
        return [other for other in self.others if other.starts_at < end and other.ends_at > start]  # type: ignore[operator]

    def _busy(self, start: dt.datetime, end: dt.datetime) -> set[int]:
        """Return who shares, hosts or has a seat elsewhere at that time."""
        at_once = {other.pk: other for other in self._at_once(start, end)}
        people = {person for gathering, person in self.seats if gathering in at_once}
        for other in at_once.values():
            people |= {key for key in (other.sharer_id, other.host_id) if key is not None}
        return people

    def _scored(self, start: dt.datetime, end: dt.datetime, working_day: int, liked: int) -> ProposedTime:
        time = ProposedTime(start, end, float(liked))
        self._score_notice(time, working_day)
        self._score_day(time, start.date())
        self._score_members(time)
        return time

    def _score_notice(self, time: ProposedTime, working_day: int) -> None:
        if working_day < NOTICE_DAYS:
            time.score -= SHORT_NOTICE * (NOTICE_DAYS - working_day)
            time.reasons.append(_("Short notice"))
        time.score -= LATE_DAY * max(0, working_day - NOTICE_DAYS)

    def _score_day(self, time: ProposedTime, day: dt.date) -> None:
        special = self.calendar.special(day)
        if special is not None and special.works:
            time.score -= SHIFTED
            time.reasons.append(_("Adjusted working weekend; some people are away"))
        early = day.weekday() == MONDAY and time.starts_at.hour < 12
        late = day.weekday() == FRIDAY and time.starts_at.hour >= 16
        if early or late:
            time.score -= EDGE_OF_WEEK
        same = [other for other in self.others if other.community_id == self.gathering.community_id]
        if any(other.starts_at.astimezone(self.zone).date() == day for other in same):  # type: ignore[union-attr]
            time.score -= SAME_DAY
            time.reasons.append(_("The community has another gathering that day"))

    def _score_members(self, time: ProposedTime) -> None:
        busy = len(self.members & self._busy(time.starts_at, time.ends_at))
        if busy:
            time.score -= BUSY_MEMBERS * busy / len(self.members)
            words = ngettext(
                "%(n)s member has another gathering then", "%(n)s members have another gathering then", busy
            )
            time.reasons.append(words % {"n": busy})
        elif self.members:
            time.reasons.insert(0, _("No member has another gathering then"))
