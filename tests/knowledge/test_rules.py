"""Who may do what with articles and libraries: the cast is asked about each rule."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import make_person, who_may
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Feature, Role
from zhiliu.directory.models import Person
from zhiliu.knowledge import rules
from zhiliu.knowledge.drafting import library_of
from zhiliu.knowledge.models import Article, Library

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast, and a guest who belongs to nothing."""
    make_person("visitor", kind=Person.Kind.GUEST)


def article(library: Library, state: str = "published", **fields: Any) -> Article:
    return Article.objects.create(library=library, title="密封条", draft_title="密封条", state=state, **fields)


@pytest.fixture
def company() -> Library:
    """The organisation's library."""
    return Library.objects.create(slug="everybody", name="公司")


def archive(library: Library) -> None:
    assert library.community is not None
    library.community.phase = Community.Phase.ARCHIVED


def test_a_published_article_is_read_by_whoever_sees_its_library(
    library: Library, company: Library, closed_community: Community
) -> None:
    assert who_may(rules.can_see, article(library)) == "lin wang xu zhao sun admin"
    assert who_may(rules.can_see, article(library_of(closed_community))) == "lin wang admin"
    assert who_may(rules.can_see, article(company)) == "lin wang xu sun admin"


def test_an_article_for_members_or_named_people_is_read_by_them_and_moderators(library: Library, sun: Person) -> None:
    assert who_may(rules.can_see, article(library, audience="members")) == "lin wang xu zhao admin"
    for_sun = article(library, audience="named")
    for_sun.named_readers.add(sun)
    assert who_may(rules.can_see, for_sun) == "lin sun admin"


def test_for_members_of_the_organisation_s_library_means_administrators(company: Library) -> None:
    assert who_may(rules.can_see, article(company, audience="members")) == "admin"


def test_a_draft_is_read_by_owner_authors_named_readers_and_moderators(
    library: Library, company: Library, wang: Person, xu: Person, sun: Person
) -> None:
    draft = article(library, "draft", owner=wang)
    assert who_may(rules.can_see, draft) == "lin wang admin"
    draft.authors.add(xu)
    draft.named_readers.add(sun)
    assert who_may(rules.can_see, Article.objects.get(pk=draft.pk)) == "lin wang xu sun admin"
    assert who_may(rules.can_see, article(company, "draft")) == "admin"


def test_an_article_is_edited_by_owner_authors_and_moderators_until_the_archive(
    library: Library, wang: Person, xu: Person, sun: Person
) -> None:
    mine = article(library, owner=wang)
    mine.authors.add(xu, sun)
    assert who_may(rules.can_edit, mine) == "lin wang xu sun admin"
    # To publish takes a member's right besides.
    assert who_may(rules.can_publish, mine) == "lin wang xu admin"
    assert who_may(rules.can_publish, article(library)) == "lin admin"
    archive(library)
    assert [who_may(rule, mine) for rule in (rules.can_edit, rules.can_publish, rules.in_open_library)] == [""] * 3


def test_members_write_roles_verify_and_moderators_keep(library: Library, wang: Person) -> None:
    Membership.objects.filter(person=wang).update(role=Role.EXPERT)
    assert who_may(rules.can_write, library) == "lin wang xu admin"
    assert who_may(rules.can_verify, article(library)) == "lin wang admin"
    assert who_may(rules.can_keep, library) == "lin admin"


def test_employees_write_in_the_organisation_s_library_and_administrators_keep_it(
    company: Library, zhao: Person
) -> None:
    assert who_may(rules.can_write, company) == "lin wang xu sun admin"
    assert [who_may(rule, company) for rule in (rules.can_keep, rules.can_verify, rules.can_import)] == ["admin"] * 3
    guests = article(company, owner=zhao)
    assert (who_may(rules.can_edit, guests), who_may(rules.can_publish, guests)) == ("zhao admin", "admin")


def test_moderators_import_where_the_library_is_on_and_open(library: Library) -> None:
    assert library.community is not None
    assert who_may(rules.can_import, library) == "lin admin"
    features = library.community.features
    library.community.features = [name for name in features if name != Feature.LIBRARY]
    assert who_may(rules.can_import, library) == ""
    library.community.features = features
    archive(library)
    assert who_may(rules.can_import, library) == ""


def test_a_reason_is_that_of_the_library_s_own_rule(library: Library, company: Library, sun: Person) -> None:
    assert str(rules.can_keep.why_not(sun, company)) == str(rules.keeps_organisation_library.why_not(sun, company))
    assert str(rules.can_keep.why_not(sun, library)) != str(rules.can_keep.why_not(sun, company))
