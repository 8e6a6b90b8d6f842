"""Administrators keep synonyms, and searches in vain suggest some."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.voicing import voice_need
from zhiliu.search.highlighting import Highlighter
from zhiliu.search.models import GapSearch, Synonym, SynonymGroup, SynonymSuggestion
from zhiliu.search.synonyms import add_synonyms, dismiss_suggestion, remove_synonyms, synonyms_in
from zhiliu.search.understanding import understand

pytestmark = pytest.mark.django_db


def groups() -> list[set[str]]:
    return [{row.word for row in group.synonyms.all()} for group in SynonymGroup.objects.order_by("pk")]


def test_words_of_a_line_become_a_group(admin: Person) -> None:
    add_synonyms("除霜，化霜、融霜; 除霜", by=admin)
    assert groups() == [{"除霜", "化霜", "融霜"}]


def test_a_word_that_is_kept_already_brings_its_group_along(admin: Person) -> None:
    add_synonyms("除霜、化霜", by=admin)
    add_synonyms("微漏、漏氟", by=admin)
    add_synonyms("化霜、融霜", by=admin)
    assert groups() == [{"除霜", "化霜", "融霜"}, {"微漏", "漏氟"}]
    add_synonyms("除霜、微漏", by=admin)
    assert groups() == [{"除霜", "化霜", "融霜", "微漏", "漏氟"}]


def test_adding_the_same_again_changes_nothing(admin: Person) -> None:
    add_synonyms("除霜、化霜", by=admin)
    add_synonyms("化霜、除霜", by=admin)
    assert groups() == [{"除霜", "化霜"}]


@pytest.mark.parametrize(
    "text", ["除霜", "除霜、除霜", "、，;", "帐号、账号", "、".join("甲乙丙丁戊己庚辛壬癸子丑寅"), f"除霜、{'长' * 31}"]
)
def test_too_few_too_many_and_too_long_are_refused(text: str, admin: Person) -> None:
    with pytest.raises(Refused):
        add_synonyms(text, by=admin)
    assert not Synonym.objects.exists()


def test_only_administrators_keep_them(lin: Person, admin: Person) -> None:
    group = add_synonyms("除霜、化霜", by=admin)
    suggestion = SynonymSuggestion.objects.create(before="融霜", after="除霜")
    with pytest.raises(Forbidden):
        add_synonyms("微漏、漏氟", by=lin)
    with pytest.raises(Forbidden):
        remove_synonyms(group, by=lin)
    with pytest.raises(Forbidden):
        dismiss_suggestion(suggestion, by=lin)
    assert groups() == [{"除霜", "化霜"}]
    assert not SynonymSuggestion.objects.get().is_dismissed


def test_latin_words_are_synonyms_as_whole_words_only(admin: Person) -> None:
    add_synonyms("pc、电脑", by=admin)
    assert synonyms_in("我的 pc 坏了") == {"pc": ("电脑",)}
    assert synonyms_in("我的pc坏了") == {"pc": ("电脑",)}
    assert synonyms_in("pcb 坏了") == {}
    assert synonyms_in("电脑桌") == {"电脑": ("pc",)}


def test_what_was_found_by_a_synonym_is_marked(admin: Person) -> None:
    add_synonyms("pc、电脑", by=admin)
    marked = Highlighter(understand("电脑", admin)).highlighted("换PC，接pcb，看电脑")
    assert marked == "换<mark>PC</mark>，接pcb，看<mark>电脑</mark>"


def test_the_page_adds_and_removes(admin: Person, browse: Any) -> None:
    client = browse(admin)
    client.post("/search/synonyms/", {"words": "除霜、化霜"})
    page = client.get("/search/synonyms/").content.decode()
    assert "除霜" in page and "化霜" in page
    group = SynonymGroup.objects.get()
    for _twice in range(2):
        assert client.post(f"/search/synonyms/{group.pk}/removal/").status_code == 302
    assert groups() == []
    assert "至少填两个词" in client.post("/search/synonyms/", {"words": "除霜"}).content.decode()


def search(client: Any, text: str) -> None:
    assert client.get("/search/", {"q": text}).status_code == 200


def test_what_is_searched_after_a_search_in_vain_is_suggested(
    community: Community, wang: Person, sun: Person, admin: Person, browse: Any, catch_up: Any
) -> None:
    voice_need(community, title="除霜参数", by=wang)
    catch_up()
    for person in (wang, sun):
        search(browse(person), "化冰")
        search(browse(person), "除霜")
        search(browse(person), "除霜")
    row = SynonymSuggestion.objects.get()
    assert (row.before, row.after, row.count) == ("化冰", "除霜", 2)
    client = browse(admin)
    assert "化冰 → 除霜" in client.get("/search/synonyms/").content.decode()
    client.post(f"/search/synonyms/suggestions/{row.pk}/", {"keep": "1"})
    assert groups() == [{"化冰", "除霜"}]
    assert "化冰 → 除霜" not in client.get("/search/synonyms/").content.decode()


def test_a_dismissed_suggestion_stays_away(admin: Person, browse: Any) -> None:
    row = SynonymSuggestion.objects.create(before="化冰", after="除霜", count=3)
    browse(admin).post(f"/search/synonyms/suggestions/{row.pk}/")
    assert groups() == []
    assert "化冰 → 除霜" not in browse(admin).get("/search/synonyms/").content.decode()


def test_what_is_searched_much_later_or_kept_already_is_not_suggested(
    community: Community, wang: Person, admin: Person, browse: Any, catch_up: Any
) -> None:
    voice_need(community, title="除霜参数", by=wang)
    catch_up()
    client = browse(wang)
    search(client, "化冰")
    GapSearch.objects.update(at=timezone.now() - dt.timedelta(minutes=6))
    search(client, "除霜")
    search(client, "一句很长很长很长很长很长的话")
    search(client, "除霜")
    assert not SynonymSuggestion.objects.exists()
