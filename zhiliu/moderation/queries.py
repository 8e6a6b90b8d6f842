"""Queries of pages about moderation."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import Evidence, moderated
from zhiliu.kit.contracts.object_types import cards_for, things
from zhiliu.kit.system.db import CompiledQuery

from .canned_responses import canned_responses, fitting_responses
from .detecting import tell
from .models import CannedResponse, Decision, Flag, HeldPost, Report, Sanction
from .reach import ids_with, moderates_everywhere
from .sanctioning import kinds_for

SHOWN = 50
# Held and reported posts keep people waiting; flagged ones are published.
SORTS = ("held", "reported", "flagged")
# The report reason that corresponds to a detector.
_STANDS_FOR = {"insults": Report.Reason.INSULT, "adverts": Report.Reason.ADVERT, "repeating": Report.Reason.ADVERT}


def sentence_of(hold: HeldPost) -> str:
    """Return what its author reads."""
    if hold.state == HeldPost.State.REFUSED:
        return _("This was not published.")
    return _("Waiting for a moderator. We’ll notify you of the result.")


def own_waiting(person: Person, place: str) -> list[HeldPost]:
    """Return a person's held posts in a channel or on a page, oldest first."""
    rows = HeldPost.objects.waiting().filter(by_id=person.pk, payload__place=place).select_related("by")
    return list(rows.order_by("pk")[:20])


# ---- the queue -------------------------------------------------------------------------------------------------------


@dataclass
class History:
    """An author's record in a community.

    Args:
        since: when they joined it. taken_down: how many of their posts were rejected or taken down there. sanctions:
            their sanctions there.
    """

    since: dt.datetime | None = None
    taken_down: int = 0
    sanctions: list[Sanction] = field(default_factory=list)


def said_in(exhibit: Evidence) -> str:
    """Return an object's text, or a placeholder."""
    return exhibit.text or (_("A file") if exhibit.files else _("It no longer exists."))


@dataclass
class Case:
    """One object to decide about, with everything that waits about it."""

    kind: str
    thing_id: int | None
    at: dt.datetime
    community: Community | None
    author: Person | None
    held_post: HeldPost | None = None
    flag: Flag | None = None
    reports: list[Report] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    exhibit: Evidence = field(default_factory=lambda: Evidence("", ""))
    history: History = field(default_factory=History)
    words: str = ""
    kinds: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Return its text, or a placeholder."""
        return said_in(self.exhibit)

    @property
    def held_against(self) -> list[str]:
        """Return the reasons (of reports) why it is here; people's reasons come first."""
        source = self.held_post or self.flag
        suspected = [_STANDS_FOR.get(reason["detector"], "") for reason in (source.reasons if source else [])]
        return [report.reason for report in self.reports] + suspected

    @property
    def key(self) -> str:
        """Return its name in addresses and forms."""
        return f"hold-{self.held_post.pk}" if self.held_post else f"{self.kind}-{self.thing_id}"

    @property
    def sort(self) -> str:
        """Return held, reported or flagged."""
        return "held" if self.held_post else "reported" if self.reports else "flagged"

    @property
    def can_take_down(self) -> bool:
        """Return True if it can be taken down automatically; for other types a person does it on its page."""
        return moderated.get(self.kind) is not None

    @property
    def kind_name(self) -> Any:
        """Return the name of its object type."""
        kind = things.get(self.kind)
        return kind.name if kind else self.kind

    @property
    def is_newcomer(self) -> bool:
        """Return True if its author joined in the last seven days."""
        return self.author is not None and self.author.is_newcomer(days=7)


def queue(person: Person, community: Community | None = None, only: str = "") -> list[Case]:
    """Return what waits for a moderator, oldest first, in a fixed number of queries.

    Args:
        community: restrict to it. only: ``held``, ``reported`` or ``flagged``.
    """
    cases = _cases(*(_waiting(model, person, community) for model in (HeldPost, Report, Flag)))
    cases = [case for case in cases if not only or case.sort == only]
    cases.sort(key=lambda case: (case.sort == "flagged", case.at))
    return complete_cases(cases[:SHOWN], person)


