"""A rule in the making: each condition has a place in the address, and nothing is wanted while something is missing."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from zhiliu.communities.admission.building import Builder, address_of
from zhiliu.communities.admission.conditions import MOST, AdmissionCriteria
from zhiliu.communities.admission.subjects import Condition, subjects
from zhiliu.directory.models import Department, ProfileField

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(db: None) -> AdmissionCriteria:
    """Whoever is in sales."""
    return AdmissionCriteria((Condition("department", any=(Department.objects.create(name="销售部").pk,)),))


def built(address: str, saved: AdmissionCriteria | None = None) -> Builder:
    return Builder(QueryDict(address), saved)


def places(address: str) -> list[tuple[str, str]]:
    """Place and subject of each condition."""
    return [(row.place, row.subject.key) for row in built(address).rows]


def test_an_untouched_page_begins_with_the_rule_in_force_and_a_touched_one_does_not(sales: AdmissionCriteria) -> None:
    other = AdmissionCriteria((Condition("tenure", least=5),))
    assert built("", sales).wanted() == sales
    assert built("", None).wanted() is None
    assert built(address_of(other), sales).wanted() == other


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        ("add=1&new=level", [("0", "level")]),
        ("about=3.tenure&add=1&new=level", [("3", "tenure"), ("4", "level")]),
        ("about=3.tenure&about=1.hired&add=1&new=level", [("3", "tenure"), ("1", "hired"), ("4", "level")]),
        ("about=x.tenure&add=1&new=level", [("0", "level")]),
        ("about=3.tenure&about=1.hired&drop=3", [("1", "hired")]),
        ("about=3.tenure&add=1&new=password", [("3", "tenure")]),
    ],
)
def test_a_new_condition_gets_the_place_behind_the_last(address: str, rows: list[tuple[str, str]]) -> None:
    assert places(address) == rows


@pytest.mark.parametrize(
    ("place", "is_place"), [("0", True), ("999", True), ("1000", False), ("x", False), ("²", False), ("٣", False)]
)
def test_a_place_is_a_number_of_three_digits_at_most(place: str, is_place: bool) -> None:
    assert places(f"about={place}.tenure") == [(place, "tenure")] * is_place


def test_there_is_room_for_ten_conditions() -> None:
    about = [f"about={place}.tenure" for place in range(MOST + 1)]
    for count, may_add in ((MOST - 1, True), (MOST, False), (MOST + 1, False)):
        page = built("&".join(about[:count]))
        assert (len(page.rows), page.may_add) == (min(count, MOST), may_add)


def test_an_exception_is_put_in_kept_and_dropped() -> None:
    assert built("about=0.tenure").unless is None
    assert built("about=0.tenure&unless=password").unless is None
    for address in ("add_unless=1&new_unless=level", "unless=level", "unless=level&drop=0"):
        unless = built(address).unless
        assert unless is not None and (unless.subject.key, unless.place) == ("level", "x")
    assert built("unless=level&drop=x").unless is None


@pytest.mark.parametrize(
    "address",
    [
        "unless=tenure&cx-least=5",
        "about=0.tenure",
        "about=0.tenure&c0-least=5&about=1.hired",
        "about=0.tenure&c0-least=five",
        "about=0.tenure&c0-least=5&unless=hired",
    ],
    ids=["no condition", "nothing typed", "one of two", "no number", "an empty exception"],
)
def test_nothing_is_wanted_while_something_is_missing(address: str) -> None:
    assert built(address).wanted() is None


def test_what_is_complete_is_wanted() -> None:
    address = "about=0.tenure&c0-least=5&about=1.hired&c1-most=2020-01-01&unless=tenure&cx-least=30"
    five, thirty = (Condition("tenure", least=years) for years in (5, 30))
    assert built(address).wanted() == AdmissionCriteria((five, Condition("hired", most="2020-01-01")), thirty)


def test_a_rule_may_ask_about_everything_there_is_and_about_nothing_else() -> None:
    ProfileField.objects.create(key="intake", label="届别", kind="choice", options=["2025"])
    every = tuple(Condition(key, any=("x",)) for key in subjects())
    assert "field:intake" in subjects()
    assert AdmissionCriteria(every).is_sound()
    assert AdmissionCriteria(every[:1]).is_sound()
    gone = Condition("field:gone", any=("x",))
    assert not AdmissionCriteria((*every, gone)).is_sound()
    assert not AdmissionCriteria(every, gone).is_sound()
