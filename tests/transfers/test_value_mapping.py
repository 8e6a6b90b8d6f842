"""Names nobody has yet: what would be made of them is told before, and what they mean is kept with the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.console.importing import import_people
from zhiliu.directory.bulk_import.naming import Nearest, meaning
from zhiliu.directory.models import Department, Location, Person, Position
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.transfers.importing import advance, mend_line, start
from zhiliu.transfers.models import ImportRun
from zhiliu.transfers.value_mapping import settle_names, value_mappings, would_make

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
PLACES = "工号,姓名,部门,岗位,地点"


@pytest.fixture
def development(db: None) -> Department:
    """总部/研发部, beside 总部/销售部."""
    top = Department.objects.create(name="总部")
    Department.objects.create(name="销售部", parent=top)
    return Department.objects.create(name="研发部", parent=top)


def told(run: ImportRun, field: str) -> list[tuple[str, int, int, str]]:
    return [(made.name, made.lines, made.first, made.near) for made in would_make(run, field)]


def go(run: ImportRun, admin: Person) -> ImportRun:
    start(run, by=admin)
    run.refresh_from_db()
    advance(run)
    run.refresh_from_db()
    return run


def settle(run: ImportRun, *chosen: tuple[str, str, str], by: Person) -> ImportRun:
    settle_names(run, chosen, by=by, work=False)
    advance(run)
    run.refresh_from_db()
    return run


def paths() -> set[str]:
    rows = Department.objects.without_tree_fields().select_related("parent__parent")
    return {"/".join(str(ancestor) for ancestor in row.ancestors(include_self=True)) for row in rows}


@pytest.mark.parametrize(
    ("there", "written", "near"),
    [
        (["研发部", "销售部"], "研发不", "研发部"),
        (["销售部"], "消售部", "销售部"),
        (["研发部"], "硏发部", "研发部"),
        (["财务"], "法务", ""),
        (["研发一部"], "研发二部", ""),
        (["华东大区"], "华北大区", ""),
        (["HR"], "hr", "HR"),
        (["工程师"], "高级工程师", "工程师"),
        ([], "研发部", ""),
    ],
)
def test_near_is_what_is_written_or_read_alike_not_what_is_counted(there: list[str], written: str, near: str) -> None:
    assert Nearest(there).to(written) == near


def test_what_is_meant_takes_what_lies_below_along_and_ends() -> None:
    meant = {"department": {"总部/研发不": "总部/研发部", "总部/研发部/一组": "总部/一组", "甲": "乙", "乙": "甲"}}
    assert meaning({"department": "总部/研发不/一组/内"}, meant) == {"department": "总部/一组/内"}
    assert meaning({"department": "总部/研发不好"}, meant) == {"department": "总部/研发不好"}
    assert meaning({"department": "甲"}, meant) == {"department": "甲"}
    assert meaning({"position": "甲"}, meant) == {"position": "甲"}


def test_all_that_would_be_made_is_told_with_people_and_first_line(
    bring: Bring, development: Department, lin: Person
) -> None:
    Position.objects.create(name="服务工程师")
    run = bring(
        roster(
            "E1,甲,总部/研发部,服务工程师,杭州",
            "E2,乙,研发不,服务工程帅,杭洲",
            "E3,丙,总部/研发不/一组,客户经理,杭州",
            "E4,丁,总部/研发不,（空）,",
            "E5,,总部/没有名字的人,,",
            head=PLACES,
        )
    )
    assert told(run, "department") == [
        ("研发不", 1, 3, "总部/研发部"),
        ("总部/研发不", 2, 4, "总部/研发部"),
        ("总部/研发不/一组", 1, 4, ""),
    ]
    assert told(run, "position") == [("服务工程帅", 1, 3, "服务工程师"), ("客户经理", 1, 4, "")]
    assert told(run, "location") == [("杭洲", 1, 3, "杭州"), ("杭州", 2, 2, "")]
    assert Department.objects.count() == 3 and Location.objects.count() == 0


def test_what_is_told_is_what_is_made(bring: Bring, admin: Person, development: Department) -> None:
    run = bring(roster("E1,甲,华东/一部,,", "E2,乙,一部,,", "E3,丙,研发部/测试,,", "E4,丁,研发部,,", head=PLACES))
    before = paths()
    said = {made.name for made in would_make(run, "department")}
    go(run, admin)
    assert paths() - before == said == {"华东", "华东/一部", "研发部", "研发部/测试"}
    assert would_make(run, "department") == []


def test_a_typo_that_is_settled_makes_nothing(
    bring: Bring, admin: Person, lin: Person, development: Department
) -> None:
    Position.objects.create(name="工程师")
    Person.objects.filter(pk=lin.pk).update(department=development)
    run = bring(
        roster("N-lin,林晓岚,总部/研发不,,", "E1,甲,总部/研发不/一组,工程帅,", "E2,乙,总部/研发部,,", head=PLACES)
    )
    before = dict(run.rows.values_list("line", "values"))
    settle(run, ("department", "总部/研发不", "总部/研发部"), ("position", "工程帅", "工程师"), by=admin)
    assert run.state == "ready" and dict(run.rows.values_list("line", "values")) == before
    assert (run.counts()["same"], run.counts()["new"]) == (1, 2)
    assert told(run, "department") == [("总部/研发部/一组", 1, 3, "")] and told(run, "position") == []
    go(run, admin)
    assert paths() == {"总部", "总部/销售部", "总部/研发部", "总部/研发部/一组"}
    assert fresh(lin).department == development and Position.objects.count() == 1
    assert Activity.objects.filter(verb="directory.department_changed").count() == 1


def test_settling_twice_changes_nothing_and_taking_back_makes_it_after_all(
    bring: Bring, admin: Person, lin: Person, development: Department
) -> None:
    Person.objects.filter(pk=lin.pk).update(department=development)
    run = bring(roster("N-lin,林晓岚,总部/研发不,,", head=PLACES))
    settle(run, ("department", "总部/研发不", "总部/研发部"), by=admin)
    at = run.phase_at
    settle(run, ("department", "总部/研发不", "总部/研发部"), by=admin)
    assert run.phase_at == at and run.counts()["same"] == 1
    settle(run, ("department", "总部/研发不", ""), by=admin)
    assert (run.meant, run.counts()["changed"]) == ({"department": {}}, 1)
    assert told(run, "department") == [("总部/研发不", 1, 2, "总部/研发部")]


def test_a_name_that_only_a_settled_one_makes_can_be_settled_too(
    bring: Bring, admin: Person, development: Department
) -> None:
    run = bring(roster("E1,甲,总部/研发不/一组,,", head=PLACES))
    settle(run, ("department", "总部/研发不", "总部/研发部"), by=admin)
    settle(run, ("department", "总部/研发部/一组", "总部/研发部"), by=admin)
    assert told(run, "department") == []
    go(run, admin)
    assert Person.objects.get(employee_number="E1").department == development and Department.objects.count() == 3


def test_what_is_settled_counts_for_lines_mended_later(bring: Bring, admin: Person, development: Department) -> None:
    run = bring(roster("E1,甲,总部/研发不,,", "E2,,总部/研发不,,", head=PLACES))
    settle(run, ("department", "总部/研发不", "总部/研发部"), by=admin)
    go(run, admin)
    mend_line(run, 3, {"name": "乙"}, by=admin)
    go(run, admin)
    assert Person.objects.filter(department=development).count() == 2 and Department.objects.count() == 3


def test_only_what_is_there_can_be_meant_and_only_administrators_say_so(
    bring: Bring, admin: Person, lin: Person, development: Department
) -> None:
    run = bring(roster("E1,甲,总部/研发不,,", head=PLACES))
    with pytest.raises(Refused):
        settle_names(run, [("department", "总部/研发不", "总部/没有")], by=admin)
    with pytest.raises(Forbidden):
        settle_names(run, [("department", "总部/研发不", "总部/研发部")], by=lin)
    settle_names(run, [("email", "甲", "乙"), ("department", "", "总部")], by=admin)
    run.refresh_from_db()
    assert (run.state, run.meant) == ("ready", {})


def test_a_check_of_settled_names_that_was_cut_off_goes_on(
    bring: Bring, admin: Person, development: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bring(roster("E1,甲,总部/研发不,,", head=PLACES))
    settle_names(run, [("department", "总部/研发不", "总部/研发部")], by=admin, work=False)
    assert run.state == "checking" and not run.rows.filter(waiting=True).exists()
    advance(run)
    advance(run)
    assert run.state == "ready" and run.rows.filter(waiting=True).count() == 1


def test_the_page_offers_the_nearest_and_takes_one_that_is_written(
    bring: Bring, admin: Person, wang: Person, development: Department, browse: Any, run_jobs: Any
) -> None:
    run = bring(roster("E1,甲,总部/研发不,,杭洲", "E2,乙,总部/新事业部,,", head=PLACES))
    client, page = browse(admin), run.get_absolute_url()
    text = client.get(page).content.decode()
    assert "文件里的名称" in text and "就是“总部/研发部”" in text and "最早在第 2 行" in text
    sent = {
        "field": ["department", "department"],
        "written": ["总部/研发不", "总部/新事业部"],
        "near": ["总部/研发部", ""],
        "meant": ["", "总部/销售部"],
    }
    assert browse(wang).post(f"{page}names/", sent).status_code == 403
    assert client.post(f"{page}names/", {**sent, "use": "0"}).status_code == 302
    run_jobs()
    run.refresh_from_db()
    assert run.meant == {"department": {"总部/研发不": "总部/研发部", "总部/新事业部": "总部/销售部"}}
    assert "总部/研发不" in client.get(page).content.decode()
    back = {"field": ["department"], "written": ["总部/新事业部"], "meant": [""], "back": "0"}
    client.post(f"{page}names/", back)
    run_jobs()
    run.refresh_from_db()
    assert run.meant == {"department": {"总部/研发不": "总部/研发部"}}
    assert [naming.field for naming in value_mappings(run, {})] == ["department", "location"]
    refused = client.post(f"{page}names/", {**sent, "meant": ["没有这个", ""]})
    assert refused.status_code < 500


@pytest.mark.parametrize("count", [1, 3])
def test_names_take_the_same_questions_for_one_and_three(
    count: int, bring: Bring, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    run = bring(roster(*(f"E{n},员工{n},部门{n},岗位{n},地点{n}" for n in range(count)), head=PLACES))
    client = browse(admin)
    client.get(run.get_absolute_url())
    with django_assert_max_num_queries(34):
        client.get(run.get_absolute_url())


def test_the_command_line_lists_what_would_be_made(
    admin: Person, development: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(roster("E1,甲,总部/研发不,,杭州", "E2,乙,总部/研发不,,杭州", head=PLACES))
    assert import_people(str(path), full=False, apply=False) == 0
    said = capsys.readouterr().out
    assert "would make department 总部/研发不: 2 people, first in line 2; perhaps 总部/研发部 is meant" in said
    assert "would make location 杭州: 2 people, first in line 2\n" in said
    assert Department.objects.count() == 3
