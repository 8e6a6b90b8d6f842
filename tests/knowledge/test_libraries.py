"""Which libraries somebody opens, writes in and imports into, and who reads an article and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.cast import fresh, gone, make_community
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature, Role
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, organisation_library
from zhiliu.knowledge.models import Article, Library, Use
from zhiliu.knowledge.publishing import acknowledge
from zhiliu.knowledge.queries import (
    Uses,
    acknowledgements,
    came_from,
    latest_publication,
    libraries_to_import_into,
    library_rows,
    uses_of,
    who_may_see,
    who_will_see,
    writable_libraries,
)
from zhiliu.lineage.models import Link
from zhiliu.needs.models import Need

from .stage import published, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def places(community: Community, lin: Person, wang: Person, sun: Person) -> dict[str, Community]:
    """Wang is a member of the first, the second is archived, the third has no library, the fourth is Sun's."""
    archive = make_community(lin, wang, name="旧站")
    without = make_community(lin, wang, name="无库站")
    foreign = make_community(sun, name="孙立的站")
    Community.objects.filter(pk=archive.pk).update(phase=Community.Phase.ARCHIVED)
    Community.objects.filter(pk=without.pk).update(features=[Feature.QUESTIONS])
    return {"own": community, "archive": archive, "without": without, "foreign": foreign}


# -- opened -----------------------------------------------------------------------------------------------------------


def opened(person: Person) -> list[tuple[str, int]]:
    return [(library.name, library.count) for library in library_rows(fresh(person))]


def test_opened_are_libraries_of_the_organisation_of_ones_communities_and_of_others(
    places: dict[str, Community], wang: Person, sun: Person, zhao: Person
) -> None:
    for number in range(2):
        row(library_of(places["foreign"]), f"外 {number}", sun)
    row(library_of(places["own"]), "内", wang)
    row(organisation_library(), "公司", wang)
    whole = ("The whole organisation", 1)
    assert opened(wang) == [whole, ("售后互助站", 1), ("孙立的站", 2)]
    assert opened(sun) == [whole, ("孙立的站", 2), ("售后互助站", 1)]
    assert opened(zhao) == [("售后互助站", 1)]


def test_of_the_libraries_of_others_the_fullest_stands_first(
    community: Community, closed_community: Community, admin: Person, wang: Person
) -> None:
    row(library_of(closed_community), "底价", wang)
    assert opened(admin)[1:] == [("华东报价组", 1), ("售后互助站", 0)]


# -- written in -------------------------------------------------------------------------------------------------------


def test_one_writes_in_libraries_of_open_communities_and_in_that_of_the_organisation(
    places: dict[str, Community], closed_community: Community, wang: Person, sun: Person, zhao: Person
) -> None:
    whole = ("company", "The whole organisation")
    own, private = places["own"], closed_community
    library = library_of(private)
    Library.objects.filter(pk=library.pk).update(slug="prices")
    assert writable_libraries(fresh(wang)) == [("prices", private.name), (own.slug, own.name), whole]
    assert writable_libraries(fresh(sun)) == [(places["foreign"].slug, "孙立的站"), whole]
    assert writable_libraries(fresh(zhao)) == []


# -- imported into ----------------------------------------------------------------------------------------------------


def test_one_imports_into_the_libraries_one_keeps_and_no_other_one_is_made(
    places: dict[str, Community], lin: Person, wang: Person, zhao: Person
) -> None:
    assert libraries_to_import_into(fresh(wang)) == []
    assert libraries_to_import_into(fresh(zhao)) == []
    assert Library.objects.count() == 0
    [library] = libraries_to_import_into(fresh(lin))
    assert (library.community, Library.objects.count()) == (places["own"], 1)
    assert libraries_to_import_into(fresh(lin)) == [library]


def test_administrators_import_into_every_library_those_of_the_organisation_first(
    places: dict[str, Community], admin: Person
) -> None:
    other = Library.objects.create(slug="rules", name="制度")
    own = library_of(places["own"])
    libraries = libraries_to_import_into(fresh(admin))
    foreign = library_of(places["foreign"])
    assert libraries[:2] == [organisation_library(), other]
    assert {library.pk for library in libraries[2:]} == {own.pk, foreign.pk}
    assert (len(libraries), Library.objects.count()) == (4, 4)


