"""What the lists of a library show: its own articles, in the state, under the tag and in the folder that was chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, organisation_library
from zhiliu.knowledge.folders import folder_at
from zhiliu.knowledge.models import Article, Folder, Library, Use
from zhiliu.knowledge.queries import (
    due_for_review,
    folder_path,
    folder_tree,
    in_library,
    library_counts,
    most_used,
    my_drafts,
    people_named,
    pinned_in,
    read_next,
    tagged,
    tags_of,
    tags_within_reach,
    used_by_colleagues,
    written_by,
)
from zhiliu.search.models import Tag, TagFollow

from .stage import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(closed_community: Community) -> Library:
    """The library of Lin's and Wang's private community."""
    return library_of(closed_community)


def folder(library: Library, path: str) -> Folder:
    found = folder_at(library, path)
    assert found is not None
    return found


def titles(articles: Iterable[Article]) -> list[str]:
    return sorted(article.title for article in articles)


# -- one library ------------------------------------------------------------------------------------------------------


@pytest.fixture
def states(library: Library, private: Library, wang: Person) -> None:
    """An article of each state in one library, and one more of each in another."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for place, name in ((library, "here"), (private, "there")):
        row(place, f"{name} published", wang, review_on=timezone.localdate())
        row(place, f"{name} due", wang, review_on=yesterday)
        row(place, f"{name} draft", wang, state="draft", review_on=yesterday)
        row(place, f"{name} archived", wang, state="archived", review_on=yesterday)


@pytest.mark.parametrize(
    ("show", "shown"),
    [
        ("published", ["here due", "here published"]),
        ("drafts", ["here draft"]),
        ("archived", ["here archived"]),
        ("due", ["here due"]),
    ],
)
def test_a_list_holds_the_articles_of_one_library_in_one_state(
    states: None, library: Library, wang: Person, show: str, shown: list[str]
) -> None:
    assert titles(in_library(library, fresh(wang), show=show)) == shown


def test_the_figures_count_the_articles_of_one_library(states: None, library: Library, wang: Person) -> None:
    assert library_counts(library, fresh(wang)) == {"published": 2, "drafts": 1, "archived": 1, "due": 1}


def test_a_list_holds_what_has_the_tag_and_the_template(library: Library, wang: Person) -> None:
    tag = Tag.objects.create(name="密封条")
    row(library, "有标签", wang, template="case").tags.add(tag)
    row(library, "没有标签", wang, template="sop")
    assert titles(in_library(library, fresh(wang), tag="密封条")) == ["有标签"]
    assert titles(in_library(library, fresh(wang), template="sop")) == ["没有标签"]


def test_pinned_articles_are_those_of_one_library(library: Library, private: Library, wang: Person) -> None:
    for place, title in ((library, "这里"), (private, "那里")):
        row(place, title, wang, pinned_at=timezone.now())
    assert titles(pinned_in(library, fresh(wang))) == ["这里"]


# -- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_holds_what_lies_in_it_and_below_it_and_nothing_beside_it(library: Library, wang: Person) -> None:
    # Deeper folders have lower keys, so that what lies below is found in more than one pass.
    deep, middle, top = (Folder.objects.create(library=library, name=name) for name in ("深", "中", "上"))
    Folder.objects.filter(pk=deep.pk).update(parent=middle)
    Folder.objects.filter(pk=middle.pk).update(parent=top)
    for place in (deep, middle, top, folder(library, "旁边"), None):
        row(library, place.name if place else "不在里面", wang, folder=place)
    viewer = fresh(wang)
    assert titles(in_library(library, viewer, folder=top.pk)) == sorted(["上", "中", "深"])
    assert titles(in_library(library, viewer, folder=middle.pk)) == sorted(["中", "深"])
    assert titles(in_library(library, viewer, folder=deep.pk)) == ["深"]


def test_the_tree_counts_what_lies_in_a_folder_and_below_it_and_leaves_empty_ones_out(
    library: Library, private: Library, wang: Person, xu: Person
) -> None:
    for path in ("设备/制冷/压机", "设备/制冷", "设备"):
        row(library, path, wang, folder=folder(library, path))
    row(library, "草稿", wang, state="draft", folder=folder(library, "只有草稿"))
    row(private, "底价", wang, folder=folder(private, "报价"))
    row(library, "不在里面", wang)
    branches = [(branch.name, branch.depth, branch.count) for branch in folder_tree(library, fresh(xu))]
    assert branches == [("设备", 0, 3), ("制冷", 1, 2), ("压机", 2, 1)]


def test_a_path_leads_from_the_top(library: Library) -> None:
    leaf = folder(library, "设备/制冷/压机")
    assert [step.name for step in folder_path(leaf)] == ["设备", "制冷", "压机"]
    assert folder_path(None) == []


# -- tags -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tags(library: Library, private: Library, wang: Person) -> dict[str, Tag]:
    """Tags of an open article, a private one and a draft, and one of none."""
    made = {name: Tag.objects.create(name=name) for name in ("open", "private", "draft", "none")}
    row(library, "open", wang).tags.add(made["open"])
    row(private, "private", wang).tags.add(made["private"], made["open"])
    row(library, "draft", wang, state="draft").tags.add(made["draft"])
    return made


