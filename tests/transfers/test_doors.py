"""Pages, the command line, and what is kept afterwards."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhiliu.console.importing import import_people
from zhiliu.directory.models import LoginLink, Person
from zhiliu.notifications.models import Notification
from zhiliu.transfers.importing import advance, forget_files, start
from zhiliu.transfers.models import ImportRow, ImportRun

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
PAGE = "/administration/imports/"


def test_the_whole_way_by_pages_and_jobs(admin: Person, browse: Any, run_jobs: Any, catch_up: Any) -> None:
    client = browse(admin)
    lines = ("E1,单雄,,,,2019/3/1,", "E2,,,,,,", "=1+1,丙,,,E9,,")
    content = roster(*lines, head="员工的工号,姓名,部门,岗位,上级工号,入职日期,邮箱")
    sent = {"file": SimpleUploadedFile("花名册.csv", content), "_once": "t1"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 302
    url = answer.headers["Location"]
    run_jobs()
    assert "每一列是什么" in client.get(url).content.decode()
    columns = ["employee_number", "name", "department", "position", "manager", "hired_on", "email"]
    assert client.post(f"{url}columns/", {"column": columns}).status_code == 302
    run_jobs()
    assert client.get(f"{url}progress/?state=staging").headers["HX-Refresh"] == "true"
    text = client.get(url).content.decode()
    assert "没有姓名" in text and "导入 1 行" in text
    report = b"".join(client.get(f"{url}report.csv")).decode()  # type: ignore[call-overload]
    assert report.startswith("\ufeff行,工号,名字,问题,建议\r\n3,E2,,没有姓名,") and "\n4,'=1+1,丙," in report
    mended = client.post(f"{url}lines/3/", {"act": "write", "name": "乙"}, headers={"HX-Request": "true"})
    assert "处理好了" in mended.content.decode()
    assert client.post(f"{url}proposals/").status_code == 302
    assert client.post(f"{url}start/").status_code == 302
    run_jobs()
    assert set(Person.objects.exclude(pk=admin.pk).values_list("employee_number", "name")) == {
        ("E1", "单雄"),
        ("E2", "乙"),
        ("=1+1", "丙"),
    }
    catch_up()
    assert Notification.objects.filter(person=admin, notice="transfers.import_finished").count() == 1
    assert client.get(url).status_code == client.get(PAGE).status_code == 200


def test_columns_known_by_their_names_are_not_asked_about(admin: Person, browse: Any, run_jobs: Any) -> None:
    client = browse(admin)
    sent = {"file": SimpleUploadedFile("花名册.csv", roster("E1,单雄,,,,,")), "_once": "t1"}
    url = client.post(PAGE, sent).headers["Location"]
    run_jobs()
    text = client.get(url).content.decode()
    assert "7 列各读成了什么" in text and "导入 1 行" in text
    assert "每一列是什么" not in text


@pytest.mark.parametrize(
    "head",
    [
        "工号,姓名,部门,岗位,上级工号,入职日期,花名",
        "员工的工号,姓名,部门,岗位,上级工号,入职日期,邮箱",
        "工号,姓名,部门,岗位,上级工号,入职日期,工号",
        "工号,,部门,岗位,上级工号,入职日期,邮箱",
    ],
)
def test_a_column_in_doubt_is_asked_about(head: str, admin: Person, browse: Any, run_jobs: Any) -> None:
    client = browse(admin)
    sent = {"file": SimpleUploadedFile("花名册.csv", roster("E1,单雄,,,,,", head=head)), "_once": "t1"}
    url = client.post(PAGE, sent).headers["Location"]
    run_jobs()
    assert "每一列是什么" in client.get(url).content.decode()
    assert not ImportRow.objects.exists()


def test_recognised_columns_can_be_changed_until_the_first_line_is_in(
    admin: Person, bring: Bring, browse: Any, run_jobs: Any
) -> None:
    run, client = bring(roster("E1,单雄,售后部,,,,")), browse(admin)
    assert run.rows.get().values["department"] == "售后部"
    columns = ["employee_number", "name", "", "position", "manager", "hired_on", "email"]
    wrong = client.post(f"{PAGE}{run.pk}/columns/", {"column": ["employee_number", "employee_number"]})
    assert wrong.status_code == 422 and "选一列" in wrong.content.decode()
    assert run.rows.count() == 1
    assert client.post(f"{PAGE}{run.pk}/columns/", {"column": columns}).status_code == 302
    run_jobs()
    row = run.rows.get()
    assert "department" not in row.values and row.waiting
    client.post(f"{PAGE}{run.pk}/start/")
    run_jobs()
    client.post(f"{PAGE}{run.pk}/columns/", {"column": run.columns})
    run.refresh_from_db()
    assert (run.state, run.columns, run.rows.count()) == ("done", columns, 1)


@pytest.mark.parametrize("path", ["", "{}/", "{}/report.csv", "{}/progress/?state=x"])
def test_others_see_nothing_of_imports(path: str, bring: Bring, wang: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,,,,,"))
    assert browse(wang).get(PAGE + path.format(run.pk)).status_code == 403


@pytest.mark.parametrize("path", ["columns", "lines/2", "proposals", "start", "pause", "gone", "removal"])
def test_others_change_nothing_of_imports(path: str, bring: Bring, wang: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,,,,,"))
    assert browse(wang).post(f"{PAGE}{run.pk}/{path}/").status_code == 403
    assert ImportRun.objects.get().state == "ready" and ImportRow.objects.get().waiting


def test_a_wrong_file_is_told_at_the_field(admin: Person, browse: Any) -> None:
    answer = browse(admin).post(PAGE, {"file": SimpleUploadedFile("x.csv", b"%PDF-1.7")})
    assert answer.status_code == 200 and "这不是表格" in answer.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_imports_takes_the_same_questions_for_one_and_three(
    count: int, bring: Bring, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    for _n in range(count):
        bring(roster("E1,,,,,,", "E2,,,,,,"))
    client = browse(admin)
    client.get(PAGE)
    with django_assert_max_num_queries(14):
        client.get(PAGE)


@pytest.mark.parametrize("count", [1, 3])
def test_lines_that_need_somebody_take_the_same_questions_for_one_and_three(
    count: int, bring: Bring, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    run = bring(roster(*(f"E{n},,,,,," for n in range(count))))
    client = browse(admin)
    client.get(run.get_absolute_url())
    with django_assert_max_num_queries(24):
        client.get(run.get_absolute_url())


def test_the_command_line_checks_and_only_on_demand_brings_in(
    admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(roster("E1,甲,,,,,", "E2,,,,,,"))
    assert import_people(str(path), full=True, apply=False) == 1
    said = capsys.readouterr().out
    assert "1 new, 0 changed, 0 unchanged, 1 needing you" in said and "line 3: E2 : The name is missing" in said
    assert "1 people are not in the file" in said
    assert Person.objects.count() == 1 and not ImportRun.objects.exists()
    assert import_people(str(path), full=False, apply=True) == 1
    assert Person.objects.get(employee_number="E1").name == "甲" and ImportRun.objects.get().state == "done"
    path.write_bytes(b"%PDF-1.7")
    assert import_people(str(path), full=False, apply=True) == 2
    assert import_people(str(tmp_path / "none.csv"), full=False, apply=True) == 2


def test_files_and_lines_are_forgotten_after_two_weeks(bring: Bring) -> None:
    run = bring(roster("E1,甲,,,,,"))
    path = run.path
    forget_files(timezone.now() + dt.timedelta(days=13))
    assert ImportRow.objects.count() == 1
    forget_files(timezone.now() + dt.timedelta(days=15))
    assert ImportRow.objects.count() == 0 and not default_storage.exists(path)
    assert ImportRun.objects.get().counts()["new"] == 1


def test_what_cannot_be_read_later_is_told_on_the_page(admin: Person, browse: Any) -> None:
    from zhiliu.transfers.importing import advance, receive_file

    run = receive_file(io.BytesIO("工号,姓名\n".encode()), name="x.csv", by=admin)
    advance(run)
    assert (run.state, run.error) == ("unreadable", "no_rows")
    assert "表头下面没有内容" in browse(admin).get(run.get_absolute_url()).content.decode()


def test_who_came_in_gets_a_file_of_links(bring: Bring, admin: Person, lin: Person, wang: Person, browse: Any) -> None:
    run = bring(roster("E1,甲,,,,,", "E2,乙,,,E9,,", "N-lin,林晓岚,,,,,"))
    client = browse(admin)
    start(run, by=admin)
    run.refresh_from_db()
    advance(run)
    page = f"{PAGE}{run.pk}/"
    assert "1 人还没有密码" in client.get(page).content.decode()
    assert browse(wang).post(f"{page}links.csv").status_code == 403
    assert not LoginLink.objects.exists()
    lines = b"".join(client.post(f"{page}links.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in lines] == [["名字", "工号"], ["甲", "E1"]]
    assert LoginLink.objects.get().person.employee_number == "E1"
