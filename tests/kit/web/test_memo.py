"""What is remembered on an object is worked out once, also on a lazy one, until it is forgotten."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.functional import SimpleLazyObject

from zhiliu.kit.web.memo import Memo

NUMBER: Memo[Any, int | None] = Memo("number")


def test_a_value_is_worked_out_once_for_each_owner() -> None:
    simple_namespace, other = SimpleNamespace(), SimpleNamespace()
    assert [
        NUMBER.get(simple_namespace, lambda: 1),
        NUMBER.get(simple_namespace, lambda: 2),
        NUMBER.get(other, lambda: 3),
    ] == [1, 1, 3]


def test_nothing_is_a_value_as_well() -> None:
    owner = SimpleNamespace()
    assert [NUMBER.get(owner, lambda: None), NUMBER.get(owner, lambda: 2)] == [None, None]


def test_what_is_forgotten_is_worked_out_anew_also_behind_a_lazy_object() -> None:
    owner = SimpleNamespace()
    lazy = SimpleLazyObject(lambda: owner)
    assert (NUMBER.get(lazy, lambda: 1), NUMBER.get(owner, lambda: 2)) == (1, 1)
    NUMBER.forget(lazy)
    NUMBER.forget(lazy)
    assert NUMBER.get(owner, lambda: 3) == 3
    NUMBER.keep(owner, 4)
    assert NUMBER.get(lazy, lambda: 5) == 4
