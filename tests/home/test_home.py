"""Today."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh, make_person
from tests.gatherings.stage import make_fixed, now_running
from zhiliu.communities.announcing import announce_to
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.registration import sign_up
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import set_support, voice_need

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    """The page without the hints where titles may break."""
    return str(answer.content.decode().replace("<wbr>", ""))


def test_a_newcomer_is_told_what_to_do_first_until_it_is_done(xu: Person, community: Community, browse: Any) -> None:
    page = text(browse(xu).get("/"))
    assert "先做这几件" in page and "说说你被什么卡住" in page
    voice_need(community, title="停机", by=xu)
    assert "说说你被什么卡住" not in text(browse(xu).get("/"))


def test_a_colleague_of_many_years_who_first_comes_in_now_is_told_what_to_do_first(
    wang: Person, community: Community, browse: Any
) -> None:
    assert "先做这几件" not in text(browse(wang).get("/"))
    Person.objects.filter(pk=wang.pk).update(came_in_at=None)
    assert "先做这几件" in text(browse(fresh(wang)).get("/"))
    came_in = fresh(wang).came_in_at
    assert "先做这几件" in text(browse(fresh(wang)).get("/"))
    assert came_in is not None and fresh(wang).came_in_at == came_in


def test_what_to_do_first_is_offered_for_ninety_days(wang: Person, community: Community, browse: Any) -> None:
    for days, offered in ((89, True), (91, False)):
        Person.objects.filter(pk=wang.pk).update(came_in_at=timezone.now() - dt.timedelta(days=days))
        assert ("先做这几件" in text(browse(fresh(wang)).get("/"))) is offered


def test_what_waits_is_there_with_its_verb(lin: Person, wang: Person, community: Community, browse: Any) -> None:
    announce_to(community, title="周五停电", body="两小时", by=lin)
    page = text(browse(wang).get("/"))
    assert "周五停电" in page and "读一读" in page
    browse(wang).get(community.announcements.get(title="周五停电").get_absolute_url())
    assert "周五停电" not in text(browse(wang).get("/"))


def test_what_moves_is_shown_to_those_who_may_see_it(
    lin: Person, wang: Person, sun: Person, closed_community: Community, browse: Any
) -> None:
    voice_need(closed_community, title="底价怎么谈", by=wang)
    assert "底价怎么谈" in text(browse(lin).get("/"))
    assert "底价怎么谈" not in text(browse(sun).get("/"))


def test_strangers_are_led_to_sign_in(client: Any, db: None) -> None:
    for path in ("/", "/inbox/", "/people/", "/search/", "/communities/", "/gatherings/", "/knowledge/", "/needs/1/"):
        answer = client.get(path)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/signin/"), path


def test_an_unknown_address_is_said_kindly_in_both_languages(lin: Person, browse: Any) -> None:
    client = browse(lin)
    assert "这里没有你要找的东西" in text(client.get("/nowhere/"))
    Person.objects.filter(pk=lin.pk).update(language="en")
    assert "Nothing here" in text(client.get("/nowhere/"))


def test_the_page_asks_a_fixed_number_of_questions(
    lin: Person, wang: Person, community: Community, browse: Any
) -> None:
    client, counts = browse(lin), []
    for size in (1, 3):
        for number in range(size):
            need = voice_need(community, title=f"停机 {size} {number}", by=make_person(f"p{size}{number}"))
            set_support(need, on=True, by=lin)
            other = voice_need(community, title=f"漏氟 {size} {number}", by=wang)
            make_topic(community, [other], by=wang, title=f"题 {size} {number}", for_whom="新人", take_home="单子")
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_look_and_language_a_person_chose_are_kept(lin: Person, browse: Any) -> None:
    client = browse(lin)
    client.post("/theme/", {"theme": "dark"})
    client.post("/language/", {"language": "en"})
    page = text(client.get("/"))
    assert 'data-theme="dark"' in page and '<html lang="en"' in page
    client.post("/theme/", {"theme": "purple"})
    assert Person.objects.get(pk=lin.pk).theme == "dark"


def test_a_gathering_that_runs_is_entered_from_today(
    wang: Person, lin: Person, community: Community, browse: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    assert f"{talk.get_absolute_url()}room/" not in text(browse(wang).get("/"))
    now_running(talk)
    page = text(browse(wang).get("/"))
    assert f"{talk.get_absolute_url()}room/" in page and "进入现场" in page


def test_browsers_find_the_icon_beside_downloads(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"].startswith("/static/assets/favicon-")
