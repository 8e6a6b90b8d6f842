"""Rosters as companies have them: names of managers, slips, sheets beside the roster, totals below it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from zhiliu.console.importing import import_people
from zhiliu.directory.models import Department, Person
from zhiliu.kit.contracts.importing import importers
from zhiliu.kit.errors import Refused
from zhiliu.transfers.cell_errors import error_cells, has_errors
from zhiliu.transfers.headers import guess, plain_header
from zhiliu.transfers.importing import (
    advance,
    choose_columns,
    choose_sheet,
    receive_file,
    skip_line,
    start,
    take_proposals,
)
from zhiliu.transfers.models import ImportRun
from zhiliu.transfers.report import problem_lines
from zhiliu.transfers.staging import known_headers
from zhiliu.transfers.value_mapping import settle_names, value_mappings, would_make

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
Rows = list[list[object]]
PLACES = "工号,姓名,部门,岗位,职级,直属上级"


def workbook(fill: Callable[[Any], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        fill(book)
    return content.getvalue()


def sheet(book: Any, name: str, rows: Rows, *, hidden: bool = False) -> Any:
    made = book.add_worksheet(name)
    for at, row in enumerate(rows):
        made.write_row(at, 0, row)
    if hidden:
        made.hide()
    return made


ROSTER: Rows = [["工号", "姓名", "部门"], ["E1", "甲", "总部"], ["E2", "乙", "总部"]]


def go(run: ImportRun, admin: Person) -> ImportRun:
    start(run, by=admin, work=False)
    run.refresh_from_db()
    advance(run)
    run.refresh_from_db()
    return run


def settle(run: ImportRun, *chosen: tuple[str, str, str], by: Person) -> None:
    settle_names(run, chosen, by=by, work=False)
    advance(run)
    run.refresh_from_db()


def managers() -> dict[str, str | None]:
    return dict(Person.objects.order_by("employee_number").values_list("employee_number", "manager__employee_number"))


# ---- managers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["王芳", "王 芳", "王芳(E1)", "E1 王芳", "王芳/e1", "e1", "Ｅ１"])
def test_a_manager_may_be_named_in_any_way_that_is_clear(written: str, bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,王芳,,,,", f"E2,乙,,,,{written}", head=PLACES))
    assert run.counts()["wrong"] == 0
    go(run, admin)
    assert managers()["E2"] == "E1"


def test_a_name_two_people_have_is_asked_about_once(bring: Bring, admin: Person) -> None:
    lines = ("E1,王芳,销售部,,,", "E2,王芳,研发部,,,", "E3,甲,,,,王芳", "E4,乙,,,,王芳")
    run = bring(roster(*lines, head=PLACES))
    assert run.counts()["wrong"] == 0
    (asked,) = would_make(run, "manager")
    assert (asked.name, asked.lines, asked.first) == ("王芳", 2, 4)
    assert asked.choices == (("E1", "王芳 · 销售部 · E1"), ("E2", "王芳 · 研发部 · E2"))
    settle(run, ("manager", "王芳", "E2"), by=admin)
    assert would_make(run, "manager") == []
    go(run, admin)
    assert managers() == {"E1": None, "E2": None, "E3": "E2", "E4": "E2", "N-admin": None}


def test_a_name_nobody_has_offers_the_nearest_and_takes_a_number_or_a_name(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,王一帆,,,,", "E2,甲,,,,王一凡", "E3,乙,,,,没这人", head=PLACES))
    typo, unknown = would_make(run, "manager")
    assert typo.choices == (("E1", "王一帆 · E1"),) and unknown.choices == ()
    with pytest.raises(Refused) as refused:
        settle_names(run, [("manager", "没这人", "E99")], by=admin)
    assert refused.value.reason == "这里和文件里都没有“E99”，请填工号。"
    settle(run, ("manager", "王一凡", "E1"), ("manager", "没这人", "王一帆"), by=admin)
    go(run, admin)
    assert managers() == {"E1": None, "E2": "E1", "E3": "E1", "N-admin": None}


def test_lines_come_in_without_a_manager_nobody_explained_and_get_one_later(bring: Bring, admin: Person) -> None:
    run = go(bring(roster("E1,王芳,,,,", "E2,王芳,,,,", "E3,甲,,,,王芳", head=PLACES)), admin)
    assert managers()["E3"] is None and run.rows.get(line=4).outcome == "later"
    settle(run, ("manager", "王芳", "E1"), by=admin)
    go(run, admin)
    assert managers()["E3"] == "E1"


def test_the_same_file_again_changes_nothing(bring: Bring, admin: Person) -> None:
    content = roster("E1,王芳,总部,经理,9,", "E2,乙,总部,专员,5,王芳", "E3,,总部,,,", "E4,丁,,,,E3", head=PLACES)
    go(bring(content), admin)
    again = bring(content)
    assert (again.counts()["new"], again.counts()["changed"], again.counts()["same"]) == (0, 0, 2)
    assert again.rows.get(line=5).outcome == "later" and not again.rows.filter(waiting=True).exists()


# ---- departments -----------------------------------------------------------------------------------------------------


def test_a_slip_is_mended_on_the_very_first_import(bring: Bring, admin: Person) -> None:
    lines = [f"E{n},员工{n},云帆/销售部/华南区,,," for n in range(3)]
    run = bring(roster(*lines, "E9,甲,云帆/消售部/华南区,,,", head=PLACES))
    near = {made.name: made.near for made in would_make(run, "department")}
    assert near["云帆/消售部"] == "云帆/销售部"
    settle(run, ("department", "云帆/消售部", "云帆/销售部"), by=admin)
    go(run, admin)
    assert sorted(Department.objects.values_list("name", flat=True)) == ["云帆", "华南区", "销售部"]


def test_one_of_the_files_own_departments_can_be_meant(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,甲,销售部,,,", "E2,乙,营销,,,", head=PLACES))
    settle(run, ("department", "营销", "销售部"), by=admin)
    go(run, admin)
    assert list(Department.objects.values_list("name", flat=True)) == ["销售部"]


def test_departments_and_positions_that_only_look_alike_are_left_alone(bring: Bring) -> None:
    lines = ["E1,甲,研发一部,人事经理,,", "E2,乙,研发一部,人事经理,,", "E3,丙,研发二部,人事助理,,"]
    run = bring(roster(*lines, head=PLACES))
    assert {made.near for field in ("department", "position") for made in would_make(run, field)} == {""}


def test_a_refusal_keeps_what_was_typed_and_its_place(bring: Bring, admin: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,销售部,,,", "E2,乙,营销,,,", head=PLACES))
    sent = {"field": ["department"], "written": ["营销"], "meant": ["没有的部门"]}
    answer = browse(admin).post(f"{run.get_absolute_url()}names/", sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and "文件里也没有“没有的部门”" in text
    assert 'value="没有的部门"' in text and "autofocus" in text


# ---- proposals -------------------------------------------------------------------------------------------------------


def test_all_proposals_leave_nobody_out(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,甲,,,,", "E1,乙,,,,", "E2,丙,,,,", "E2,丙,,,,", "E3,丁,,专员,x,", head=PLACES))
    assert take_proposals(run, by=admin) == 2
    assert dict(run.rows.values_list("line", "outcome")) == {
        2: "wrong",
        3: "wrong",
        4: "new",
        5: "skipped",
        6: "new",
    }


def test_when_one_twin_is_left_out_nothing_is_said_against_the_other(bring: Bring, admin: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,,,,", "E1,乙,,,,", "E2,丙,,,,", "E2,丁,,,,", head=PLACES))
    skip_line(run, 3, by=admin)
    assert (run.rows.get(line=2).outcome, run.rows.get(line=2).problems) == ("new", [])
    answer = (
        browse(admin)
        .post(f"{run.get_absolute_url()}lines/5/", {"act": "skip"}, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert 'hx-target="#line-4"' in answer and run.rows.get(line=4).outcome == "new"


# ---- cells -----------------------------------------------------------------------------------------------------------


def test_leaving_a_twin_out_answers_no_question_about_a_cell_that_says_the_number_of_its_line(
    bring: Bring, admin: Person
) -> None:
    run = bring(roster("E1,甲,,,,,", "E1,乙,,,,2,"))
    before = run.rows.get(line=3)
    assert {problem["kind"] for problem in before.problems} > {"number_repeated"}
    skip_line(run, 2, by=admin)
    after = run.rows.get(line=3)
    others = [problem for problem in before.problems if problem["kind"] != "number_repeated"]
    assert (after.problems, others[0]["detail"]) == (others, "2")


def test_zeros_a_spreadsheet_took_are_offered_back(bring: Bring, admin: Person, lin: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(employee_number="00101")
    run = bring(roster("101,林晓岚,,,,", "102,别人,,,,101", head=PLACES))
    assert run.rows.get(line=2).problems[0]["fix"] == {"employee_number": "00101"}
    take_proposals(run, by=admin)
    go(run, admin)
    assert managers() == {"00101": None, "102": "00101", "N-admin": None}


@pytest.mark.parametrize(("here", "written"), [("777", "000777"), ("0777", "000777")])
def test_zeros_that_were_lost_when_somebody_came_in_do_not_make_a_second_person(
    here: str, written: str, bring: Bring, admin: Person, lin: Person, browse: Any
) -> None:
    Person.objects.filter(pk=lin.pk).update(employee_number=here)
    run = bring(roster(f"{written},林晓岚,,,,", f"000778,别人,,,,{written}", f"{written}0,林晓岚,,,,", head=PLACES))
    assert [(row.line, row.problems[0]["fix"]) for row in run.rows.filter(outcome="wrong")] == [
        (2, {"employee_number": here})
    ]
    if here == "777":
        text = browse(admin).get(run.get_absolute_url()).content.decode()
        assert "777 是同名的人，当初录入时是不是丢了前面的零？" in text
    take_proposals(run, by=admin)
    go(run, admin)
    assert managers() == {here: None, "000778": here, f"{written}0": None, "N-admin": None}


def test_somebody_of_another_name_with_more_zeros_is_somebody_else(bring: Bring, lin: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(employee_number="777")
    assert bring(roster("000777,林晓,,,,", head=PLACES)).counts()["new"] == 1


def test_a_date_that_may_be_several_days_is_asked_about(bring: Bring, admin: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,19/3/1 0:00", "E2,乙,19年3月1日", head="工号,姓名,入职日期"))
    text = browse(admin).get(run.get_absolute_url()).content.decode()
    assert "“19/3/1 0:00”可能是这几天中的一天：2019-03-01、2001-03-19，请写明是哪一天" in text
    assert "看不准“19年3月1日”是哪一天" in text and "改成“2019-03-01”" in text
    assert take_proposals(run, by=admin) == 1
    assert dict(run.rows.values_list("key", "outcome")) == {"E1": "wrong", "E2": "new"}


def test_numbers_in_other_letters_are_the_same_person(bring: Bring) -> None:
    run = bring(roster("E100266,甲,,,,", "e100266,甲,,,,", head=PLACES))
    assert {row.line: row.problems[0]["kind"] for row in run.rows.filter(outcome="wrong")} == {
        2: "number_repeated",
        3: "number_repeated",
    }


def test_totals_below_and_the_example_of_the_template_are_passed_over_and_told(
    bring: Bring, admin: Person, browse: Any
) -> None:
    run = bring(roster("EXAMPLE,示例,,,,", "E1,甲,,,,", "合计,1 人,,,,", ",共 1 人,,,,", head=PLACES))
    assert dict(run.rows.values_list("line", "outcome")) == {2: "skipped", 3: "new", 4: "skipped", 5: "skipped"}
    text = browse(admin).get(run.get_absolute_url()).content.decode()
    assert "“合计 1 人”是合计，不是人" in text and "“示例”是模板里的示例" in text
    go(run, admin)
    assert set(Person.objects.values_list("employee_number", flat=True)) == {"E1", "N-admin"}


def test_a_line_that_is_too_short_is_told_where_lines_are_usually_full(bring: Bring) -> None:
    whole = [f"E{n},员工{n},部门,,,a" for n in range(8)]
    run = bring(roster(*whole, "E9,唐", "梓,部门,,,", head=PLACES))
    assert [row.problems[-1]["kind"] for row in run.rows.filter(outcome="wrong")] == ["few_cells", "few_cells"]
    cut = bring(roster(*(f"E{n},员工{n}" for n in range(8)), head=PLACES))
    assert cut.counts()["wrong"] == 0


def test_levels_that_differ_for_one_position_are_told(bring: Bring, admin: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,,工程师,5,", "E2,乙,,工程师,7,", "E3,丙,,经理,8,", "E4,丁,,经理,8,", head=PLACES))
    text = browse(admin).get(run.get_absolute_url()).content.decode()
    assert "岗位“工程师”写了不同的职级：5、7" in text and "岗位“经理”" not in text


# ---- workbooks -------------------------------------------------------------------------------------------------------


def test_a_hidden_sheet_is_never_read_and_one_without_headers_is_passed_over(bring: Bring) -> None:
    def fill(book: Any) -> None:
        sheet(book, "填写说明", [["请按下面的样子填写"], ["第一步"], ["第二步"]]).activate()
        sheet(book, "旧", [["工号", "姓名"], ["X999", "示例人员"]], hidden=True)
        sheet(book, "花名册", ROSTER)

    run = bring(workbook(fill), name="people.xlsx")
    assert (run.sheet, run.sheets) == ("花名册", [])
    assert sorted(run.rows.values_list("key", flat=True)) == ["E1", "E2"]


def test_a_sheet_that_names_only_others_is_no_roster(bring: Bring) -> None:
    def fill(book: Any) -> None:
        sheet(book, "带教", [["导师工号", "导师姓名", "班级"], ["T1", "甲", "一"]])
        sheet(book, "紧急联系人", [["身份证编号", "紧急联系人姓名"], ["X1", "乙"]])
        sheet(book, "花名册", ROSTER)

    run = bring(workbook(fill), name="people.xlsx")
    assert (run.sheet, run.sheets) == ("花名册", [])


def test_where_no_sheet_has_known_headers_a_person_chooses_among_those_that_are_seen(admin: Person) -> None:
    def fill(book: Any) -> None:
        sheet(book, "一班", [["甲", "乙"], ["1", "2"]])
        sheet(book, "旧", [["甲", "乙"], ["3", "4"]], hidden=True)
        sheet(book, "二班", [["甲", "乙"], ["5", "6"]])

    run = receive_file(io.BytesIO(workbook(fill)), name="people.xlsx", by=admin, work=False)
    advance(run)
    assert (run.state, run.sheet, run.sheets) == ("columns", "", ["一班", "二班"])


def test_of_several_rosters_a_person_chooses(admin: Person, browse: Any, run_jobs: Any) -> None:
    def fill(book: Any) -> None:
        sheet(book, "深圳", ROSTER)
        sheet(book, "北京", [["工号", "姓名"], ["B1", "丙"]])

    run = receive_file(io.BytesIO(workbook(fill)), name="people.xlsx", by=admin, work=False)
    advance(run)
    assert (run.state, run.sheet, run.sheets) == ("columns", "", ["深圳", "北京"])
    with pytest.raises(Refused) as refused:
        choose_columns(run, ["employee_number", "name"], full=False, by=admin)
    assert refused.value.reason == "请先选一个工作表：深圳、北京。"
    with pytest.raises(Refused):
        choose_sheet(run, "上海", by=admin)
    client = browse(admin)
    assert "哪个工作表" in client.get(run.get_absolute_url()).content.decode()
    client.post(f"{run.get_absolute_url()}sheet/", {"sheet": "北京"})
    run_jobs()
    run.refresh_from_db()
    assert (run.sheet, run.headers, run.columns) == ("北京", ["工号", "姓名"], ["employee_number", "name"])


def _with_errors(book: Any) -> None:
    made = sheet(
        book, "人员", [["工号", "姓名", "部门", "入职日期"], ["E1", "甲", "总部", "2020-01-01"], ["E2"], ["E3", "丙"]]
    )
    made.write(4, 0, "E4")
    for row, column, error in ((2, 1, "#N/A"), (2, 3, "#DIV/0!"), (3, 2, "#REF!"), (4, 1, "#SPILL!")):
        made.write_formula(row, column, "=1/0", None, error)


def test_error_values_of_a_workbook_are_told_by_line_and_column(bring: Bring) -> None:
    run = bring(workbook(_with_errors), name="人员.xlsx")
    error = "“{}”是表格里的错误值，不是内容"
    assert [(line, key, problem) for line, key, _name, problem, _proposal in problem_lines(run)] == [
        (3, "E2", "名字：" + error.format("#N/A")),
        (3, "E2", "入职日期：" + error.format("#DIV/0!")),
        (4, "E3", "部门：" + error.format("#REF!")),
        (5, "E4", "名字：" + error.format("#SPILL!")),
    ]


SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row><c/><c t="e"><v>#N/A</v></c></row><row r="7"><c r="AB7" t="e"><f>1/0</f><v>#DIV/0!</v></c><c t='e'><v>#NUM!</v></c>
</row><row><c t="s"><v>4</v></c></row></sheetData></worksheet>"""


