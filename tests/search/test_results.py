"""What a search finds: enough of what was asked, in any spelling, the better first, one story once."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.search_documents import SearchDocument
from zhiliu.lineage.linking import link
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.search import index
from zhiliu.search.index import find
from zhiliu.search.models import Gap
from zhiliu.search.synonyms import add_synonyms
from zhiliu.search.understanding import understand

pytestmark = pytest.mark.django_db


def written(*texts: str, **values: Any) -> None:
    """Index one article per text; a title stands before the line break."""
    documents = []
    for key, text in enumerate(texts, start=1):
        title, _line, body = text.partition("\n")
        documents.append(SearchDocument("article", key, title, body, ["employees"], **values))
    index.write(documents)


def keys(text: str, **narrowed: Any) -> list[int]:
    return [hit.key for hit in find(text, keys=["employees"], **narrowed).hits]


@pytest.mark.parametrize(
    ("search", "right"),
    [
        ("报帐", 1),
        ("軟體帳號", 2),
        ("R-404A", 3),
        ("r404a", 3),
        ("r 404 a", 3),
        ("404a", 3),
        ("04A", 3),
        ("b46", 4),
        ("B-46", 4),
        ("油弯", 5),
        ("chushuang", 6),
        ("cscs", 6),
        ("compressors burning", 7),
        ("“热风回流”", 8),
    ],
)
def test_things_are_found_in_any_spelling(search: str, right: int, db: None) -> None:
    written(
        "报账要几天\n票分三堆",
        "软件账号\n软体账号到期",
        "换冷媒\n老机组用 R404A，别混用",
        "皮带\n杭州有两根 B-46",
        "立管\n超过六米要做存油弯",
        "除霜参数\n看盘管温度",
        "The compressor burned\nKeep the parts",
        "高压跳停\n多半是热风回流",
        "热风机\n回流焊",
    )
    assert keys(search) == [right]


def test_most_of_a_question_must_be_there(db: None) -> None:
    written("年会怎么报名\n怎么报名都行", "报销发票抬头\n开公司全称", "怎么怎么怎么\n如何如何")
    assert keys("报销的发票抬头怎么写") == [2]
    assert keys("不存在的词汇啊") == []
    assert keys("食堂几点开饭") == []


def test_a_part_of_the_question_is_shown_as_not_sure(db: None) -> None:
    written("打印机连不上\n先看驱动", "公章\n找行政")
    sure, unsure = find("打印机连不上", keys=["employees"]), find("打印机 传真", keys=["employees"])
    assert (sure.is_weak, [hit.key for hit in sure.hits]) == (False, [1])
    assert (unsure.is_weak, [hit.key for hit in unsure.hits]) == (True, [1])


def test_what_the_segmenter_takes_for_one_word_is_found_by_its_parts(db: None) -> None:
    written("手动升级\n从 1.0 到 2.0，看清楚版本", "版本说明\n没有别的", "冷凝\n水")
    assert keys("怎么把旧版本升级到新的") == [1]
    assert keys("冷凝器") == []


def test_a_phrase_stands_as_it_is_and_a_minus_leaves_out(db: None) -> None:
    written("热风回流最常见\n一", "回流的热风\n二", "压缩机烧了\n三", "压缩机跳停\n四")
    assert keys('"热风回流"') == [1]
    assert set(keys("压缩机")) == {3, 4}
    assert keys("压缩机 -烧了") == [4]


def test_verified_stands_above_usual_and_overdue_below_and_newer_breaks_ties(db: None) -> None:
    import datetime as dt

    old, new = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2024, 2026))
    index.write(
        [
            SearchDocument("article", key, "除霜参数", "看盘管", ["employees"], weight=weight, at=at)
            for key, weight, at in ((1, 0.8, new), (2, 1.0, old), (3, 1.15, old), (4, 1.0, new))
        ]
    )
    assert keys("除霜参数") == [3, 4, 2, 1]


def test_by_time_the_newest_comes_first_however_good(db: None) -> None:
    import datetime as dt

    index.write(
        [
            SearchDocument("message", key, "", text, ["employees"], at=dt.datetime(2026, key, 1, tzinfo=dt.UTC))
            for key, text in ((1, "除霜除霜除霜"), (2, "说说除霜，还有别的许多事情"), (3, "开会"))
        ]
    )
    assert keys("除霜") == [1, 2]
    assert keys("除霜", by_time=True) == [2, 1]


def test_counts_are_of_what_is_shown(db: None) -> None:
    written("除霜参数\n看盘管", "参数\n别的", "除霜\n别的")
    found = find("除霜参数", keys=["employees"], counts=True)
    assert (len(found.hits), found.counts) == (1, {"article": 1})


def test_a_colleague_and_a_topic_find_what_the_colleague_wrote(
    community: Community, wang: Person, lin: Person, catch_up: Any
) -> None:
    by_wang = voice_need(community, title="微漏怎么找", by=wang)
    voice_need(community, title="微漏补氟", by=lin)
    catch_up()
    search = understand(f"{wang.name} 微漏", lin)
    hits = find(search, keys=reach(lin).keys, kinds=["need"]).hits
    assert [hit.key for hit in hits] == [by_wang.pk]


def test_synonyms_find_each_other(community: Community, wang: Person, admin: Person, catch_up: Any) -> None:
    need = voice_need(community, title="除霜参数怎么定", by=wang)
    catch_up()

    def found(text: str) -> list[int]:
        return [hit.key for hit in find(understand(text, wang), keys=reach(wang).keys, kinds=["need"]).hits]

    assert found("化霜") == []
    add_synonyms("除霜、化霜", by=admin)
    assert found("化霜") == found("化霜怎么定") == [need.pk]


def test_a_surname_with_a_title_finds_the_colleague(wang: Person, lin: Person, catch_up: Any) -> None:
    catch_up()
    hits = find(f"{wang.name[0]}工", keys=reach(lin).keys).hits
    assert ("person", wang.pk) in [(hit.kind, hit.key) for hit in hits]


def test_one_story_is_one_row_that_names_the_others(
    community: Community, wang: Person, lin: Person, browse: Any, catch_up: Any
) -> None:
    need = voice_need(community, title="微漏怎么找", by=wang)
    topic = make_topic(community, [need], title="微漏从哪里找起", by=lin)
    catch_up()
    page = browse(wang).get("/search/", {"q": "微漏"}).content.decode()
    assert page.count('class="item open"') == 1
    assert f'<a class="title" href="{topic.get_absolute_url()}">' in page
    assert f'href="{need.get_absolute_url()}" title="{need.title}"' in page
    only_needs = browse(wang).get("/search/", {"q": "微漏", "kind": "need"}).content.decode()
    assert f'<a class="title" href="{need.get_absolute_url()}">' in only_needs
    palette = browse(wang).get("/search/palette/", {"q": "微漏"}).content.decode()
    assert topic.get_absolute_url() in palette and need.get_absolute_url() not in palette


def test_a_hidden_end_of_the_line_leaves_the_visible_one(
    community: Community, closed_community: Community, wang: Person, sun: Person, browse: Any, catch_up: Any
) -> None:
    need = voice_need(community, title="微漏怎么找", by=wang)
    hidden = voice_need(closed_community, title="微漏的底价", by=wang)
    link(("need", need.pk), ("need", hidden.pk), by_id=None)
    catch_up()
    page = browse(sun).get("/search/", {"q": "微漏"}).content.decode()
    assert need.get_absolute_url() in page and "底价" not in page


def test_not_sure_is_said_and_noted_as_a_gap(community: Community, wang: Person, browse: Any, catch_up: Any) -> None:
    voice_need(community, title="打印机连不上", by=wang)
    catch_up()
    page = browse(wang).get("/search/", {"q": "打印机 传真"}).content.decode()
    assert "不一定帮得上" in page and "打印机连不上" in page.replace("<mark>", "").replace("</mark>", "")
    assert [gap.words for gap in Gap.objects.all()] == ["打印机 传真"]
    page = browse(wang).get("/search/", {"q": "打印机连不上"}).content.decode()
    assert "不一定帮得上" not in page
    assert Gap.objects.count() == 1


def test_a_community_says_its_purpose_once(community: Community, wang: Person, browse: Any, catch_up: Any) -> None:
    Community.objects.update(purpose="夜里停机找人，一起看曲线")
    catch_up()
    page = browse(wang).get("/search/", {"q": community.name}).content.decode()
    assert page.count("一起看曲线") == 1
