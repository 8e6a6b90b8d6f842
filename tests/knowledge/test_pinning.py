"""A few articles stand at the top of their library and of their community's home page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import make_community
from tests.directory.test_races import together
from zhiliu.activity.models import Activity
from zhiliu.communities.lifecycle.merging import merge_communities, undo_merge
from zhiliu.communities.models import Community, MergeOrSplit
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.community_content import Articles
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.moving import move_article
from zhiliu.knowledge.pinning import MOST_PINNED, pin_article, unpin_article
from zhiliu.knowledge.publishing import archive, change_article, publish, take_out_again
from zhiliu.knowledge.queries import pinned_in

pytestmark = pytest.mark.django_db


def published(community: Community, title: str, by: Person) -> Article:
    """A published article of the community's library."""
    article = start_draft(library=library_of(community), title=title, markdown="先看压力表。", by=by)
    publish(article, by=by)
    return Article.objects.get(pk=article.pk)


def facts() -> list[tuple[str, int | None]]:
    """The pins and unpins of the log, in order, with who did them."""
    rows = Activity.objects.filter(verb__in=("knowledge.article_pinned", "knowledge.article_unpinned")).order_by("pk")
    return list(rows.values_list("verb", "by_id"))


def test_pinning_twice_keeps_the_place_and_is_told_once(article: Article, lin: Person) -> None:
    pin_article(article, by=lin)
    since = Article.objects.get(pk=article.pk).pinned_at
    pin_article(article, by=lin)
    assert since is not None and Article.objects.get(pk=article.pk).pinned_at == since
    assert facts() == [("knowledge.article_pinned", lin.pk)]


def test_unpinning_twice_is_told_once(article: Article, lin: Person) -> None:
    unpin_article(article, by=lin)
    pin_article(article, by=lin)
    unpin_article(article, by=lin)
    unpin_article(article, by=lin)
    assert Article.objects.get(pk=article.pk).pinned_at is None
    assert facts() == [("knowledge.article_pinned", lin.pk), ("knowledge.article_unpinned", lin.pk)]


def test_who_does_not_look_after_the_library_pins_and_unpins_nothing(
    article: Article, lin: Person, wang: Person
) -> None:
    """Not even the author."""
    assert wang in article.authors.all() or article.owner == wang
    with pytest.raises(Forbidden):
        pin_article(article, by=wang)
    assert Article.objects.get(pk=article.pk).pinned_at is None
    pin_article(article, by=lin)
    with pytest.raises(Forbidden):
        unpin_article(article, by=wang)
    assert Article.objects.get(pk=article.pk).pinned_at is not None


def test_a_draft_is_not_pinned(draft: Article, lin: Person) -> None:
    with pytest.raises(Refused, match="发布之后才能置顶"):
        pin_article(draft, by=lin)
    assert Article.objects.get(pk=draft.pk).pinned_at is None and facts() == []


def test_one_more_than_there_is_room_for_is_refused(community: Community, lin: Person) -> None:
    articles = [published(community, f"停机先看哪 {n}", lin) for n in range(MOST_PINNED + 1)]
    for article in articles[:MOST_PINNED]:
        pin_article(article, by=lin)
    with pytest.raises(Refused, match="已经置顶了 3 篇"):
        pin_article(articles[-1], by=lin)
    assert pinned_in(library_of(community), lin) == articles[MOST_PINNED - 1 :: -1]
    unpin_article(articles[0], by=lin)
    pin_article(articles[-1], by=lin)
    assert pinned_in(library_of(community), lin)[0] == articles[-1]


def test_what_is_archived_or_moved_is_pinned_no_more(article: Article, lin: Person, admin: Person) -> None:
    pin_article(article, by=lin)
    archive(article, by=lin)
    take_out_again(article, by=lin)
    assert Article.objects.get(pk=article.pk).pinned_at is None
    pin_article(article, by=lin)
    move_article(article, organisation_library(), by=lin)
    assert Article.objects.get(pk=article.pk).pinned_at is None


def test_what_one_may_not_read_stands_at_no_top(article: Article, lin: Person, wang: Person, sun: Person) -> None:
    pin_article(article, by=lin)
    change_article(article, by=lin, audience=Article.Audience.NAMED)
    assert pinned_in(article.library, sun) == [] and pinned_in(article.library, lin) == [article]


