"""The cost of applying a rule to 100,000 people: the first time, without changes, with few changes.

``python -m bench.rules [people]``
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from .machine import line

PEOPLE = 100_000
BUDGET = 2.0


def main() -> None:
    """Fill a database, create a rule that matches a fifth, apply it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    data = tempfile.mkdtemp(prefix="zhiliu-bench-")
    os.environ.update(
        {"ZHILIU_DATA_DIR": data, "ZHILIU_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    try:
        print(line())
        _measure(count)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _measure(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    community = _company(count)
    from zhiliu.communities.admission.ruling import evaluate, preview, rule_of
    from zhiliu.directory.models import Department, Person

    criteria = rule_of(community)
    assert criteria is not None
    print(f"{count:,} people; the rule: {criteria.sentence()}")
    _spent("preview (four counts)", lambda: [part.count() for part in vars(preview(community, criteria)).values()])
    _spent("first evaluation", lambda: evaluate(community))
    _spent("again, nothing changed", lambda: evaluate(community), BUDGET)
    moved = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:100])
    Person.objects.filter(pk__in=moved).update(department=Department.objects.get(name="部门 0"))
    _spent("a hundred moved in, looking at them only", lambda: evaluate(community, only=moved), BUDGET)
    _spent("looking at one", lambda: evaluate(community, only=moved[:1]), BUDGET)
    Person.objects.filter(pk__in=moved).update(department=Department.objects.get(name="部门 1"))
    _spent("a hundred moved out, looking at everybody", lambda: evaluate(community), BUDGET)


def _company(count: int) -> Any:
    from zhiliu.communities.admission.conditions import AdmissionCriteria
    from zhiliu.communities.admission.ruling import set_rule
    from zhiliu.communities.admission.subjects import Condition
    from zhiliu.communities.starting import start_community
    from zhiliu.directory.models import Department, Location, Person, Position

    halves = [Department.objects.create(name=f"部门 {n}") for n in range(2)]
    teams = [Department.objects.create(name=f"组 {n}", parent=halves[n % 2]) for n in range(600)]
    positions = [Position.objects.create(name=f"岗位 {n}", level=n) for n in range(1, 11)]
    places = [Location.objects.create(name=name) for name in ("杭州", "上海", "深圳", "成都", "武汉")]
    Person.objects.bulk_create(
        (
            Person(
                name=f"同事 {n}",
                handle=f"p{n}",
                department=teams[n % 600],
                position=positions[n // 2 % 10],
                location=places[n // 20 % 5],
                password="!",
            )
            for n in range(count)
        ),
        batch_size=5000,
    )
    by = Person.objects.get(handle="p1")
    community = start_community(name="测量", kind="professional", by=by, slug="measured")
    conditions = (
        Condition("department", any=(halves[0].pk,)),
        Condition("level", least=2),
        Condition("location", any=tuple(place.pk for place in places)),
    )
    set_rule(community, AdmissionCriteria(conditions, Condition("level", least=6)), version=0, by=by)
    community.refresh_from_db()
    return community


def _spent(name: str, act: Callable[[], Any], budget: float = 0) -> None:
    started, clock = time.process_time(), time.perf_counter()
    result = act()
    spent, wall = time.process_time() - started, time.perf_counter() - clock
    over = f"  OVER {budget} s" if budget and spent > budget else ""
    print(f"  {name}: {spent:.2f} s CPU, {wall:.2f} s; {result}{over}")


if __name__ == "__main__":
    main()
