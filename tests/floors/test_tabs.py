"""Every page of a community marks the one tab it belongs to."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from .asking import Visitor, addresses
from .scene import Scene, build

TABS = re.compile(r'<nav class="tabs page-gap" aria-label="[^"]*">(.*?)</nav>', re.S)
pytestmark = pytest.mark.django_db
# Nobody's tab: the person's own pages of the search and of those they follow.
NO_COMMUNITY = {"search:search", "following", "following_tags", "followers"}


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Built once, and rolled back at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
        logging.disable(logging.CRITICAL)
        yield build()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["manager", "admin"])
def test_each_page_with_tabs_marks_exactly_one(scene: Scene, who: str) -> None:
    visitor, marked = Visitor(scene.people[who]), {}
    for address in addresses():
        path, values = address.path(scene.private), scene.values(address.name, scene.private)
        if address.name in NO_COMMUNITY or "live" in address.name:
            continue
        tabs = TABS.search(visitor.text(path, values))
        if tabs:
            marked[address.name] = tabs[1].count('aria-current="page"')
    assert len(marked) > 40
    assert {name: count for name, count in marked.items() if count != 1} == {}
