"""The number of comments of a need follows what stands, and no open form of the need grows stale by it."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.comments.commenting import comment, put_back_comment, take_back_comment
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.models import Need
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_comment_taken_down_and_restored_is_counted_as_it_stands(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    said: Any = comment("need", need.pk, body="我们也是", by=xu)
    counts = [Need.objects.get().comment_count]
    take_back_comment(said, community.pk, by=lin)
    counts.append(Need.objects.get().comment_count)
    put_back_comment(said, community.pk, by=lin)
    assert [*counts, Need.objects.get().comment_count] == [1, 0, 1]
    assert Need.objects.get().version == need.version
