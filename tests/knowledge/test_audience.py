"""Who reads what: the rule and the query set answer alike for everybody."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.cast import fresh
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import archive, change_article, publish
from zhiliu.knowledge.rules import can_see

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything(community: Any, closed_community: Any, lin: Any, wang: Any, sun: Any, admin: Any) -> list[Article]:
    """An article in each state, audience and library."""
    articles = []
    libraries = [library_of(community), library_of(closed_community), organisation_library()]
    for library, audience, state in product(
        libraries, ("library", "members", "named"), ("draft", "published", "archived")
    ):
        article = start_draft(library=library, title=f"{audience} {state}", markdown="文", by=wang)
        if state != "draft":
            publish(article, by=wang)
        change_article(article, by=wang, audience=audience, named_readers=[sun] if audience == "named" else [])
        if state == "archived":
            archive(article, by=wang)
        articles.append(article)
    return articles


def test_rule_and_query_set_are_twins(
    everything: list[Article], lin: Any, wang: Any, xu: Any, zhao: Any, sun: Any, admin: Any
) -> None:
    for person in (lin, wang, xu, zhao, sun, admin):
        person = fresh(person)
        seen = set(Article.objects.visible_to(person).values_list("pk", flat=True))
        told = {article.pk for article in Article.objects.all() if can_see(person, article)}
        assert seen == told, person.name


def test_they_stay_twins_in_an_archived_community(
    everything: list[Article], community: Any, lin: Any, xu: Any, zhao: Any, sun: Any
) -> None:
    community.phase = "archived"
    community.save()
    for person in (lin, xu, zhao, sun):
        person = fresh(person)
        seen = set(Article.objects.visible_to(person).values_list("pk", flat=True))
        assert seen == {article.pk for article in Article.objects.all() if can_see(person, article)}, person.name


def test_the_keys_in_the_index_never_let_in_more_than_the_rule(
    everything: list[Article], lin: Any, wang: Any, xu: Any, zhao: Any, sun: Any, admin: Any
) -> None:
    from zhiliu.communities.reach import reach

    for person, article in product((lin, wang, xu, zhao, sun, admin), everything):
        person, article = fresh(person), Article.objects.get(pk=article.pk)
        if set(article.readers()) & set(reach(person).keys):
            assert can_see(person, article), (person.name, article.title, str(article.library))


def test_a_draft_is_for_its_writers_and_keepers(
    draft: Article, lin: Any, wang: Any, xu: Any, zhao: Any, sun: Any
) -> None:
    who = {person.handle for person in (lin, wang, xu, zhao, sun) if can_see(person, draft)}
    assert who == {"lin", "wang"}


def test_an_open_community_is_read_by_colleagues_and_its_guests(article: Article, xu: Any, zhao: Any, sun: Any) -> None:
    assert all(can_see(person, article) for person in (xu, zhao, sun))


def test_named_people_read_what_nobody_else_does(article: Article, wang: Any, xu: Any, sun: Any) -> None:
    change_article(article, by=wang, audience="named", named_readers=[sun])
    found = Article.objects.get(pk=article.pk)
    assert can_see(sun, found) and not can_see(xu, found)
