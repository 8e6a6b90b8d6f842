"""Files as they come: encodings, separators, titles above the table, and what is no table at all."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.transfers import packed_files
from zhiliu.transfers.importing import advance, choose_columns, discard, receive_file
from zhiliu.transfers.models import ImportRow, ImportRun
from zhiliu.transfers.unreadable import SENTENCES, Unreadable

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
TEXT = "工号,姓名,部门\r\nE1,镕基喆,总部/销售\r\nE2,王芳,总部\r\n"


def workbook(*rows: list[object], first: int = 0) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows, start=first):
            sheet.write_row(at, 0, row)
    return content.getvalue()


def packed(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/"), data)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_encodings_and_separators_are_found_from_the_bytes(encoding: str, delimiter: str, bring: Bring) -> None:
    run = bring(TEXT.replace(",", delimiter).encode(encoding))
    assert list(run.rows.order_by("line").values_list("key", "values__name", "values__department")) == [
        ("E1", "镕基喆", "总部/销售"),
        ("E2", "王芳", "总部"),
    ]


TRADITIONAL = """工號,姓名,部門,到職日期
E1,陳志強,總部/業務,2019/3/1
E2,李美玲,總部／研發,
"""


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs", "gb18030", "utf-8"])
@pytest.mark.parametrize("rows", ["", "E3,鄧珮瑤,碁峰,\r\nE4,Amy,,\r\n"])
def test_files_of_colleagues_in_taiwan_and_hong_kong_are_read(encoding: str, rows: str, bring: Bring) -> None:
    content = TRADITIONAL + (rows if encoding != "big5" else rows.replace("碁", "其"))
    run = bring(content.encode(encoding))
    names = list(run.rows.order_by("line").values_list("key", "values__name", "values__department"))
    assert names[:2] == [("E1", "陳志強", "總部/業務"), ("E2", "李美玲", "總部/研發")]
    assert len(names) == (4 if rows else 2) and run.headers == ["工號", "姓名", "部門", "到職日期"]


@pytest.mark.parametrize("name", ["镕基喆", "王芳", "李", "欧阳娜娜", "张伟", "赵"])
def test_short_files_in_simplified_characters_are_no_big5(name: str, bring: Bring) -> None:
    run = bring(f"工号,姓名\nE1,{name}\n".encode("gb18030"))
    assert (run.encoding, run.rows.get().values["name"]) == ("gb18030", name)


def test_a_separator_in_cells_is_not_taken_for_that_of_the_file(bring: Bring) -> None:
    run = bring("工号,姓名,部门\nE1,甲,总部|销售|华东|一组|二组\nE2,乙,总部|研发，甲|乙|丙|丁\n".encode())
    assert run.delimiter == "," and run.rows.get(line=2).values["department"] == "总部/销售/华东/一组/二组"
    run = bring("工号，姓名，部门\nE1，甲，a;b;c;d,e,f,g\n".encode())
    assert (run.delimiter, run.rows.get().key) == ("，", "E1")


@pytest.mark.parametrize(
    ("lines", "names", "open_lines"),
    [
        (['E1,"甲,总部', "E2,乙,总部", "E3,丙,总部"], {2: "甲", 3: "乙", 4: "丙"}, "2"),
        (['E1,"甲,总部', 'E2,"乙",总部', "E3,丙,总部"], {2: "甲", 3: "乙", 4: "丙"}, "2"),
        (['E1,"甲,总部', 'E2,乙,"总部"', "E3,丙,总部"], {2: "甲", 3: "乙", 4: "丙"}, "2"),
        (['E1,甲,"总部', 'E2,乙,总部"', "E3,丙,总部"], {2: "甲", 3: "乙", 4: "丙"}, "2"),
        (["E1,甲,总部", 'E2,"乙,总部', 'E3,"丙,总部'], {2: "甲", 3: "乙", 4: "丙"}, "3、4"),
        (["E1,甲,总部", "E2,乙,总部", 'E3,丙,"总部'], {2: "甲", 3: "乙", 4: "丙"}, "4"),
        (['E1,"甲', '乙",总部', "E3,丙,总部"], {2: "甲乙", 4: "丙"}, ""),
        (['E1,甲,"总部', "", '销售"', "E3,丙,总部"], {2: "甲", 5: "丙"}, ""),
        (['E1,甲,"总,部,a,b', 'c,d,e,f"', "E3,丙,总部"], {2: "甲", 4: "丙"}, ""),
        (['E1,"甲ab""cd",总部', 'E2,"乙",总部', 'E3,丙,"""总""部"'], {2: '甲ab"cd', 3: "乙", 4: "丙"}, ""),
        (['E1,甲"乙,总部', 'E3,丙,5"'], {2: '甲"乙', 3: "丙"}, ""),
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_nobody(
    lines: list[str], names: dict[int, str], open_lines: str, bring: Bring
) -> None:
    more = [f"E{n},员工{n},总部" for n in range(10, 16)]
    run = bring(roster(*lines, *more, head="工号,姓名,部门"))
    assert {row.line: row.values["name"] for row in run.rows.all()} == names | {
        len(lines) + 2 + n: f"员工{n + 10}" for n in range(6)
    }
    assert run.notes == ([["open_quotes", open_lines]] if open_lines else [])


