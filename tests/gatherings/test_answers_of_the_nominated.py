"""What somebody answered to being nominated is for who named them and for who may act on it."""

from __future__ import annotations

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Nomination
from zhiliu.gatherings.nominating import nominate, say_no, say_yes, take_nominee
from zhiliu.kit.errors import Forbidden

from .stage import make_talk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("answer", [None, say_yes, say_no])
def test_a_member_who_asks_for_the_nominee_learns_no_answer(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, answer: object
) -> None:
    nomination = nominate(make_talk(community, lin), xu, by=wang)
    if callable(answer):
        answer(nomination, by=xu)
    for person in (wang, zhao):
        with pytest.raises(Forbidden, match="Only the host"):
            take_nominee(Nomination.objects.get(pk=nomination.pk), by=person)
    assert Nomination.objects.get(pk=nomination.pk).gathering.sharer is None
