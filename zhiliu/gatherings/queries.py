"""Queries behind the pages of gatherings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhiliu.comments.voting import Votes, votes_on
from zhiliu.communities.models import Community
from zhiliu.communities.queries import my_communities
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.templatetags.communities import kind_class
from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.models import Department, Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import ObjectCard
from zhiliu.kit.templatetags.ui_time import day_words
from zhiliu.knowledge.models import Article
from zhiliu.lineage.timeline import glyphs_for
from zhiliu.needs.models import Topic
from zhiliu.needs.queries import similar_needs
from zhiliu.search.keywords import keywords_of
from zhiliu.surveys.models import Survey
from zhiliu.thanks.models import Thanks

from .completing import FEEDBACK
from .lightning import MOST
from .models import DepartmentAsk, Deposit, Gathering, LightningTalk, Nomination, Question, Seat
from .rules import can_propose

NEW_HERE = dt.timedelta(days=365)


def communities_to_propose_in(person: Person) -> QuerySet[Community]:
    """Return the communities a person may propose a gathering in, by name."""
    keys = [
        community.pk
        for community in my_communities(person)
        if community.has(Feature.GATHERINGS) and can_propose(person, community)
    ]
    return Community.objects.without_tree_fields().filter(pk__in=keys).order_by("name")


@dataclass
class GatheringRow:
    """A gathering as a row of a list."""

    gathering: Gathering
    line: Any
    mine: str
    is_late: bool

    @property
    def is_today(self) -> bool:
        """Whether it is today, so that the calendar leaf beside it shows the hour."""
        start = self.gathering.starts_at
        return start is not None and timezone.localdate(start) == timezone.localdate()


def with_people(rows: QuerySet[Gathering]) -> QuerySet[Gathering]:
    """Select everything a row or card shows."""
    return rows.select_related("community", "sharer", "host", "deposit__article")


def gathering_rows(gatherings: Iterable[Gathering], viewer: Person) -> list[GatheringRow]:
    """Return rows with each line's progress and the viewer's part in it; three queries for all."""
    gatherings = list(gatherings)
    lines = glyphs_for([("gathering", gathering.pk) for gathering in gatherings])
    seats = dict(Seat.objects.filter(gathering__in=gatherings, person=viewer).values_list("gathering_id", "waiting"))
    return [
        GatheringRow(
            gathering,
            lines[("gathering", gathering.pk)],
            _what_i_am(gathering, viewer, seats.get(gathering.pk)),
            is_late(gathering),
        )
        for gathering in gatherings
    ]


def _what_i_am(gathering: Gathering, viewer: Person, waiting: bool | None) -> str:
    if not gathering.is_ahead:
        return ""
    if viewer.pk == gathering.sharer_id:
        return _("You’re speaking")
    if viewer.pk == gathering.host_id:
        return _("You’re hosting")
    if waiting is None:
        return ""
    return _("Waiting list") if waiting else _("Signed up")


def is_late(gathering: Gathering) -> bool:
    """Return whether its deposit is late."""
    deposit = getattr(gathering, "deposit", None)
    return deposit is not None and deposit.is_late


def coming_for(viewer: Person) -> tuple[QuerySet[Gathering], QuerySet[Gathering]]:
    """Return coming gatherings in reach: those that concern the viewer, and the others without tea chats."""
    coming = with_people(Gathering.objects.visible_to(viewer).coming())
    mine = Gathering.objects.concerning(viewer).values("pk")
    others = coming.exclude(pk__in=mine).exclude(format="tea_chat")
    return coming.filter(pk__in=mine).order_by("starts_at", "pk"), others


def planned_for(viewer: Person, community: Community | None = None) -> QuerySet[Gathering]:
    """Return gatherings without a time, newest first, without tea chats."""
    planned = Gathering.objects.visible_to(viewer).filter(state=Gathering.State.PLANNING)
    rows = with_people(planned.exclude(format="tea_chat"))
    return (rows.filter(community=community) if community else rows).order_by("-at", "-pk")


# --- for the home page and the panels -----------------------------------------------------------------------------


def next_for(person: Person, most: int = 12) -> list[Gathering]:
    """Return the next gatherings a person shares, hosts or has a seat in, soonest first."""
    mine = Gathering.objects.coming().concerning(person)
    fields = ("title", "format", "starts_at", "ends_at", "state", "place", "sharer__name")
    shown = mine.select_related("sharer").only(*fields)
    return list(shown.order_by("starts_at", "pk")[:most])


def next_of(community: Community) -> Gathering | None:
    """Return the next gathering of a community, tea chats left out."""
    rows = Gathering.objects.coming().filter(community=community).exclude(format="tea_chat")
    return with_people(rows).order_by("starts_at", "pk").first()


def due_words(deposit: Deposit) -> str:
    """Return the due day in words, or since when it is late."""
    day = day_words(deposit.due_on, timezone.localdate())
    return (_("was due %(day)s") if deposit.is_late else _("due %(day)s")) % {"day": day}


@dataclass(frozen=True)
class GatheringDay:
    """A day of the week strip. ``dots`` are the colours of the communities of its gatherings."""

    date: dt.date
    dots: list[str]
    today: bool
    off: bool
    mark: str = ""
    url: str = ""
    gatherings: list[Gathering] = field(default_factory=list)


def week_for(person: Person, monday: dt.date | None = None, *, only_mine: bool = True) -> list[GatheringDay]:
    """Return seven days from Monday with their gatherings; two queries.

    Args:
        only_mine: only those that concern the person; otherwise all in their reach.
    """
    today = timezone.localdate()
    monday = monday or today - dt.timedelta(days=today.weekday())
    calendar = WorkCalendar(monday, monday + dt.timedelta(days=6))
    on_day: dict[dt.date, list[Gathering]] = defaultdict(list)
    for gathering in _of_week(person, monday, only_mine):
        on_day[timezone.localtime(gathering.starts_at).date()].append(gathering)
    return [_day(monday + dt.timedelta(days=place), today, calendar, on_day) for place in range(7)]


def _of_week(person: Person, monday: dt.date, only_mine: bool) -> QuerySet[Gathering]:
    start = timezone.make_aware(dt.datetime.combine(monday, dt.time()))
    rows = Gathering.objects.visible_to(person).exclude(state=Gathering.State.CANCELLED)
    rows = rows.concerning(person) if only_mine else rows.exclude(format="tea_chat")
    in_week = rows.filter(starts_at__gte=start, starts_at__lt=start + dt.timedelta(days=7))
    return in_week.select_related("community").order_by("starts_at", "pk")


def _day(day: dt.date, today: dt.date, calendar: WorkCalendar, on_day: dict[dt.date, list[Gathering]]) -> GatheringDay:
    gatherings = on_day.get(day, [])
    special = calendar.special(day)
    mark = ""
    if special is not None:
        mark = pgettext("mark on a calendar day", "W") if special.works else pgettext("mark on a calendar day", "H")
    url = f"{reverse('gatherings:list')}#day-{day.isoformat()}" if gatherings else ""
    url = gatherings[0].get_absolute_url() if len(gatherings) == 1 else url
    dots = [kind_class(gathering.community.kind) for gathering in gatherings]
    return GatheringDay(day, dots, day == today, not calendar.works(day), mark, url, gatherings)


def gathering_moment(moment: dt.datetime) -> str:
    """Return day and time in words: 今天 15:00."""
    there = timezone.localtime(moment)
    return capfirst(f"{day_words(there.date(), timezone.localdate())} {there:%H:%M}")


# --- who could share ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownNomination:
    """Nominations and department requests of a topic or gathering that a reader may see.

    A yes is visible to everybody, an open nomination or a no only to the nominator. Everybody sees department requests.
    """

    nominations: list[Nomination]
    asks: list[DepartmentAsk]

    def named_by(self, person_id: int) -> Person | None:
        """Return the nominator of a person who said yes."""
        return next(
            (
                nomination.by
                for nomination in self.nominations
                if nomination.person_id == person_id and nomination.state == "yes"
            ),
            None,
        )

    def __bool__(self) -> bool:
        return bool(self.nominations or self.asks)


def naming_of(thing: Topic | Gathering, viewer: Person) -> ShownNomination:
    """Return nominations and department requests; two queries."""
    target = Q(topic=thing) if isinstance(thing, Topic) else Q(gathering=thing)
    nominations = Nomination.objects.filter(target, Q(state=Nomination.State.YES) | Q(by=viewer))
    asks = DepartmentAsk.objects.filter(target).select_related("department__head", "answered_by")
    return ShownNomination(
        list(nominations.select_related("person__department", "by").order_by("at")), list(asks.order_by("at"))
    )


@dataclass
class Discovered:
    """A person who may know, with the evidence: an article of theirs, or a gathering they shared in."""

    person: Person
    evidence: ObjectCard


def discovered_for(
    thing: Topic | Gathering, viewer: Person, without: Iterable[int] = (), most: int = 3
) -> list[Discovered]:
    """Return people who wrote or shared about the same; a fixed number of queries, only from what the viewer sees.

    Args:
        without: people who are shown already.
    """
    about = f"{thing.title} {thing.for_whom} {thing.take_home}"
    telling = keywords_of(about)
    alike_ones = similar_needs(about, viewer, kinds=("article", "gathering"))
    cards = [card for card in alike_ones if card.thing != thing and telling & keywords_of(card.title)]
    authors: dict[int, list[int]] = defaultdict(list)
    articles = [card.key for card in cards if card.kind == "article"]
    for article_id, person_id in Article.authors.through.objects.filter(article__in=articles).values_list(
        "article_id", "person_id"
    ):
        authors[article_id].append(person_id)
    evidence: dict[int, ObjectCard] = {}
    for card in cards:
        for key in authors[card.key] if card.kind == "article" else _shared_in(card.thing):
            evidence.setdefault(key, card)
    people = (
        visible_people(viewer)
        .select_related("department")
        .in_bulk([key for key in evidence if key not in {*without, viewer.pk}])
    )
    return [Discovered(people[key], card) for key, card in evidence.items() if key in people][:most]


def _shared_in(gathering: Gathering) -> list[int]:
    has_sharer = (
        gathering.state == Gathering.State.HELD and gathering.sharer_id is not None and not gathering.is_tea_chat
    )
    return [gathering.sharer_id] if has_sharer and gathering.sharer_id else []


# --- for the gathering's own pages --------------------------------------------------------------------------------


@dataclass
class ShownQuestion:
    """A question as a page shows it."""

    question: Question
    votes: Votes
    mine: bool


def questions_of(gathering: Gathering, viewer: Person) -> list[ShownQuestion]:
    """Return questions with votes in two queries: the one being answered, waiting ones by votes, answered ones."""
    order: dict[str, int] = {Question.State.ANSWERING: 0, Question.State.WAITING: 1, Question.State.ANSWERED: 2}
    rows = list(gathering.questions.select_related("by", "talk"))
    votes = votes_on("question", [row.pk for row in rows], viewer)
    for row in rows:
        row.gathering = gathering
    questions = [ShownQuestion(row, votes[row.pk], row.by_id is not None and row.by_id == viewer.pk) for row in rows]
    return sorted(questions, key=lambda shown: (order[shown.question.state], -shown.votes.count, shown.question.pk))


@dataclass(frozen=True)
class Audience:
    """Who signed up or came: the people, and figures about them."""

    people: list[Person]
    waiting: list[Person]
    departments: int
    newcomers: int
    heads: list[Person]

    @property
    def count(self) -> int:
        """The number of people."""
        return len(self.people)

    @property
    def sentence(self) -> str:
        """Where they come from, in words. Empty for fewer than three people, whom it would identify."""
        if self.count < 3:
            return ""
        parts = [
            ngettext("from %(n)s department", "from %(n)s departments", self.departments) % {"n": self.departments}
        ]
        if self.newcomers:
            parts.append(
                ngettext("%(n)s with less than a year here", "%(n)s with less than a year here", self.newcomers)
                % {"n": self.newcomers}
            )
        return pgettext("between parts of a sentence", "; ").join(parts)


def audience_of(gathering: Gathering) -> Audience:
    """Return who signed up; two queries."""
    seats = list(gathering.seat_rows.select_related("person__department").order_by("pk"))
    return _audience(
        [seat.person for seat in seats if not seat.waiting], [seat.person for seat in seats if seat.waiting]
    )


def attendance_of(gathering: Gathering) -> Audience:
    """Return who came; two queries."""
    rows = gathering.check_ins.select_related("person__department").order_by("at", "pk")
    return _audience([row.person for row in rows], [])


def _audience(people: list[Person], waiting: list[Person]) -> Audience:
    today = timezone.localdate()
    headed = set(Department.objects.filter(head__in=people).values_list("head_id", flat=True)) if people else set()
    return Audience(
        people,
        waiting,
        departments=len({person.department_id for person in people if person.department_id}),
        newcomers=sum(person.is_newcomer(today, days=NEW_HERE.days) for person in people),
        heads=[person for person in people if person.pk in headed],
    )


def thanks_for(gathering: Gathering, most: int = 20) -> list[Thanks]:
    """Return thanks, newest first. The same words to several speakers are shown once."""
    rows = Thanks.objects.filter(kind="gathering", thing_id=gathering.pk).select_related("by").order_by("-at", "-pk")
    distinct = {(row.by_id, row.reason): row for row in reversed(rows[: most * MOST])}
    return list(reversed(distinct.values()))[:most]


def feedback_survey(gathering: Gathering) -> Survey | None:
    """Return the survey of a held gathering."""
    return Survey.objects.filter(kind="gathering", thing_id=gathering.pk, purpose=FEEDBACK).first()


def shared_by(person: Person, viewer: Person) -> QuerySet[Gathering]:
    """Return held gatherings a person shared in and the viewer may see, newest first."""
    spoke = LightningTalk.objects.filter(speaker=person, state=LightningTalk.State.ACCEPTED).values("gathering")
    gatherings = Gathering.objects.visible_to(viewer).filter(state=Gathering.State.HELD)
    gatherings = gatherings.filter(Q(sharer=person) | Q(pk__in=spoke))
    return gatherings.exclude(format="tea_chat").select_related("community").order_by("-starts_at", "-pk")
