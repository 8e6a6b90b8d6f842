"""Kept parts of pages: what keys tell apart, and what is filled in anew."""

from __future__ import annotations

from django.template import Context, Template
from django.utils import translation

from zhiliu.kit.web.fragments import Fragments

ROW = Template("{% fragment row one.pk here=here %}{{ one.name }} {{ here }}{% endfragment %}")


def test_the_key_decides_and_holes_are_filled_anew() -> None:
    assert ROW.render(Context({"one": {"pk": 1, "name": "first"}, "here": "/a/"})) == "first /a/"
    assert ROW.render(Context({"one": {"pk": 1, "name": "changed"}, "here": "/b/"})) == "first /b/"
    assert ROW.render(Context({"one": {"pk": 2, "name": "second"}, "here": "/b/"})) == "second /b/"


def test_what_fills_a_hole_is_escaped() -> None:
    assert ROW.render(Context({"one": {"pk": 3, "name": ""}, "here": '"<b>'})) == " &quot;&lt;b&gt;"


def test_each_language_has_its_own() -> None:
    word = Template("{% load i18n %}{% fragment word %}{% translate 'Inbox' %}{% endfragment %}")
    with translation.override("en"):
        assert word.render(Context()) == "Inbox"
    with translation.override("zh-hans"):
        assert word.render(Context()) != "Inbox"


def test_the_longest_unused_is_dropped_and_old_ones_are_drawn_again() -> None:
    fragments = Fragments(size=2)
    fragments.put("a", "A")
    fragments.put("b", "B")
    assert fragments.get("a") == "A"
    fragments.put("c", "C")
    assert (fragments.get("a"), fragments.get("b"), fragments.get("c")) == ("A", None, "C")
    stale = Fragments(life=-1)
    stale.put("a", "A")
    assert stale.get("a") is None
