"""Things are found by words in mid-sentence, and only by those who may read them."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.needs.voicing import edit_need, voice_need
from zhiliu.search.highlighting import Highlighter
from zhiliu.search.index import find
from zhiliu.search.models import Gap
from zhiliu.search.parsing import parse

pytestmark = pytest.mark.django_db


def hits(text: str, person: Person, **filters: Any) -> list[tuple[str, int]]:
    return [(hit.kind, hit.key) for hit in find(text, keys=reach(person).keys, **filters).hits]


def test_a_word_is_found_in_mid_sentence(community: Community, wang: Person, sun: Person, catch_up: Any) -> None:
    need = voice_need(community, title="昨天夜里库温报警总是误报", body="探头靠近风机出口", by=wang)
    catch_up()
    for text in ("报警", "误报", "库温", "风机出口", "温报", "庫溫"):
        assert ("need", need.pk) in hits(text, sun), text
    assert ("need", need.pk) not in hits("报价", sun)


def test_the_index_follows_changes(community: Community, wang: Person, catch_up: Any) -> None:
    need = voice_need(community, title="库温报警", by=wang)
    catch_up()
    edit_need(need, title="电磁阀卡住", body="", by=wang, version=need.version)
    catch_up()
    assert hits("电磁阀", wang, kinds=["need"]) == [("need", need.pk)]
    assert hits("库温", wang, kinds=["need"]) == []


def test_people_are_found_by_pinyin_and_leavers_are_not(
    lin: Person, wang: Person, admin: Person, catch_up: Any
) -> None:
    catch_up()
    assert hits("wangyifan", lin, kinds=["person"]) == [("person", wang.pk)]
    assert hits("wyf", lin, kinds=["person"]) == [("person", wang.pk)]
    deactivate(wang, by=admin)
    catch_up()
    assert hits("王一帆", lin, kinds=["person"]) == []


def test_filters_narrow_and_counts_stay(
    community: Community, closed_community: Community, wang: Person, catch_up: Any
) -> None:
    here = voice_need(community, title="库温报警", by=wang)
    voice_need(closed_community, title="库温报警", by=wang)
    catch_up()
    assert hits("库温报警", wang, community_id=community.pk, kinds=["need"]) == [("need", here.pk)]
    found = find("库温报警", keys=reach(wang).keys, kinds=["person"], counts=True)
    assert (found.hits, found.counts["need"]) == ([], 2)


def test_a_search_without_result_is_a_gap_counted_once_a_day(
    lin: Person, wang: Person, browse: Any, catch_up: Any
) -> None:
    catch_up()
    for person in (lin, lin, wang):
        page = browse(person).get("/search/", {"q": "双级压缩"}).content.decode()
        assert "变成需求" in page
    assert [(gap.words, gap.count) for gap in Gap.objects.all()] == [("双级压缩", 2)]


def test_snippets_mark_the_hit_and_escape_the_rest() -> None:
    text = "开头" * 90 + "先看<b>压缩机</b>的油位" + "结尾" * 90
    piece = Highlighter(parse("压缩机")).snippet(text)
    assert "<mark>压缩机</mark>" in piece
    assert "&lt;b&gt;" in piece
    assert piece.startswith("…") and piece.endswith("…")
    assert Highlighter(parse("x")).highlighted("<i>") == "&lt;i&gt;"


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ("密封", "½ 密封条 e\u0301e\u0301", "½ <mark>密封</mark>条 e\u0301e\u0301"),
        ("①", "½0a", "<mark>½</mark>0a"),
    ],
)
def test_marks_stand_where_the_hit_is_among_characters_that_change_their_length(
    words: str, text: str, marked: str
) -> None:
    assert Highlighter(parse(words)).highlighted(text) == marked


@pytest.mark.parametrize(
    "text", ["", "   ", "。。。", "'\"; DROP TABLE", "a" * 500, "\u202e", "🙂", "NOT AND OR", "ref:need"]
)
def test_no_text_breaks_the_page(text: str, lin: Person, browse: Any, catch_up: Any) -> None:
    catch_up()
    assert browse(lin).get("/search/", {"q": text}).status_code == 200


def test_a_span_of_time_narrows(community: Community, wang: Person, catch_up: Any, browse: Any) -> None:
    need = voice_need(community, title="库温报警", by=wang)
    catch_up()
    page = browse(wang).get("/search/", {"q": "库温", "span": "month"})
    assert need.get_absolute_url() in page.content.decode()
    moment = int(need.at.timestamp())
    assert hits("库温", wang, since=moment - 60) == [("need", need.pk)]
    assert hits("库温", wang, since=moment + 60) == []
