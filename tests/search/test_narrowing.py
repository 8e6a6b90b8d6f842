"""A search narrowed by who, when and marks needs no words; and what searches in vain say about missing synonyms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import gone
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.needs.models import Need
from zhiliu.needs.voicing import voice_need
from zhiliu.search import index
from zhiliu.search.analysis import stem
from zhiliu.search.following import follow_tag, tag_followers, unfollow_tag
from zhiliu.search.gaps import note_search
from zhiliu.search.highlighting import Highlighter
from zhiliu.search.index import find
from zhiliu.search.indexing import build_index
from zhiliu.search.keywords import keywords_of
from zhiliu.search.models import SynonymSuggestion, Tag, TagFollow
from zhiliu.search.parsing import parse
from zhiliu.search.synonyms import add_synonyms, remove_synonyms

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(community: Community, wang: Person, catch_up: Any) -> Need:
    need = voice_need(community, title="库温报警", by=wang)
    catch_up()
    return need


def needs(person: Person, text: str = "", **narrowed: Any) -> list[int]:
    return [hit.key for hit in find(text, keys=reach(person).keys, kinds=["need"], **narrowed).hits]


def test_without_words_a_search_finds_something_only_where_it_is_narrowed(
    need: Need, wang: Person, lin: Person
) -> None:
    moment = int(need.at.timestamp())
    assert needs(wang) == []
    assert needs(wang, people=[wang.pk]) == [need.pk] and needs(wang, people=[lin.pk]) == []
    assert needs(wang, since=moment - 60) == [need.pk] and needs(wang, since=moment + 60) == []
    assert needs(wang, until=moment + 60) == [need.pk] and needs(wang, until=moment - 60) == []


def test_marks_narrow_all_of_them_or_any(need: Need, wang: Person) -> None:
    marks = [f"need:{need.pk}", "nowhere"]
    whole = index.Narrowed(marks=marks)
    assert whole.alone_says_enough and index.Narrowed(any_mark=marks).alone_says_enough
    assert not index.Narrowed(kinds=["need"]).alone_says_enough
    assert (len(whole.filters()), len(index.Narrowed(any_mark=marks).filters())) == (2, 1)


def test_without_an_index_nothing_is_found_until_it_is_built_anew(need: Need, wang: Person, catch_up: Any) -> None:
    index.remove_documents()
    assert needs(wang, "库温") == []
    assert build_index() > 0
    assert needs(wang, "库温") == [need.pk]


def test_a_code_has_no_stem_and_a_word_has() -> None:
    assert [stem(word) for word in ("leaks", "leaking", "r404s", "as")] == ["leak", "leak", "r404s", "as"]


def test_keywords_are_neither_numbers_nor_what_all_titles_say() -> None:
    assert keywords_of("第三次除霜怎么做：压缩机 30 分钟") >= {"除霜", "压缩机"}
    assert not keywords_of("第三次除霜怎么做：压缩机 30 分钟") & {"第三次", "第三", "30", "怎么", "分钟"}


def test_a_tag_is_unfollowed_alone_and_its_followers_are_those_who_work_here(
    lin: Person, wang: Person, xu: Person
) -> None:
    tag, other = (Tag.objects.create(name=name) for name in ("检漏", "报价"))
    for person in (lin, wang, xu):
        follow_tag(tag, by=person)
    follow_tag(other, by=wang)
    unfollow_tag(tag, by=wang)
    assert set(TagFollow.objects.filter(by=wang).values_list("tag", flat=True)) == {other.pk}
    gone(xu)
    assert (list(tag_followers([tag.pk])), list(tag_followers([]))) == ([lin.pk], [])
    assert sorted(tag_followers([tag.pk, other.pk])) == sorted([lin.pk, wang.pk])


def suggested() -> set[tuple[str, str]]:
    return set(SynonymSuggestion.objects.values_list("before", "after"))


def test_the_same_words_that_find_something_now_are_no_synonym_of_themselves(wang: Person) -> None:
    note_search("冷媒泄漏", found=False, by=wang)
    note_search("冷媒泄漏", found=True, by=wang)
    assert suggested() == set()


def test_a_word_is_suggested_beside_one_that_has_other_synonyms(wang: Person, admin: Person) -> None:
    add_synonyms("漏氟、泄漏", by=admin)
    note_search("跑氟", found=False, by=wang)
    note_search("漏氟", found=True, by=wang)
    note_search("泄漏", found=False, by=wang)
    note_search("漏氟", found=True, by=wang)
    assert suggested() == {("跑氟", "漏氟")}


def test_synonyms_are_announced_when_they_are_kept_and_once_when_they_go(admin: Person) -> None:
    group = add_synonyms(f"漏氟、{'长' * 30}", by=admin)
    with pytest.raises(Refused, match="30"):
        add_synonyms(f"漏氟、{'长' * 31}", by=admin)
    for _turn in range(3):
        remove_synonyms(group, by=admin)
    rows = Activity.objects.filter(verb="search.synonyms_changed").order_by("pk")
    assert [row.data["act"] for row in rows] == ["added", "removed"]
    assert {row.data["words"] for row in rows} == {f"漏氟、{'长' * 30}"}


def test_a_text_that_is_shown_whole_has_no_dots() -> None:
    text = "库温报警" * 5
    assert Highlighter(parse("冷媒")).snippet(text, length=20) == text
    assert Highlighter(parse("冷媒")).snippet(text, length=19) == f"{text[:19]}…"


def test_english_words_are_marked_in_all_their_forms_and_phrases_as_they_stand() -> None:
    assert Highlighter(parse("leak")).highlighted("Leaking valves") == "<mark>Leaking</mark> valves"
    assert Highlighter(parse("“版本升级”")).highlighted("版本升级，升级版本") == "<mark>版本升级</mark>，升级版本"
