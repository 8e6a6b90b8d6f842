"""Rules are put together and keep the reason of the part that said no."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zhiliu.kit.contracts.rules import RULES, Rule, name_rule, require, rule
from zhiliu.kit.errors import Forbidden


@rule("Sign in first.")
def is_known(person: set[str], thing: object) -> bool:
    """Signed in."""
    return "known" in person


@rule("Only administrators can do this.")
def is_boss(person: set[str], thing: object) -> bool:
    """Looks after the installation."""
    return "boss" in person


@rule("Only its owner can do this.")
def owns(person: set[str], thing: str) -> bool:
    """Owns it."""
    return thing in person


def answers(asked: Rule) -> list[bool]:
    return [asked(person, "car") for person in (set(), {"known"}, {"boss"}, {"known", "boss"})]


def test_and_or_and_not_answer_as_in_logic() -> None:
    assert answers(is_known & is_boss) == [False, False, False, True]
    assert answers(is_known | is_boss) == [False, True, True, True]
    assert answers(~is_known) == [True, False, True, False]


def test_of_an_and_the_first_part_that_says_no_gives_the_reason() -> None:
    both = is_known & is_boss
    assert both.why_not(set()) == both.why_not({"boss"}) == "Sign in first."
    assert both.why_not({"known"}) == "Only administrators can do this."
    assert both.why_not({"known", "boss"}) is None


def test_of_an_or_the_last_alternative_gives_the_reason() -> None:
    assert (is_known | is_boss).why_not(set()) == "Only administrators can do this."
    assert (is_known | is_boss).why_not({"known"}) is None


def test_another_reason_leaves_the_answer() -> None:
    other = is_known.because("Not today.")
    assert (answers(other), other.why_not(set()), other.why_not({"known"})) == (answers(is_known), "Not today.", None)
    assert is_known.why_not(set()) == "Sign in first."


def test_a_rule_is_asked_about_what_a_thing_belongs_to() -> None:
    page = SimpleNamespace(place=SimpleNamespace(owner="wang"))
    of_owner = owns.of("place.owner")
    assert (of_owner({"wang"}, page), of_owner({"lin"}, page)) == (True, False)
    assert (of_owner.why_not({"lin"}, page), of_owner.why_not({"wang"}, page)) == ("Only its owner can do this.", None)


def test_what_a_rule_says_in_words() -> None:
    assert (is_known & is_boss).words == "Signed in; and Looks after the installation"
    assert (is_known | is_boss).words == "Signed in; or Looks after the installation"
    assert ((~is_known).words, owns.of("place").words) == ("not: Signed in", "in its place: Owns it")
    assert rule("No.")(lambda person, thing: True).words == ""


def test_require_raises_the_reason_or_nothing() -> None:
    require(is_known, {"known"})
    with pytest.raises(Forbidden, match=r"Sign in first\."):
        require(is_known, set())
    # A rule may have nothing to say and still refuse.
    silent = is_known.because("")
    for refusing in (silent, silent & is_boss, is_boss & silent):
        with pytest.raises(Forbidden, match=r"^$"):
            require(refusing, {"boss"})


def test_a_named_rule_stands_in_the_catalogue() -> None:
    try:
        assert name_rule("tests.known", is_known) is RULES["tests.known"] is is_known
    finally:
        del RULES["tests.known"]
