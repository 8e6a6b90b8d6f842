"""What nginx and the open page are answered where nginx holds the streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.settings.declared import BadSettings, read
from tests.live.test_hub import change, session
from zhiliu.activity.consumers import last_position
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def test_a_stream_is_led_to_what_its_reader_may_hear_and_to_their_language(
    channel: Channel, community: Community, lin: Person, wang: Person, xu: Person, client: Any
) -> None:
    talk = open_talk([xu], by=lin)
    client.cookies["sessionid"] = session(wang)
    asked = f"/live/?language=en&topic=channel-{channel.pk}&topic=channel-{talk.pk}&topic=nonsense"
    answer = client.get("/live/admission/", headers={"X-Original-URI": asked})
    channels = answer.headers["X-Live-Channels"].split(",")
    assert answer.status_code == 204
    assert channels[0] == f"channel-{channel.pk}.en"
    assert f"person-{wang.pk}" in channels
    assert not any(item.startswith(f"channel-{talk.pk}") for item in channels)


def test_without_a_session_there_is_no_stream(channel: Channel, client: Any) -> None:
    asked = {"X-Original-URI": f"/live/?topic=channel-{channel.pk}"}
    assert client.get("/live/admission/", headers=asked).status_code == 403
    assert client.get(f"/live/missed/?since=1&topic=channel-{channel.pk}").status_code == 403


def test_what_was_missed_is_told_in_order_and_only_ones_own(wang: Person, lin: Person, client: Any) -> None:
    client.cookies["sessionid"] = session(wang)
    before = last_position()
    change(wang)
    change(lin)
    change(wang)
    told = [json.loads(item) for item in client.get(f"/live/missed/?since={before}").json()["missed"]]
    assert [item["event"] for item in told] == ["inbox", "inbox", "start"]
    assert {item["topic"] for item in told} == {f"person-{wang.pk}"}
    assert before < told[0]["position"] < told[1]["position"] <= told[2]["position"]
    # Who has heard nothing yet learns where to go on from.
    told = [json.loads(item) for item in client.get("/live/missed/").json()["missed"]]
    assert [(item["event"], item["position"]) for item in told] == [("start", last_position())]


def test_nchan_needs_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHILIU_NCHAN_URL", "http://127.0.0.1:8399/publish/")
    monkeypatch.setenv("ZHILIU_DATABASE_URL", "")
    with pytest.raises(BadSettings, match="PostgreSQL"):
        read()
