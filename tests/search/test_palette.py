"""The box at the top answers with commands and with what one may read, and with nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_person
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.voicing import voice_need
from zhiliu.search.models import Gap

pytestmark = pytest.mark.django_db


def rows(client: Any, text: str) -> str:
    answer = client.get("/search/palette/", {"q": text})
    assert answer.status_code == 200
    return str(answer.content.decode().replace("<mark>", "").replace("</mark>", ""))


def test_commands_come_first_and_the_search_itself_last(lin: Person, community: Community, browse: Any) -> None:
    page = rows(browse(lin), "shoujianxiang")
    assert page.index('href="/inbox/" data-best') < page.index('href="/search/?q=shoujianxiang"')
    assert "搜索“shoujianxiang”" in page
    assert community.get_absolute_url() in rows(browse(lin), "shhzz")


def test_only_those_who_may_read_it_find_it(
    wang: Person, sun: Person, closed_community: Community, browse: Any, catch_up: Any
) -> None:
    need = voice_need(closed_community, title="底价怎么谈", by=wang)
    catch_up()
    assert need.get_absolute_url() in rows(browse(wang), "底价")
    page = rows(browse(sun), "底价")
    assert need.get_absolute_url() not in page and "底价怎么谈" not in page


def test_people_are_found_by_the_beginning_of_their_name_and_by_guests_only_in_their_communities(
    lin: Person, wang: Person, zhao: Person, sun: Person, community: Community, browse: Any
) -> None:
    assert "/people/sun/" in rows(browse(lin), "sunl")
    assert "/people/sun/" not in rows(browse(zhao), "sunl")
    assert "/people/wang/" in rows(browse(zhao), "wangyi")


def test_typing_is_not_noted_as_missing_knowledge(lin: Person, browse: Any, catch_up: Any) -> None:
    catch_up()
    rows(browse(lin), "没有的东西")
    assert Gap.objects.count() == 0


def test_what_is_typed_is_only_ever_text(lin: Person, browse: Any) -> None:
    assert "<b>x" not in rows(browse(lin), '"><b>x')


def test_strangers_get_nothing(client: Any, db: None) -> None:
    assert client.get("/search/palette/?q=a").status_code == 302


def test_one_and_three_results_ask_the_same_number_of_questions(
    lin: Person, community: Community, browse: Any, catch_up: Any
) -> None:
    client, counts = browse(lin), []
    for size in (1, 3):
        for number in range(size):
            voice_need(community, title=f"除霜 {size} {number}", by=lin)
            make_person(f"chu{size}{number}", name=f"除霜{size}{number}")
        catch_up()
        rows(client, "除霜")
        with CaptureQueriesContext(connection) as asked:
            rows(client, "除霜")
        counts.append(len(asked))
    assert counts[0] == counts[1] and counts[0] <= 14, counts
