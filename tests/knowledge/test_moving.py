"""An article moves to another library, with its files, and private stays private."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from tests.cast import fresh, make_community
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Forbidden
from zhiliu.knowledge.drafting import library_of, organisation_library, save_draft
from zhiliu.knowledge.models import Article, Library
from zhiliu.knowledge.moving import move_article
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.rules import can_see

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(lin: Person, wang: Person) -> Library:
    """The library of a community for members only, of Lin and Wang."""
    return library_of(make_community(lin, wang, name="闭门", visibility="private"))


def test_readers_follow_the_new_library(article: Article, closed: Library, wang: Person, sun: Person) -> None:
    assert can_see(sun, article)
    moved = move_article(article, closed, by=wang)
    assert (moved.library, moved.folder) == (closed, None)
    assert not can_see(fresh(sun), moved) and sun.pk not in Article.objects.visible_to(sun).values_list("pk", flat=True)
    assert moved.readers() == Article.objects.get(pk=article.pk).readers()
    assert moved.get_absolute_url() == article.get_absolute_url()


def test_moving_it_where_it_is_changes_nothing(article: Article, wang: Person) -> None:
    facts = Activity.objects.count()
    assert move_article(article, article.library, by=wang).version == article.version
    assert Activity.objects.count() == facts


def test_one_must_be_allowed_to_change_it_and_to_write_there(
    article: Article, closed: Library, wang: Person, xu: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden):
        move_article(article, organisation_library(), by=sun)
    add_members(closed.community, {xu: "member"}, by=None)
    with pytest.raises(Forbidden):
        move_article(article, closed, by=fresh(xu))
    other = library_of(make_community(sun, name="孙立的"))
    with pytest.raises(Forbidden):
        move_article(article, other, by=wang)
    assert Article.objects.get(pk=article.pk).library == article.library


def test_what_only_members_read_does_not_become_open(article: Article, wang: Person, sun: Person) -> None:
    Article.objects.filter(pk=article.pk).update(audience=Article.Audience.MEMBERS)
    article.refresh_from_db()
    moved = move_article(article, organisation_library(), by=wang)
    assert moved.audience == Article.Audience.NAMED and not can_see(fresh(sun), moved)


def test_its_pictures_are_seen_by_the_new_readers_and_the_old_names_stay(
    closed: Library, community: Any, lin: Person, wang: Person, sun: Person
) -> None:
    from zhiliu.knowledge.drafting import start_draft

    kept = upload(io.BytesIO(b"drawing"), name="图.txt", by=wang, community=closed.community)
    text = f"看图：[图](/files/{kept.key}/)"
    article = start_draft(library=closed, title="有图", markdown=text, claim="", by=wang)
    publish(article, by=wang)
    client = Client()
    client.force_login(sun)
    assert client.get(f"/files/{kept.key}/").status_code == 404
    moved = move_article(Article.objects.get(pk=article.pk), library_of(community), by=wang)
    new = Upload.objects.exclude(pk=kept.pk).get(file=kept.file)
    assert f"/files/{new.key}/" in moved.html and f"/files/{new.key}/" in moved.draft_markdown
    assert kept.key not in moved.html + moved.draft_markdown
    assert client.get(f"/files/{new.key}/").status_code == 200
    assert client.get(f"/files/{kept.key}/").status_code == 404


def test_a_private_file_named_in_a_text_is_not_opened_by_moving_it(
    closed: Library, community: Any, wang: Person
) -> None:
    from zhiliu.knowledge.drafting import start_draft

    kept = upload(io.BytesIO(b"receipt"), name="票.txt", by=wang, community=closed.community, is_private=True)
    article = start_draft(library=closed, title="有票", markdown=f"[票](/files/{kept.key}/)", claim="", by=wang)
    move_article(Article.objects.get(pk=article.pk), library_of(community), by=wang)
    assert list(Upload.objects.filter(file=kept.file).values_list("is_private", flat=True)) == [True]


def test_an_editor_that_is_open_meanwhile_is_told(article: Article, closed: Library, wang: Person) -> None:
    from zhiliu.knowledge.drafting import StaleDraft

    version = article.version
    moved = move_article(article, closed, by=wang)
    with pytest.raises(StaleDraft):
        save_draft(moved, title="旧", claim="", markdown="旧", by=wang, version=version)


def test_it_moves_through_the_page(article: Article, closed: Library, wang: Person) -> None:
    client = Client()
    client.force_login(wang)
    page = client.get(f"/articles/{article.pk}/library/").content.decode()
    assert "闭门" in page
    answer = client.post(f"/articles/{article.pk}/library/", {"library": closed.slug})
    assert answer.status_code == 302
    assert Article.objects.get(pk=article.pk).library == closed
    assert client.post(f"/articles/{article.pk}/library/", {"library": "nowhere"}).status_code == 200
