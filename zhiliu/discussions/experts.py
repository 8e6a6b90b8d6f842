"""Find people who may know: evidence from the index, faded by age and reduced by recent requests."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.kit.text.chinese_text import normalise
from zhiliu.search.index import Hit, find
from zhiliu.search.keywords import keywords_of

from .models import Answer, AskingLimit, ExpertRequest, Question

KINDS = ("question", "article", "gathering", "post")
HALF_LIFE = dt.timedelta(days=120)
LATELY = dt.timedelta(days=30)
WEEK = dt.timedelta(days=7)
# One request in the last 30 days costs a sixth of the best evidence.
PENALTY = 1 / 6
USUAL = 2
HITS = 40
# Evidence shares at least this many keywords with title and tags, and scores at least this share of the best hit.
SHARED_WORDS, NEAR = 2, 0.35


@dataclass(frozen=True)
class Suggestion:
    """A person who may know.

    Args:
        score: 1 is the best evidence without recent requests. evidence: what speaks for them, best first.
    """

    person: Person
    score: float
    evidence: tuple[ObjectCard, ...]


def expert_suggestions(
    question: Question, viewer: Person, *, most: int = 3, now: dt.datetime | None = None
) -> list[Suggestion]:
    """Return people who may know, best first; a fixed number of queries, evidence only from what ``viewer`` may see.

    Excluded are the viewer, the asker, people who answered or were asked before, guests, people over their weekly
    limit, and, in communities that are not open, people who are no members.
    """
    now = now or timezone.now()
    hits = _telling_hits(question, viewer)
    cards = cards_for([(hit.kind, hit.key) for hit in hits], viewer)
    scores: Counter[int] = Counter()
    evidence: dict[int, list[ObjectCard]] = defaultdict(list)
    for hit in hits:
        card = cards.get((hit.kind, hit.key))
        if card is not None:
            for key in hit.people:
                scores[key] += hit.score * faded(hit.at, now)  # type: ignore[assignment]
                evidence[key].append(card)
    return _best(question, viewer, scores, evidence, most, now)


def _best(
    question: Question,
    viewer: Person,
    scores: Counter[int],
    evidence: dict[int, list[ObjectCard]],
    most: int,
    now: dt.datetime,
) -> list[Suggestion]:
    people = _people(question, viewer, scores, now)
    if not people:
        return []
    top = max(scores[key] for key in people)
    requests = _times_asked(people, now - LATELY)
    suggestions = [
        Suggestion(person, scores[key] / top - PENALTY * requests[key], tuple(evidence[key][:2]))
        for key, person in people.items()
    ]
    return sorted(suggestions, key=lambda suggestion: (-suggestion.score, suggestion.person.pk))[:most]


def _telling_hits(question: Question, viewer: Person) -> list[Hit]:
    """Return hits about the same subject that share enough keywords."""
    tags = " ".join(question.tags.values_list("name", flat=True))
    telling = keywords_of(f"{question.title} {tags}")
    text = f"{question.title} {tags} {question.body[:400]}"
    candidates = find(text, keys=reach(viewer).keys, kinds=KINDS, limit=HITS, alike=True).hits
    hits = [hit for hit in candidates if (hit.kind, hit.key) != ("question", question.pk)]
    enough = max((hit.score for hit in hits), default=0.0) * NEAR
    return [hit for hit in hits if hit.score >= enough and _is_plain(hit, telling)]


def _is_plain(hit: Hit, telling: set[str]) -> bool:
    """Return whether the title shares a keyword and the whole text enough of them, so that readers see why."""
    needed = min(SHARED_WORDS, len(telling))
    return _shared(hit.title, telling) > 0 and _shared(f"{hit.title} {hit.body}", telling) >= needed


def _shared(text: str, telling: Iterable[str]) -> int:
    folded = normalise(text)
    return sum(word in folded for word in telling)


def faded(at: int, now: dt.datetime) -> float:
    """Return the weight of evidence from ``at`` (seconds since 1970): half after 120 days, a quarter after 240."""
    age = max(0.0, now.timestamp() - at)
    return float(0.5 ** (age / HALF_LIFE.total_seconds()))


def _people(question: Question, viewer: Person, keys: Iterable[int], now: dt.datetime) -> dict[int, Person]:
    """Return those of the people who may be asked now."""
    answered = Answer.objects.filter(question=question).values("by")
    requested = ExpertRequest.objects.filter(question=question).values("person")
    rows = visible_people(viewer).employees().active().filter(pk__in=list(keys))  # type: ignore[attr-defined]
    rows = rows.exclude(pk__in=[question.by_id or 0, viewer.pk]).exclude(pk__in=answered).exclude(pk__in=requested)
    if question.community.visibility != Community.Visibility.OPEN:
        rows = rows.filter(memberships__community=question.community)
    people = {person.pk: person for person in rows.select_related("department")}
    free = free_to_be_asked(list(people), now)
    return {key: person for key, person in people.items() if key in free}


def free_to_be_asked(keys: Sequence[int], now: dt.datetime) -> set[int]:
    """Return those who may still be asked this week, by their own limits; two queries."""
    limits = dict(AskingLimit.objects.filter(person__in=keys).values_list("person_id", "most"))
    requests = _times_asked(keys, now - WEEK)
    return {key for key in keys if requests[key] < limits.get(key, USUAL)}


def _times_asked(keys: Iterable[int], since: dt.datetime) -> Counter[int]:
    rows = ExpertRequest.objects.filter(person__in=list(keys), at__gt=since)
    return Counter(rows.values_list("person_id", flat=True))
