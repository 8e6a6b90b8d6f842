"""Thanks: said once for one thing, to somebody one can see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import Http404
from django.utils import translation

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.needs.voicing import voice_need
from zhiliu.thanks.models import Thanks
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_the_same_thanks_twice_is_one(lin: Person, wang: Person) -> None:
    assert thank(wang, reason=" 那张对比表 ", by=lin) == thank(wang, reason="那张对比表", by=lin)
    assert Thanks.objects.get().reason == "那张对比表"
    assert Activity.objects.filter(verb="thanks.thanks_given").count() == 1


def test_nobody_thanks_themselves(lin: Person) -> None:
    with pytest.raises(Refused, match="yourself"):
        thank(lin, reason="我真棒", by=lin)
    assert not Thanks.objects.exists()


def test_thanks_say_what_for(lin: Person, wang: Person) -> None:
    with pytest.raises(Refused, match="what helped you"):
        thank(wang, reason="  ", by=lin)
    assert not Thanks.objects.exists()


def test_a_guest_thanks_nobody_out_of_reach(zhao: Person, sun: Person) -> None:
    with pytest.raises(Refused, match="can’t be found"):
        thank(sun, reason="谢谢", by=zhao)
    assert not Thanks.objects.exists()


def test_thanks_for_what_is_out_of_reach_name_nothing(
    closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    need = voice_need(closed_community, title="底价", by=lin)
    with pytest.raises(Http404):
        thank(wang, reason="谢谢", by=sun, about=("need", need.pk))
    assert not Thanks.objects.exists()