def _waiting(model: Any, person: Person, community: Community | None) -> QuerySet[Any]:
    rows = model.objects.waiting().moderated_by(person)
    if community is not None:
        rows = rows.filter(community=community)
    names = {HeldPost: ("by",), Report: ("by", "author"), Flag: ("author",)}[model]
    return rows.select_related("community", *names).order_by("at")[: SHOWN * 2]


def _cases(holds: Iterable[HeldPost], reports: Iterable[Report], flags: Iterable[Flag]) -> list[Case]:
    cases = [Case(hold.kind, None, hold.at, hold.community, hold.by, held_post=hold) for hold in holds]
    about: dict[tuple[str, int], Case] = {}
    for report in reports:
        _about(about, report).reports.append(report)
    for flag in flags:
        _about(about, flag).flag = flag
    return cases + list(about.values())


def _about(cases: dict[tuple[str, int], Case], item: Report | Flag) -> Case:
    """Return the case about the object; the first report or flag creates it."""
    place = (item.kind, item.thing_id)
    case = cases.setdefault(place, Case(item.kind, item.thing_id, item.at, item.community, item.author))
    case.at = min(case.at, item.at)
    return case


def complete_cases(cases: list[Case], person: Person) -> list[Case]:
    """Complete cases with texts, reasons, authors' records, and the sanctions ``person`` may impose."""
    _show(cases)
    for case in cases:
        if case.author and case.community:
            case.kinds = kinds_for(person, case.community)
        source = case.held_post or case.flag
        case.reasons = tell(source.reasons) if source else []
    _tell_history(cases)
    return with_words(cases)


def _show(cases: Sequence[Case]) -> None:
    """Fill in the evidence; a few queries per type."""
    for label in {case.kind for case in cases}:
        of_kind = [case for case in cases if case.kind == label]
        waiting = [case for case in of_kind if case.held_post]
        published = {case.thing_id or 0: case for case in of_kind if not case.held_post}
        moderated_type = moderated.get(label)
        if moderated_type is None:
            _show_cards(label, published)
            continue
        payloads = [case.held_post.payload for case in waiting if case.held_post]
        for case, exhibit in zip(waiting, moderated_type.held(payloads) if payloads else [], strict=True):
            case.exhibit = exhibit
        for key, exhibit in moderated_type.exhibits(published).items() if published else ():
            published[key].exhibit = exhibit


def _show_cards(label: str, published: dict[int, Case]) -> None:
    for (_label, key), card in cards_for([(label, key) for key in published]).items():
        published[key].exhibit = Evidence(card.title, "", url=card.url, community_id=card.community_id, at=card.at)


def _tell_history(cases: Sequence[Case]) -> None:
    """Fill in the records of all authors with three queries."""
    people = {case.author.pk for case in cases if case.author}
    places = {case.community.pk for case in cases if case.community}
    joined = Membership.objects.filter(person__in=people, community__in=places)
    since = {
        (number, community_id): at
        for number, community_id, at in joined.values_list("person_id", "community_id", "joined_at")
    }
    down = Decision.objects.standing().filter(author__in=people, outcome=Decision.Outcome.TAKEN_DOWN)
    counts = Counter(down.filter(community__in=places).values_list("author_id", "community_id"))
    sanctions: dict[tuple[int, int], list[Sanction]] = defaultdict(list)
    for sanction in Sanction.objects.filter(person__in=people, community__in=places).order_by("-at"):
        sanctions[sanction.person_id, sanction.community_id].append(sanction)
    for case in cases:
        if case.author and case.community:
            both = (case.author.pk, case.community.pk)
            case.history = History(since.get(both), counts[both], sanctions[both])


def with_words(cases: list[Case]) -> list[Case]:
    """Fill in the suggested messages to authors; one query per community."""
    responses: dict[int | None, list[CannedResponse]] = {}
    for case in cases:
        place = case.community.pk if case.community else None
        if place not in responses:
            responses[place] = canned_responses(case.community)
        case.words = fitting_responses(responses[place], case.held_against)
    return cases