def test_error_values_are_found_with_and_without_places() -> None:
    assert error_cells(io.BytesIO(SHEET.encode())) == {1: {1: "#N/A"}, 7: {27: "#DIV/0!", 28: "#NUM!"}}
    assert error_cells(io.BytesIO(SHEET.encode()[:260])).keys() == {1, 7}
    assert has_errors(io.BytesIO(SHEET.encode()))
    assert not has_errors(io.BytesIO(b'<c r="A1" t="s"><v>0</v></c>'))


def _two_sheets(book: Any) -> None:
    sheet(book, "深圳", ROSTER)
    sheet(book, "北京", [["工号", "姓名"], ["B1", "丙"]])


def test_the_command_line_reads_the_sheet_it_is_told(
    admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "人员.xlsx"
    path.write_bytes(workbook(_two_sheets))
    assert import_people(str(path), full=False, apply=False) == 2
    assert capsys.readouterr().err == "The file has several sheets; name one with --sheet: 深圳, 北京\n"
    assert import_people(str(path), full=False, apply=False, sheet="上海") == 2
    assert "There is no sheet “上海”." in capsys.readouterr().err
    assert not ImportRun.objects.exists()
    assert import_people(str(path), full=False, apply=True, sheet="北京") == 0
    assert list(Person.objects.exclude(pk=admin.pk).values_list("employee_number", flat=True)) == ["B1"]


def _roster_and_others(book: Any) -> None:
    sheet(book, "说明", [["填写说明", "版本"], ["第一步", "1"]])
    sheet(book, "b", ROSTER)
    sheet(book, "旧", ROSTER, hidden=True)
    sheet(book, "空", [])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("说明", "No column is set to “Number” yet."),
        ("旧", "The sheet “旧” is hidden or empty."),
        ("空", "The sheet “空” is hidden or empty."),
        ("甲", "There is no sheet “甲”."),
    ],
)
def test_a_sheet_that_is_named_is_read_or_refused_and_no_other_instead(
    name: str, said: str, admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook(_roster_and_others))
    assert import_people(str(path), full=False, apply=True, sheet=name) == 2
    assert capsys.readouterr().err == f"{said}\n"
    assert Person.objects.count() == 1 and not ImportRun.objects.exists()
    assert import_people(str(path), full=False, apply=True, sheet="b") == 0


