"""Lines come in: what they make, what happens when the work is cut off, and what a second time changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.bulk_import import people as enrolling
from zhiliu.directory.bulk_import.people import dismiss_people, enrol_people
from zhiliu.directory.bulk_import.structure import Structure
from zhiliu.directory.facts import PeopleLeft
from zhiliu.directory.models import Department, Location, Person, Position, ProfileField
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.db import AdaptiveBatch
from zhiliu.live.topics import touching
from zhiliu.notifications.models import Notification
from zhiliu.search.indexers import People
from zhiliu.transfers import applying, staging
from zhiliu.transfers.importing import (
    advance,
    give_up_import,
    mend_line,
    pause,
    resume,
    say_goodbye,
    skip_line,
    start,
    take_proposal,
    take_proposals,
)
from zhiliu.transfers.models import ImportRow, ImportRun

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]
FULL = "工号,姓名,部门,岗位,职级,地点,上级工号,入职日期,邮箱,学校"


def go(run: ImportRun, admin: Person) -> ImportRun:
    start(run, by=admin)
    run.refresh_from_db()
    advance(run)
    run.refresh_from_db()
    return run


def facts(verb: str) -> list[dict[str, Any]]:
    return list(Activity.objects.filter(verb=f"directory.{verb}").order_by("pk").values_list("data", flat=True))


def many(count: int) -> bytes:
    return roster(
        *(f"E{n},员工{n},总部/{n % 3}部,,{f'E{n // 10}' if n else ''},,e{n}@x.cn" for n in reversed(range(count)))
    )


def test_people_come_in_with_all_they_belong_to(bring: Bring, admin: Person) -> None:
    ProfileField.objects.create(key="xuexiao", label="学校")
    ProfileField.objects.create(key="jiguan", label="籍贯")
    Department.objects.create(name="总部")
    run = bring(
        roster(
            "E2,单雄,总部/销售/华东,客户经理,P6,杭州,E1,2019年3月1日,DX@x.cn,浙大",
            "E1,仇一鸣,销售,总监,9,杭州,,20100101,,",
            head=FULL,
        )
    )
    go(run, admin)
    assert run.state == "done"
    shan = Person.objects.get(employee_number="E2")
    assert [str(ancestor) for ancestor in shan.department.ancestors(include_self=True)] == ["总部", "销售", "华东"]  # type: ignore[union-attr]
    assert (str(shan.position), str(shan.location), shan.manager.name, str(shan.hired_on), shan.email) == (  # type: ignore[union-attr]
        "客户经理",
        "杭州",
        "仇一鸣",
        "2019-03-01",
        "dx@x.cn",
    )
    assert shan.extra == {"xuexiao": "浙大"} and not shan.has_usable_password() and shan.is_active
    assert Position.objects.get(name="客户经理").level == 6 and Location.objects.count() == 1
    assert list(Person.objects.named("shanxiong")) == list(Person.objects.named("sx")) == [shan]
    assert len(facts("people_enrolled")) == 2 and len(facts("department_changed")) == 3


def test_changes_touch_only_what_the_file_says(bring: Bring, admin: Person, lin: Person, wang: Person) -> None:
    before = fresh(lin)
    run = go(bring(roster("N-lin,林小岚,,,N-wang,,", "N-wang,王一帆,,,,,")), admin)
    after = fresh(lin)
    assert (after.name, after.manager, after.version) == ("林小岚", wang, before.version + 1)
    assert (after.email, after.hired_on, after.handle, after.password) == (
        before.email,
        before.hired_on,
        before.handle,
        before.password,
    )
    assert list(Person.objects.named("linxiaolan")) == [lin] and fresh(wang).version == wang.version
    assert facts("people_enrolled") == [{"person_ids": [], "changed_ids": [lin.pk]}]
    assert run.counts()["same"] == 1


def test_the_same_file_again_changes_nothing(bring: Bring, admin: Person) -> None:
    go(bring(many(30)), admin)
    rows = list(Person.objects.order_by("pk").values())
    told = Activity.objects.filter(verb__startswith="directory.").count()
    again = bring(many(30))
    assert again.counts() == {"new": 0, "changed": 0, "same": 30, "wrong": 0, "skipped": 0, "later": 0}
    start(again, by=admin)
    assert ImportRun.objects.get(pk=again.pk).state == "ready"
    assert list(Person.objects.order_by("pk").values()) == rows
    values = [row.values for row in again.rows.all()]
    assert enrol_people(values, by=admin) == enrolling.Enrolled()
    assert Activity.objects.filter(verb__startswith="directory.").count() == told


def test_reading_goes_on_where_it_was_cut_off(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 10)
    real, calls = staging._keep, []

    def cut(run: ImportRun, chunk: Any) -> None:
        calls.append(chunk[0][0])
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(run, chunk)

    monkeypatch.setattr(staging, "_keep", cut)
    with pytest.raises(KeyboardInterrupt):
        bring(many(45))
    run = ImportRun.objects.get()
    assert (run.state, run.staged, run.rows.count()) == ("staging", 20, 20)
    advance(run)
    assert calls == [2, 12, 22, 22, 32, 42]
    assert (run.state, run.counts()["new"]) == ("ready", 45)
    assert list(run.rows.order_by("line").values_list("line", flat=True)) == list(range(2, 47))


def test_of_two_that_read_the_same_lines_the_later_one_keeps_none(bring: Bring) -> None:
    run = bring(many(3))
    late = ImportRun.objects.get(pk=run.pk)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.STAGING)
    late.state, late.staged = ImportRun.State.STAGING, 0
    staging.stage(late)
    assert list(run.rows.order_by("line").values_list("line", flat=True)) == [2, 3, 4]


def test_coming_in_goes_on_where_it_was_cut_off(bring: Bring, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 10)
    run = bring(many(45))
    real, calls = enrolling.write_name_keys, []

    def cut(people: Any) -> None:
        calls.append(len(people))
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(people)

    monkeypatch.setattr(enrolling, "write_name_keys", cut)
    with pytest.raises(KeyboardInterrupt):
        go(run, admin)
    there = Person.objects.filter(employee_number__startswith="E").count()
    assert there == sum(calls[:2]) and run.rows.filter(waiting=True).count() == 45 - there
    run.refresh_from_db()
    advance(run)
    advance(run)
    assert ImportRun.objects.get().state == "done"
    assert Person.objects.filter(employee_number__startswith="E").count() == 45
    assert Person.objects.get(employee_number="E44").manager == Person.objects.get(employee_number="E4")
    assert sum(len(data["person_ids"]) for data in facts("people_enrolled")) == 45


def test_a_batch_may_grow_while_it_is_quick(bring: Bring, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    monkeypatch.setattr(applying, "MOST", 8)
    monkeypatch.setattr(AdaptiveBatch, "AIM", 1000)
    go(bring(many(45)), admin)
    sizes = [len(data["person_ids"]) for data in facts("people_enrolled")]
    assert sum(sizes) == 45 and max(sizes) == 8


def test_departments_are_known_anew_when_somebody_changes_them(admin: Person) -> None:
    line = {"employee_number": "E1", "name": "林一", "department": "总部/销售"}
    enrol_people([line], by=admin)
    sales = Department.objects.get(name="销售")
    assert Structure().department(line) == sales.pk
    Department.objects.filter(pk=sales.pk).update(name="市场")
    assert Structure().department(line) is None
    assert Structure().department({"department": "市场"}) == sales.pk


def test_departments_of_a_batch_that_failed_are_forgotten(admin: Person) -> None:
    line = {"employee_number": "E1", "name": "林一", "department": "总部/销售"}
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        Structure().prepare(line, by=admin)
        raise KeyboardInterrupt
    assert Structure().department(line) is None
    enrol_people([line], by=admin)
    assert Person.objects.get(employee_number="E1").department == Department.objects.get(name="销售")


def test_a_paused_import_stands_still_and_goes_on(bring: Bring, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 5)
    run = bring(many(12))
    start(run, by=admin)
    run.refresh_from_db()
    applying.apply_batch(run, AdaptiveBatch(5, 5))
    pause(run, by=admin)
    advance(ImportRun.objects.get())
    there = Person.objects.filter(employee_number__startswith="E").count()
    assert 0 < there <= 5
    resume(run, by=admin)
    advance(ImportRun.objects.get())
    assert Person.objects.filter(employee_number__startswith="E").count() == 12
    assert ImportRun.objects.get().state == "done"


def test_lines_that_need_somebody_hold_nobody_up_and_come_in_once_mended(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,,,,,,", "E2,乙,,,E1,,", "E3,丙,,,,不是日期,", "E4,丁,,,,,", "E4,戊,,,,,", "E5,己,,,E9,,"))
    assert run.counts()["wrong"] == 5
    go(run, admin)
    assert list(Person.objects.filter(employee_number__startswith="E").values_list("employee_number", "manager")) == [
        ("E2", None)
    ]
    assert run.counts()["later"] == 1
    mend_line(run, 2, {"name": "甲"}, by=admin)
    take_proposal(run, 4, by=admin)
    assert mend_line(run, 6, {"employee_number": "E2"}, by=admin).outcome == "wrong"
    skip_line(run, 5, by=admin)
    assert mend_line(run, 6, {"employee_number": "E6"}, by=admin).outcome == "new"
    assert mend_line(run, 7, {"manager": "E6"}, by=admin).outcome == "new"
    go(run, admin)
    people = dict(
        Person.objects.filter(employee_number__startswith="E").values_list(
            "employee_number", "manager__employee_number"
        )
    )
    assert people == {"E1": None, "E2": "E1", "E3": None, "E5": "E6", "E6": None}
    assert run.counts()["wrong"] == 0 and run.counts()["later"] == 0


def test_mending_one_line_frees_the_other(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,甲,,,E2,,", "E2,乙,,,E1,,", "E3,丙,,,,,", "E3,丁,,,,,"))
    take_proposal(run, 3, by=admin)
    take_proposal(run, 5, by=admin)
    go(run, admin)
    assert dict(
        Person.objects.filter(employee_number__startswith="E").values_list(
            "employee_number", "manager__employee_number"
        )
    ) == {
        "E1": "E2",
        "E2": None,
        "E3": None,
    }
    assert run.counts()["wrong"] == 0


def test_all_proposals_at_once(bring: Bring, admin: Person, lin: Person) -> None:
    deactivate(lin, by=admin)
    run = bring(roster("E1,甲,,,E9,x,", "E1,乙,,,,,", "N-lin,林晓岚,,,,,", ",丙,,,,,"))
    assert take_proposals(run, by=admin) == 1
    go(run, admin)
    assert fresh(lin).is_active and facts("person_returned") == [{"person_id": lin.pk}]
    assert sorted(row.line for row in run.rows.filter(outcome="wrong")) == [2, 3, 5]


def test_what_the_directory_contradicts_meanwhile_is_left_for_a_person(bring: Bring, admin: Person) -> None:
    run = bring(roster("E1,甲,,,,,a@x.cn", "E2,乙,,,,,"))
    make_person("sun", email="a@x.cn")
    go(run, admin)
    assert list(Person.objects.filter(employee_number__startswith="E").values_list("employee_number", flat=True)) == [
        "E2"
    ]
    assert [problem["kind"] for problem in run.rows.get(line=2).problems] == ["mail_taken"]


def test_a_circle_that_came_up_meanwhile_is_refused(admin: Person, lin: Person, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(manager=lin)
    done = enrol_people([{"employee_number": "N-lin", "name": "林晓岚", "manager": "N-wang"}], by=admin)
    assert done.refused == {0} and fresh(lin).manager is None


def test_in_one_batch_managers_may_stand_below(admin: Person) -> None:
    rows = [
        {"employee_number": "E1", "name": "甲", "manager": "E2"},
        {"employee_number": "E2", "name": "乙", "manager": "E3"},
    ]
    done = enrol_people([*rows, {"employee_number": "E4", "name": "甲"}], by=admin)
    assert (done.new, done.later, done.refused) == (3, {1}, set())
    assert Person.objects.get(employee_number="E1").manager == Person.objects.get(employee_number="E2")
    assert Person.objects.get(employee_number="E1").handle != Person.objects.get(employee_number="E4").handle


def test_who_is_missing_from_a_full_list_is_only_proposed(
    bring: Bring, admin: Person, lin: Person, wang: Person, zhao: Person
) -> None:
    part = bring(roster("N-lin,林晓岚,,,,,"))
    with pytest.raises(Refused):
        say_goodbye(part, [wang.pk], by=admin)
    run = go(bring(roster("N-lin,林晓岚,,,,,"), full=True), admin)
    gone = run.importer.gone(run.rows.values("key"))
    assert set(gone) == {wang, admin} and fresh(wang).is_active
    assert say_goodbye(run, [wang.pk, lin.pk, admin.pk], by=admin) == 1
    assert not fresh(wang).is_active and fresh(lin).is_active and fresh(admin).is_active
    assert facts("people_left") == [{"person_ids": [wang.pk]}]


def test_leavers_of_a_batch_are_one_fact_that_closes_streams_and_search(
    admin: Person, lin: Person, wang: Person, zhao: Person
) -> None:
    assert dismiss_people([lin.pk, wang.pk, admin.pk], by=admin) == 2
    assert dismiss_people([lin.pk, wang.pk], by=admin) == 0
    assert facts("people_left") == [{"person_ids": [lin.pk, wang.pk]}]
    assert touching.get(PeopleLeft.name) is not None
    assert set(People().changed_by(PeopleLeft(person_ids=(lin.pk, wang.pk), by_id=admin.pk))) == {lin.pk, wang.pk}
    entry = Entry.objects.get(verb="directory.people_left")
    assert entry.after == {"left": "、".join([lin.name, wang.name])}


def test_only_administrators_enrol_and_dismiss(wang: Person, lin: Person) -> None:
    with pytest.raises(Forbidden):
        enrol_people([{"employee_number": "E1", "name": "甲"}], by=wang)
    with pytest.raises(Forbidden):
        dismiss_people([lin.pk], by=wang)
    assert fresh(lin).is_active and Person.objects.count() == 2


def test_an_import_of_somebody_who_is_no_administrator_any_more_stands_still(bring: Bring, admin: Person) -> None:
    run = bring(many(3))
    start(run, by=admin)
    Person.objects.filter(pk=admin.pk).update(is_admin=False)
    advance(ImportRun.objects.get())
    assert ImportRun.objects.get().state == "paused" and not ImportRow.objects.filter(waiting=False).exists()
    other = make_person("sun", is_admin=True)
    resume(run, by=other)
    advance(ImportRun.objects.get())
    assert (
        ImportRun.objects.get().state == "done" and Person.objects.filter(employee_number__startswith="E").count() == 3
    )


@pytest.mark.parametrize("word", ["（空）", "(空)", "(empty)", "（Empty）"])
def test_a_cell_that_says_empty_takes_the_value_away(word: str, bring: Bring, admin: Person, wang: Person) -> None:
    ProfileField.objects.create(key="school", label="学校")
    first = "E1,甲,总部,工程师,5,杭州,N-wang,2020-01-02,e1@x.cn,一中"
    go(bring(roster(first, head=FULL)), admin)
    line = f"E1,{word},{word},{word},{word},{word},{word},{word},{word},{word}"
    run = bring(roster(line, head=FULL), name="again.csv")
    assert [problem["field"] for problem in run.rows.get().problems] == ["level", "name"]
    take_proposals(run, by=admin)
    go(run, admin)
    person = Person.objects.get(employee_number="E1")
    told = (person.department, person.position, person.location, person.manager, person.hired_on, person.email)
    assert told == (None, None, None, None, None, None) and person.extra == {} and person.name == "甲"
    assert bring(roster(f"{word},乙,,,,,")).rows.get().problems[0]["kind"] == "missing"
    again = bring(roster(f"E1,,{word},,,,{word},,,", head=FULL), name="third.csv")
    assert again.rows.get().outcome == "same"


def test_emptying_a_manager_opens_a_circle(bring: Bring, admin: Person, lin: Person, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(manager=lin)
    run = go(bring(roster("N-lin,,,,N-wang,,", "N-wang,,,,(empty),,")), admin)
    assert run.state == "done" and fresh(wang).manager is None


@pytest.mark.parametrize(
    ("before", "after", "error"), [("staging", "unreadable", "crashed"), ("applying", "paused", "")]
)
def test_an_import_whose_job_is_given_up_says_so_to_who_started_it(
    before: str, after: str, error: str, bring: Bring, admin: Person, catch_up: Any
) -> None:
    run = bring(roster("E1,甲,,,,,"))
    ImportRun.objects.filter(pk=run.pk).update(state=before)
    give_up_import(run.pk)
    give_up_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (after, error)
    catch_up()
    assert list(Notification.objects.values_list("person", "notice", "count")) == [(admin.pk, "transfers.given_up", 1)]
