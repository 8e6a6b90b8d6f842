"""The search page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhiliu.communities.queries import my_communities
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import cards_for, things
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.text.chinese_text import has_han
from zhiliu.kit.web.commands import commands_of, fitting_commands
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.page_frame import build_frame
from zhiliu.lineage.timeline import glyphs_for

from .gaps import note_gap
from .index import Found, Hit, find
from .snippets import highlighted, snippet

SIZE = 20
AT_HAND, NAMED = 7, 3
ORDER = ("article", "question", "gathering", "topic", "need", "post", "person", "community")
SPANS = {"month": 31, "year": 366}

# Suggested actions when nothing was found: (words, person) -> {"label", "url", "icon"} or None.
next_steps: Registry[Any] = Registry("what to do when a search finds nothing")


@require_GET
@login_required
def search(request: Request) -> HttpResponseBase:
    """Search everything the person may read."""
    text = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("kind", "")
    start = _number(request.GET.get("from", ""))
    results = _find(request, text, kind, start) if text else Found([], {})
    if text and not results.total and not start:
        note_gap(text, by=request.user)
    steps = [step(text, request.user) for step in next_steps]
    context = {
        "text": text,
        "rows": _rows(results.hits, text, request.user),
        "total": results.total,
        "tabs": _tabs(request, results, kind),
        "next_url": _next_url(request, results, kind, start),
        "communities": my_communities(request.user)[:12],
        "steps": [step for step in steps if step],
    }
    return render(request, "search/search.html", context)


@require_GET
@login_required
def palette(request: Request) -> HttpResponseBase:
    """Answer the search box while typing: commands of the page frame, then the best readable results."""
    text = request.GET.get("q", "").strip()[:200]
    context = {
        "text": text,
        "commands": fitting_commands(commands_of(build_frame(request)), text),
        "results": _at_hand(text, request.user) if text else [],
        "search_url": f"{reverse('search:search')}?{urlencode({'q': text})}",
    }
    return render(request, "kit/palette.html", context)


def _at_hand(text: str, person: Person) -> list[dict[str, Any]]:
    """Return people whose name starts with ``text``, then the best hits; without duplicates, currently visible ones
    only.
    """
    person_ids: list[int] = []
    if len(text) > 1 or has_han(text):
        people = visible_people(person).exclude(kind=Person.Kind.BOT).named(text)  # type: ignore[attr-defined]
        person_ids = list(people.order_by("name").values_list("pk", flat=True)[:NAMED])
    hits = find(text, keys=reach(person).keys, limit=AT_HAND).hits
    references = dict.fromkeys([*(("person", key) for key in person_ids), *((hit.kind, hit.key) for hit in hits)])
    cards = cards_for(references, person)
    rows = [
        {"card": cards[ref], "icon": kind.icon, "kind": kind.name, "title": highlighted(cards[ref].title, text)}
        for ref in references
        if ref in cards and (kind := things.get(ref[0])) is not None
    ]
    return rows[:AT_HAND]


def _number(text: str) -> int:
    return min(int(text), 400) if text.isdecimal() and len(text) < 6 else 0


def _find(request: Request, text: str, kind: str, start: int) -> Found:
    days = SPANS.get(request.GET.get("span", ""))
    since = int((timezone.now() - dt.timedelta(days=days)).timestamp()) if days else 0
    return find(
        text,
        keys=reach(request.user).keys,
        kinds=[kind] if kind in things.names() else [],
        community_id=key_of(request.GET.get("community")) or None,
        since=since,
        limit=SIZE,
        offset=start,
        counts=True,
    )


def _rows(hits: list[Hit], text: str, person: Person) -> list[dict[str, Any]]:
    """Return hits with their cards, checked once more for current visibility."""
    references = [(hit.kind, hit.key) for hit in hits]
    cards = cards_for(references, person)
    on_the_line = [
        ref for ref in references if ref in cards and (kind := things.get(ref[0])) and kind.station is not None
    ]
    lines = glyphs_for(on_the_line)
    rows = []
    for hit in hits:
        card, kind = cards.get((hit.kind, hit.key)), things.get(hit.kind)
        if card is not None and kind is not None:
            rows.append(
                {
                    "card": card,
                    "icon": kind.icon,
                    "kind": kind.name,
                    "title": highlighted(card.title, text),
                    "snippet": snippet(hit.body, text),
                    "line": lines.get((hit.kind, hit.key)),
                }
            )
    return rows


def _tabs(request: Request, found: Found, current: str) -> list[dict[str, Any]]:
    def url(kind: str) -> str:
        query = request.GET.copy()
        query.pop("from", None)
        query["kind"] = kind
        return f"?{query.urlencode()}"

    all_of_it = {"label": pgettext("search", "All"), "count": found.total, "url": url(""), "current": not current}
    kinds = [kind for label in ORDER if (kind := things.get(label)) and found.counts.get(label)]
    rest = [
        {
            "label": kind.name,
            "count": found.counts[kind.label],
            "url": url(kind.label),
            "current": kind.label == current,
        }
        for kind in kinds
    ]
    return [all_of_it, *rest]


def _next_url(request: Request, found: Found, kind: str, start: int) -> str:
    total = found.counts.get(kind, 0) if kind else found.total
    if start + SIZE >= total:
        return ""
    query = {**{key: str(request.GET[key]) for key in request.GET}, "from": str(start + SIZE)}
    return f"?{urlencode(query)}"
