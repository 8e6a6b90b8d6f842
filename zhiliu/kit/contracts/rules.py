"""Permissions with reasons.

A rule is a small predicate (package ``rules``) with a sentence for the person refused. Rules compose with ``&``, ``|``
and ``~`` and keep their reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from rules import Predicate

from ..errors import Forbidden

RULES: dict[str, Rule] = {}


class Rule:
    """A predicate over (person, object) with its human-readable reason.

    Args:
        predicate: the ``rules`` predicate.
        why: function of (person, object) that returns the sentence shown when the predicate is false.
        words: the rule in English, for the catalogue.
    """

    def __init__(self, predicate: Predicate, why: Callable[[Any, Any], Any], words: str = "") -> None:
        self.predicate = predicate
        self._why = why
        self.words = words

    def __call__(self, person: Any, thing: Any = None) -> bool:
        return bool(self.predicate.test(person, thing))

    def why_not(self, person: Any, thing: Any = None) -> Any | None:
        """Return the reason for a refusal, or None when allowed."""
        return None if self(person, thing) else self._why(person, thing)

    def __and__(self, other: Rule) -> Rule:
        def why(person: Any, thing: Any) -> Any:
            reason = self.why_not(person, thing)
            # An empty reason is a refusal too: only None continues with the other part.
            return other.why_not(person, thing) if reason is None else reason

        return Rule(self.predicate & other.predicate, why, f"{self.words}; and {other.words}")

    def __or__(self, other: Rule) -> Rule:
        # By convention the last alternative is the one people can reach most easily, so its reason is shown.
        words = f"{self.words}; or {other.words}"
        return Rule(self.predicate | other.predicate, lambda person, thing: other._why(person, thing), words)

    def __invert__(self) -> Rule:
        return Rule(~self.predicate, self._why, f"not: {self.words}")

    def of(self, attribute: str) -> Rule:
        """Return this rule applied to an attribute of the object: ``can_moderate.of("community")``."""
        owner = attrgetter(attribute)
        predicate = Predicate(lambda person, thing: self(person, owner(thing)), name=f"of_{attribute}")
        return Rule(
            predicate, lambda person, thing: self.why_not(person, owner(thing)), f"in its {attribute}: {self.words}"
        )

    def because(self, reason: Any) -> Rule:
        """Return the same rule with another reason."""
        return Rule(self.predicate, lambda person, thing: reason, self.words)


def rule(reason: Any) -> Callable[[Callable[[Any, Any], bool]], Rule]:
    """Decorator: make a :class:`Rule` of a function (person, object) -> bool, with the reason for a no."""

    def make(function: Callable[[Any, Any], bool]) -> Rule:
        words = (function.__doc__ or "").strip().rstrip(".").replace("\n", " ")
        return Rule(Predicate(function, name=function.__name__), lambda person, thing: reason, words)

    return make


def name_rule(name: str, rule: Rule) -> Rule:
    """Register ``rule`` under ``name`` (``app.act``) in the catalogue that documentation and tests read."""
    RULES[name] = rule
    return rule


def require(needed: Rule, person: Any, thing: Any = None) -> None:
    """Raise :class:`Forbidden` with the rule's reason unless ``person`` may."""
    reason = needed.why_not(person, thing)
    if reason is not None:
        raise Forbidden(reason)