def test_the_tags_of_a_library_are_those_of_its_published_articles(
    tags: dict[str, Tag], library: Library, private: Library, wang: Person
) -> None:
    assert [(tag.name, tag.n) for tag in tags_of(library, fresh(wang))] == [("open", 1)]  # type: ignore[attr-defined]
    assert [tag.name for tag in tags_of(private, fresh(wang))] == ["open", "private"]


def test_tags_within_reach_have_an_article_one_may_read_or_are_followed(
    tags: dict[str, Tag], wang: Person, sun: Person, xu: Person
) -> None:
    TagFollow.objects.create(tag=tags["none"], by=sun)
    TagFollow.objects.create(tag=tags["draft"], by=xu)
    within = {
        person.handle: set(tags_within_reach(fresh(person)).values_list("name", flat=True))
        for person in (sun, wang, xu)
    }
    assert within == {"sun": {"open", "none"}, "wang": {"open", "private"}, "xu": {"open", "draft"}}


def test_under_a_tag_stand_its_published_articles(tags: dict[str, Tag], library: Library, wang: Person) -> None:
    row(library, "none of them", wang)
    viewer = fresh(wang)
    assert [titles(tagged(tags[name], viewer)) for name in tags] == [["open", "private"], ["private"], [], []]


# -- what is used, due and begun --------------------------------------------------------------------------------------


def test_most_used_is_what_was_used(library: Library, wang: Person, sun: Person) -> None:
    for title, count in (("一次", 1), ("两次", 2), ("没用过", 0)):
        row(library, title, wang, use_count=count)
    assert [article.title for article in most_used(fresh(sun))] == ["两次", "一次"]


@pytest.fixture
def due(library: Library, private: Library, wang: Person, lin: Person, sun: Person) -> None:
    """Articles past their review date in three libraries, one whose day is today, and Sun's own."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for place, title in ((library, "open"), (private, "private"), (organisation_library(), "company")):
        row(place, title, wang, review_on=yesterday)
    row(library, "today", wang, review_on=timezone.localdate())
    row(library, "own", sun, review_on=yesterday)


@pytest.mark.parametrize(
    ("handle", "shown"),
    [
        ("wang", ["company", "open", "private"]),
        ("sun", ["own"]),
        ("xu", ["open", "own"]),
        ("lin", ["open", "own", "private"]),
        ("admin", ["company", "open", "own", "private"]),
    ],
)
def test_due_are_the_articles_one_owns_or_may_verify(
    due: None, admin: Person, xu: Person, handle: str, shown: list[str]
) -> None:
    Membership.objects.filter(person=xu).update(role=Role.EXPERT)
    assert titles(due_for_review(Person.objects.get(handle=handle))) == shown


def test_my_drafts_are_drafts_i_own_or_write(library: Library, wang: Person, lin: Person, xu: Person) -> None:
    row(library, "published", wang)
    row(library, "owned", wang, state="draft")
    row(library, "written", lin, state="draft").authors.add(wang)
    row(library, "of others", lin, state="draft")
    assert titles(my_drafts(fresh(wang))) == ["owned", "written"]
    assert titles(my_drafts(fresh(lin))) == ["of others", "written"]
    assert my_drafts(fresh(xu)) == []


# -- beside an article, and of a person -------------------------------------------------------------------------------


def test_to_read_next_there_is_what_shares_a_tag_or_the_folder(library: Library, wang: Person, xu: Person) -> None:
    tag, place = Tag.objects.create(name="密封条"), folder(library, "设备")
    both = row(library, "both", wang, folder=place)
    with_tag = row(library, "tag", wang, use_count=2)
    row(library, "folder", wang, folder=place, use_count=1)
    row(library, "alone", wang)
    row(library, "draft", wang, folder=place, state="draft")
    for article in (both, with_tag):
        article.tags.add(tag)
    following = {
        article.title: [other.title for other in read_next(article, fresh(xu))] for article in Article.objects.all()
    }
    assert following == {
        "both": ["tag", "folder"],
        "tag": ["both"],
        "folder": ["both"],
        "alone": [],
        "draft": ["folder", "both"],
    }


def test_written_by_somebody_is_what_they_own_or_write_and_was_published(
    library: Library, private: Library, wang: Person, lin: Person, sun: Person
) -> None:
    row(library, "owned", wang)
    row(library, "written", lin).authors.add(wang)
    row(library, "of others", lin)
    row(library, "draft", wang, state="draft")
    row(private, "private", wang)
    assert titles(written_by(wang, fresh(lin))) == ["owned", "private", "written"]
    assert titles(written_by(wang, fresh(sun))) == ["owned", "written"]


def test_uses_by_colleagues_are_of_what_one_wrote_and_by_others(
    library: Library, wang: Person, xu: Person, lin: Person
) -> None:
    own, other = row(library, "自己的", wang), row(library, "别人的", lin)
    for article, by in ((own, wang), (own, xu), (own, lin), (other, xu)):
        Use.objects.create(article=article, by=by, where="三号库")
    assert (used_by_colleagues(wang, fresh(lin)), used_by_colleagues(lin, fresh(wang))) == (2, 1)


def test_people_are_named_by_key_as_far_as_one_sees_them(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person
) -> None:
    assert {person.handle for person in people_named([xu.pk, str(sun.pk), "x"], fresh(wang))} == {"xu", "sun"}
    assert {person.handle for person in people_named([xu.pk, sun.pk], fresh(zhao))} == {"xu"}
