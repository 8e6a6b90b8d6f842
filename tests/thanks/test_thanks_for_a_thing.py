"""Thanks for something: what it was for is kept, and whoever is thanked is told of it once."""

from __future__ import annotations

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.voicing import voice_need
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db


def test_thanks_for_a_need_keep_the_need_and_its_community(community: Community, lin: Person, wang: Person) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    thanks = thank(wang, reason="问得好", by=lin, about=("need", need.pk))
    assert (thanks.kind, thanks.thing_id, thanks.community_id) == ("need", need.pk, community.pk)


def test_the_first_thanks_are_announced_and_their_repetition_is_not(lin: Person, wang: Person) -> None:
    thanked = Activity.objects.filter(verb="thanks.thanks_given")
    thank(wang, reason="那张对比表", by=lin)
    assert thanked.count() == 1
    thank(wang, reason="那张对比表", by=lin)
    assert thanked.count() == 1
    thank(wang, reason="昨晚的电话", by=lin)
    assert thanked.count() == 2
