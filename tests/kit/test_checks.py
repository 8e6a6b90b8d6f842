"""A module that offers something and is imported by nobody is found."""

from __future__ import annotations

import sys

import pytest

from zhiliu.kit.checks import offers_something, what_is_offered_is_loaded


@pytest.mark.parametrize(
    "source",
    [
        'REGISTRY.register(1, key="a")',
        '@waiting.register(key="a.b")\ndef waits(person): ...',
        "stored_address.provide(lambda: 1)",
        "@listen(PersonLeft)\ndef hears(fact): ...",
        "@periodic(Every(minutes=5))\n@task()\ndef works(): ...",
    ],
)
def test_what_registers_at_import_offers_something(source: str) -> None:
    assert offers_something(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def later():\n    REGISTRY.register(1)",
        "found = listen",
        'rows.register\n"provide("',
        "def register(): ...\nregister()",
    ],
)
def test_what_registers_later_or_nothing_does_not(source: str) -> None:
    assert not offers_something(source)


def test_everything_that_is_offered_is_loaded() -> None:
    assert what_is_offered_is_loaded() == []


def test_a_module_nobody_imports_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "zhiliu.gatherings.todos")
    told = what_is_offered_is_loaded()
    assert [(check_message.id, "zhiliu.gatherings.todos" in check_message.msg) for check_message in told] == [
        ("zhiliu.E001", True)
    ]
