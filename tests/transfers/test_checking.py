"""A roster beside the directory and beside itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Department, Person
from zhiliu.transfers.models import ImportRun

from .conftest import roster

pytestmark = pytest.mark.django_db
Bring = Callable[..., ImportRun]


def said(run: ImportRun) -> dict[int, list[tuple[str, str, Any]]]:
    """Problems by line: kind, detail, proposal."""
    return {
        row.line: [
            (problem["kind"], problem["detail"], "skip" if problem["skip"] else problem["fix"])
            for problem in row.problems
        ]
        for row in run.rows.filter(outcome="wrong").order_by("line")
    }


def test_new_changed_and_unchanged_are_told_apart(bring: Bring, lin: Person, wang: Person) -> None:
    run = bring(roster("N-lin,林晓岚,,,,,", "N-wang,王一帆,销售部,,,,", "N1,新人甲,,,N-lin,2024-01-02,a@x.cn"))
    assert run.state == "ready"
    outcomes = dict(run.rows.values_list("line", "outcome"))
    assert outcomes == {2: "same", 3: "changed", 4: "new"}
    assert said(run) == {} and Person.objects.count() == 3 and not Department.objects.exists()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["N1,,,,,,"], {2: [("missing", "", None)]}),
        ([",新人,,,,,"], {2: [("missing", "", None)]}),
        ([",林晓岚,,,,,lin@example.com"], {2: [("missing", "", {"employee_number": "N-lin"})]}),
        (["N1,新人,,,N9,,"], {2: [("no_manager", "N9", {"manager": ""})]}),
        (["N1,新人,,,N1,,"], {2: [("own_manager", "N1", {"manager": ""})]}),
        (
            ["N1,甲,,,N2,,", "N2,乙,,,N3,,", "N3,丙,,,N1,,", "N4,丁,,,N1,,"],
            {
                2: [("circle", "N1 → N2 → N3 → N1", {"manager": ""})],
                3: [("circle", "N2 → N3 → N1 → N2", {"manager": ""})],
                4: [("circle", "N3 → N1 → N2 → N3", {"manager": ""})],
            },
        ),
        (["N1,甲,,,,,", "N1,乙,,,,,"], {2: [("number_repeated", "3", None)], 3: [("number_repeated", "2", "skip")]}),
        (["N1,甲,,,,,", "N1,甲,,,,,"], {3: [("same_line", "2", "skip")]}),
        (["N1,甲,,,,,a@x.cn", "N2,乙,,,,,A@x.cn"], {3: [("mail_repeated", "2", {"email": ""})]}),
        (["N1,甲,,,,,lin@example.com"], {2: [("mail_taken", "林晓岚", {"email": ""})]}),
        (["N1,甲,,,,1.3.19,"], {2: [("dates", "1.3.19 2001-03-19 2019-03-01 2019-01-03", None)]}),
        (["N1,甲,,,,19年3月1日,"], {2: [("unclear_date", "19年3月1日", {"hired_on": "2019-03-01"})]}),
        (["N1,甲,,,,待定,"], {2: [("no_date", "待定", {"hired_on": ""})]}),
        (["N1,甲,,,,,,,more"], {2: [("more_cells", "more", {"more_cells": ""})]}),
        (["N1,甲,,,,2020-01-01,无"], {2: [("no_mail", "无", {"email": ""})]}),
    ],
)
def test_what_needs_a_person_is_told_with_a_proposal(
    lines: list[str], expected: dict[int, Any], bring: Bring, lin: Person
) -> None:
    run = bring(roster(*lines))
    assert said(run) == expected
    assert Person.objects.count() == 2


def test_a_circle_with_somebody_who_is_not_in_the_file(bring: Bring, lin: Person, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(manager=lin)
    assert said(bring(roster("N-lin,林晓岚,,,N-wang,,"))) == {
        2: [("circle", "N-lin → N-wang → N-lin", {"manager": ""})]
    }
    turned = bring(roster("N-lin,林晓岚,,,N-wang,,", "N-wang,王一帆,,,N-admin,,"))
    assert said(turned) == {}
    assert dict(turned.rows.values_list("line", "depth")) == {2: 2, 3: 1}


def test_leavers_are_proposed_to_come_back_and_guests_to_stay(
    bring: Bring, lin: Person, zhao: Person, admin: Person
) -> None:
    deactivate(lin, by=admin)
    assert said(bring(roster("N-lin,林晓岚,,,,,", "N-zhao,赵敏,,,,,"))) == {
        2: [("left", "林晓岚", {"back": "1"})],
        3: [("guest", "赵敏", "skip")],
    }


def test_somebody_without_a_number_is_known_by_mail_and_name(bring: Bring, lin: Person) -> None:
    Person.objects.filter(pk=lin.pk).update(employee_number=None)
    run = bring(roster("N7,林晓岚,,,,,lin@example.com"))
    assert said(run) == {} and run.rows.get().outcome == "changed"


def test_a_code_without_department_must_be_known(bring: Bring) -> None:
    Department.objects.create(name="华东", code="HD")
    head = "工号,姓名,部门编码"
    assert said(bring(roster("N1,甲,HD", "N2,乙,XX", head=head))) == {3: [("no_code", "XX", {"code": ""})]}
