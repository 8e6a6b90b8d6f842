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
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhiliu.communities.queries import my_communities
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for, kind_of, things
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.text.chinese_text import has_han
from zhiliu.kit.web.commands import commands_of, fitting_commands
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.page_frame import build_frame
from zhiliu.lineage.linking import Reference
from zhiliu.lineage.stories import Story, stories_of
from zhiliu.lineage.timeline import glyphs_for

from ..gaps import note_search
from ..highlighting import LENGTH, Highlighter
from ..index import Hit, Matches, Narrowed, match
from ..parsing import ParsedSearch
from ..understanding import understand

SIZE = 20
# Of "All", the best so many hits are grouped by story; nobody reads further.
WINDOW = 200
AT_HAND, NAMED, NEAR = 7, 3, 24
# Objects of a story that are named beneath its row.
REST = 3
ORDER = ("article", "question", "gathering", "topic", "need", "post", "person", "community", "message", "shared_file")
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
    asked = understand(text, request.user) if text else ParsedSearch()
    matches = _match(request, asked, kind)
    if text and not start:
        note_search(text, found=bool(matches.total) and not matches.is_weak, by=request.user)
    stories = stories_of(matches.references) if not kind else [Story(reference) for reference in matches.references]
    steps = [step(text, request.user) for step in next_steps]
    context = {
        "text": text,
        "rows": _rows(matches, stories[start : start + SIZE], Highlighter(asked), request.user),
        "total": matches.total,
        "is_weak": matches.is_weak,
        "kind": kind,
        "orders": _orders(request),
        "tabs": _tabs(request, matches, len(stories), kind),
        "next_url": _next_url(request, start + SIZE) if start + SIZE < len(stories) else "",
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
    asked = understand(text, person)
    highlighter = Highlighter(asked)
    matches = match(asked, keys=reach(person).keys, limit=NEAR)
    stories = stories_of([*(("person", key) for key in person_ids), *matches.references])
    near = [reference for story in stories[: 2 * AT_HAND] for reference in story.members]
    cards = cards_for(near, person)
    heads = [head for story in stories if (head := _head(story, cards)) is not None]
    return [
        {"card": cards[ref], "icon": kind.icon, "kind": kind.name, "title": highlighter.title(cards[ref].title)}
        for ref in heads[:AT_HAND]
        if (kind := things.get(ref[0])) is not None
    ]


def _head(story: Story, cards: dict[Reference, ObjectCard]) -> Reference | None:
    """Return the first object of a story the reader may see."""
    return next((reference for reference in story.members if reference in cards), None)


def _number(text: str) -> int:
    return min(int(text), 400) if text.isdecimal() and len(text) < 6 else 0


def _match(request: Request, asked: ParsedSearch, kind: str) -> Matches:
    days = SPANS.get(request.GET.get("span", ""))
    narrowed = Narrowed(
        kinds=[kind] if kind in things.names() else [],
        community_id=key_of(request.GET.get("community")) or None,
        since=int((timezone.now() - dt.timedelta(days=days)).timestamp()) if days else 0,
    )
    return match(
        asked,
        keys=reach(request.user).keys,
        # A span of time alone lists nothing: one searches by words.
        narrowed=Narrowed() if asked.is_empty else narrowed,
        limit=WINDOW,
        counts=True,
        by_time=request.GET.get("sort") == "time",
    )


def _rows(matches: Matches, stories: list[Story], highlighter: Highlighter, person: Person) -> list[dict[str, Any]]:
    """Return stories with their cards, checked once more for current visibility."""
    cards = cards_for([reference for story in stories for reference in story.members], person)
    heads = {story: head for story in stories if (head := _head(story, cards)) is not None}
    hits = matches.hits(heads.values())
    lines = glyphs_for([head for head in heads.values() if kind_of(head[0]).station is not None])
    return [
        _row(head, story, cards, hits[head], highlighter) | {"line": lines.get(head)} for story, head in heads.items()
    ]


def _row(
    head: Reference, story: Story, cards: dict[Reference, ObjectCard], hit: Hit, highlighter: Highlighter
) -> dict[str, Any]:
    kind, card = kind_of(head[0]), cards[head]
    rest = [reference for reference in story.rest if reference in cards and reference != head]
    # A message is its own title: the whole of it is there already. Of a person the card says enough.
    has_snippet = card.kind != "person" and (hit.title or len(hit.body) > LENGTH)
    is_said = card.text == kind.name or (has_snippet and hit.body.startswith(str(card.text)))
    return {
        "card": card,
        "icon": kind.icon,
        "kind": kind.name,
        "title": highlighter.title(card.title),
        "snippet": highlighter.snippet(hit.body) if has_snippet else "",
        "about": "" if is_said else card.text,
        "rest": [{"card": cards[reference], "kind": kind_of(reference[0]).name} for reference in rest[:REST]],
        "more": max(0, len(rest) - REST),
    }


def _tabs(request: Request, matches: Matches, stories: int, current: str) -> list[dict[str, Any]]:
    def url(kind: str) -> str:
        query = request.GET.copy()
        query.pop("from", None)
        query["kind"] = kind
        return f"?{query.urlencode()}"

    # What is shown as one row counts once; beyond the window it is not known.
    total = stories if not current and matches.total <= WINDOW else matches.total
    all_of_it = {"label": pgettext("search", "All"), "count": total, "url": url(""), "current": not current}
    kinds = [kind for label in ORDER if (kind := things.get(label)) and matches.counts.get(label)]
    rest = [
        {
            "label": kind.name,
            "count": matches.counts[kind.label],
            "url": url(kind.label),
            "current": kind.label == current,
        }
        for kind in kinds
    ]
    return [all_of_it, *rest]


def _orders(request: Request) -> list[dict[str, Any]]:
    current = "time" if request.GET.get("sort") == "time" else ""
    query = request.GET.copy()
    query.pop("from", None)
    orders = []
    for value, label in (("", _("Best first")), ("time", _("Newest first"))):
        query["sort"] = value
        orders.append({"label": label, "url": f"?{query.urlencode()}", "current": value == current})
    return orders


def _next_url(request: Request, start: int) -> str:
    return f"?{urlencode({**{key: str(request.GET[key]) for key in request.GET}, 'from': str(start)})}"