# -- one article ------------------------------------------------------------------------------------------------------


def test_the_outcomes_of_uses_are_said_without_zeros(article: Article, xu: Person, lin: Person, wang: Person) -> None:
    assert Uses([], 0, 0, 0, 0).sentence == ""
    for by, outcome in ((xu, "worked"), (lin, "worked"), (wang, "unknown")):
        Use.objects.create(article=article, by=by, where="三号库", outcome=outcome)
    assert uses_of(article).sentence == "2 worked, 1 result pending"


def test_readers_see_the_latest_publication_of_the_article_itself(
    draft: Article, library: Library, wang: Person
) -> None:
    other = published(library, "别的", wang)
    assert latest_publication(draft) is None
    shown = latest_publication(other)
    assert shown is not None and shown.revision.article == other


def test_acknowledged_is_counted_of_active_members_and_for_who_looks(
    article: Article,
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    sun: Person,
) -> None:
    add_members(closed_community, {sun: Role.MEMBER}, by=lin)
    for person in (xu, sun):
        acknowledge(article, by=person)
    publication = latest_publication(article)
    assert publication is not None
    done = acknowledgements(article, publication, xu)
    assert (done.count, done.of, done.mine) == (1, 4, True)
    assert {person.handle for person in done.missing} == {"lin", "wang", "zhao"}
    gone(wang)
    done = acknowledgements(article, publication, lin)
    assert (done.count, done.of, done.mine) == (1, 3, False)
    assert {person.handle for person in done.missing} == {"lin", "zhao"}


def test_an_article_came_from_what_the_viewer_may_see(
    article: Article, community: Community, closed_community: Community, wang: Person, sun: Person
) -> None:
    secret = Need.objects.create(community=closed_community, title="底价", by=wang)
    link = Link.objects.create(source_kind="need", source_id=secret.pk, target_kind="article", target_id=article.pk)
    card = came_from(article, fresh(wang))
    assert card is not None and (card.kind, card.key) == ("need", secret.pk)
    assert came_from(article, fresh(sun)) is None
    link.delete()
    assert came_from(article, fresh(wang)) is None


@pytest.mark.parametrize(
    ("place", "audience", "sentence"),
    [
        ("open", "library", "All colleagues, because “售后互助站” is open; guests only as members."),
        ("open", "members", "Members of “售后互助站” only; the settings say so."),
        ("open", "named", "Only the people named in the settings, plus its authors and owner."),
        ("private", "library", "Members of “华东报价组” only, because the community is private."),
        ("private", "members", "Members of “华东报价组” only; the settings say so."),
        ("whole", "library", "All colleagues, because it is in the organisation’s library."),
        ("whole", "members", "Only its authors and its owner."),
        ("whole", "named", "Only the people named in the settings, plus its authors and owner."),
    ],
)
def test_who_reads_an_article_is_said_with_the_reason(
    library: Library, closed_community: Community, wang: Person, place: str, audience: str, sentence: str
) -> None:
    libraries: dict[str, Any] = {
        "open": library,
        "private": library_of(closed_community),
        "whole": organisation_library(),
    }
    article = row(libraries[place], "题目", wang, audience=audience)
    assert (who_may_see(article), who_will_see(article)) == (sentence, sentence)
    article.state = Article.State.DRAFT
    assert who_may_see(article) == "Draft: visible to its authors, its owner and the library’s managers."
    assert who_will_see(article) == sentence


def test_a_mere_member_of_a_private_community_reads_what_its_library_shows(
    closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    add_members(closed_community, {xu: Role.MEMBER}, by=lin)
    library = library_of(closed_community)
    shown, _draft = row(library, "底价", wang), row(library, "草稿", wang, state="draft")
    assert list(Article.objects.visible_to(fresh(xu))) == [shown]