def case_of(key: str, person: Person) -> Case | None:
    """Return the complete case with this key, if it waits and the person moderates there."""
    kind, _dash, number = key.rpartition("-")
    if not kind or not number.isdecimal() or len(number) > 18:
        return None
    if kind == "hold":
        holds = HeldPost.objects.waiting().moderated_by(person).select_related("community", "by").filter(pk=number)
        cases = _cases(holds, [], [])
    else:
        reports, flags = (
            model.objects.waiting().moderated_by(person).about(kind, int(number)).select_related("community", "author")
            for model in (Report, Flag)
        )
        cases = _cases([], reports.select_related("by"), flags)
    return complete_cases(cases, person)[0] if cases else None


def count_waiting(person: Person, community: Community | None = None) -> dict[str, int]:
    """Return the number of waiting cases, by sort."""
    counts: Counter[str] = Counter()
    for place, sorts in count_by_community(person).items():
        if community is None or place == community.pk:
            counts.update(sorts)
    return {sort: counts[sort] for sort in SORTS}


def count_by_community(person: Person) -> dict[int | None, Counter[str]]:
    """Return the number of waiting cases in each moderated community, by sort; one aggregate query.

    An object that is both reported and flagged counts once, as reported.
    """
    everywhere = moderates_everywhere(person)
    rows = _all_waiting.rows() if everywhere else _waiting_in.rows(ids_with(Permission.MODERATE, person))
    counts: dict[int | None, Counter[str]] = defaultdict(Counter)
    for label, place, count in rows:
        counts[place][label] = count
    return counts


def _counts(inside: dict[str, Any]) -> Any:
    """Return a query of (sort, community, count) for waiting cases: a union of the three sorts."""
    reported = Report.objects.waiting().filter(kind=OuterRef("kind"), thing_id=OuterRef("thing_id"))
    thing = Concat("kind", Value("-"), Cast("thing_id", CharField()))
    sorts = (
        (HeldPost.objects.waiting(), "held", Count("pk")),
        (Report.objects.waiting(), "reported", Count(thing, distinct=True)),
        (Flag.objects.waiting().filter(~Exists(reported)), "flagged", Count("pk")),
    )
    counts = [_counted(rows.filter(**inside), label, count) for rows, label, count in sorts]
    return counts[0].union(*counts[1:], all=True)


def _counted(rows: Any, label: str, count: Count) -> Any:
    sort = Value(label, output_field=CharField())
    grouped = rows.order_by().values("community_id").annotate(sort=sort, count=count)
    return grouped.values_list("sort", "community_id", "count")


# Every page frame of a moderator shows these counts.
_waiting_in = CompiledQuery(lambda communities: _counts({"community__pk__among": communities}), [1])
_all_waiting = CompiledQuery(lambda: _counts({}))


# ---- decisions -------------------------------------------------------------------------------------------------------


@dataclass
class DecisionLine:
    """A decision with its object."""

    decision: Decision
    exhibit: Evidence
    reports: list[Report]
    reasons: list[str]

    @property
    def said(self) -> str:
        """Return its text, or a placeholder."""
        return said_in(self.exhibit)


def decision_lines(decisions: Sequence[Decision]) -> list[DecisionLine]:
    """Return decisions with their objects; a fixed number of queries per type."""
    keys = [decision.pk for decision in decisions]
    holds = {hold.decision_id: hold for hold in HeldPost.objects.filter(decision__in=keys)}
    flags = {flag.decision_id: flag for flag in Flag.objects.filter(decision__in=keys)}
    reports: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(decision__in=keys).select_related("by"):
        reports[report.decision_id or 0].append(report)
    cases = [
        Case(
            decision.kind,
            decision.thing_id,
            decision.at,
            None,
            None,
            held_post=holds.get(decision.pk),
            flag=flags.get(decision.pk),
        )
        for decision in decisions
    ]
    _show(cases)
    return [
        DecisionLine(
            decision,
            case.exhibit,
            reports[decision.pk],
            tell(source.reasons) if (source := case.held_post or case.flag) else [],
        )
        for decision, case in zip(decisions, cases, strict=True)
    ]
