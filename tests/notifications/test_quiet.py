"""Do-not-disturb hours: when they end, what waits for it, and who sees it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.notifications.models import Delivery, QuietHours
from zhiliu.notifications.quiet import choose_quiet, quiet_until, rest_until


def at(text: str) -> dt.datetime:
    """A moment by the clock of the organisation."""
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def rests(person: Person, now: str) -> str | None:
    """Until when somebody rests at a moment."""
    end = quiet_until(Person.objects.get(pk=person.pk), at(now))
    return f"{timezone.localtime(end):%m-%d %H:%M}" if end else None


# 2026-11-27 is a Friday.
NIGHT = (dt.time(22), dt.time(8))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-25T21:59", None),
        ("2026-11-25T22:00", "11-26 08:00"),
        ("2026-11-26T03:00", "11-26 08:00"),
        ("2026-11-26T08:00", None),
        ("2026-11-28T12:00", None),
    ],
)
def test_a_night_is_one_stretch_across_midnight(now: str, until: str | None, lin: Person) -> None:
    choose_quiet(*NIGHT, on_days_off=False, by=lin)
    assert rests(lin, now) == until


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-27T21:00", None),
        ("2026-11-27T23:00", "11-30 08:00"),
        ("2026-11-28T12:00", "11-30 08:00"),
        ("2026-11-29T23:30", "11-30 08:00"),
        ("2026-11-30T09:00", None),
    ],
)
def test_quiet_days_off_last_until_the_morning_of_a_worked_day(now: str, until: str | None, lin: Person) -> None:
    choose_quiet(*NIGHT, on_days_off=True, by=lin)
    assert rests(lin, now) == until


def test_by_day_and_by_the_clock_of_the_person(lin: Person) -> None:
    choose_quiet(dt.time(12), dt.time(13), on_days_off=False, by=lin)
    assert (rests(lin, "2026-11-25T12:30"), rests(lin, "2026-11-25T13:00")) == ("11-25 13:00", None)
    Person.objects.filter(pk=lin.pk).update(time_zone="Europe/Berlin")
    assert rests(lin, "2026-11-25T12:30") is None
    assert rests(lin, "2026-11-25T19:30") == "11-25 20:00"


def test_without_times_nobody_rests(lin: Person) -> None:
    choose_quiet(*NIGHT, on_days_off=False, by=lin)
    choose_quiet(*NIGHT, on_days_off=False, by=lin)
    assert QuietHours.objects.count() == 1
    choose_quiet(None, dt.time(8), on_days_off=True, by=lin)
    choose_quiet(dt.time(8), dt.time(8), on_days_off=True, by=lin)
    assert not QuietHours.objects.exists() and rests(lin, "2026-11-25T23:00") is None


def test_mail_waits_until_they_are_over(community: Community, lin: Person, wang: Person, catch_up: Any) -> None:
    now = timezone.localtime()
    Person.objects.filter(pk=wang.pk).update(email="wang@example.com")
    choose_quiet((now - dt.timedelta(hours=1)).time(), (now + dt.timedelta(hours=2)).time(), on_days_off=False, by=wang)
    channel = open_channel(community, name="日常", by=lin)
    post(channel, body=f"@{wang.name} 明天你去", by=lin, mentioned_ids=[wang.pk])
    catch_up()
    assert Delivery.objects.filter(person=wang, notification__notice="conversations.called").count() == 1
    jobs = DBTaskResult.objects.filter(task_path__endswith="send_mail_for")
    waits = [job.run_after for job in jobs if Delivery.objects.get(pk=job.args_kwargs["args"][0]).person == wang]
    end = now + dt.timedelta(hours=2)
    assert waits and all(abs(wait - end) < dt.timedelta(minutes=1) for wait in waits)


def test_who_writes_privately_sees_that_they_rest(lin: Person, wang: Person, browse: Any) -> None:
    talk = open_talk([wang], by=lin)
    url = talk.get_absolute_url()
    assert "免打扰" not in browse(lin).get(url).content.decode()
    now = timezone.localtime()
    choose_quiet((now - dt.timedelta(hours=1)).time(), (now + dt.timedelta(hours=2)).time(), on_days_off=False, by=wang)
    assert "免打扰" in browse(lin).get(url).content.decode()
    assert "免打扰" not in browse(wang).get(url).content.decode()


def test_the_form_keeps_and_clears_them(lin: Person, browse: Any) -> None:
    path = "/inbox/preferences/"
    sent = {"quiet_from": "22:00", "quiet_until": "08:00", "quiet_days_off": "1"}
    assert browse(lin).post(path, sent).status_code == 302
    quiet_hours = QuietHours.objects.get(person=lin)
    assert (quiet_hours.starts, quiet_hours.ends, quiet_hours.on_days_off) == (*NIGHT, True)
    assert 'value="22:00"' in browse(lin).get(path).content.decode()
    browse(lin).post(path, {"quiet_from": "25:99", "quiet_until": ""})
    assert not QuietHours.objects.exists()


def test_one_rests_until_a_moment_and_then_by_the_hours(lin: Person) -> None:
    until = timezone.localtime() + dt.timedelta(hours=2)
    rest_until(until, by=lin)
    assert quiet_until(Person.objects.get(pk=lin.pk)) == until
    # The hours that begin before it ends go on from there.
    starts, ends = (until - dt.timedelta(minutes=30)).time(), (until + dt.timedelta(hours=1)).time()
    choose_quiet(starts, ends, on_days_off=False, by=lin)
    end = quiet_until(Person.objects.get(pk=lin.pk))
    assert end is not None and abs(end - until - dt.timedelta(hours=1)) < dt.timedelta(seconds=2)
    choose_quiet(None, None, on_days_off=False, by=lin)
    assert quiet_until(Person.objects.get(pk=lin.pk)) == until
    assert quiet_until(Person.objects.get(pk=lin.pk), until) is None
    rest_until(None, by=lin)
    assert not QuietHours.objects.exists()


def test_resting_is_shown_and_ended_where_one_chooses_it(lin: Person, browse: Any) -> None:
    rest_until(timezone.now() + dt.timedelta(hours=2), by=lin)
    client = browse(lin)
    url = "/inbox/preferences/"
    assert 'name="end_rest"' in client.get(url).content.decode()
    client.post(url, {"end_rest": "1"})
    assert not QuietHours.objects.exists()
    assert 'name="end_rest"' not in client.get(url).content.decode()
