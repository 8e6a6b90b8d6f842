"""Sharers are nominated by colleagues, or sent by a department; they decide themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings.inviting import share_oneself
from zhiliu.gatherings.models import DepartmentAsk, Gathering, Nomination, Offer
from zhiliu.gatherings.nominating import (
    ask_department,
    decline_for_department,
    name_for_department,
    nominate,
    say_no,
    say_yes,
    take_nominee,
)
from zhiliu.gatherings.queries import discovered_for, naming_of
from zhiliu.gatherings.todos import department_asks, nominations, would_share
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import publish
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.models import Notification
from zhiliu.search.indexing import build_index

from .stage import make_held, make_talk


@pytest.fixture
def topic(community: Community, lin: Person, wang: Person) -> Topic:
    return a_topic(community, lin, wang)


def a_topic(community: Community, lin: Person, wang: Person) -> Topic:
    need = voice_need(community, title="除霜总化不干净", by=wang)
    return make_topic(community, [need], by=lin, title="除霜参数怎么跟着库走", for_whom="新人", take_home="一张表")


@pytest.fixture
def department(sun: Person) -> Department:
    """Sun, who is not a member, heads it; the open community can be read by her."""
    return Department.objects.create(name="华东大区", head=sun)


def told(person: Person, notice: str) -> list[dict[str, Any]]:
    return [row.details for row in Notification.objects.filter(person=person, notice=f"gatherings.{notice}")]


# --- a colleague ------------------------------------------------------------------------------------------------------


def test_nominating_twice_asks_once(topic: Topic, wang: Person, xu: Person, lin: Person, catch_up: Any) -> None:
    first = nominate(topic, xu, by=wang, why="她修过")
    assert nominate(topic, xu, by=lin, why="我也想听").pk == first.pk
    catch_up()
    first.refresh_from_db()
    assert (first.by, first.why, first.state) == (wang, "她修过", Nomination.State.WAITING)
    assert Activity.objects.filter(verb="gatherings.nominated").count() == 1
    assert told(xu, "nominated") == [{}]


def test_a_yes_is_an_offer_and_who_nominated_is_told(topic: Topic, wang: Person, xu: Person, catch_up: Any) -> None:
    named = nominate(topic, xu, by=wang)
    assert say_yes(named, by=xu, word="我讲十五分钟").state == Nomination.State.YES
    say_yes(named, by=xu, word="第二次")
    catch_up()
    offer = Offer.objects.get()
    assert (offer.topic, offer.by, offer.word) == (topic, xu, "我讲十五分钟")
    assert told(wang, "nomination_answered") == [{"yes": True}]
    assert Activity.objects.filter(verb="gatherings.nomination_answered").count() == 1


def test_of_a_no_only_who_nominated_learns(topic: Topic, lin: Person, wang: Person, xu: Person, catch_up: Any) -> None:
    named = nominate(topic, xu, by=wang)
    say_no(named, by=xu, word="最近太忙")
    catch_up()
    assert not Offer.objects.exists()
    assert told(wang, "nomination_answered") == [{"yes": False}]
    assert told(lin, "nomination_answered") == []
    assert [(nomination.person, nomination.state) for nomination in naming_of(topic, wang).nominations] == [(xu, "no")]
    assert naming_of(topic, lin).nominations == []
    assert nominate(topic, xu, by=lin).state == Nomination.State.NO
    assert Activity.objects.get(verb="gatherings.nomination_answered").data == {"nomination_id": named.pk}


def test_what_is_open_only_who_nominated_sees(topic: Topic, lin: Person, wang: Person, xu: Person) -> None:
    named = nominate(topic, xu, by=wang)
    assert naming_of(topic, wang).nominations == [named]
    assert naming_of(topic, lin).nominations == []
    say_yes(named, by=xu)
    assert naming_of(topic, lin).nominations == [named]


def test_nominating_oneself_is_volunteering(topic: Topic, wang: Person) -> None:
    with pytest.raises(Refused, match="I could speak"):
        nominate(topic, wang, by=wang)
    assert not Nomination.objects.exists()


def test_people_out_of_reach_are_refused(
    closed_community: Community, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    hidden = a_topic(closed_community, lin, wang)
    for outside in (xu, zhao):
        with pytest.raises(Refused, match="can’t see"):
            nominate(hidden, outside, by=wang)
    assert not Nomination.objects.exists()


def test_who_is_not_a_member_nominates_nobody(topic: Topic, xu: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        nominate(topic, xu, by=sun)
    assert not Nomination.objects.exists()


def test_only_the_named_person_answers(topic: Topic, lin: Person, wang: Person, xu: Person) -> None:
    named = nominate(topic, xu, by=wang)
    for answer in (say_yes, say_no):
        with pytest.raises(Forbidden):
            answer(named, by=lin)
    named.refresh_from_db()
    assert named.state == Nomination.State.WAITING


def test_nobody_is_named_for_a_topic_that_is_arranged(topic: Topic, lin: Person, wang: Person, xu: Person) -> None:
    named = nominate(topic, xu, by=wang)
    Topic.objects.filter(pk=topic.pk).update(state=Topic.State.PLANNED)
    topic.refresh_from_db()
    with pytest.raises(Refused, match="A speaker has been found"):
        nominate(topic, lin, by=wang)
    assert nominations(xu) == []
    named = Nomination.objects.get(pk=named.pk)
    with pytest.raises(Refused, match="A speaker has been found"):
        say_yes(named, by=xu)
    assert not Offer.objects.exists()


def test_the_host_takes_up_who_would_share(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    talk = make_talk(community, lin)
    named = nominate(talk, xu, by=wang)
    with pytest.raises(Refused, match="haven’t said yes"):
        take_nominee(named, by=lin)
    say_yes(named, by=xu)
    catch_up()
    assert told(lin, "nomination_answered") == [{"yes": True}]
    assert [todo.verb for todo in would_share(lin)] == ["Decide"]
    named = Nomination.objects.get(pk=named.pk)
    with pytest.raises(Forbidden):
        take_nominee(named, by=wang)
    assert take_nominee(named, by=lin).sharer == xu
    assert take_nominee(Nomination.objects.get(pk=named.pk), by=lin).sharer == xu
    assert would_share(lin) == []


def test_of_two_sharers_the_quicker_one_stays(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    named = say_yes(nominate(talk, xu, by=wang), by=xu)
    share_oneself(talk, by=lin)
    with pytest.raises(Refused, match="Someone else has agreed"):
        take_nominee(Nomination.objects.get(pk=named.pk), by=lin)
    talk.refresh_from_db()
    assert talk.sharer == lin


# --- a department -----------------------------------------------------------------------------------------------------


def test_a_department_names_somebody_who_is_asked(
    topic: Topic, department: Department, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    ask = ask_department(topic, department, by=wang, note="你们改过四个库")
    assert ask_department(topic, department, by=wang).pk == ask.pk
    catch_up()
    assert told(sun, "department_asked") == [{}]
    assert [todo.verb for todo in department_asks(sun)] == ["Nominate someone"]
    assert name_for_department(ask, xu, by=sun, why="她改的").state == DepartmentAsk.State.NAMED
    name_for_department(ask, wang, by=sun)
    catch_up()
    named = Nomination.objects.get()
    assert (named.person, named.by, named.why) == (xu, sun, "她改的")
    assert told(wang, "department_answered") == [{"named": True}]
    assert told(xu, "nominated") == [{}]
    assert department_asks(sun) == []


def test_a_head_who_names_themselves_has_said_yes(
    topic: Topic, department: Department, wang: Person, sun: Person
) -> None:
    named = name_for_department(ask_department(topic, department, by=wang), sun, by=sun, why="我来")
    assert named.state == DepartmentAsk.State.NAMED
    assert (Nomination.objects.get().state, Offer.objects.get().by) == (Nomination.State.YES, sun)


def test_whoever_was_asked_before_is_not_named_again(
    topic: Topic, department: Department, wang: Person, xu: Person, sun: Person
) -> None:
    say_no(nominate(topic, xu, by=wang), by=xu)
    ask = ask_department(topic, department, by=wang)
    with pytest.raises(Refused, match="already"):
        name_for_department(ask, xu, by=sun)
    ask.refresh_from_db()
    assert ask.state == DepartmentAsk.State.WAITING


def test_a_department_declines_with_a_word_and_can_be_asked_anew(
    topic: Topic, department: Department, wang: Person, sun: Person, catch_up: Any
) -> None:
    ask = decline_for_department(ask_department(topic, department, by=wang), by=sun, word="下个月可以")
    assert (ask.state, ask.word, ask.answered_by) == (DepartmentAsk.State.DECLINED, "下个月可以", sun)
    catch_up()
    assert told(wang, "department_answered") == [{"named": False}]
    again = ask_department(topic, department, by=wang)
    assert (again.pk, again.state, again.word) == (ask.pk, DepartmentAsk.State.WAITING, "")


def test_a_department_without_head_or_with_oneself_as_head_is_refused(topic: Topic, wang: Person) -> None:
    with pytest.raises(Refused, match="has no head"):
        ask_department(topic, Department.objects.create(name="空"), by=wang)
    with pytest.raises(Refused, match="You are its head"):
        ask_department(topic, Department.objects.create(name="自己", head=wang), by=wang)
    assert not DepartmentAsk.objects.exists()


def test_a_head_who_cannot_see_the_topic_is_refused(
    closed_community: Community, department: Department, lin: Person, wang: Person
) -> None:
    with pytest.raises(Refused, match="can’t see"):
        ask_department(a_topic(closed_community, lin, wang), department, by=wang)
    assert not DepartmentAsk.objects.exists()


def test_only_the_head_answers_for_a_department(
    topic: Topic, department: Department, lin: Person, wang: Person, xu: Person
) -> None:
    ask = ask_department(topic, department, by=wang)
    with pytest.raises(Forbidden):
        name_for_department(ask, xu, by=lin)
    with pytest.raises(Forbidden):
        decline_for_department(ask, by=lin)
    ask.refresh_from_db()
    assert (ask.state, Nomination.objects.count()) == (DepartmentAsk.State.WAITING, 0)


# --- doors ------------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_nomination(topic: Topic, lin: Person, wang: Person, xu: Person, browse: Any) -> None:
    client = browse(wang)
    assert "推荐同事" in client.get(topic.get_absolute_url()).content.decode()
    address = f"/topics/{topic.pk}/nominations/"
    assert client.get(f"{address}?person=xu").status_code == 200
    assert client.post(address, {"person": xu.pk, "why": "她修过"}).url == topic.get_absolute_url()
    assert client.post(address, {"person": wang.pk}).status_code == 200
    named = Nomination.objects.get()
    assert client.get(named.get_absolute_url()).status_code == 404
    mine = browse(xu)
    assert "她修过" in mine.get(named.get_absolute_url()).content.decode()
    assert "/nominations/" in mine.get("/").content.decode()
    assert mine.post(named.get_absolute_url(), {"answer": "yes", "word": "好"}).url == topic.get_absolute_url()
    page = browse(lin).get(topic.get_absolute_url()).content.decode()
    assert "王一帆推荐，愿意讲" in page and "“好”" in page


def test_the_pages_of_a_gathering_without_sharer(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = make_talk(community, lin)
    client = browse(wang)
    assert "推荐同事" in client.get(talk.get_absolute_url()).content.decode()
    client.post(f"/gatherings/{talk.pk}/nominations/", {"person": xu.pk})
    named = Nomination.objects.get()
    assert browse(xu).post(named.get_absolute_url(), {"answer": "yes"}).url == talk.get_absolute_url()
    host = browse(lin)
    assert f"/gatherings/{talk.pk}/nominee/" in host.get(talk.get_absolute_url()).content.decode()
    assert client.post(f"/gatherings/{talk.pk}/nominee/", {"nomination": named.pk}).status_code == 403
    assert host.post(f"/gatherings/{talk.pk}/nominee/", {"nomination": named.pk}).status_code == 302
    talk.refresh_from_db()
    assert talk.sharer == xu
    assert "推荐同事" not in client.get(talk.get_absolute_url()).content.decode()


def test_the_pages_of_a_department_that_is_asked(
    topic: Topic, department: Department, wang: Person, xu: Person, sun: Person, browse: Any
) -> None:
    client = browse(wang)
    address = f"/topics/{topic.pk}/departments/"
    assert "华东大区 · 孙立" in client.get(address).content.decode()
    assert client.post(address, {"department": department.pk, "note": "请出一位"}).url == topic.get_absolute_url()
    ask = DepartmentAsk.objects.get()
    assert client.get(ask.get_absolute_url()).status_code == 404
    head = browse(sun)
    assert "请出一位" in head.get(ask.get_absolute_url()).content.decode()
    assert head.post(ask.get_absolute_url(), {"answer": "name", "person": ""}).status_code == 200
    assert head.post(ask.get_absolute_url(), {"answer": "decline", "word": "忙"}).status_code == 302
    assert "“忙”" in client.get(topic.get_absolute_url()).content.decode()


def test_a_topic_asks_the_same_queries_for_one_nomination_and_for_three(
    topic: Topic, community: Community, wang: Person, xu: Person, lin: Person
) -> None:
    three_people = [make_person(f"more{n}", name=f"多{n}") for n in range(3)]
    add_members(community, dict.fromkeys(three_people, Role.MEMBER), by=lin)
    nominate(topic, three_people[0], by=fresh(wang))
    with CaptureQueriesContext(connection) as captured:
        assert len(naming_of(topic, wang).nominations) == 1
    for person in three_people[1:]:
        nominate(topic, person, by=fresh(wang))
    with CaptureQueriesContext(connection) as three:
        assert len(naming_of(topic, wang).nominations) == 3
    assert len(three) == len(captured) == 2


def test_who_shared_or_wrote_about_it_is_discovered_with_evidence(
    topic: Topic, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    held = make_held(community, lin, wang, title="除霜参数怎么调", sharer=wang)
    written = start_draft(
        library=library_of(community), title="除霜参数对照表", markdown="看盘管温度", by=xu, owner=xu, authors=[xu]
    )
    publish(written, by=xu)
    make_held(community, lin, title="付款条件怎么谈", sharer=xu)
    build_index()
    found = discovered_for(topic, fresh(lin))
    assert {(discovered.person, discovered.evidence.kind, discovered.evidence.key) for discovered in found} == {
        (wang, "gathering", held.pk),
        (xu, "article", written.pk),
    }
    assert [discovered.person for discovered in discovered_for(topic, fresh(lin), without=[xu.pk])] == [wang]
    assert [discovered.person for discovered in discovered_for(topic, fresh(wang))] == [xu]


def test_agenda_rows_take_one_query(topic: Topic, community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    nominate(topic, xu, by=wang)
    with CaptureQueriesContext(connection) as captured:
        assert len(nominations(xu)) == 1
    nominate(talk, xu, by=wang)
    with CaptureQueriesContext(connection) as two:
        assert [row.verb for row in nominations(xu)] == ["Answer", "Answer"]
    assert (len(captured), len(two)) == (1, 1)


def test_only_a_talk_that_was_held_and_no_tea_says_who_knows(
    topic: Topic, community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    make_talk(community, lin, title="除霜参数怎么定", sharer=wang)
    tea = make_held(community, lin, title="除霜参数喝茶聊", sharer=xu)
    Gathering.objects.filter(pk=tea.pk).update(format="tea_chat")
    make_held(community, lin, title="除霜参数没人讲")
    build_index()
    assert discovered_for(topic, fresh(sun)) == []
