"""Jobs that fail or whose worker dies run again."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from zhiliu.directory.models import Person
from zhiliu.jobs.models import Heartbeat, Slot
from zhiliu.jobs.periodic import Daily, Every, start_due
from zhiliu.jobs.retrying import ATTEMPTS, GIVEN_UP, delay, reap
from zhiliu.notifications.models import Notification

RAN: list[str] = []


@task()
def sometimes(word: str) -> None:
    """Fails when told to."""
    RAN.append(word)
    if word == "kill the process":
        os.abort()
    if word == "fail":
        raise ValueError("told to fail")


def work_once() -> None:
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id="w1",
        excluded_queue_names=[],
    ).run()


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_is_tried_again_later() -> None:
    sometimes.enqueue("fail")
    work_once()
    job = DBTaskResult.objects.get()
    assert job.status == TaskResultStatus.READY
    assert job.run_after > timezone.now()
    assert "told to fail" in job.traceback


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_every_time_is_given_up() -> None:
    sometimes.enqueue("fail")
    for _ in range(ATTEMPTS):
        DBTaskResult.objects.update(run_after=timezone.now())
        work_once()
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_the_wait_grows_to_six_hours() -> None:
    assert [delay(1), delay(2), delay(9)] == [dt.timedelta(seconds=15), dt.timedelta(minutes=1), dt.timedelta(hours=6)]


@pytest.mark.django_db
def test_a_job_of_a_silent_worker_is_put_back_and_one_of_a_living_worker_is_not() -> None:
    now = timezone.now()
    for worker in ("dead", "alive"):
        sometimes.enqueue(worker)
    jobs = dict(zip(("dead", "alive"), DBTaskResult.objects.order_by("enqueued_at"), strict=True))
    for worker, job in jobs.items():
        job.claim(worker)
        DBTaskResult.objects.filter(pk=job.pk).update(started_at=now - dt.timedelta(minutes=5))
    Heartbeat.objects.create(worker="alive", host="h", process_id=1, seen_at=now)
    Heartbeat.objects.create(worker="dead", host="h", process_id=2, seen_at=now - dt.timedelta(minutes=4))
    assert reap() == 1
    assert DBTaskResult.objects.get(pk=jobs["dead"].pk).status == TaskResultStatus.READY
    assert DBTaskResult.objects.get(pk=jobs["alive"].pk).status == TaskResultStatus.RUNNING


def lose(job: DBTaskResult, number: int, *, in_order: bool = False) -> None:
    """A worker takes the job up and is heard of no more."""
    now = timezone.now()
    worker = f"w{number}"
    job.refresh_from_db()
    job.claim(worker)
    DBTaskResult.objects.filter(pk=job.pk).update(started_at=now - dt.timedelta(minutes=5))
    if not in_order:
        Heartbeat.objects.create(worker=worker, host="h", process_id=1, seen_at=now - dt.timedelta(minutes=4))
    reap()
    job.refresh_from_db()


@pytest.mark.django_db
def test_a_job_that_took_its_worker_down_twice_is_given_up_and_administrators_learn_of_it(
    admin: Person, wang: Person, catch_up: Any
) -> None:
    sometimes.enqueue("kills")
    job = DBTaskResult.objects.get()
    lose(job, 1)
    assert job.status == TaskResultStatus.READY
    lose(job, 2)
    assert (job.status, job.traceback) == (TaskResultStatus.FAILED, GIVEN_UP)
    assert reap() == 0
    catch_up()
    assert list(Notification.objects.values_list("person", "notice")) == [(admin.pk, "jobs.given_up")]


@pytest.mark.django_db
def test_workers_that_end_in_order_take_no_job_with_them() -> None:
    sometimes.enqueue("long")
    job = DBTaskResult.objects.get()
    for number in range(4):
        lose(job, number, in_order=True)
        assert job.status == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_periodic_job_starts_once_a_slot() -> None:
    at = dt.datetime(2026, 7, 1, 4, 30, tzinfo=dt.UTC)
    first = start_due(at)
    assert first == Slot.objects.count() > 0
    assert start_due(at) == 0


def test_slots_are_named_by_their_beginning() -> None:
    at = dt.datetime(2026, 7, 1, 0, 7, tzinfo=dt.UTC)
    assert Every(5).slot(at) == Every(5).slot(at + dt.timedelta(minutes=2))
    assert Every(5).slot(at) != Every(5).slot(at + dt.timedelta(minutes=3))
    assert Daily(hour=9).slot(at) is None  # 8:07 in Shanghai
    assert Daily(hour=8).slot(at) == "d2026-07-01"
