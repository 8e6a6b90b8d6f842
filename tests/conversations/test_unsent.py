"""What somebody typed and did not send waits for them on their other devices, and for nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from zhiliu.communities.models import Community
from zhiliu.conversations import unsent
from zhiliu.conversations.models import Channel, Message, UnsentText
from zhiliu.conversations.opening import close_channel, open_channel, open_talk, put_out
from zhiliu.conversations.posting import post
from zhiliu.conversations.unsent import (
    KEEP_FOR,
    MOST_CHARACTERS,
    forget_old_unsent,
    forget_sent,
    keep_unsent,
    unsent_in,
    unsent_words,
)
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


@pytest.fixture
def told(monkeypatch: Any) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(unsent, "broadcast_ephemeral", lambda topic, name, event: events.append((topic, name, event)))
    return events


def kept(channel: Channel, person: Person, root: int = 0) -> Any:
    return unsent_in(channel, person, root)["body"]


def version(channel: Channel, person: Person) -> int:
    return int(str(unsent_in(channel, person)["version"]))


def test_a_text_is_kept_changed_and_removed(channel: Channel, wang: Person) -> None:
    assert unsent_in(channel, wang) == {"body": "", "version": 0}
    keep_unsent(channel, "先量", by=wang)
    first = version(channel, wang)
    for _turn in range(2):
        keep_unsent(channel, "先量坡度", by=wang, version=first)
    assert kept(channel, wang) == "先量坡度" and version(channel, wang) > first
    keep_unsent(channel, " \n", by=wang, version=version(channel, wang))
    keep_unsent(channel, "", by=wang)
    assert not UnsentText.objects.exists()


def test_what_was_made_from_another_version_changes_nothing(channel: Channel, wang: Person) -> None:
    keep_unsent(channel, "手机上写的", by=wang)
    for body in ("电脑上写的", ""):
        keep_unsent(channel, body, by=wang, version=version(channel, wang) - 1)
    assert kept(channel, wang) == "手机上写的"


def test_versions_grow_even_when_the_clock_stands_still(channel: Channel, wang: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(unsent.time, "time_ns", lambda: 5_000_000)
    keep_unsent(channel, "一", by=wang)
    keep_unsent(channel, "二", by=wang, version=5)
    assert unsent_in(channel, wang) == {"body": "二", "version": 6}


def test_a_thread_has_its_own_text(channel: Channel, wang: Person, xu: Person) -> None:
    root = post(channel, body="停机", by=xu)
    assert isinstance(root, Message)
    keep_unsent(channel, "在频道", by=wang)
    keep_unsent(channel, "在话题串", by=wang, root=root)
    assert (kept(channel, wang), kept(channel, wang, root.pk), kept(channel, xu)) == ("在频道", "在话题串", "")
    assert unsent_words([channel.pk], wang) == {channel.pk: "在频道"}
    keep_unsent(channel, "", by=wang, version=version(channel, wang))
    assert unsent_words([channel.pk], wang) == {}


def test_each_channel_has_its_own_text(community: Community, channel: Channel, lin: Person, wang: Person) -> None:
    other = open_channel(community, name="闲聊", by=lin)
    keep_unsent(channel, "在日常", by=wang)
    assert kept(other, wang) == ""
    keep_unsent(other, "在闲聊", by=wang)
    assert (kept(channel, wang), kept(other, wang)) == ("在日常", "在闲聊")
    assert unsent_words([other.pk], wang) == {other.pk: "在闲聊"}


def test_the_same_text_again_is_no_change(channel: Channel, wang: Person) -> None:
    keep_unsent(channel, "先量", by=wang)
    before = version(channel, wang)
    keep_unsent(channel, "先量", by=wang, version=before)
    assert version(channel, wang) == before


def test_only_the_sent_text_goes_even_where_others_have_the_same_version(
    community: Community, channel: Channel, lin: Person, wang: Person, xu: Person, monkeypatch: Any
) -> None:
    monkeypatch.setattr(unsent.time, "time_ns", lambda: 5_000_000)
    other = open_channel(community, name="闲聊", by=lin)
    root = post(channel, body="停机", by=xu)
    assert isinstance(root, Message)
    for place, person, above in (
        (channel, wang, None),
        (other, wang, None),
        (channel, xu, None),
        (channel, wang, root),
    ):
        keep_unsent(place, "话", by=person, root=above)
    forget_sent(channel, 5, by=wang)
    left = UnsentText.objects.values_list("channel_id", "person__handle", "root")
    assert set(left) == {(other.pk, "wang", 0), (channel.pk, "xu", 0), (channel.pk, "wang", root.pk)}


def test_who_may_not_write_keeps_nothing(channel: Channel, sun: Person, wang: Person) -> None:
    with pytest.raises(Forbidden, match="Join the community to take part"):
        keep_unsent(channel, "我也说两句", by=sun)
    with pytest.raises(Refused, match="too long to be kept"):
        keep_unsent(channel, "长" * (MOST_CHARACTERS + 1), by=wang)
    keep_unsent(channel, "长" * MOST_CHARACTERS, by=wang)
    assert UnsentText.objects.get().person == wang


def test_who_may_not_write_any_more_takes_away_what_was_kept(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    for person in (wang, xu):
        keep_unsent(channel, "没发的", by=person)
    close_channel(channel, by=lin)
    with pytest.raises(Forbidden, match="closed and read-only"):
        keep_unsent(channel, "改一下", by=wang, version=version(channel, wang))
    assert keep_unsent(channel, "", by=wang, version=version(channel, wang))
    assert (kept(channel, wang), kept(channel, xu)) == ("", "没发的")
    with pytest.raises(Forbidden, match="closed and read-only"):
        keep_unsent(channel, "", by=wang)


def test_what_became_a_message_goes_and_newer_words_stay(channel: Channel, wang: Person, xu: Person) -> None:
    keep_unsent(channel, "旧的", by=wang)
    keep_unsent(channel, "别人的", by=xu)
    old = version(channel, wang)
    keep_unsent(channel, "新的", by=wang, version=old)
    forget_sent(channel, old, by=wang)
    assert kept(channel, wang) == "新的"
    for _turn in range(2):
        forget_sent(channel, version(channel, wang), by=wang)
    assert (kept(channel, wang), kept(channel, xu)) == ("", "别人的")


def test_the_other_devices_are_told_that_there_is_something_new_but_not_what(
    channel: Channel, wang: Person, told: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        keep_unsent(channel, "秘密", by=wang)
        first = version(channel, wang)
        keep_unsent(channel, "不作数", by=wang, version=1)
        forget_sent(channel, first, by=wang)
    event = {"channel": channel.pk, "root": 0}
    topic = ("person", wang.pk)
    assert told == [(topic, "unsent", event | {"version": first}), (topic, "unsent", event | {"version": 0})]


def test_what_nobody_touched_for_weeks_goes(channel: Channel, wang: Person, xu: Person) -> None:
    now = timezone.now()
    with freeze_time(now - KEEP_FOR - dt.timedelta(minutes=1)):
        keep_unsent(channel, "旧的", by=wang)
    with freeze_time(now - KEEP_FOR + dt.timedelta(minutes=1)):
        keep_unsent(channel, "还新", by=xu)
    forget_old_unsent()
    assert [row.person for row in UnsentText.objects.all()] == [xu]


def test_leavers_leave_nothing_unsent(channel: Channel, wang: Person, xu: Person, admin: Person, catch_up: Any) -> None:
    for person in (wang, xu):
        keep_unsent(channel, "没发的", by=person)
    deactivate(wang, by=admin)
    catch_up()
    assert [row.person for row in UnsentText.objects.all()] == [xu]


def test_who_is_put_out_of_a_channel_leaves_nothing_there(
    community: Community, channel: Channel, lin: Person, wang: Person
) -> None:
    private = open_channel(community, name="小组", by=lin, kind=Channel.Kind.PRIVATE, people=[wang])
    for place in (private, channel):
        keep_unsent(place, "没发的", by=wang)
    keep_unsent(private, "还在", by=lin)
    put_out(private, [wang.pk])
    rows = UnsentText.objects.values_list("channel_id", "person__handle")
    assert set(rows) == {(channel.pk, "wang"), (private.pk, "lin")}


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_a_device_saves_and_another_finds_it(channel: Channel, wang: Person, xu: Person, browse: Any) -> None:
    url = f"/channels/{channel.pk}/unsent/"
    answer = browse(wang).post(url, {"body": "先量坡度"}, **JSON).json()
    there = {"body": "先量坡度", "version": version(channel, wang)}
    assert (answer, browse(wang).get(url, **JSON).json()) == (there | {"kept": True}, there)
    stale = browse(wang).post(url, {"body": "别的", "version": 3}, **JSON).json()
    assert stale == there | {"kept": False}
    for page in (f"/channels/{channel.pk}/", "/talk/"):
        text = browse(wang).get(page).content.decode()
        assert "先量坡度" in text or "\\u5148\\u91cf" in text
        assert "先量坡度" not in (other := browse(xu).get(page).content.decode()) and "\\u5148\\u91cf" not in other


def test_a_device_learns_that_its_words_count_even_where_invisible_characters_go(
    channel: Channel, wang: Person, browse: Any
) -> None:
    url, body = f"/channels/{channel.pk}/unsent/", "复制\u200b来的\ufeff字\r\n👨‍👩‍👧"
    first = browse(wang).post(url, {"body": body}, **JSON).json()
    assert first == {"body": "复制来的字\n👨‍👩‍👧", "version": version(channel, wang), "kept": True}
    assert browse(wang).post(url, {"body": body, "version": first["version"]}, **JSON).json() == first
    # The answer to it was lost, so that the device sends it once more.
    assert browse(wang).post(url, {"body": body}, **JSON).json() == first
    emptied = browse(wang).post(url, {"body": " \u200b", "version": first["version"]}, **JSON).json()
    nothing = browse(wang).post(url, {"body": "\n"}, **JSON).json()
    assert emptied == nothing == {"body": "", "version": 0, "kept": True}


def test_a_message_takes_its_unsent_text_with_it(channel: Channel, wang: Person, browse: Any) -> None:
    root = post(channel, body="停机", by=wang)
    assert isinstance(root, Message)
    for body, place in (("发出去", None), ("还留着", root)):
        keep_unsent(channel, body, by=wang, root=place)
    url = f"/channels/{channel.pk}/messages/"
    browse(wang).post(url, {"body": "发出去", "unsent": version(channel, wang)}, **JSON)
    assert [row.body for row in UnsentText.objects.all()] == ["还留着"]
    browse(wang).post(url, {"body": "还留着", "root": root.pk, "unsent": UnsentText.objects.get().version}, **JSON)
    assert not UnsentText.objects.exists()


def test_who_does_not_see_a_channel_finds_no_text_there(wang: Person, sun: Person, xu: Person, browse: Any) -> None:
    talk = open_talk([sun], by=wang)
    keep_unsent(talk, "没发的", by=wang)
    url = f"/channels/{talk.pk}/unsent/"
    assert (browse(xu).get(url).status_code, browse(xu).post(url, {"body": "x"}).status_code) == (404, 404)
    assert browse(sun).get(url).json() == {"body": "", "version": 0}
    assert browse(wang).get(f"{url}?root=999999").status_code == 404
