"""Gatherings in calendar programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.gatherings.calendars import calendar_of
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.scheduling import cancel, fix_time

from .stage import make_fixed, make_talk, soon


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_moved_gathering_is_the_same_entry_with_a_higher_sequence(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin, title="长" * 80)
    before = events(calendar_of([talk]))[0]
    fix_time(talk, starts_at=soon(4), ends_at=soon(4) + dt.timedelta(hours=1), by=lin)
    after = events(calendar_of([talk]))[0]
    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstart") == soon(4) and after.decoded("dtend") == soon(4) + dt.timedelta(hours=1)
    assert after.decoded("dtstamp") >= before.decoded("dtstamp")
    assert (str(after["summary"]), str(after["status"])) == ("长" * 80, "CONFIRMED")


def test_lines_are_folded_and_times_are_in_utc(community: Community, lin: Person) -> None:
    content = calendar_of([make_fixed(community, lin, take_home="一张对比表；三句话, 还有\n一页纸")])
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"DTSTART:" in content and content.count(b"Z\r\n") >= 3
    assert b"METHOD:PUBLISH" in content


def test_a_called_off_gathering_is_cancelled_in_the_calendar(community: Community, lin: Person) -> None:
    talk = cancel(make_fixed(community, lin), reason="没有会议室", by=lin)
    entry = events(calendar_of([talk]))[0]
    assert (str(entry["status"]), entry["sequence"]) == ("CANCELLED", 1)
    assert "没有会议室" in str(entry["description"])


def test_without_a_time_there_is_no_entry(community: Community, lin: Person) -> None:
    assert events(calendar_of([make_talk(community, lin)])) == []


# --- doors ------------------------------------------------------------------------------------------------------------


def test_the_file_of_a_gathering(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    answer = browse(wang).get(f"/gatherings/{talk.pk}/gathering.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events(answer.content)) == 1
    assert browse(wang).get(f"/gatherings/{make_talk(community, lin).pk}/gathering.ics").status_code == 404


def test_the_feed_needs_the_key_and_no_session(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    make_fixed(community, lin, start=soon(9))
    answer = Client().get(f"/calendar/{wang.calendar_key}.ics")
    assert [str(event["uid"]) for event in events(answer.content)] == [str(talk.calendar_uid)]
    assert events(Client().get(f"/calendar/{xu.calendar_key}.ics").content) == []


@pytest.mark.parametrize("key", ["0", "x" * 32, "' OR 1=1 --"])
def test_a_wrong_key_opens_nothing(community: Community, key: str) -> None:
    assert Client().get(f"/calendar/{key}.ics").status_code == 404


def test_the_feed_of_somebody_who_left_is_closed(community: Community, wang: Person, admin: Person) -> None:
    deactivate(wang, by=admin)
    assert Client().get(f"/calendar/{wang.calendar_key}.ics").status_code == 404


def test_called_off_gatherings_stay_in_the_feed(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    cancel(talk, reason="不办", by=lin)
    entries = events(Client().get(f"/calendar/{wang.calendar_key}.ics").content)
    assert [str(entry["status"]) for entry in entries] == ["CANCELLED"]
    assert Gathering.objects.get(pk=talk.pk).seat_rows.count() == 1
