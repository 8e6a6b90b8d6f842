"""A topic and its gathering are made in one form."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Gathering, Invitation
from zhiliu.needs.models import Topic

from .stage import soon

pytestmark = pytest.mark.django_db
TOPIC = {"title": "比价时怎么办", "for_whom": "新人", "take_home": "一张表"}


def a_tuesday() -> dt.date:
    day = soon(20).date()
    return day + dt.timedelta(days=(1 - day.weekday()) % 7)


def send(browse: Any, community: Community, by: Person, **more: Any) -> Any:
    return browse(by).post(f"/communities/{community.slug}/topics/new/", {**TOPIC, **more})


def test_without_a_word_about_it_only_the_topic_is_made(community: Community, lin: Person, browse: Any) -> None:
    answer = send(browse, community, lin, clock="15:00", minutes="40", place="")
    topic = Topic.objects.get()
    assert answer.headers["Location"] == topic.get_absolute_url()
    assert topic.state == Topic.State.OPEN and not Gathering.objects.exists()


def test_topic_sharer_and_time_in_one_form(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    when = {"day": a_tuesday().isoformat(), "clock": "15:00", "minutes": "40", "place": "大会议室"}
    answer = send(browse, community, lin, sharer=wang.pk, **when)
    gathering = Gathering.objects.get()
    assert answer.headers["Location"] == gathering.get_absolute_url()
    assert (gathering.topic, gathering.host, gathering.sharer, gathering.state) == (
        Topic.objects.get(),
        lin,
        None,
        "fixed",
    )
    assert (gathering.title, gathering.for_whom, gathering.take_home) == tuple(TOPIC.values())
    assert (gathering.place, gathering.minutes, gathering.starts_at.astimezone(dt.UTC).hour) == ("大会议室", 40, 7)
    assert Invitation.objects.get().person == wang
    assert gathering.topic.state == Topic.State.PLANNED


def test_whoever_ticks_that_they_share_is_not_asked(community: Community, lin: Person, browse: Any) -> None:
    send(browse, community, lin, i_share="on")
    assert Gathering.objects.get().sharer == lin and not Invitation.objects.exists()
    assert Gathering.objects.get().state == Gathering.State.PLANNING


def test_a_time_something_speaks_against_is_shown_before_it_is_taken(
    community: Community, lin: Person, browse: Any
) -> None:
    sunday = a_tuesday() + dt.timedelta(days=5)
    answer = send(browse, community, lin, day=sunday.isoformat(), clock="15:00", minutes="60", place="大会议室")
    gathering, page = Gathering.objects.get(), urlsplit(answer.headers["Location"])
    assert gathering.state == Gathering.State.PLANNING and gathering.starts_at is None
    assert page.path == f"/gatherings/{gathering.pk}/time/"
    typed = {key: value for key, (value,) in parse_qs(page.query).items()}
    assert typed == {"day": sunday.isoformat(), "clock": "15:00", "minutes": "60", "place": "大会议室"}
    shown = browse(lin).get(answer.headers["Location"]).content.decode()
    assert 'name="anyway" value="1"' in shown and sunday.isoformat() in shown
    browse(lin).post(page.path, {**typed, "anyway": "1"})
    gathering.refresh_from_db()
    assert gathering.state == Gathering.State.FIXED


def test_a_refused_time_leaves_no_topic_behind(community: Community, lin: Person, browse: Any) -> None:
    answer = send(browse, community, lin, day="2020-03-03", clock="15:00", minutes="40", place="")
    assert answer.status_code == 200
    assert not Topic.objects.exists() and not Gathering.objects.exists()


def test_a_day_needs_an_hour(community: Community, lin: Person, browse: Any) -> None:
    answer = send(browse, community, lin, day=a_tuesday().isoformat(), clock="", minutes="40")
    assert answer.status_code == 200 and not Topic.objects.exists()


def test_without_gatherings_nothing_is_asked(community: Community, lin: Person, browse: Any) -> None:
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    page = browse(lin).get(f"/communities/{community.slug}/topics/new/").content.decode()
    assert 'name="take_home"' in page and 'name="sharer"' not in page
