"""Who is here: used within ten minutes, with a page open; on two devices, after a killed process, with Redis or not."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_community, make_person
from tests.live.test_hub import Listener, run, session
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.queries import partners_heard
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.presence import presence_of
from zhiliu.live import presence
from zhiliu.live.hub import Hub
from zhiliu.live.presence import InRedis, Memory, Store, here_among
from zhiliu.live.topics import gates


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""])
    url = f"redis://127.0.0.1:{port}/0"
    try:
        import redis

        for _ in range(100):
            try:
                redis.Redis.from_url(url).ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Store:
    """Both, by the same tests."""
    if request.param == "memory":
        return Memory()
    return InRedis(request.getfixturevalue("redis_url"), prefix=f"test-{time.time_ns()}")


NOW = 2_000_000_000.0


def test_who_uses_it_with_a_page_open_is_here_until_the_stream_falls_silent(store: Store) -> None:
    assert store.extend(1, "a", NOW + 45, NOW) is False and store.here([1], NOW) == set()
    store.use(1, NOW + 600)
    assert (store.extend(1, "a", NOW + 45, NOW), store.extend(1, "a", NOW + 65, NOW + 20)) == (True, False)
    assert store.here([1, 2], NOW + 64) == {1}
    assert store.here([1, 2], NOW + 65) == set()
    assert (store.lapsed(NOW + 64), store.lapsed(NOW + 65), store.lapsed(NOW + 66)) == (set(), {1}, set())
    assert store.extend(1, "a", NOW + 120, NOW + 70) is True


def test_closing_one_of_two_leaves_the_person_here(store: Store) -> None:
    store.use(1, NOW + 600)
    store.extend(1, "a", NOW + 45, NOW)
    store.extend(1, "b", NOW + 45, NOW)
    # The first one is closed: it counts for a moment only.
    assert store.extend(1, "a", NOW + 15, NOW) is False
    assert store.here([1], NOW + 44) == {1} and store.lapsed(NOW + 44) == set()
    # The other one too.
    store.extend(1, "b", NOW + 15, NOW)
    assert store.here([1], NOW + 16) == set()


def test_hiding_is_at_once_and_comes_back_with_the_next_use(store: Store) -> None:
    store.use(1, NOW + 600)
    store.extend(1, "a", NOW + 45, NOW)
    assert (store.forget(1), store.forget(1), store.here([1], NOW)) == (True, False, set())
    assert store.extend(1, "a", NOW + 45, NOW) is False
    store.use(1, NOW + 600)
    assert store.extend(1, "a", NOW + 45, NOW) is True


def test_in_memory_ten_minutes_without_use_are_away(store: Store) -> None:
    if isinstance(store, InRedis):
        # Redis looks at its own clock.
        moment = time.time()
        store.use(1, moment)
        time.sleep(1.1)
    else:
        moment = NOW
        store.use(1, NOW - 1)
    assert store.extend(1, "a", moment + 45, moment) is False
    assert store.here([1], moment) == set()


def test_two_processes_see_the_same_in_redis_and_one_of_them_tells(redis_url: str) -> None:
    prefix = f"test-{time.time_ns()}"
    first, second = InRedis(redis_url, prefix), InRedis(redis_url, prefix)
    first.use(1, NOW + 600)
    assert (second.extend(1, "b", NOW + 45, NOW), first.extend(1, "a", NOW + 45, NOW)) == (True, False)
    # The first process is killed; what it said runs out, the second goes on.
    second.extend(1, "b", NOW + 90, NOW + 45)
    assert second.here([1], NOW + 89) == {1}
    assert [len(in_redis.lapsed(NOW + 95)) for in_redis in (first, second)] == [1, 0]


def test_without_redis_pages_go_on(settings: Any, lin: Person, browse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(presence._stores, settings.DECLARED.redis_url, InRedis("redis://127.0.0.1:1/0"))
    assert here_among([lin.pk]) == frozenset()
    assert browse(lin).post("/presence/").status_code == 204
    assert browse(lin).get(f"/people/{lin.handle}/").status_code == 200


# ---- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nobody_is_here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(presence._stores, settings.DECLARED.redis_url, Memory())


def test_a_used_page_makes_somebody_here_for_who_sees_them(lin: Person, wang: Person, browse: Any) -> None:
    open_talk([wang], by=lin)
    rail = f'data-presence="{wang.pk}" data-name="{wang.name}"'
    page = browse(lin).get("/talk/").content.decode()
    assert rail in page and "presence away" in page and "presence on" not in page
    assert browse(wang).post("/presence/").status_code == 204
    page = browse(lin).get("/talk/").content.decode()
    assert "presence on" in page and f'aria-label="{wang.name}，在线"' in page
    for path in (f"/people/{wang.handle}/", f"/people/{wang.handle}/card/"):
        assert "presence on" in browse(lin).get(path).content.decode()


def test_who_hides_is_away_for_everybody_until_they_show_themselves(lin: Person, wang: Person, browse: Any) -> None:
    client = browse(wang)
    client.post("/presence/")
    assert here_among([wang.pk]) == {wang.pk}
    client.post("/inbox/preferences/", {"hide_presence": "1"})
    client.post("/presence/")
    assert here_among([wang.pk]) == frozenset()
    client.post("/inbox/preferences/", {})
    client.post("/presence/")
    assert here_among([wang.pk]) == {wang.pk}


def test_a_channel_tells_how_many_are_here_and_who(lin: Person, wang: Person, xu: Person, browse: Any) -> None:
    channel = open_channel(make_community(lin, wang, xu), name="日常", by=lin)
    for person in (wang, xu):
        browse(person).post("/presence/")
    page = browse(lin).get(f"/channels/{channel.pk}/people/").content.decode()
    assert page.count("presence on") == 2 and "2 人在线" in page


def test_who_is_outside_hears_nothing_of_it(lin: Person, wang: Person, zhao: Person, sun: Person) -> None:
    make_community(lin, wang, zhao)
    gate = gates.get("here")
    assert gate is not None
    # A guest sees whom they share a community with.
    assert [gate(zhao, person.pk) for person in (wang, sun)] == [True, False]
    open_talk([zhao], by=lin)
    assert partners_heard(zhao) == {lin.pk}


def test_a_page_asks_no_question_more_for_three_who_are_here_than_for_one(lin: Person, browse: Any) -> None:
    client = browse(lin)

    def asked() -> int:
        client.get("/talk/")
        with CaptureQueriesContext(connection) as found:
            client.get("/talk/")
        return len(found)

    open_talk([make_person("an")], by=lin)
    number = asked()
    for handle in ("bo", "chi"):
        open_talk([make_person(handle)], by=lin)
    assert asked() == number


def test_bots_are_never_here(db: None) -> None:
    bot = Person(handle="bot-1", name="报警", kind=Person.Kind.BOT)
    assert presence_of([bot]) == {}


# ---- streams ---------------------------------------------------------------------------------------------------------


def told(listener: Listener) -> list[tuple[int, bool]]:
    text = b"".join(sent.get("body", b"") for sent in listener.sent).decode()
    said = [json.loads(line[6:]) for line in text.split("\n") if line.startswith("data: ")]
    return [(item["person"], item["here"]) for item in said if item["event"] == "here"]


@pytest.mark.django_db(transaction=True)
def test_coming_and_going_reaches_those_who_talk_with_them_and_nobody_else(
    lin: Person, wang: Person, xu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LEAVE_SECONDS", 0.3)
    monkeypatch.setattr(presence, "ALIVE_SECONDS", 1)
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.4)
    monkeypatch.setattr(presence, "SWEEP_SECONDS", 0.2)
    open_talk([wang], by=lin)
    keys = {person.handle: session(person) for person in (lin, wang, xu)}

    async def story() -> None:
        hub = Hub()
        seer, other = Listener(hub, keys["lin"]), Listener(hub, keys["xu"])
        first, second = Listener(hub, keys["wang"]), Listener(hub, keys["wang"])
        for listener in (seer, other, first, second):
            await listener.until(lambda item: item.status == 200)
        await sync_to_async(presence.used)(wang)
        await seer.until(lambda item: told(item) == [(wang.pk, True)])
        # Wang closes one of two devices, and stays.
        await first.leave()
        import asyncio

        await asyncio.sleep(1.6)
        assert told(seer) == [(wang.pk, True)]
        await second.leave()
        await seer.until(lambda item: told(item) == [(wang.pk, True), (wang.pk, False)])
        assert told(other) == []
        for listener in (seer, other):
            await listener.leave()
        hub.shut()

    run(story)