def test_a_csv_file_has_no_sheets(admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(roster("E1,甲,,,,,"))
    assert import_people(str(path), full=False, apply=True, sheet="b") == 2
    assert capsys.readouterr().err == "A CSV file has no sheets.\n"
    assert Person.objects.count() == 1 and not ImportRun.objects.exists()


def test_managers_nobody_can_tell_are_said_on_page_and_command(
    bring: Bring, admin: Person, browse: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["E1,张伟,,,,", "E2,张伟,,,,", "E3,丙,,,,张伟", "E4,丁,,,,张伟", "E5,戊,,,,诸葛不亮"]
    content = roster(*lines, head=PLACES)
    page = browse(admin).get(bring(content).get_absolute_url()).content.decode()
    assert "上级“张伟”：有几位同名。你说明是哪一位之前，2 人没有上级。" in page
    assert "上级“诸葛不亮”：没有人叫这个名字。你说明是谁之前，1 人没有上级。" in page
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    import_people(str(path), full=False, apply=False)
    said = capsys.readouterr().out
    assert "Manager “张伟”: several people have this name. 2 people have no manager until you choose one.\n" in said
    assert "Manager “诸葛不亮”: no one has this name. 1 person has no manager until you choose one.\n" in said
    assert "would make manager" not in said


def test_the_command_line_says_what_the_page_notes(
    admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "人员.xlsx"
    path.write_bytes(workbook(lambda book: sheet(book, "人员", ROSTER).set_row(1, None, None, {"hidden": True})))
    import_people(str(path), full=False, apply=False)
    assert "Rows hidden in the file are read as well: 2.\n" in capsys.readouterr().out


def test_hidden_rows_are_told(bring: Bring, admin: Person, browse: Any) -> None:
    def fill(book: Any) -> None:
        sheet(book, "人 & 员", ROSTER).set_row(1, None, None, {"hidden": True})

    run = bring(workbook(fill), name="people.xlsx")
    assert run.notes == [["hidden_rows", "2"]]
    assert "文件里隐藏的行也会读入：2。" in browse(admin).get(run.get_absolute_url()).content.decode()


def test_cells_merged_downwards_count_for_all_their_rows(bring: Bring) -> None:
    def fill(book: Any) -> None:
        made = sheet(book, "人", [["部门", "", "工号", "姓名"], *[["", "", f"E{n}", f"员工{n}"] for n in range(1, 5)]])
        made.merge_range(0, 0, 0, 1, "部门")
        made.write(0, 0, "一级部门")
        made.merge_range(1, 0, 3, 0, "总部")

    run = bring(workbook(fill), name="people.xlsx")
    assert list(run.rows.order_by("line").values_list("values__department", flat=True)) == ["总部"] * 3 + [None]


def test_a_long_number_that_lost_digits_is_told(bring: Bring) -> None:
    run = bring(
        workbook(lambda book: sheet(book, "人", [["工号", "姓名"], [12345678901234567890, "甲"]])), name="x.xlsx"
    )
    assert [problem["kind"] for problem in run.rows.get().problems] == ["exponent"]


# ---- a whole one -----------------------------------------------------------------------------------------------------


def usual_roster() -> list[str]:
    """60 people: managers by name, departments by path, everyday slips."""
    heads = ["王建国", "李娜", "张伟", "刘洋", "陈静"]
    pairs = enumerate(zip(heads, PARTS, strict=True))
    lines = [f"0000{n},{name},云帆/{part},经理,8,,2015年3月1日" for n, (name, part) in pairs]
    for n in range(5, 58):
        part = n % 5
        lines.append(f"{n:05d},员工{chr(0x4E00 + n)},云帆/{PARTS[part]},专员,5,{heads[part]},2020/{n % 12 + 1}/1")
    lines[20] = lines[20].replace("销售部", "消售部")
    lines.append("00058,李娜,云帆/财务部,专员,5,陈静,2021-1-1")
    lines.append("00059,赵敏,云帆/财务部,专员,5,陈静,待定")
    return [*lines, "合计,60 人,,,,,"]


PARTS = ["销售部", "研发部", "生产部", "采购部", "财务部"]


@pytest.mark.parametrize("form", ["gb18030", "utf-8", "xlsx"])
def test_a_roster_of_the_usual_shape_needs_three_answers_at_most(form: str, bring: Bring, admin: Person) -> None:
    head = "工号,姓名,部门,岗位,职级,直属上级,入职日期"
    table: Rows = [line.split(",") for line in (head, *usual_roster())]  # type: ignore[misc]
    content = workbook(lambda book: sheet(book, "花名册", table))
    if form != "xlsx":
        content = roster(*usual_roster(), head=head).decode().encode(form)
    run = bring(content)
    doubtful = [
        made for naming in value_mappings(run, {}) for made in naming.made if made.near or naming.field == "manager"
    ]
    assert [(made.field, made.name) for made in doubtful] == [("department", "云帆/消售部"), ("manager", "李娜")]
    assert [row.problems[0]["kind"] for row in run.rows.filter(outcome="wrong")] == ["no_date"]
    settle(run, ("department", "云帆/消售部", "云帆/销售部"), ("manager", "李娜", "00001"), by=admin)
    assert take_proposals(run, by=admin) == 1
    go(run, admin)
    assert Person.objects.exclude(pk=admin.pk).count() == 60 and Department.objects.count() == 6
    assert Person.objects.filter(manager=None).exclude(pk=admin.pk).count() == 5


# ---- before and after ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_has_headers_in_the_readers_language_and_a_line_that_never_comes_in(
    form: str, bring: Bring, admin: Person, wang: Person, browse: Any
) -> None:
    page = f"/administration/imports/template.{form}"
    assert browse(wang).get(page).status_code == 403
    content = b"".join(browse(admin).get(page))
    run = bring(content)
    assert run.headers[:2] == ["工号", "名字"] and all(run.columns)
    assert [(row.key, row.outcome) for row in run.rows.all()] == [("EXAMPLE", "skipped")]
    assert browse(admin).get("/administration/imports/").content.decode().count("/template.") == 2


def test_after_the_first_import_the_first_community_is_offered(bring: Bring, admin: Person, browse: Any) -> None:
    run = go(bring(roster("E1,甲,,,,", head=PLACES)), admin)
    assert "创建第一个社区" in browse(admin).get(run.get_absolute_url()).content.decode()


def test_text_an_export_wrote_as_a_formula_is_read_as_the_text(bring: Bring) -> None:
    head = '="工号",="姓名","=""部门"""'
    run = bring(roster('="00123",="甲",=""', '"=""00124""",乙,"=""北""""区"""', head=head))
    assert [row.values for row in run.rows.order_by("line")] == [
        {"employee_number": "00123", "name": "甲"},
        {"employee_number": "00124", "name": "乙", "department": '北"区'},
    ]


@pytest.mark.parametrize("form", ["000000", '"E"000000'])
def test_zeros_a_workbook_only_shows_belong_to_the_number(form: str, bring: Bring) -> None:
    def fill(book: Any) -> None:
        made = sheet(book, "人", [["工号", "姓名", "上级工号"], ["", "甲"], [1234567, "乙", "E1"], ["B7", "丙"]])
        padded = book.add_format({"num_format": form})
        made.write_number(1, 0, 777, padded)
        made.write_number(2, 0, 1234567, padded)
        made.write_number(3, 2, 777, padded)

    run = bring(workbook(fill), name="x.xlsx")
    before = "E" if form != "000000" else ""
    numbers = [(row.values["employee_number"], row.values.get("manager")) for row in run.rows.order_by("line")]
    assert numbers == [(f"{before}000777", None), (f"{before}1234567", "E1"), ("B7", f"{before}000777")]


@pytest.mark.parametrize(
    "header",
    ["Supervisor ID", "National ID", "导师工号", "HRBP工号", "紧急联系人姓名", "银行帐号", "Emergency Contact Name"],
)
def test_a_header_that_names_somebody_or_something_else_is_no_number_and_no_name(header: str) -> None:
    known = known_headers(importers.get("people"))
    others = importers.get("people").others
    assert guess([header], known, others)[0] in ("", "manager")
    assert guess([header, "员工的工号", "职工姓名"], known, others)[1:] == ["employee_number", "name"]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("人员编码", "employee_number"),
        ("帐号", "employee_number"),
        ("直线经理", "manager"),
        ("Supervisor ID", "manager"),
        ("邮箱地址", "email"),
        ("一级组织", "level1"),
        ("到職日期", "hired_on"),
        ("Department Name", "department"),
        ("Date of Hire", "hired_on"),
        ("Employee No.", "employee_number"),
    ],
)
def test_headers_of_usual_exports_are_known(header: str, key: str) -> None:
    known = known_headers(importers.get("people"))
    assert known[plain_header(header)] == key


def test_of_two_headers_for_one_field_the_usual_name_counts() -> None:
    people = importers.get("people")
    assert guess(["帐号", "工号"], known_headers(people), people.others) == ["", "employee_number"]
