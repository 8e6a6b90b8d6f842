"""Two imports stand side by side; each step is taken from its state only, and by administrators."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.transfers.headers import guess
from zhiliu.transfers.importing import (
    advance,
    choose_columns,
    choose_sheet,
    discard,
    forget_files,
    give_up_import,
    mend_line,
    name_sheet,
    pause,
    receive_file,
    resume,
    say_goodbye,
    skip_line,
    start,
    take_proposal,
    take_proposals,
)
from zhiliu.transfers.models import ImportRow, ImportRun
from zhiliu.transfers.queries import freed_by, measured, mendable, new_rows, progress_of, wrong_rows

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
LINES = ("E1,甲,,,,,", "E1,乙,,,,,", "E2,,,,,,", "E3,丙,,,,,")


def outcomes(run: ImportRun) -> dict[int, str]:
    return dict(run.rows.order_by("line").values_list("line", "outcome"))


def at(run: ImportRun, state: str, **fields: Any) -> ImportRun:
    """The run in another state, without any verb."""
    ImportRun.objects.filter(pk=run.pk).update(state=state, **fields)
    return ImportRun.objects.get(pk=run.pk)


def test_only_administrators_take_a_step(bring: Bring, lin: Person) -> None:
    run = bring(roster(*LINES))
    for act in (
        lambda: receive_file(io.BytesIO(roster("E1,甲,,,,,")), name="a.csv", by=lin),
        lambda: choose_columns(run, run.columns, full=True, by=lin),
        lambda: choose_sheet(run, "一", by=lin),
        lambda: name_sheet(run, "一", by=lin),
        lambda: mend_line(run, 4, {"name": "丙"}, by=lin),
        lambda: skip_line(run, 4, by=lin),
        lambda: take_proposal(run, 3, by=lin),
        lambda: take_proposals(run, by=lin),
        lambda: start(run, by=lin),
        lambda: pause(run, by=lin),
        lambda: resume(run, by=lin),
        lambda: say_goodbye(run, [], by=lin),
        lambda: discard(run, by=lin),
    ):
        with pytest.raises(Forbidden, match="管理员"):
            act()
    run.refresh_from_db()
    assert (run.state, run.recheck, ImportRun.objects.count()) == ("ready", False, 1)
    assert outcomes(run) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "new"}


def test_what_is_mended_in_one_import_stays_wrong_in_the_other(bring: Bring, admin: Person) -> None:
    here, there = bring(roster(*LINES)), bring(roster(*LINES), name="other.csv")
    assert mend_line(here, 4, {"name": "丁"}, by=admin).outcome == "new"
    skip_line(here, 3, by=admin)
    assert outcomes(here) == {2: "new", 3: "skipped", 4: "new", 5: "new"}
    assert outcomes(there) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "new"}
    there.refresh_from_db()
    assert (ImportRun.objects.get(pk=here.pk).recheck, there.recheck) == (True, False)
    assert take_proposals(there, by=admin) == 0
    assert set(wrong_rows(there).values_list("line", flat=True)) == {2, 3, 4}
    discard(here, by=admin)
    assert outcomes(there) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "new"} and default_storage.exists(there.path)
    discard(here, by=admin)
    assert list(ImportRun.objects.all()) == [there] and ImportRow.objects.count() == 4


def test_a_number_that_is_taken_in_the_same_file_is_refused_and_a_skipped_one_is_free(
    bring: Bring, admin: Person
) -> None:
    run = bring(roster("E1,甲,,,,,", "E2,,,,,,", "E3,,,,,,", "E4,丁,,,,,"))
    row = mend_line(run, 3, {"name": "乙", "employee_number": "E1"}, by=admin)
    assert (row.outcome, row.problems[0]["kind"], row.problems[0]["detail"]) == ("wrong", "number_repeated", "2")
    skip_line(run, 4, by=admin)
    assert mend_line(run, 3, {"employee_number": "E3"}, by=admin).outcome == "new"
    with pytest.raises(Refused, match="处理"):
        mend_line(run, 3, {"name": "别人"}, by=admin)
    with pytest.raises(Refused, match="建议"):
        take_proposal(run, 5, by=admin)
    assert outcomes(run) == {2: "new", 3: "new", 4: "skipped", 5: "new"}


@pytest.mark.parametrize("state", ["looking", "columns", "staging", "checking", "rechecking", "applying", "unreadable"])
def test_while_a_job_works_on_it_no_line_is_mended(bring: Bring, admin: Person, state: str) -> None:
    run = at(bring(roster(*LINES)), state)
    for act in (
        lambda: mend_line(run, 4, {"name": "丙"}, by=admin),
        lambda: skip_line(run, 4, by=admin),
        lambda: take_proposals(run, by=admin),
    ):
        with pytest.raises(Refused):
            act()
    assert outcomes(run) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "new"}
    assert not ImportRun.objects.get().recheck


@pytest.mark.parametrize("state", ["ready", "paused", "done"])
def test_between_the_steps_lines_are_mended(bring: Bring, admin: Person, state: str) -> None:
    run = at(bring(roster(*LINES)), state)
    assert mend_line(run, 4, {"name": "丙"}, by=admin).outcome == "new"
    assert ImportRun.objects.get().recheck


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        (start, "ready", "applying"),
        (start, "done", "applying"),
        (start, "paused", "paused"),
        (start, "columns", "columns"),
        (pause, "applying", "paused"),
        (pause, "ready", "ready"),
        (pause, "rechecking", "rechecking"),
        (resume, "paused", "applying"),
        (resume, "ready", "ready"),
        (resume, "done", "done"),
    ],
)
def test_each_step_is_taken_from_its_state_and_of_one_import(
    bring: Bring, admin: Person, act: Any, before: str, after: str
) -> None:
    run, other = (at(bring(roster("E3,丙,,,,,"), name=name), before) for name in ("a.csv", "b.csv"))
    for _ in range(2):
        act(run, by=admin)
    assert [ImportRun.objects.get(pk=item.pk).state for item in (run, other)] == [after, before]


def test_an_import_with_nothing_to_do_does_not_start_and_one_with_something_mended_checks_again(
    bring: Bring, admin: Person
) -> None:
    run = bring(roster("E2,,,,,,"))
    start(run, by=admin, work=False)
    assert ImportRun.objects.get().state == "ready"
    skip_line(run, 2, by=admin)
    for _ in range(2):
        start(run, by=admin, work=False)
    assert ImportRun.objects.get().state == "rechecking"
    assert Activity.objects.filter(verb="transfers.import_started").count() == 1
    paused = at(bring(roster("E3,丙,,,,,"), name="b.csv"), "paused", recheck=True)
    resume(paused, by=admin)
    assert ImportRun.objects.get(pk=paused.pk).state == "rechecking"


def test_columns_are_chosen_once_each_and_read_anew_when_they_change(bring: Bring, admin: Person) -> None:
    run = bring(roster(*LINES))
    mend_line(run, 4, {"name": "丁"}, by=admin)
    choose_columns(run, run.columns, full=False, by=admin)
    assert (ImportRun.objects.get().state, outcomes(run)[4]) == ("ready", "new")
    twice = [run.columns[0], run.columns[0], *run.columns[2:]]
    with pytest.raises(Refused, match="工号"):
        choose_columns(run, twice, full=False, by=admin)
    with pytest.raises(Refused, match="工号"):
        choose_columns(run, ["", *run.columns[1:]], full=False, by=admin)
    assert ImportRun.objects.get().state == "ready" and run.rows.count() == 4
    changed = [*run.columns[:2], "nonsense", *run.columns[3:], "name"]
    choose_columns(run, changed, full=True, by=admin, work=False)
    fresh_run = ImportRun.objects.get()
    assert (fresh_run.state, fresh_run.columns[2], len(fresh_run.columns), fresh_run.full) == ("staging", "", 7, True)
    assert (fresh_run.rows.count(), fresh_run.recheck) == (0, False)
    advance(fresh_run)
    assert outcomes(fresh_run) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "new"}


def test_an_import_that_began_keeps_its_columns(bring: Bring, admin: Person) -> None:
    run = at(bring(roster("E3,丙,,,,,")), "done")
    choose_columns(run, run.columns, full=True, by=admin)
    assert (ImportRun.objects.get().state, ImportRun.objects.get().full) == ("done", False)


def test_a_table_has_no_sheets_to_choose_or_name(bring: Bring, admin: Person) -> None:
    run = bring(roster("E3,丙,,,,,"))
    with pytest.raises(Refused, match="一"):
        choose_sheet(run, "一", by=admin)
    with pytest.raises(Refused, match="CSV"):
        name_sheet(run, "一", by=admin)
    assert ImportRun.objects.get().sheet == ""


@pytest.mark.parametrize(("room", "fine"), [(0, True), (-1, False)])
def test_a_file_may_be_as_large_as_the_limit(admin: Person, settings: Any, room: int, fine: bool) -> None:
    content = roster("E3,丙,,,,,")
    settings.UPLOAD_MAX_BYTES = len(content) + room
    if fine:
        assert receive_file(io.BytesIO(content), name="a.csv", by=admin, work=False).state == "looking"
    else:
        with pytest.raises(Refused) as refused:
            receive_file(io.BytesIO(content), name="a.csv", by=admin, work=False)
        assert refused.value.field == "file"
    assert ImportRun.objects.exists() is fine


def test_a_full_list_says_goodbye_between_the_steps_only(
    bring: Bring, admin: Person, lin: Person, wang: Person
) -> None:
    run = bring(roster("N-lin,林晓岚,,,,,"), full=True)
    with pytest.raises(Refused):
        say_goodbye(at(run, "applying"), [wang.pk], by=admin)
    assert fresh(wang).is_active
    assert say_goodbye(at(run, "done"), [wang.pk], by=admin) == 1
    assert (fresh(wang).is_active, fresh(lin).is_active) == (False, True)


@pytest.mark.parametrize("state", ["ready", "paused", "done", "columns", "unreadable"])
def test_what_no_job_works_on_is_not_given_up(bring: Bring, admin: Person, state: str) -> None:
    run, other = at(bring(roster("E3,丙,,,,,")), state), at(bring(roster("E3,丙,,,,,")), "checking")
    give_up_import(run.pk)
    give_up_import(run.pk + 99)
    assert ImportRun.objects.get(pk=run.pk).state == state
    give_up_import(other.pk)
    assert [ImportRun.objects.get(pk=item.pk).state for item in (run, other)] == [state, "unreadable"]
    assert Activity.objects.filter(verb__startswith="transfers.").filter(verb__contains="given_up").count() == 1


def test_files_are_forgotten_two_weeks_after_the_last_step_and_the_figures_stay(bring: Bring, admin: Person) -> None:
    old, young = bring(roster(*LINES)), bring(roster(*LINES), name="b.csv")
    now = timezone.now()
    for run, days in ((old, 15), (young, 13)):
        ImportRun.objects.filter(pk=run.pk).update(phase_at=now - dt.timedelta(days=days))
    for _ in range(2):
        forget_files(now)
    assert (default_storage.exists(old.path), default_storage.exists(young.path)) == (False, True)
    old, young = ImportRun.objects.get(pk=old.pk), ImportRun.objects.get(pk=young.pk)
    assert (old.path, old.rows.count(), young.rows.count()) == ("", 0, 4)
    assert (old.counts()["wrong"], old.counts()["new"]) == (3, 1)


def test_progress_is_told_while_lines_are_read_or_applied(bring: Bring, admin: Person) -> None:
    run = bring(roster(*(f"E{n},员工{n},,,,," for n in range(10))))
    assert progress_of(run) is None
    run = at(run, "applying", total=10)
    run.rows.filter(line__lte=5).update(waiting=False)
    progress = progress_of(run)
    assert progress is not None and (progress.done, progress.total, progress.minutes) == (4, 10, None)
    paused = progress_of(at(run, "paused", total=3))
    assert paused is not None and (paused.done, paused.total) == (0, 3)
    for lines, staged, expected in ((0, 5, (5, 0)), (20, 5, (5, 20)), (3, 5, (5, 5))):
        reading = progress_of(at(run, "staging", lines=lines, staged=staged))
        assert reading is not None and (reading.done, reading.total) == expected


@pytest.mark.parametrize(
    ("spent", "done", "total", "state", "minutes"),
    [
        (60, 1, 4, "applying", 3),
        (61, 1, 4, "applying", 4),
        (60, 4, 4, "applying", 0),
        (60, 0, 4, "applying", None),
        (60, 1, 0, "applying", None),
        (3, 1, 4, "applying", None),
        (60, 1, 4, "paused", None),
    ],
)
def test_the_time_that_is_left_is_told_once_it_is_known(
    bring: Bring, spent: int, done: int, total: int, state: str, minutes: int | None
) -> None:
    run = bring(roster("E3,丙,,,,,"))
    run.state, run.phase_at = ImportRun.State(state), timezone.now() - dt.timedelta(seconds=spent - 0.5)
    assert measured(run, done, total).minutes == minutes


def test_a_line_is_shown_with_what_may_be_done_about_it(bring: Bring, admin: Person) -> None:
    run = bring(roster(*LINES, "E5,戊,,,,待定,"))
    shown = {item.row.line: item for item in mendable(run, list(run.rows.exclude(line=5)))}
    assert {line: (item.takes, item.skips, item.is_done) for line, item in shown.items()} == {
        2: (False, False, False),
        3: (True, True, False),
        4: (False, False, False),
        6: (True, False, False),
    }
    assert [field.key for field, _value in shown[6].fields] == ["hired_on"] and shown[6].name == "戊"
    left_out = skip_line(run, 3, by=admin)
    assert [row.line for row in freed_by(run, left_out)] == [2]
    assert freed_by(run, run.rows.get(line=2)) == []
    assert mendable(run, [run.rows.get(line=3)])[0].is_done


def test_newcomers_of_an_import_are_those_it_brought_in(bring: Bring, admin: Person) -> None:
    run = bring(roster("E3,丙,,,,,", "E4,丁,,,,,"))
    make_person("p1", employee_number="E9")
    start(run, by=admin, work=False)
    run.refresh_from_db()
    advance(run)
    assert set(new_rows(run).values_list("employee_number", flat=True)) == {"E3", "E4"}


KNOWN = {"工号": "number", "员工编号": "number", "姓名": "name", "名": "name", "部门": "department"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["工号", "姓名"], ["number", "name"]),
        (["员工编号", "工号"], ["", "number"]),
        (["员工工号", "员工姓名（必填）"], ["number", "name"]),
        (["导师工号", "工号"], ["", "number"]),
        (["导师工号"], [""]),
        (["花名"], [""]),
        (["所在部门", "部门"], ["", "department"]),
        (["所在部门", "兼职部门"], ["department", ""]),
        (["工 号*", "部门:"], ["number", "department"]),
        (["", "其他"], ["", ""]),
    ],
)
def test_headers_are_known_as_a_whole_or_by_their_end(headers: list[str], expected: list[str]) -> None:
    assert guess(headers, KNOWN, ("导师",)) == expected
