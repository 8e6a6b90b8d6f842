"""The page of the running parts names them in words."""

from __future__ import annotations

from typing import Any

from zhiliu.activity.consumers import followers
from zhiliu.activity.models import Cursor
from zhiliu.console.views import CONSUMERS
from zhiliu.directory.models import Person
from zhiliu.live.relay import NAME


def test_every_consumer_of_the_log_has_a_name_in_words() -> None:
    assert {*followers.names(), NAME} == set(CONSUMERS)


def test_the_page_shows_words_and_the_key_of_what_it_does_not_know(admin: Person, browse: Any) -> None:
    Cursor.objects.get_or_create(name="search")
    Cursor.objects.get_or_create(name="left.from.before")
    page = browse(admin).get("/administration/running/").content.decode()
    assert "搜索索引" in page and "<td>search</td>" not in page
    assert "<td>left.from.before</td>" in page
