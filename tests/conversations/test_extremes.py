"""Messages nobody sane sends: each gets a clear answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import make_person
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.mentions import MOST_NAMED, find_mentioned
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person

TOO_LONG = "Messages can have at most 8,000 characters. Send longer text as a file, or write an article."


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def say(browse: Any, person: Person, channel: Channel, body: str) -> tuple[int, Any]:
    answer = browse(person).post(
        f"/channels/{channel.pk}/messages/",
        {"body": body},
        headers={"Accept": "application/json", "Accept-Language": "en"},
    )
    return answer.status_code, answer.json()


def test_a_hundred_kilobytes_are_refused_with_what_to_do_instead(browse: Any, channel: Channel, lin: Person) -> None:
    lin.language = "en"
    lin.save()
    assert say(browse, lin, channel, "长" * 34_000) == (422, {"error": TOO_LONG})
    assert not Message.objects.exists()


def test_ten_thousand_calls_are_refused_as_too_long(browse: Any, channel: Channel, lin: Person, wang: Person) -> None:
    lin.language = "en"
    lin.save()
    assert say(browse, lin, channel, f"@{wang.name} " * 10_000) == (422, {"error": TOO_LONG})
    assert not Message.objects.exists()


def test_of_very_many_names_the_first_fifty_are_called(
    channel: Channel, community: Community, lin: Person, django_assert_max_num_queries: Any
) -> None:
    people = [
        make_person("wang", handle=f"many{n}", name=f"测试员{n:02}", employee_number=f"M{n}", email=f"m{n}@example.com")
        for n in range(60)
    ]
    Membership.objects.bulk_create([Membership(community=community, person=person) for person in people])
    body = " ".join(f"@{person.name}" for person in people)
    with django_assert_max_num_queries(8):
        called = find_mentioned(body, channel, by=lin)
    assert list(called.people) != [] and set(called.people) == {person.name for person in people[:MOST_NAMED]}
    message = post(channel, body=body + " @没有这人" * 900, by=lin)
    assert len(message.called["people"]) == MOST_NAMED


def test_characters_that_are_not_seen_or_turn_the_line_are_left_out(browse: Any, channel: Channel, lin: Person) -> None:
    message = post(channel, body="a\u202egnp.exe\u0000 b\u200b\u2066c\u0007\r\nd", by=lin)
    message.refresh_from_db()
    assert message.body == "agnp.exe bc\nd"
    assert message.html == "<p>agnp.exe bc<br>\nd</p>\n"
    lin.language = "en"
    lin.save()
    assert say(browse, lin, channel, "\u202e\u0000\u200b \u2067") == (422, {"error": "Write something first."})
    assert Message.objects.count() == 1
