"""A verb tried from a form: its result, or its refusal on the form."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django import forms
from django.http import QueryDict

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


class EditForm(Form):
    """Words, and the version they were made from."""

    title = forms.CharField()
    version = forms.IntegerField(widget=forms.HiddenInput)


def refuse_stale() -> None:
    """Somebody was faster."""
    raise Refused("Someone else changed this.")


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


def test_a_stale_form_is_sent_again_on_top_of_the_version_that_is_there_now() -> None:
    sent = QueryDict("title=报价&version=3&tag=a&tag=b")
    form = EditForm(sent)
    assert form.is_valid() and not form.succeeds(refuse_stale)
    room = SimpleNamespace(version=5)
    assert form.on_top_of(room) is room
    assert 'value="5"' in str(form["version"]) and 'value="报价"' in str(form["title"])
    assert form.data.getlist("tag") == ["a", "b"]
    assert form.errors == {"__all__": ["Someone else changed this."]}
    assert sent["version"] == "3"
