"""What is about the same as a text, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.models import Need
from zhiliu.needs.queries import similar_needs
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(community: Community, closed_community: Community, lin: Person, catch_up: Any) -> list[Need]:
    """Two about the same in the open community, one in a private one, and one about something else."""
    places = [(community, "压缩机半夜停机"), (community, "压缩机又停机"), (closed_community, "压缩机停机")]
    needs = [voice_need(place, title=title, by=lin) for place, title in [*places, (community, "报销单怎么填")]]
    catch_up()
    return needs


def near(viewer: Person, **fields: Any) -> set[int]:
    return {card.key for card in similar_needs("压缩机停机", viewer, **fields)}


def test_needs_about_the_same_are_found_as_far_as_the_reader_sees_them(
    needs: list[Need], community: Community, wang: Person, sun: Person
) -> None:
    first, second, secret, _rest = (need.pk for need in needs)
    assert (near(wang), near(sun)) == ({first, second, secret}, {first, second})
    assert near(wang, community=community) == {first, second}


def test_a_need_is_not_similar_to_itself(needs: list[Need], community: Community, sun: Person) -> None:
    first, second, *_rest = (need.pk for need in needs)
    assert near(sun, leave_out=first) == {second}
    assert near(sun, kinds=("need", "topic"), leave_out=0) == {first, second}


def test_where_nothing_is_about_the_same_nothing_is_found(needs: list[Need], sun: Person) -> None:
    assert similar_needs("zzzz", sun) == []
