"""Which libraries and articles somebody sees, and who is told that an article names them."""

from __future__ import annotations

from itertools import product

import pytest

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article, Library
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.rules import can_see

pytestmark = pytest.mark.django_db


def seen_by(person: Person) -> set[Library]:
    return set(Library.objects.visible_to(fresh(person)))


def test_a_library_is_seen_with_its_community_and_that_of_the_organisation_by_its_own_people(
    library: Library, closed_community: Community, wang: Person, sun: Person, zhao: Person
) -> None:
    private, whole = library_of(closed_community), organisation_library()
    assert seen_by(wang) == {library, private, whole}
    assert seen_by(sun) == {library, whole}
    assert seen_by(zhao) == {library}


@pytest.mark.parametrize("role", ["owner", "author", "named"])
def test_owners_authors_and_named_readers_see_a_draft(library: Library, wang: Person, sun: Person, role: str) -> None:
    draft = start_draft(library=library, title="题目", markdown="文字", by=wang)
    assert (set(Article.objects.visible_to(fresh(sun))), can_see(fresh(sun), draft)) == (set(), False)
    if role == "owner":
        Article.objects.update(owner=sun)
    else:
        (draft.authors if role == "author" else draft.named_readers).add(sun)
    draft = Article.objects.get()
    assert (set(Article.objects.visible_to(fresh(sun))), can_see(fresh(sun), draft)) == ({draft}, True)


def test_an_article_tells_those_it_names_but_not_its_publisher_nor_programs(
    library: Library, wang: Person, xu: Person, lin: Person
) -> None:
    Person.objects.filter(pk=lin.pk).update(kind=Person.Kind.BOT)
    text = "、".join(f"[@某人](/people/{person.handle}/)" for person in (wang, xu, lin))
    publish(start_draft(library=library, title="题目", markdown=f"问 {text}", by=wang), by=wang)
    rows = Activity.objects.filter(verb="knowledge.mentioned_in_article")
    assert [row.data["person_ids"] for row in rows] == [[xu.pk]]


def test_an_article_of_another_library_is_not_shown_for_being_published(
    library: Library, closed_community: Community, wang: Person, sun: Person
) -> None:
    libraries = (library, library_of(closed_community), organisation_library())
    for place, audience in product(libraries, ("library", "members", "named")):
        draft = start_draft(library=place, title=f"{place.slug} {audience}", markdown="文字", by=wang)
        publish(draft, by=wang)
        Article.objects.filter(pk=draft.pk).update(audience=audience)
    titles = Article.objects.visible_to(fresh(sun)).order_by("pk").values_list("title", flat=True)
    assert list(titles) == [f"{library.slug} library", "company library"]
