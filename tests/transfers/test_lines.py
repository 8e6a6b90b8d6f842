"""What stands in the cells of a roster."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhiliu.directory.bulk_import.days import read_date
from zhiliu.directory.bulk_import.lines import LineReader, department_path
from zhiliu.directory.models import Person, ProfileField
from zhiliu.kit.contracts.importing import Problem


@pytest.mark.parametrize(
    "text",
    ["2019-03-01", "2019-3-1", "2019/3/1", "2019.3.1", "2019年3月1日", "2019年03月01", "20190301", "43525", "43525.0"]
    + ["2019-03-01 00:00:00", "2019/3/1 0:00", " 2019-03-01 ", "2019 年 3 月 1 日", "2019-03-01T08:00:00Z"]
    + ["2019/03/01 上午 8:00", "2019-03-01T08:00:00+08:00", "2019\\3\\1", "01-Mar-2019", "Mar 1, 2019", "1 March 2019"],
)
def test_dates_are_read_as_rosters_write_them(text: str) -> None:
    assert read_date(text) == dt.date(2019, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["2019-13-01", "2019-02-30", "1.3.2019", "3月1日", "yesterday", "99999", "1900-01-01", "2999-01-01", "20213"]
    + ["01-Mrz-2019", "03/01/2019", "19/3/1", "Mar 2019", "30 February 2019"],
)
def test_what_is_no_date_is_told(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("总部/销售/华东", "总部/销售/华东"),
        ("总部 > 销售＞华东", "总部/销售/华东"),
        ("\\总部\\销售\\", "总部/销售"),
        ("总部／销售→华东", "总部/销售/华东"),
        ("华东-二部", "华东-二部"),
        ("//", ""),
    ],
)
def test_paths_of_departments(text: str, path: str) -> None:
    assert department_path(text) == path


GOOD = {"employee_number": "L1", "name": "石长根"}


def told(values: dict[str, str], problem: Problem) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Cells that stay as they are and get a problem."""
    return values, values, [problem]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "values", "problems"),
    [
        ({"employee_number": 1001.0, "name": " 石 \u200b长根 "}, {"employee_number": "1001", "name": "石 长根"}, []),
        ({"employee_number": "'E100743", "name": "石长根"}, {"employee_number": "E100743", "name": "石长根"}, []),
        ({"employee_number": "Ｅ１００５７６", "name": "石长根"}, {"employee_number": "E100576", "name": "石长根"}, []),
        ({**GOOD, "hired_on": "２０１９／３／１"}, {**GOOD, "hired_on": "2019-03-01"}, []),
        ({**GOOD, "email": "wang＠example．com"}, {**GOOD, "email": "wang@example.com"}, []),
        ({**GOOD, "manager": "’Ｅ７"}, {**GOOD, "manager": "E7"}, []),
        ({**GOOD, "department": "研发部（华东）"}, {**GOOD, "department": "研发部（华东）"}, []),
        ({**GOOD, "name": "唐\n梓"}, {**GOOD, "name": "唐梓"}, []),
        ({**GOOD, "name": "Ann\nLee"}, {**GOOD, "name": "Ann Lee"}, []),
        *(
            ({**GOOD, key: word}, GOOD, [])
            for key, word in [
                *(("department", word) for word in ("无", "N/A", "Ｎ／Ａ", "NULL", "—", "——", "－", "暂无", "/")),
                *(("position", word) for word in ("-", "nan", "待定", "ＮＡＮ")),
                *(("location", "none"), ("manager", "无"), ("manager", "ｎｕｌｌ"), ("code", "-")),
            ]
        ),
        *(
            ({"employee_number": word, "name": "石长根"}, {"name": "石长根"}, [])
            for word in ("-", "null", "－－", "无")
        ),
        ({**GOOD, "level1": "总部", "level2": "无"}, {**GOOD, "department": "总部"}, []),
        ({**GOOD, "department": "无锡", "position": "NA"}, {**GOOD, "department": "无锡", "position": "NA"}, []),
        told({**GOOD, "level": "7.5"}, Problem("no_level", "level", "7.5", {"level": ""})),
        told({**GOOD, "level": "7-8"}, Problem("no_level", "level", "7-8", {"level": ""})),
        told({**GOOD, "department": "#VALUE!"}, Problem("cell_error", "department", "#VALUE!", {"department": ""})),
        told({**GOOD, "department": "#N/A"}, Problem("cell_error", "department", "#N/A", {"department": ""})),
        (
            {**GOOD, "level1": "总部", "level2": "#N/A"},
            {**GOOD, "department": "#N/A"},
            [Problem("cell_error", "department", "#N/A", {"department": ""})],
        ),
        told({**GOOD, "hired_on": "########"}, Problem("cell_error", "hired_on", "########", {"hired_on": ""})),
        told({**GOOD, "name": "#REF!"}, Problem("cell_error", "name", "#REF!")),
        told({**GOOD, "employee_number": "#N/A"}, Problem("cell_error", "employee_number", "#N/A")),
        told({**GOOD, "employee_number": "########"}, Problem("cell_error", "employee_number", "########")),
        told({**GOOD, "employee_number": "1.23457E+11"}, Problem("exponent", "employee_number", "1.23457E+11")),
        told({**GOOD, "employee_number": "8.82E+03"}, Problem("exponent", "employee_number", "8.82E+03")),
        told({**GOOD, "manager": "8.82E+03"}, Problem("exponent", "manager", "8.82E+03", {"manager": ""})),
        (
            {**GOOD, "employee_number": 1.2345678901234569e19},
            {**GOOD, "employee_number": "1.23456789012346E+19"},
            [Problem("exponent", "employee_number", "1.23456789012346E+19")],
        ),
        *(
            told({**GOOD, "name": name}, Problem("no_name", "name", name))
            for name in ("=cmd|calc", "<b>张三</b>", "13812345678", "+86 138", "zhang@example.com")
        ),
        told(
            {"employee_number": "合计", "name": "8 人"}, Problem("totals", "employee_number", "合计 8 人", passed=True)
        ),
        told({"name": "共 8 人"}, Problem("totals", "employee_number", "共 8 人", passed=True)),
        told(
            {"employee_number": "EXAMPLE", "name": "示例人员"},
            Problem("example", "employee_number", "示例人员", passed=True),
        ),
        (
            {**GOOD, "few_cells": "2"},
            {**GOOD, "few_cells": "2"},
            [Problem("few_cells", "few_cells", "2", {"few_cells": ""})],
        ),
        ({**GOOD, "hired_on": dt.datetime(2019, 3, 1, 8)}, {**GOOD, "hired_on": "2019-03-01"}, []),
        ({**GOOD, "hired_on": 43525.0}, {**GOOD, "hired_on": "2019-03-01"}, []),
        ({**GOOD, "hired_on": "x"}, {**GOOD, "hired_on": "x"}, [Problem("no_date", "hired_on", "x", {"hired_on": ""})]),
        *(
            told({**GOOD, "hired_on": text}, Problem("unclear_date", "hired_on", text, {"hired_on": "2019-03-01"}))
            for text in ("19年3月1日", "190301", "2019-03", "2019年3月", "19年3月", "2019/3", "2019 3 1", "2019,03,01")
        ),
        told(
            {**GOOD, "hired_on": "13/3/2019"},
            Problem("unclear_date", "hired_on", "13/3/2019", {"hired_on": "2019-03-13"}),
        ),
        told(
            {**GOOD, "hired_on": "65-13-3"},
            Problem("no_date", "hired_on", "65-13-3", {"hired_on": ""}),
        ),
        told(
            {**GOOD, "hired_on": "98.3.31"}, Problem("unclear_date", "hired_on", "98.3.31", {"hired_on": "1998-03-31"})
        ),
        *(
            told({**GOOD, "hired_on": text}, Problem("dates", "hired_on", f"{text} {days}"))
            for text, days in [
                ("19/3/1", "2019-03-01 2001-03-19"),
                ("19-03-01", "2019-03-01 2001-03-19"),
                ("19/3/1 0:00", "2019-03-01 2001-03-19"),
                ("3/1/19", "2003-01-19 2019-01-03 2019-03-01"),
                ("03/04/2019", "2019-04-03 2019-03-04"),
                ("2.3.2019", "2019-03-02 2019-02-03"),
            ]
        ),
        ({**GOOD, "email": "A.B@Example.COM"}, {**GOOD, "email": "a.b@example.com"}, []),
        ({**GOOD, "email": "无"}, {**GOOD, "email": "无"}, [Problem("no_mail", "email", "无", {"email": ""})]),
        (
            {**GOOD, "email": "a..b@c.cn"},
            {**GOOD, "email": "a..b@c.cn"},
            [Problem("no_mail", "email", "a..b@c.cn", {"email": ""})],
        ),
        ({**GOOD, "level": "P6"}, {**GOOD, "level": "6"}, []),
        ({**GOOD, "level": "专家"}, {**GOOD, "level": "专家"}, [Problem("no_level", "level", "专家", {"level": ""})]),
        ({**GOOD, "level1": "总部", "level2": "", "level3": "华东"}, {**GOOD, "department": "总部/华东"}, []),
        (
            {**GOOD, "position": "长" * 90},
            {**GOOD, "position": "长" * 90},
            [Problem("too_long", "position", "80", {"position": "长" * 80})],
        ),
        (
            {**GOOD, "employee_number": "9" * 41},
            {**GOOD, "employee_number": "9" * 41},
            [Problem("too_long", "employee_number", "40")],
        ),
        ({**GOOD, "name": "石\ufffd根"}, {**GOOD, "name": "石\ufffd根"}, [Problem("garbled", "name", "石\ufffd根")]),
        (
            {**GOOD, "more_cells": "y"},
            {**GOOD, "more_cells": "y"},
            [Problem("more_cells", "more_cells", "y", {"more_cells": ""})],
        ),
        ({**GOOD, "field-xuexiao": "浙大 "}, {**GOOD, "field-xuexiao": "浙大"}, []),
        (
            {**GOOD, "field-pici": "2020"},
            {**GOOD, "field-pici": "2020"},
            [Problem("no_option", "field-pici", "2020", {"field-pici": "2020届"})],
        ),
        ({**GOOD, "field-hukou": "2020/1/2"}, {**GOOD, "field-hukou": "2020-01-02"}, []),
    ],
)
def test_a_line_is_read_and_what_cannot_be_is_told(
    cells: dict[str, Any], values: dict[str, str], problems: list[Problem]
) -> None:
    ProfileField.objects.create(key="xuexiao", label="学校")
    ProfileField.objects.create(key="pici", label="批次", kind="choice", options=["2019届", "2020届"])
    ProfileField.objects.create(key="hukou", label="落户", kind="date")
    reader = LineReader()
    assert reader.read(cells) == (values, problems)
    assert reader.read(dict(values)) == (values, problems)


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["n-LIN", "N-LIN", "Ｎ-lin", "'n-lin"])
def test_a_number_in_other_letters_is_the_one_that_is_here(written: str, lin: Person) -> None:
    assert LineReader().read({"employee_number": written, "name": "林晓岚"}) == (
        {"employee_number": "N-lin", "name": "林晓岚"},
        [],
    )
    manager = LineReader().read({"employee_number": "E1", "name": "甲", "manager": written})[0]["manager"]
    assert manager == "N-lin"
