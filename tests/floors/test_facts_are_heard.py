"""Every fact is consumed by a listener, follower, notification, live event or the audit, or has a reason not to be."""

from __future__ import annotations

import ast
from pathlib import Path

import django.apps

from zhiliu.kit.contracts.facts import FACTS, _listeners
from zhiliu.kit.contracts.notification_types import notice_kinds

ROOT = Path(__file__).resolve().parents[2] / "zhiliu"

# Facts only in the log, and why nobody is notified.
ONLY_IN_THE_LOG: dict[str, str] = {
    "communities.home_changed": "the page is read anew at the next visit",
    "communities.invitation_declined": "who invited sees it in the list of invitations; a no needs no nudge",
    "communities.occasion_set": "stands in the calendar; reminders are the calendar's",
    "communities.prepared_announcements_changed": "those who prepare an opening look at its page",
    "communities.rulebook_accepted": "counted on the page of the rules",
    "communities.waiting_ended": "the one who ends it knows; places are filled when they become free",
    "directory.password_changed": "their own act; sessions elsewhere end in the verb",
    "directory.secret_addresses_renewed": "their own act; what was handed out opens nothing any more",
    "directory.person_followed": "following is nobody else's business",
    "directory.person_unfollowed": "following is nobody else's business",
    "directory.skill_endorsed": "shown on the profile, in no inbox: vouching is no message",
    "discussions.answer_found": "counted by the monthly report",
    "discussions.duty_taken_off": "the rota shows it; it follows from leaving, or from a change agreed on",
    "discussions.expert_declined": "the question's page shows who was asked; others are asked from there",
    "discussions.question_added_to_faq": "the article's own publication is told",
    "gatherings.deposit_started": "the article's own facts follow",
    "gatherings.proposed": "invitations tell sharer and host, and the time once it is fixed tells the others",
    "gatherings.reminders_planned": "attendees hear from the reminders themselves",
    "governance.goal_served": "shown on the goal's page",
    "governance.proposal_voted": "told with the result, so that nobody is watched voting",
    "knowledge.article_acknowledged": "counted on the article; its keeper looks when it is due",
    "knowledge.article_pinned": "it stands at the top at the next visit; a pin is no message",
    "knowledge.article_unpinned": "it stands in its usual place at the next visit",
    "lineage.linked": "drawn into the line at the next visit",
    "moderation.content_flagged": "the queue of moderators reads the flags themselves",
    "search.tag_followed": "following is nobody else's business",
    "search.tag_unfollowed": "following is nobody else's business",
    "surveys.survey_answered": "told by what the survey is for, when there is enough",
    "surveys.survey_created": "told by what the survey is for",
    "transfers.document_import_started": "its end is told; its page shows how far it is",
}

# Base classes that code uses to narrow down before it checks the type of fact.
NOT_ALL = {"Fact", "OfGathering", "object"}


def heard() -> set[str]:
    """Return the names of facts that code reacts to: in ``isinstance``, or named outside of functions."""
    names: set[str] = set()
    for path in ROOT.rglob("*.py"):
        if path.name != "facts.py" and "demo" not in path.relative_to(ROOT).parts:
            for node in ast.walk(ast.parse(path.read_text())):
                names |= _named_in(node)
    return names


def _named_in(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
        return _names(node.args[1])
    if isinstance(node, ast.FunctionDef):
        return {name for decorator in node.decorator_list for name in _names(decorator)}
    if isinstance(node, ast.Module | ast.ClassDef):
        body = (part for part in node.body if not isinstance(part, ast.FunctionDef | ast.ClassDef))
        return {name for part in body for name in _names(part)}
    return set()


def _names(node: ast.AST) -> set[str]:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def unheard() -> set[str]:
    assert django.apps.apps.ready
    announced = {kind for notice in notice_kinds for kind in _as_tuple(notice.fact)}
    names = heard()
    return {
        verb
        for verb, kind in FACTS.items()
        if kind.__module__.startswith("zhiliu.")
        and kind.__subclasses__() == []
        and not kind.administrative
        and not _listeners.get(kind)
        and not any(issubclass(kind, item) for item in announced)
        and not any(base.__name__ in names for base in kind.__mro__ if base.__name__ not in NOT_ALL)
    }


def _as_tuple(kinds: object) -> tuple[type, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)  # type: ignore[return-value]


def test_every_fact_is_heard_or_says_why_not() -> None:
    assert unheard() == set(ONLY_IN_THE_LOG)
    assert all(reason.strip() for reason in ONLY_IN_THE_LOG.values())
