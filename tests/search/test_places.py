"""The community a text is proposed for, and the form in which one is chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh, make_community
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Question
from zhiliu.discussions.rules import can_ask
from zhiliu.moderation.models import Sanction
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.voicing import voice_need
from zhiliu.search import places
from zhiliu.search.places import places_for, proposed_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(community: Community, lin: Person, wang: Person) -> Community:
    return make_community(lin, wang, name="报价小组")


def proposal(text: str, person: Person) -> tuple[Community | None, str]:
    person = fresh(person)
    place = proposed_place(text, person, places_for(person, can_ask))
    return place.community, str(place.why)


def test_the_place_is_where_similar_things_are(
    community: Community, sales: Community, wang: Person, lin: Person, catch_up: Any
) -> None:
    ask(community, title="压缩机停机后多久能再启动", by=lin)
    ask(sales, title="客户要赊账怎么报价", by=lin)
    catch_up()
    similar = "按内容推荐：这里有相似的内容"
    assert proposal("压缩机停机了怎么启动", wang) == (community, similar)
    assert proposal("客户要赊账", wang) == (sales, similar)


def test_nothing_out_of_reach_is_proposed(
    community: Community, closed_community: Community, wang: Person, sun: Person, catch_up: Any
) -> None:
    ask(closed_community, title="压缩机停机的底价", by=wang)
    catch_up()
    assert proposal("压缩机停机的底价", wang)[0] == closed_community
    assert proposal("压缩机停机的底价", sun) == (None, "")


def test_without_similar_things_it_is_where_one_is_most_active(
    community: Community, sales: Community, wang: Person
) -> None:
    voice_need(community, title="老师傅不肯教", by=wang)
    for title in ("报价单谁来审", "客户压价"):
        voice_need(sales, title=title, by=wang)
    assert proposal("食堂几点开饭", wang) == (sales, "推荐：你在这里最活跃")
    assert proposal("", wang) == (sales, "推荐：你在这里最活跃")


def test_where_one_came_from_is_kept_and_a_choice_too(
    community: Community, sales: Community, wang: Person, lin: Person, browse: Any, catch_up: Any
) -> None:
    ask(community, title="压缩机停机后多久能再启动", by=lin)
    catch_up()
    chosen, proposed = (f'data-slug="{place.slug}"' for place in (sales, community))
    page = browse(wang).get("/questions/new/", {"community": sales.slug}).content.decode()
    assert f'<option value="{sales.slug}" selected>' in page
    sent = {"title": "压缩机停机后多久", "community": sales.slug}
    assert chosen in browse(wang).get("/questions/similar/", {**sent, "chosen": "1"}).content.decode()
    assert proposed in browse(wang).get("/questions/similar/", {**sent, "chosen": ""}).content.decode()


def test_a_text_goes_where_it_was_sent_and_nowhere_one_may_not(
    community: Community, sales: Community, closed_community: Community, sun: Person, wang: Person, browse: Any
) -> None:
    answer = browse(sun).post("/questions/new/", {"title": "多久能再启动", "community": closed_community.slug})
    assert "不能发到这个社区" in answer.content.decode()
    answer = browse(sun).post("/questions/new/", {"title": "多久能再启动", "community": ""})
    assert "请选择社区" in answer.content.decode()
    assert not Question.objects.exists()
    browse(wang).post("/questions/new/", {"title": "多久能再启动", "community": sales.slug})
    assert Question.objects.get().community == sales


def test_ones_own_places_and_the_one_one_came_from_are_offered_however_many_there_are(
    community: Community, sales: Community, sun: Person, lin: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", 0)
    assert set(places_for(fresh(wang), can_ask)) == {community, sales}
    far = make_community(lin, name="很远的社区")
    assert far not in places_for(fresh(wang), can_ask)
    assert far in places_for(fresh(wang), can_ask, far.slug)


def test_who_may_write_nowhere_reads_what_to_do(community: Community, zhao: Person, browse: Any) -> None:
    Membership.objects.filter(person=zhao).delete()
    for address in ("/questions/new/", "/needs/new/"):
        page = browse(zhao).get(address).content.decode()
        assert "你还没有加入社区" in page and 'href="/communities/"' in page
        assert 'id="id_title"' not in page


def test_who_is_muted_everywhere_reads_the_reason(community: Community, zhao: Person, lin: Person, browse: Any) -> None:
    until = timezone.now() + dt.timedelta(days=3)
    impose(community, zhao, Sanction.Kind.MUTE, reason="刷屏", until=until, by=lin)
    page = browse(zhao).get("/questions/new/").content.decode()
    assert "你现在不能在自己的社区里发内容" in page and 'id="id_title"' not in page
