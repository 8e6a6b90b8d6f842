"""Doors that set a wished state: what is wished, and where they lead with and without scripts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from zhiliu.kit.web.http import fragment_or_back, wished

THING = SimpleNamespace(get_absolute_url=lambda: "/needs/3/")


def posted(values: dict[str, str], **headers: str) -> Any:
    request: Any = RequestFactory().post("/needs/3/support/", values, headers=headers)
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(("values", "state"), [({"on": "1"}, True), ({"on": "0"}, False), ({}, False)])
def test_only_one_wishes_a_state_on(values: dict[str, str], state: bool) -> None:
    assert wished(posted(values)) is state


def test_htmx_gets_the_fragment() -> None:
    request = posted({}, **{"HX-Request": "true", "Referer": "http://testserver/needs/"})
    answer = fragment_or_back(request, "kit/back.html", {"url": "/topics/9/"}, THING)
    assert answer.status_code == 200 and 'href="/topics/9/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("came_from", "to"),
    [
        ("http://testserver/needs/?page=2", "http://testserver/needs/?page=2"),
        ("https://elsewhere.example/", "/needs/3/"),
        ("", "/needs/3/"),
    ],
)
def test_without_scripts_one_goes_back_or_to_the_thing(came_from: str, to: str) -> None:
    answer = fragment_or_back(posted({}, Referer=came_from), "kit/back.html", {}, THING)
    assert (answer.status_code, answer.headers["Location"]) == (302, to)
