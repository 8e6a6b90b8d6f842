"""Goals of the organisation, and what serves them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import make_community
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.governance.goals import change_goal, close_goal, end_service, serve_goal, state_goal
from zhiliu.governance.models import Goal, Service
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Topic
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(admin: Person) -> Goal:
    """A goal."""
    return state_goal(title="一次修好率到九成", measure="每月回访", by=admin)


def card_of(topic: Topic, person: Person) -> ObjectCard:
    return card_or_404("topic", topic.pk, person)


def test_only_administrators_state_goals(lin: Person) -> None:
    with pytest.raises(Forbidden):
        state_goal(title="x", by=lin)
    assert not Goal.objects.exists()


def test_two_goals_of_one_name_are_refused(goal: Goal, admin: Person) -> None:
    with pytest.raises(Refused):
        state_goal(title=goal.title, by=admin)
    assert Goal.objects.count() == 1


def test_the_second_of_two_who_change_a_goal_is_refused(goal: Goal, admin: Person) -> None:
    change_goal(goal, version=1, title="一次修好率到九五成", by=admin)
    with pytest.raises(Refused):
        change_goal(goal, version=1, title="别的", by=admin)
    goal.refresh_from_db()
    assert goal.title == "一次修好率到九五成"


def test_whoever_moderates_says_what_serves_a_goal_once(
    goal: Goal, community: Community, lin: Person, wang: Person
) -> None:
    topic = Topic.objects.create(community=community, title="漏氟", by=lin)
    assert serve_goal(goal, card_of(topic, lin), by=lin) == serve_goal(goal, card_of(topic, lin), by=lin)
    with pytest.raises(Forbidden):
        end_service(goal, card_of(topic, wang), by=wang)
    assert Service.objects.count() == 1
    end_service(goal, card_of(topic, lin), by=lin)
    end_service(goal, card_of(topic, lin), by=lin)
    assert not Service.objects.exists()


def test_a_closed_goal_takes_nothing_new_and_keeps_what_it_has(
    goal: Goal, community: Community, lin: Person, admin: Person
) -> None:
    topic = Topic.objects.create(community=community, title="漏氟", by=lin)
    serve_goal(goal, card_of(topic, lin), by=lin)
    close_goal(goal, True, by=admin)
    goal.refresh_from_db()
    card = ObjectCard("community", community.pk, community.name, "")
    with pytest.raises(Refused):
        serve_goal(goal, card, by=lin)
    assert Service.objects.count() == 1
    close_goal(goal, False, by=admin)
    goal.refresh_from_db()
    serve_goal(goal, card, by=lin)
    assert Service.objects.count() == 2


def test_other_things_serve_no_goal_and_the_sentence_says_so(
    goal: Goal, community: Community, lin: Person, browse: Any
) -> None:
    need = voice_need(community, title="漏氟", by=lin)
    with pytest.raises(Refused, match=r"serve goals|才能服务于"):
        serve_goal(goal, card_or_404("need", need.pk, lin), by=lin)
    browse(lin).post(f"/goals/services/need/{need.pk}/", {"goal": goal.pk})
    assert not Service.objects.exists()


def test_what_one_may_not_see_is_counted_but_not_shown(
    goal: Goal, closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    topic = Topic.objects.create(community=closed_community, title="秘密的主题", by=lin)
    serve_goal(goal, card_of(topic, lin), by=lin)
    seen = browse(lin).get(goal.get_absolute_url()).content.decode().replace("<wbr>", "")
    hidden = browse(sun).get(goal.get_absolute_url()).content.decode().replace("<wbr>", "")
    assert "秘密的主题" in seen
    assert "秘密的主题" not in hidden and "另有 1 项你看不到" in hidden


def test_guests_do_not_see_goals(goal: Goal, zhao: Person, community: Community, browse: Any) -> None:
    assert browse(zhao).get("/goals/").status_code == 403
    assert "目标" not in browse(zhao).get(community.get_absolute_url()).content.decode().replace("<wbr>", "")


def test_a_topic_page_shows_its_goals_and_takes_new_ones(
    goal: Goal, community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    topic = Topic.objects.create(community=community, title="漏氟", by=lin)
    client = browse(lin)
    assert "关联目标" in client.get(topic.get_absolute_url()).content.decode().replace("<wbr>", "")
    client.post(f"/goals/services/topic/{topic.pk}/", {"goal": goal.pk})
    page = browse(wang).get(topic.get_absolute_url()).content.decode().replace("<wbr>", "")
    assert goal.title in page and "关联目标" not in page
    client.post(f"/goals/services/topic/{topic.pk}/", {"goal": goal.pk, "undo": "1"})
    assert goal.title not in browse(wang).get(topic.get_absolute_url()).content.decode().replace("<wbr>", "")


def test_a_thing_out_of_reach_is_not_found(
    goal: Goal, closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    topic = Topic.objects.create(community=closed_community, title="漏氟", by=lin)
    assert browse(sun).post(f"/goals/services/topic/{topic.pk}/", {"goal": goal.pk}).status_code == 404
    assert not Service.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_questions(
    count: int, admin: Person, lin: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    community = make_community(lin)
    for number in range(count):
        made = state_goal(title=f"目标 {number}", by=admin, owner=lin)
        serve_goal(made, ObjectCard("community", community.pk, "", ""), by=admin)
    client = browse(lin)
    client.get("/goals/")
    with django_assert_num_queries(9):
        client.get("/goals/")


def test_pages_lead_through_stating_and_closing(admin: Person, browse: Any) -> None:
    client = browse(admin)
    answer = client.post("/goals/new/", {"title": "报价当天给得出", "ends_on": "2030-01-31"})
    goal = Goal.objects.get()
    assert answer.url == goal.get_absolute_url()
    client.post(f"/goals/{goal.pk}/edit/", {"title": "报价两小时给得出", "version": "1"})
    client.post(f"/goals/{goal.pk}/closure/")
    goal.refresh_from_db()
    assert (goal.title, goal.closed_at is not None) == ("报价两小时给得出", True)
    assert "报价两小时给得出" in client.get("/goals/?closed=1").content.decode().replace("<wbr>", "")
