"""Tags are followed by each for themselves; the page of a tag shows what one may read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import change_article, publish
from zhiliu.search.following import follow_tag, unfollow_tag
from zhiliu.search.models import Tag, TagFollow

pytestmark = pytest.mark.django_db


def tagged(community: Community, by: Person, title: str = "漏氟先查三处", tag: str = "检漏") -> Article:
    """A published article under a tag."""
    article = start_draft(library=library_of(community), title=title, markdown="先看表。", by=by)
    change_article(article, tags=[tag], by=by)
    publish(article, by=by)
    return Article.objects.get(pk=article.pk)


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("<wbr>", ""))


def test_following_a_tag_twice_is_one_row_and_one_fact_that_names_nobody(wang: Person) -> None:
    tag = Tag.objects.create(name="检漏")
    for _time in range(2):
        follow_tag(tag, by=wang)
    assert TagFollow.objects.count() == 1
    for _time in range(2):
        unfollow_tag(tag, by=wang)
    assert not TagFollow.objects.exists()
    rows = list(Activity.objects.filter(verb__contains="tag_").order_by("pk").values_list("verb", "by_id", "data"))
    assert rows == [
        ("search.tag_followed", None, {"tag_id": tag.pk}),
        ("search.tag_unfollowed", None, {"tag_id": tag.pk}),
    ]


def test_the_page_shows_what_one_may_read_and_a_word_out_of_reach_is_not_there(
    lin: Person, sun: Person, community: Community, closed_community: Community, browse: Any
) -> None:
    tagged(community, lin)
    tagged(closed_community, lin, "底价怎么谈", "报价")
    tagged(closed_community, lin, "真空多久算够")
    tag, secret = Tag.objects.get(name="检漏"), Tag.objects.get(name="报价")
    page = text(browse(sun).get(f"/tags/{tag.pk}/"))
    assert "漏氟先查三处" in page and "真空多久算够" not in page
    assert browse(sun).get(f"/tags/{secret.pk}/").status_code == 404
    assert browse(sun).post(f"/tags/{secret.pk}/follow/").status_code == 404
    assert "真空多久算够" in text(browse(lin).get(f"/tags/{tag.pk}/"))
    assert not TagFollow.objects.exists()


def test_the_button_follows_and_the_toast_takes_it_back(lin: Person, community: Community, browse: Any) -> None:
    article = tagged(community, lin)
    tag, client = Tag.objects.get(), browse(lin)
    assert f"/tags/{tag.pk}/" in text(client.get(article.get_absolute_url()))
    page = text(client.post(f"/tags/{tag.pk}/follow/", {"on": "1"}, follow=True))
    assert "只有你自己知道" in page and f"/tags/{tag.pk}/follow/?on=0" in page and "已关注" in page
    client.post(f"/tags/{tag.pk}/follow/?on=0")
    assert not TagFollow.objects.exists()


def test_the_page_of_a_tag_asks_a_fixed_number_of_questions(lin: Person, community: Community, browse: Any) -> None:
    client, counts = browse(lin), []
    for size in (1, 2):
        for number in range(size):
            tagged(community, lin, f"第 {size}{number} 篇")
        path = f"/tags/{Tag.objects.get().pk}/"
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
