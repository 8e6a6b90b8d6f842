"""A verb tried from a form: its result, or its refusal on the form."""

from __future__ import annotations

import pytest
from django import forms

from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.web.forms import Form


class RoomForm(Form):
    """Seats in a room."""

    seats = forms.IntegerField()


def reserve(seats: int, *, by: str) -> int:
    """Reserve seats."""
    if by == "guest":
        raise Forbidden("Guests reserve nothing.")
    if seats > 8:
        raise Refused("The room has 8 seats.", "seats")
    if seats == 7:
        raise Refused("Seven is taken.", "no_such_field")
    return seats - 1


def tidy(by: str) -> None:
    """Return nothing."""
    reserve(1, by=by)


@pytest.fixture
def form() -> RoomForm:
    form = RoomForm({"seats": "3"})
    assert form.is_valid()
    return form


def test_attempt_gives_what_the_verb_returns(form: RoomForm) -> None:
    assert form.attempt(reserve, 3, by="lin") == 2
    assert form.attempt(reserve, 1, by="lin") == 0
    assert not form.errors


def test_a_refusal_stands_on_the_field_it_names(form: RoomForm) -> None:
    assert form.attempt(reserve, 9, by="lin") is None
    assert form.errors == {"seats": ["The room has 8 seats."]}


def test_a_refusal_of_no_field_of_the_form_stands_above_it(form: RoomForm) -> None:
    assert form.attempt(reserve, 7, by="lin") is None
    assert form.errors == {"__all__": ["Seven is taken."]}


def test_what_a_rule_forbids_is_shown_as_well(form: RoomForm) -> None:
    assert form.attempt(reserve, 1, by="guest") is None
    assert form.errors == {"__all__": ["Guests reserve nothing."]}


def test_a_verb_that_returns_nothing_succeeds_or_is_refused(form: RoomForm) -> None:
    assert form.succeeds(tidy, by="lin") is True
    assert not form.errors
    assert form.succeeds(tidy, by="guest") is False
    assert form.errors == {"__all__": ["Guests reserve nothing."]}


def test_a_fault_of_the_verb_is_no_refusal(form: RoomForm) -> None:
    with pytest.raises(TypeError):
        form.attempt(reserve, "three", by="lin")  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        form.succeeds(lambda: 1 / 0)
    assert not form.errors
