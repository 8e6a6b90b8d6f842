"""The cost of notifying everybody in a large community: statements, the longest transaction, CPU per person.

``python -m bench.notices [people ...]``
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import Any

from .machine import line

PEOPLE = (5_000, 20_000)
BATCH_STATEMENTS, LONGEST = 30, 0.5


def main() -> None:
    """Fill a community and notify everybody twice: once with new inbox rows, once with rows that are counted up."""
    data = tempfile.mkdtemp(prefix="zhiliu-bench-")
    os.environ.update(
        {"ZHILIU_DATA_DIR": data, "ZHILIU_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    try:
        print(line())
        _measure([int(count) for count in sys.argv[1:]] or list(PEOPLE))
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _measure(counts: list[int]) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for count in counts:
        channel, by = _channel(count)
        for round_, text in (("first", "一"), ("again", "二")):
            _tell(channel, by, f"@所有人 {text}", f"{count:,} people, {round_}", count)


def _channel(count: int) -> tuple[Any, Any]:
    from zhiliu.activity.consumers import catch_up
    from zhiliu.communities.models import Membership
    from zhiliu.communities.starting import start_community
    from zhiliu.conversations.models import Channel
    from zhiliu.directory.models import Person

    people = Person.objects.bulk_create(
        (
            Person(name=f"同事 {n}", handle=f"p{count}-{n}", email=f"p{count}-{n}@example.com", password="!")
            for n in range(count)
        ),
        batch_size=5000,
    )
    community = start_community(name=f"测量 {count}", kind="professional", by=people[0], slug=f"measured-{count}")
    Membership.objects.bulk_create(
        (Membership(community=community, person=person) for person in people[1:]), batch_size=5000
    )
    catch_up()
    return Channel.objects.filter(community=community).order_by("place")[0], people[0]


def _tell(channel: Any, by: Any, body: str, name: str, count: int) -> None:
    from django.db import connection

    from zhiliu.activity.consumers import consume
    from zhiliu.conversations.posting import post
    from zhiliu.notifications import delivery

    post(channel, body=body, by=by)
    meter = Meter()
    step, delivery.consume_batch = delivery.consume_batch, meter.around(delivery.consume_batch)
    started = time.process_time()
    try:
        with connection.execute_wrapper(meter.statement):
            while consume("notifications"):
                pass
    finally:
        delivery.consume_batch = step
    spent = (time.process_time() - started) * 1000 / count
    over = "  OVER" if meter.most > BATCH_STATEMENTS or meter.longest > LONGEST else ""
    print(
        f"  {name}: {meter.batches} batches, at most {meter.most} statements each, "
        f"longest transaction {meter.longest:.2f} s, {spent:.2f} ms CPU a person{over}"
    )


class Meter:
    """Counts the statements per batch, and the time between begin and commit."""

    def __init__(self) -> None:
        self.batches = self.most = self._since_last = 0
        self.longest = 0.0

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count one statement."""
        self._since_last += 1
        return execute(sql, params, many, context)

    def around(self, step: Any) -> Any:
        """Measure time and statements of ``step``, without waiting for the lock."""

        @contextmanager
        def measured(*args: Any) -> Any:
            with step(*args) as is_due:
                began = time.perf_counter()
                yield is_due
            self.longest = max(self.longest, time.perf_counter() - began)
            self.batches, self.most = self.batches + 1, max(self.most, self._since_last)
            self._since_last = 0

        return measured


if __name__ == "__main__":
    main()
