"""The number of comments of a post follows when one is taken back and stands again."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.comments.commenting import comment, put_back_comment, take_back_comment
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.models import Post

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_comment_that_stands_again_is_counted_again(community: Community, lin: Person, wang: Person) -> None:
    post = Post.objects.create(community=community, title="周五例会", body="改到三点", html="", by=lin)
    said: Any = comment("post", post.pk, body="好", by=wang)
    counts = [Post.objects.get().comment_count]
    take_back_comment(said, community.pk, by=lin)
    counts.append(Post.objects.get().comment_count)
    put_back_comment(said, community.pk, by=lin)
    assert [*counts, Post.objects.get().comment_count] == [1, 0, 1]
