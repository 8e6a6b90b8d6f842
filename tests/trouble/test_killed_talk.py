"""The web server is killed again and again while twenty people talk: nothing acknowledged is lost, doubled or moved."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.journeys.conftest import Product, start

from .conftest import Visitor, sessions
from .test_trouble import child, end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KILLS, MOMENT = 3, 0.3
CHANNEL = """
SELECT h.id, h.last_change FROM conversations_channel h JOIN communities_community c ON c.id = h.community_id
 WHERE c.slug = 'service-help' AND h.kind = 'public' AND h.posting = 'everybody' AND h.closed_at IS NULL LIMIT 1
"""

# They talk faster than people do: nobody asks them for a break.
UNHURRIED = """
INSERT INTO moderation_policy (community_id, modes, newcomer_limit, member_limit, version)
 SELECT id, '{"flooding": "off"}', 1000000, 1000000, 1 FROM communities_community WHERE slug = 'service-help'
"""


class Talker(threading.Thread):
    """Somebody who says one thing after the other, again until it is acknowledged, and reads what changed."""

    def __init__(self, visitor: Visitor, name: int, channel: int, cursor: int, done: threading.Event) -> None:
        super().__init__(daemon=True)
        self.visitor, self.called, self.done = visitor, name, done
        self.path, self.cursor = f"/channels/{channel}/messages/", cursor
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.seen: list[dict[str, Any]] = []
        self.wrong: list[tuple[int, str]] = []
        self.cuts = 0

    def run(self) -> None:
        """Talk until it is over."""
        number = 0
        while not self.done.is_set():
            client = f"talker-{self.called}-{number}"
            if (said := self.ask("POST", body=f"第 {number} 句", client=client)) is not None:
                self.acknowledged[client] = said
                number += 1
            self.read_on()

    def read_on(self) -> bool:
        """Ask once for what changed. Whether there was an answer, and it was the last one for now."""
        answer = self.ask("GET", changed=str(self.cursor))
        if answer is None:
            return False
        self.seen += answer["messages"]
        self.cursor = answer["cursor"]
        return not answer["more"]

    def ask(self, method: str, **fields: str) -> dict[str, Any] | None:
        """One request; None when the server was cut off in it."""
        connection = http.client.HTTPConnection(self.visitor.host, timeout=20)
        headers = {"Cookie": self.visitor.cookies, "Accept": "application/json"}
        path, body = f"{self.path}?{urlencode(fields)}", None
        if method == "POST":
            path, body = self.path, urlencode({**fields, "csrfmiddlewaretoken": "a" * 32})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.cuts += 1
            time.sleep(0.1)
            return None
        finally:
            connection.close()
        if answer.status != 200:
            self.wrong.append((answer.status, text[:200].decode(errors="replace")))
            return None
        found: dict[str, Any] = json.loads(text)
        return found


def test_what_was_said_survives_a_killed_web_server(own_data: Path) -> None:
    keys = list(sessions(own_data, 20).values())
    assert len(keys) == 20
    product = start(own_data)
    try:
        channel, cursor = product.sql(CHANNEL)[0]
        product.sql(UNHURRIED)
        talkers = talk_through_kills(product, keys, channel, cursor)
        kept = product.sql(
            "SELECT client_id, id, number, changed FROM conversations_message"
            " WHERE channel_id = ? AND client_id LIKE 'talker-%' ORDER BY changed",
            channel,
        )
    finally:
        end(product)
    assert [talker.wrong for talker in talkers] == [[]] * 20
    assert sum(talker.cuts for talker in talkers) >= KILLS
    names = [name for name, *_rest in kept]
    assert len(set(names)) == len(names) > 20
    first = kept[0][2]
    assert [(number, changed) for _name, _key, number, changed in kept] == [
        (first + place, cursor + 1 + place) for place in range(len(kept))
    ]
    where = {name: (key, number, changed) for name, key, number, changed in kept}
    for talker in talkers:
        for name, said in talker.acknowledged.items():
            assert where[name] == (said["id"], said["number"], said["changed"])
        # In the order of the channel, each once, those too whose sender never heard that they were kept.
        assert [(said["id"], said["changed"]) for said in talker.seen] == [(key, at) for _name, key, _n, at in kept]


def talk_through_kills(product: Product, keys: list[str], channel: int, cursor: int) -> list[Talker]:
    """Everybody talks while the web process is killed; at the end all read to the end."""
    done = threading.Event()
    talkers = [Talker(Visitor(product, key), name, channel, cursor, done) for name, key in enumerate(keys)]
    for talker in talkers:
        talker.start()
    for _ in range(KILLS):
        there = sum(len(talker.acknowledged) for talker in talkers)
        deadline = time.monotonic() + 30
        while sum(len(talker.acknowledged) for talker in talkers) < there + 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(MOMENT)
        os.killpg(child(product, "zhiliu.console.serve").pid, signal.SIGKILL)
    there = sum(len(talker.acknowledged) for talker in talkers)
    deadline = time.monotonic() + 30
    while sum(len(talker.acknowledged) for talker in talkers) < there + 10 and time.monotonic() < deadline:
        time.sleep(0.05)
    done.set()
    for talker in talkers:
        talker.join(40)
    deadline = time.monotonic() + 30
    for talker in talkers:
        while not talker.read_on() and time.monotonic() < deadline:
            pass
    return talkers
