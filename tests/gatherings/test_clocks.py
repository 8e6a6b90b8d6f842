"""Nights in which the clocks change: hours that do not exist are refused, an hour stays an hour."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.models import ScheduledMessage
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person
from zhiliu.gatherings.forms import CounterForm, TeaForm, TimeForm
from zhiliu.gatherings.models import Gathering
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.natural_dates import moment_in

from .stage import make_talk

pytestmark = pytest.mark.django_db
SPRING, AUTUMN = "2027-03-28", "2027-10-31"


@pytest.fixture
def berlin(lin: Person, community: Community) -> Any:
    """Lin lives where clocks change."""
    Person.objects.filter(pk=lin.pk).update(time_zone="Europe/Berlin", language="en")
    with timezone.override("Europe/Berlin"):
        yield fresh(lin)


def typed(day: str, clock: str, minutes: int = 60) -> dict[str, Any]:
    return {"day": day, "clock": clock, "minutes": minutes, "place": "听涛室", "anyway": "1"}


def test_an_hour_that_does_not_exist_is_refused_with_a_sentence(
    berlin: Person, community: Community, browse: Any
) -> None:
    talk = make_talk(community, berlin)
    answer = browse(berlin).post(f"/gatherings/{talk.pk}/time/", typed(SPRING, "02:30"))
    assert (answer.status_code, "02:30 doesn’t exist on that day" in answer.content.decode()) == (200, True)
    assert Gathering.objects.get().starts_at is None
    assert browse(berlin).get(f"/gatherings/{talk.pk}/time/doubts/", typed(SPRING, "02:30")).status_code == 200


@pytest.mark.parametrize(
    ("day", "clock", "minutes", "starts", "ends"),
    [
        (SPRING, "01:30", 60, "2027-03-28T00:30", "2027-03-28T01:30"),
        (SPRING, "01:59", 30, "2027-03-28T00:59", "2027-03-28T01:29"),
        (SPRING, "03:00", 60, "2027-03-28T01:00", "2027-03-28T02:00"),
        (AUTUMN, "02:30", 60, "2027-10-31T00:30", "2027-10-31T01:30"),
        (AUTUMN, "01:30", 180, "2027-10-30T23:30", "2027-10-31T02:30"),
    ],
)
def test_an_hour_stays_an_hour(
    berlin: Person, community: Community, browse: Any, day: str, clock: str, minutes: int, starts: str, ends: str
) -> None:
    talk = make_talk(community, berlin)
    assert browse(berlin).post(f"/gatherings/{talk.pk}/time/", typed(day, clock, minutes)).status_code == 302
    talk = Gathering.objects.get()
    moments = [moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M") for moment in (talk.starts_at, talk.ends_at)]
    assert moments == [starts, ends]


def test_tea_and_other_times_know_the_clock_too(berlin: Person, wang: Person, community: Community) -> None:
    places = Community.objects.filter(pk=community.pk)
    words = {"other": wang.pk, "community": community.pk, "day": SPRING, "clock": "02:10", "minutes": 30}
    with translation.override("en"):
        tea, times = TeaForm(berlin, places, words), CounterForm({"first": f"{SPRING}T02:10"})
        for errors in (tea.errors["clock"], times.errors["first"]):
            assert "so 02:10 doesn’t exist" in errors[0]
    twice = CounterForm({"first": f"{AUTUMN}T02:10"})
    assert twice.is_valid() and twice.times()[0].astimezone(dt.UTC).hour == 0


def test_a_message_for_later_is_not_sent_at_an_hour_that_does_not_exist(
    berlin: Person, community: Community, browse: Any, monkeypatch: Any
) -> None:
    channel = open_channel(community, name="现场", by=berlin)
    monkeypatch.setattr("zhiliu.conversations.scheduling.LATEST", dt.timedelta(days=900))
    door = f"/channels/{channel.pk}/later/"
    answer = browse(berlin).post(door, {"body": "早", "own_due": f"{SPRING}T02:30", "client_id": "a"}, follow=True)
    assert answer.status_code < 500 and "so 02:30 doesn’t exist" in answer.content.decode()
    assert not ScheduledMessage.objects.exists()
    browse(berlin).post(door, {"body": "早", "own_due": f"{AUTUMN}T02:30", "client_id": "b"})
    assert ScheduledMessage.objects.get().due_at == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["3月28日2点30分", "28 March 2027 02:30"])
def test_a_reminder_names_no_hour_that_does_not_exist(berlin: Person, text: str) -> None:
    now = dt.datetime(2027, 3, 27, 12, tzinfo=dt.UTC)
    with pytest.raises(Refused, match="so 02:30 doesn’t exist"), translation.override("en"):
        moment_in(text, now)


@pytest.mark.parametrize("text", ["两小时后", "in 2 hours", "2 hours", "120 minutes"])
def test_a_span_passes_whatever_the_clocks_do(berlin: Person, text: str) -> None:
    now = dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC)
    found = moment_in(text, now)
    assert found is not None and found.astimezone(dt.UTC) - now == dt.timedelta(hours=2)


def test_where_no_clock_changes_nothing_is_refused(lin: Person) -> None:
    form = TimeForm(typed(SPRING, "02:30"))
    assert form.is_valid(), form.errors
    start, end = form.moments()
    assert (timezone.localtime(start).hour, end - start) == (2, dt.timedelta(hours=1))