def test_a_mark_that_is_not_closed_is_told_by_its_line(bring: Bring, admin: Person, browse: Any) -> None:
    run = bring(roster('E1,"甲,总部', *(f"E{n},员工{n},总部" for n in range(2, 300)), head="工号,姓名,部门"))
    assert run.counts()["new"] == 299
    text = browse(admin).get(run.get_absolute_url()).content.decode()
    assert "有引号没有成对，读入时已去掉，请看第 2 行。" in text


def test_one_broken_line_does_not_change_the_encoding_of_the_others(bring: Bring) -> None:
    run = bring(TEXT.encode() + "E3,李".encode() + b"\xd0\xff,x\n")
    assert run.rows.get(line=2).values["name"] == "镕基喆"
    assert [problem["kind"] for problem in run.rows.get(line=4).problems] == ["garbled"]


def test_a_title_above_the_headers_is_passed_over(bring: Bring) -> None:
    run = bring(("2026 年花名册,,\n,,\n" + TEXT).encode())
    assert run.header_line == 3 and list(run.rows.order_by("line").values_list("line", flat=True)) == [4, 5]


def test_a_cell_with_line_breaks_does_not_move_the_line_numbers(bring: Bring) -> None:
    run = bring(roster('E1,"甲\n乙",,,,,', "E2,丙,,,,,"))
    assert dict(run.rows.values_list("line", "values__name")) == {2: "甲乙", 4: "丙"}


