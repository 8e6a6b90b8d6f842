"""An article and an announcement told in a group chat elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.announcing import announce_to
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.sharing import text_to_paste

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(community: Community, lin: Person) -> Article:
    return start_draft(library=library_of(community), title="三处先看", markdown="先看表。", by=lin)


def test_an_article_goes_with_its_claim_authors_and_a_short_link(draft: Article, lin: Person, browse: Any) -> None:
    publish(draft, by=lin)
    article = draft
    Article.objects.filter(pk=article.pk).update(claim="八成在表上")
    article.refresh_from_db()
    link = f"http://testserver/a/{article.pk}/"
    assert text_to_paste(article, link).splitlines() == ["三处先看", "八成在表上", f"作者：{lin.name}", link]
    client = browse(lin)
    page = client.get(f"/articles/{article.pk}/share/").content.decode()
    assert f"/a/{article.pk}/" in page and "<svg" in page
    assert client.get(f"/a/{article.pk}/").headers["Location"] == article.get_absolute_url()
    assert f"/articles/{article.pk}/share/" in client.get(article.get_absolute_url()).content.decode()


def test_a_draft_is_not_told_elsewhere(draft: Article, lin: Person, browse: Any) -> None:
    assert browse(lin).get(f"/articles/{draft.pk}/share/").status_code == 404


def test_an_announcement_goes_with_its_community_and_link(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    announcement = announce_to(community, title="先看这里", body="说说你卡在哪", by=lin)
    url = announcement.get_absolute_url()
    page = browse(wang).get(f"{url}share/").content.decode()
    assert "先看这里\n" + community.name in page and url in page and "<svg" in page
    assert f"{url}share/" in browse(wang).get(url).content.decode()
