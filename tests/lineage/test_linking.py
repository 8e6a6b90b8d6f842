"""The line: what came out of what, and how far it has come."""

from __future__ import annotations

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.lineage.linking import link, note_reached, reached, unlink
from zhiliu.lineage.models import Link
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


def test_linking_twice_is_one_link_and_one_fact(community: Community, lin: Person) -> None:
    need = ("need", voice_need(community, title="停机", by=lin).pk)
    before = Activity.objects.filter(verb="lineage.linked").count()
    assert link(need, ("topic", 7), by_id=lin.pk) == link(need, ("topic", 7), by_id=lin.pk)
    assert Link.objects.filter(target_kind="topic", target_id=7).count() == 1
    assert Activity.objects.filter(verb="lineage.linked").count() == before + 1


def test_what_came_out_carries_its_source_along_and_never_back(community: Community, lin: Person) -> None:
    need = ("need", voice_need(community, title="停机", by=lin).pk)
    link(need, ("topic", 7), by_id=lin.pk)
    assert reached([need]) == {need: 1}
    note_reached(("topic", 7), 3)
    assert reached([need]) == {need: 3}
    note_reached(("topic", 7), 2)
    assert reached([need]) == {need: 3}


def test_a_link_taken_back_sets_its_source_back(community: Community, lin: Person) -> None:
    need = ("need", voice_need(community, title="停机", by=lin).pk)
    link(need, ("topic", 7), by_id=lin.pk)
    unlink(need, ("topic", 7))
    assert (reached([need]), Link.objects.filter(source_id=need[1], source_kind="need").exists()) == ({need: 0}, False)