def test_xlsx_with_numbers_dates_and_empty_rows(bring: Bring) -> None:
    day = dt.datetime(2019, 3, 1)
    run = bring(
        workbook(
            ["花名册"], ["员工编号", "姓名", "入职日期"], [1001, "甲", day], [], ["0042", "乙", "2019年3月1日"], first=2
        )
    )
    assert run.format == "xlsx"
    assert list(run.rows.order_by("line").values_list("line", "key", "values__hired_on")) == [
        (5, "1001", "2019-03-01"),
        (7, "0042", "2019-03-01"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"%PDF-1.7 ...", "no_table"),
        (b"\x89PNG\r\n\x1a\n", "no_table"),
        (b"<html><table></table></html>", "no_table"),
        (b"abc\0\0def", "no_table"),
        (b"PK\x03\x04 cut off", "broken"),
        (packed(word__document=b"x"), "no_table"),
        (packed(表=b"x").replace("表".encode(), b"\xff" * 3), "broken"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, code: str, admin: Person) -> None:
    with pytest.raises(Refused) as refused:
        receive_file(io.BytesIO(content), name="x.csv", by=admin)
    assert refused.value.reason == SENTENCES[code]
    assert not ImportRun.objects.exists()


def test_a_bomb_is_refused_before_it_is_opened(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(**{"xl__workbook.xml": b"<workbook/>", "xl__worksheets__sheet1.xml": bytes(30 << 20)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(packed_files, "MAX_UNPACKED", 20 << 20)
    with pytest.raises(Refused) as refused:
        receive_file(io.BytesIO(bomb), name="x.xlsx", by=admin)
    assert refused.value.reason == SENTENCES["too_large"]


def test_a_bomb_that_lies_about_its_size_and_a_cell_far_away_are_refused(tmp_path: Path) -> None:
    bomb = bytearray(packed(**{"xl__workbook.xml": b"<workbook/>", "xl__worksheets__sheet1.xml": bytes(3 << 20)}))
    true = (3 << 20).to_bytes(4, "little")
    while (at := bomb.find(true)) >= 0:
        bomb[at : at + 4] = (100).to_bytes(4, "little")
    far = packed(**{"xl__workbook.xml": b"<workbook/>", "xl__worksheets__sheet1.xml": b'<c r="XFD1048576"/>'})
    for content, code in ((bytes(bomb), "broken"), (far, "too_large")):
        path = tmp_path / code
        path.write_bytes(content)
        with pytest.raises(Unreadable) as refused:
            packed_files.check_packed(path)
        assert refused.value.code == code


def test_a_part_that_cannot_be_unpacked_is_refused(tmp_path: Path) -> None:
    content = bytearray(packed(**{"xl__workbook.xml": b"<workbook/>" * 90}))
    start = content.find(b"xl/workbook.xml") + len("xl/workbook.xml")
    content[start : start + 8] = b"\xff" * 8
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        packed_files.check_packed(path)
    assert refused.value.code == "broken"


def test_only_sheets_have_cells_far_away(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        packed(
            **{
                "xl__workbook.xml": b"<workbook/>",
                "xl__sharedStrings.xml": b"<sst><si><t>r=&quot;</t></si><si r='XFD1048576'/></sst>",
                "xl__worksheets__sheet1.xml": b'<c r="A1"/>',
            }
        )
    )
    packed_files.check_packed(path)


def test_headers_are_guessed_and_can_be_corrected(admin: Person) -> None:
    head = "员工工号（必填）,*姓名,直接上级（工号）,Hire Date,手机,上级姓名,E-mail,二级部门,一级部门"
    run = receive_file(io.BytesIO(roster("1,甲,,,139,,,销售,总部", head=head)), name="x.csv", by=admin)
    advance(run)
    assert run.columns == ["employee_number", "name", "manager", "hired_on", "", "", "email", "level2", "level1"]
    with pytest.raises(Refused):
        choose_columns(run, ["name", "name"], full=False, by=admin)
    with pytest.raises(Refused):
        choose_columns(run, ["", "name"], full=False, by=admin)
    assert ImportRun.objects.get().state == "columns"
    choose_columns(run, run.columns, full=False, by=admin)
    advance(run)
    assert run.rows.get().values == {"employee_number": "1", "name": "甲", "department": "总部/销售"}


def test_only_administrators_bring_files(wang: Person) -> None:
    with pytest.raises(Forbidden):
        receive_file(io.BytesIO(TEXT.encode()), name="x.csv", by=wang)
    assert not ImportRun.objects.exists()


def test_a_discarded_import_leaves_neither_lines_nor_file(bring: Bring, admin: Person) -> None:
    from django.core.files.storage import default_storage

    run = bring(TEXT.encode())
    path = run.path
    assert default_storage.exists(path)
    discard(run, by=admin)
    discard(run, by=admin)
    assert not ImportRow.objects.exists() and not default_storage.exists(path)
