"""Telling thousands costs a few statements for each five hundred, and a crash in the middle tells nobody twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zhiliu.activity.consumers import consume, entries_after, last_position
from zhiliu.activity.models import Cursor
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.models import Channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.notifications import delivery
from zhiliu.notifications.models import Delivery, Notification, QuietHours

pytestmark = pytest.mark.django_db

CALLED = "conversations.called"


@pytest.fixture
def channel(community: Community, lin: Person, catch_up: Any) -> Channel:
    """A channel of a community whose earlier facts are told."""
    catch_up()
    DBTaskResult.objects.all().delete()
    return Channel.objects.filter(community=community).order_by("place")[0]


def add_people(community: Community, count: int) -> list[Person]:
    people = Person.objects.bulk_create(
        Person(name=f"同事{n}", handle=f"many{n}", email=f"many{n}@example.com", password="!") for n in range(count)
    )
    Membership.objects.bulk_create(Membership(community=community, person=person) for person in people)
    return people


def statements_of_follower() -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        while consume("notifications"):
            pass
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(("count", "most"), [(0, 60), (1100, 160)])
def test_statements_grow_with_the_batches_not_with_the_people(
    channel: Channel, community: Community, lin: Person, count: int, most: int
) -> None:
    add_people(community, count)
    post(channel, body="@所有人 明天停电", by=lin)
    said = statements_of_follower()
    assert Notification.objects.filter(notice=CALLED).count() == count + 3
    assert Delivery.objects.filter(notification__notice=CALLED).count() == count + 3
    assert DBTaskResult.objects.filter(task_path="zhiliu.notifications.mailing.send_mail_for").count() == count + 3
    assert len(said) <= most, Counter(sql.split(" WHERE")[0][:90] for sql in said)


def test_somebody_alone_is_told_with_few_statements(channel: Channel, lin: Person, wang: Person) -> None:
    post(channel, body=f"@{wang.name} 看一下", by=lin)
    assert len(statements_of_follower()) <= 60
    assert Notification.objects.get(notice=CALLED).person == wang


def test_who_was_told_before_is_counted_up_or_brought_back(
    channel: Channel, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    post(channel, body="@所有人 一", by=lin)
    catch_up()
    delivery.mark_read(xu)
    post(channel, body="@所有人 二", by=lin)
    catch_up()
    rows = Notification.objects.filter(notice=CALLED)
    assert [(row.count, row.read_at) for row in (rows.get(person=wang), rows.get(person=xu))] == [(2, None), (1, None)]


def test_a_crash_between_batches_resumes_without_telling_twice(
    channel: Channel, community: Community, lin: Person, monkeypatch: Any
) -> None:
    add_people(community, 7)
    post(channel, body="@所有人 明天停电", by=lin)
    monkeypatch.setattr(delivery, "BATCH", 3)
    tell_batch, calls = delivery._tell_batch, []

    def fail_at_the_third(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the machine went away")
        tell_batch(*args)

    monkeypatch.setattr(delivery, "_tell_batch", fail_at_the_third)
    assert not consume("notifications")
    assert Notification.objects.filter(notice=CALLED).count() == 6
    while consume("notifications"):
        pass
    rows = Notification.objects.filter(notice=CALLED)
    assert (rows.count(), set(rows.values_list("count", flat=True))) == (10, {1})
    assert Delivery.objects.filter(notification__notice=CALLED).count() == 10
    assert DBTaskResult.objects.filter(task_path="zhiliu.notifications.mailing.send_mail_for").count() == 10
    assert Cursor.objects.get(name="notifications").error == ""


def test_two_job_processes_tell_once(channel: Channel, lin: Person, wang: Person) -> None:
    """What another process has gone past in the meantime is left to it."""
    post(channel, body=f"@{wang.name} 看一下", by=lin)
    entries = entries_after(Cursor.objects.get(name="notifications").position)
    Cursor.objects.filter(name="notifications").update(position=last_position())
    delivery.tell(entries)
    assert not Notification.objects.filter(notice=CALLED).exists()


def test_mail_to_many_waits_for_those_who_rest(channel: Channel, lin: Person, wang: Person, xu: Person) -> None:
    until = timezone.now() + dt.timedelta(hours=3)
    QuietHours.objects.create(person=wang, until=until)
    post(channel, body="@所有人 明天停电", by=lin)
    statements_of_follower()
    delivery = Delivery.objects.get(notification__notice=CALLED, person=wang)
    jobs = {
        job.args_kwargs["args"][0]: job.run_after for job in DBTaskResult.objects.filter(args_kwargs__args__0__gt=0)
    }
    assert jobs[delivery.pk] == until
    assert jobs[Delivery.objects.get(notification__notice=CALLED, person=xu).pk].year == 9999


@pytest.mark.django_db(transaction=True)
def test_each_batch_is_a_transaction_of_its_own(
    channel: Channel, community: Community, lin: Person, monkeypatch: Any
) -> None:
    add_people(community, 4)
    post(channel, body="@所有人 明天停电", by=lin)
    monkeypatch.setattr(delivery, "BATCH", 3)
    committed: list[int] = []
    write = delivery._write

    def note_and_write(*args: Any) -> Any:
        transaction.on_commit(lambda: committed.append(Notification.objects.filter(notice=CALLED).count()))
        return write(*args)

    monkeypatch.setattr(delivery, "_write", note_and_write)
    while consume("notifications"):
        pass
    assert [count for count in committed if count][:3] == [3, 6, 7]
