"""What a stored or sent rule may hold: each bound is tried on both sides, and what is no rule says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from zhiliu.communities.admission.conditions import MOST, MOST_VALUES, AdmissionCriteria, read_criteria
from zhiliu.communities.admission.subjects import Condition
from zhiliu.kit.errors import Refused

pytestmark = pytest.mark.django_db
UNREADABLE = "This rule can’t be read. Write it again."
COUNT = "A rule has between one and ten conditions."
LEVEL = {"about": "level", "least": 6}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rule(*rows: Any, **fields: Any) -> dict[str, Any]:
    return {"schema": 1, "all": list(rows), **fields}


@pytest.mark.parametrize(
    ("stored", "conditions"),
    [
        (rule(LEVEL), (Condition("level", least=6),)),
        (rule(*[LEVEL] * MOST), (Condition("level", least=6),) * MOST),
        (rule({"about": "level", "least": 0, "most": 99}), (Condition("level", least=0, most=99),)),
        (rule({"about": "department", "any": [1, 2**63 - 1]}), (Condition("department", any=(1, 2**63 - 1)),)),
        (
            rule({"about": "department", "any": [1] * MOST_VALUES}),
            (Condition("department", any=(1,) * MOST_VALUES),),
        ),
        (rule({"about": "kind", "any": ["guest"]}), (Condition("kind", any=("guest",)),)),
        (rule({"about": "kind", "any": ("guest",)}), (Condition("kind", any=("guest",)),)),
        (rule({"about": "hired", "most": "2020-01-01"}), (Condition("hired", most="2020-01-01"),)),
        (rule({"about": "field:gone", "any": ["x" * 120]}), (Condition("field:gone", any=("x" * 120,)),)),
    ],
)
def test_a_rule_is_read_up_to_its_bounds(stored: Any, conditions: tuple[Condition, ...]) -> None:
    assert read_criteria(stored) == AdmissionCriteria(conditions)
    excepted = read_criteria({**stored, "except": LEVEL})
    assert excepted == AdmissionCriteria(conditions, Condition("level", least=6))


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ([rule(LEVEL)], UNREADABLE),
        ({**rule(LEVEL), "schema": 2}, UNREADABLE),
        ({"all": [LEVEL]}, UNREADABLE),
        ({"schema": 1}, COUNT),
        ({"schema": 1, "all": {"level": LEVEL}}, COUNT),
        ({"schema": 1, "all": "level"}, COUNT),
        (rule(), COUNT),
        (rule(*[LEVEL] * (MOST + 1)), COUNT),
    ],
)
def test_what_is_no_rule_says_why(stored: Any, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_criteria(stored)


@pytest.mark.parametrize(
    "row",
    [
        "level",
        {"least": 6},
        {"about": 7, "least": 6},
        {"about": "password", "any": [1]},
        {"about": "level"},
        {"about": "department"},
        {"about": "field:gone"},
        {"about": "level", "any": [6]},
        {"about": "department", "least": 6},
        {"about": "kind", "any": "guest"},
        {"about": "kind", "any": {"guest": 1}},
        {"about": "kind", "any": [1]},
        {"about": "kind", "any": [""]},
        {"about": "kind", "any": ["x" * 121]},
        {"about": "field:gone", "any": [1]},
        {"about": "department", "any": ["1"]},
        {"about": "department", "any": [True]},
        {"about": "department", "any": [0]},
        {"about": "department", "any": [2**63]},
        {"about": "department", "any": [1, "2"]},
        {"about": "department", "any": [1] * (MOST_VALUES + 1)},
        {"about": "level", "least": -1},
        {"about": "level", "least": 100},
        {"about": "level", "least": True},
        {"about": "level", "most": "6"},
        {"about": "hired", "least": 2020},
        {"about": "hired", "least": "2020-13-01"},
    ],
    ids=str,
)
def test_what_is_no_condition_is_refused_as_one_and_as_an_exception(row: Any) -> None:
    for stored in (rule(row), rule(LEVEL, row), rule(LEVEL, **{"except": row})):
        with pytest.raises(Refused, match=UNREADABLE):
            read_criteria(stored)
