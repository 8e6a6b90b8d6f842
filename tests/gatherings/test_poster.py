"""The share poster."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings.drawing import HEIGHT, WIDTH, poster_of, width_of, wrap
from zhiliu.gatherings.models import Gathering

from .stage import make_fixed, make_talk

SVG = "{http://www.w3.org/2000/svg}"


def texts(gathering: Gathering) -> list[str]:
    root = ET.fromstring(poster_of(gathering, "https://zhiliu.example/gatherings/1/"))
    return [(element.text or "").strip() for element in root.iter(f"{SVG}text")]


def test_a_poster_says_what_when_where_who_and_for_whom(community: Community, lin: Person, wang: Person) -> None:
    wang.department = Department.objects.create(name="华东大区")
    wang.save()
    talk = make_fixed(community, lin, sharer=wang)
    said = texts(talk)
    assert "被拿来比价时怎么办" in said and "听涛室" in said and "售后互助站" in said
    assert "Shared by 王一帆, 华东大区" in said
    assert "一年内要续约的人" in said and "一张对比表" in said
    assert any("15:00 – 15:40" in text for text in said)


def test_a_poster_stands_by_itself(community: Community, lin: Person) -> None:
    drawn = poster_of(make_fixed(community, lin, title="<b>&“双引号”"), "https://zhiliu.example/gatherings/1/")
    root = ET.fromstring(drawn)
    assert (root.get("width"), root.get("height")) == (str(WIDTH), str(HEIGHT))
    assert not any(word in drawn for word in ("style=", "<style", "<script", "href", "<b>"))


@pytest.mark.parametrize(
    "title",
    ["除霜", "R404A 换 R448A，哪些能直接换、哪些不能", "客户嫌贵时怎么把十年电费算给他看" * 4, "a" * 80],
)
def test_long_titles_are_broken_and_nothing_runs_into_the_code(community: Community, lin: Person, title: str) -> None:
    talk = make_fixed(community, lin, title=title[:80], for_whom="很" * 200, take_home="多" * 300)
    root = ET.fromstring(poster_of(talk, "https://zhiliu.example/gatherings/1/"))
    for element in root.iter(f"{SVG}text"):
        size, x, y = (float(element.get(name) or 0) for name in ("font-size", "x", "y"))
        assert x + width_of((element.text or "").strip()) * size <= WIDTH - 84 + size or x == 132
        assert y <= 1080 or y >= 1200


def test_lines_break_between_words_and_never_begin_with_a_closing_mark() -> None:
    assert wrap("除霜参数怎么跟着库走", 6, 3) == ["除霜参数怎么", "跟着库走"]
    assert wrap("先问楼层，再问声音", 4, 3) == ["先问楼层，", "再问声音"]
    assert wrap("一二三四五六七八九十", 3, 2)[-1].endswith("…")


def test_only_what_all_colleagues_can_read_gets_a_poster(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    hidden = make_fixed(closed_community, lin)
    client = browse(lin)
    assert client.get(f"/gatherings/{hidden.pk}/poster/").status_code == 403
    assert client.get(f"/gatherings/{hidden.pk}/poster.svg").status_code == 403
    assert browse(sun).get(f"/gatherings/{hidden.pk}/poster/").status_code == 404
    assert "poster/" not in client.get(hidden.get_absolute_url()).content.decode()
    assert client.get(f"/gatherings/{make_talk(community, lin).pk}/poster/").status_code == 403


def test_the_pages_of_a_poster(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    client = browse(wang)
    assert "poster/" in client.get(talk.get_absolute_url()).content.decode()
    page = client.get(f"/gatherings/{talk.pk}/poster/").content.decode()
    assert "<svg" in page and "别人打不开" in page
    file = client.get(f"/gatherings/{talk.pk}/poster.svg")
    assert file["Content-Type"] == "image/svg+xml"
    assert file["Content-Disposition"] == f'attachment; filename="gathering-{talk.pk}.svg"'
    ET.fromstring(file.content)
