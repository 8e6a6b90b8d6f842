"""The job process asks the tables only after something was written, or when a job falls due."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from django_tasks import task

from zhiliu.jobs import running
from zhiliu.jobs.models import Heartbeat, Slot
from zhiliu.jobs.periodic import start_due
from zhiliu.jobs.running import REST_SECONDS, JobRunner

RAN: list[str] = []


@task()
def noted(word: str) -> None:
    """Notes that it ran."""
    RAN.append(word)


@pytest.fixture(autouse=True)
def nothing_ran() -> Iterator[None]:
    """Nothing ran yet."""
    RAN.clear()
    yield


@pytest.mark.django_db(transaction=True)
def test_the_queue_rests_until_the_next_job_is_due() -> None:
    runner = JobRunner()
    assert runner._work_off() == REST_SECONDS
    noted.using(run_after=timezone.now() + dt.timedelta(seconds=9)).enqueue("later")
    noted.enqueue("now")
    assert 8 < runner._work_off() <= 9
    assert RAN == ["now"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_falls_due_meanwhile_is_run_at_once() -> None:
    noted.using(run_after=timezone.now() - dt.timedelta(seconds=1)).enqueue("late")
    assert JobRunner()._work_off() == REST_SECONDS
    assert RAN == ["late"]


@pytest.mark.django_db
def test_periodic_tasks_ask_once_an_interval(django_assert_num_queries: Callable[..., object]) -> None:
    now, begun = timezone.now(), dict[str, str]()
    started = start_due(now, begun)
    assert started == Slot.objects.count() == len(begun)
    with django_assert_num_queries(0):
        assert start_due(now, begun) == 0
    assert start_due(now + dt.timedelta(days=1), begun) == started


@pytest.mark.django_db
def test_a_heartbeat_is_one_statement(django_assert_num_queries: Callable[..., object]) -> None:
    runner = JobRunner("w1")
    runner.beat()
    first = Heartbeat.objects.get()
    with django_assert_num_queries(1):
        runner.beat()
    assert Heartbeat.objects.get().seen_at > first.seen_at


def test_queue_and_loops_are_woken_by_a_write_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, looked = [True, False, False], threading.Event()

    def changed() -> bool:
        if not answers:
            runner.stop()
            looked.set()
            return False
        woken.append(runner._tasks_wanted.is_set() and runner._loops_wanted.is_set())
        runner._tasks_wanted.clear()
        runner._loops_wanted.clear()
        return answers.pop(0)

    woken: list[bool] = []
    monkeypatch.setattr(running, "changed_since_last_call", lambda: changed)
    monkeypatch.setattr(running, "LOOK_SECONDS", {"sqlite": 0.001, "postgresql": 0.001})
    monkeypatch.setattr(running, "close_old_connections", lambda: None)
    runner = JobRunner()
    watch = threading.Thread(target=runner._watch)
    watch.start()
    watch.join(timeout=10)
    assert looked.is_set() and woken == [False, True, False]


def test_a_loop_that_stumbles_has_another_round(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> bool:
        raise ValueError

    monkeypatch.setattr(running, "loops", [stumble])
    runner = JobRunner()
    assert runner._run_loops() is False
    assert runner._loops_wanted.is_set()