def test_the_library_shows_it_once_above_the_others(
    article: Article, community: Community, lin: Person, browse: Any
) -> None:
    newer = published(community, "换班时怎么说", lin)
    pin_article(article, by=lin)
    text = browse(lin).get(article.library.get_absolute_url()).content.decode()
    assert text.count(f'href="{article.get_absolute_url()}"') == 1
    assert text.index(article.get_absolute_url()) < text.index(newer.get_absolute_url())
    filtered = browse(lin).get(article.library.get_absolute_url(), {"template": article.template}).content.decode()
    assert filtered.index(newer.get_absolute_url()) < filtered.index(article.get_absolute_url())


def test_the_home_page_of_the_community_begins_with_it(
    article: Article, community: Community, lin: Person, browse: Any
) -> None:
    newer = [published(community, f"换班时怎么说 {n}", lin) for n in range(4)]
    home = community.get_absolute_url()
    assert f'href="{article.get_absolute_url()}"' not in browse(lin).get(home).content.decode()
    pin_article(article, by=lin)
    text = browse(lin).get(home).content.decode()
    assert text.index(article.get_absolute_url()) < text.index(newer[-1].get_absolute_url())


def test_the_menu_offers_it_to_who_may_and_the_address_wishes_a_state(
    article: Article, lin: Person, wang: Person, browse: Any
) -> None:
    address = f"/articles/{article.pk}/pin/"
    assert address in browse(lin).get(article.get_absolute_url()).content.decode()
    assert address not in browse(wang).get(article.get_absolute_url()).content.decode()
    for _click in range(2):
        assert browse(lin).post(address, {"on": "1"}).status_code == 302
    assert Article.objects.get(pk=article.pk).pinned_at is not None
    assert browse(lin).post(address, {"on": "0"}).status_code == 302
    assert Article.objects.get(pk=article.pk).pinned_at is None
    assert browse(wang).post(address, {"on": "1"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_place_at_once_only_one_gets_it(community: Community, lin: Person) -> None:
    articles = [published(community, f"停机先看哪 {n}", lin) for n in range(MOST_PINNED + 1)]
    for article in articles[: MOST_PINNED - 1]:
        pin_article(article, by=lin)

    refused = together(lambda: pin_article(articles[-2], by=lin), lambda: pin_article(articles[-1], by=lin))
    assert (refused, Article.objects.pinned().count()) == (1, MOST_PINNED)


@pytest.fixture
def other(lin: Person, wang: Person) -> Community:
    return make_community(lin, wang, name="制冷组")


def pinned(*articles: Article) -> list[bool]:
    return [Article.objects.get(pk=article.pk).pinned_at is not None for article in articles]


def test_pins_stay_behind_when_communities_merge_and_come_back_when_that_is_undone(
    community: Community, other: Community, lin: Person
) -> None:
    there = [published(other, f"停机先看哪 {n}", lin) for n in range(MOST_PINNED)]
    here = published(community, "换班时怎么说", lin)
    for article in (*there, here):
        pin_article(article, by=lin)
    since = Article.objects.get(pk=here.pk).pinned_at
    merge_communities(community, other, by=lin)
    assert pinned(*there, here) == [True] * MOST_PINNED + [False]
    undo_merge(MergeOrSplit.objects.get(), by=lin)
    assert Article.objects.get(pk=here.pk).pinned_at == since and pinned(*there) == [True] * MOST_PINNED


def test_what_comes_back_is_pinned_only_while_there_is_room(
    community: Community, other: Community, lin: Person
) -> None:
    articles = [published(community, f"停机先看哪 {n}", lin) for n in range(4)]
    for article in articles[:2]:
        pin_article(article, by=lin)
    kind = Articles()
    moved = kind.move([article.pk for article in articles[:2]], community, other)
    assert pinned(*articles[:2]) == [False, False]
    for article in articles[2:]:
        pin_article(article, by=lin)
    kind.take_back(moved, community, other)
    assert pinned(*articles) == [True, False, True, True]


def test_a_move_of_an_earlier_version_is_undone_without_pins(
    community: Community, other: Community, lin: Person
) -> None:
    article = published(community, "停机", lin)
    Articles().move([article.pk], community, other)
    Articles().take_back([[article.pk, None]], community, other)
    assert Article.objects.get().library.community == community and pinned(article) == [False]
