"""The hub: events in order, each once, also after a cut; streams close when access ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction

from zhiliu.activity.consumers import last_position
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.web.sessions import SessionStore
from zhiliu.live.hub import MOST_BYTES, Hub, Stream
from zhiliu.live.reading import Admitted
from zhiliu.notifications.facts import InboxChanged

pytestmark = pytest.mark.django_db(transaction=True)


def session(person: Person) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "zhiliu.directory.signin.backends.PasswordBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def change(person: Person) -> None:
    with transaction.atomic():
        announce(InboxChanged(person_ids=(person.pk,)))


class Listener:
    """A browser's end of a stream."""

    def __init__(self, hub: Hub, key: str, query: str = "") -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        scope = {
            "type": "http",
            "path": "/live/",
            "query_string": query.encode(),
            "headers": [(b"cookie", f"sessionid={key}".encode())],
        }
        self.task = asyncio.create_task(hub(scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return next((m["status"] for m in self.sent if m["type"] == "http.response.start"), 0)

    def events(self) -> list[tuple[int, str]]:
        """What happened, by position, without the first word of the stream."""
        return [(position, name) for position, name in self.frames() if name != "start"]

    def frames(self) -> list[tuple[int, str]]:
        """All that was said, by position."""
        text = b"".join(m.get("body", b"") for m in self.sent).decode()
        frames = [frame for frame in text.split("\n\n") if frame.startswith("id:")]
        pairs = [frame.split("\n") for frame in frames]
        return [(int(pair[0][3:]), json.loads(pair[1][6:])["event"]) for pair in pairs]

    async def until(self, done: Any) -> None:
        for _ in range(200):
            if done(self):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"waited in vain; got {self.events()}")

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 5)


def run(story: Any) -> None:
    asyncio.run(story())


def test_a_stranger_gets_no_stream() -> None:
    async def story() -> None:
        listener = Listener(Hub(), "forged")
        await asyncio.wait_for(listener.task, 5)
        assert listener.status == 403

    run(story)


def test_what_happens_between_two_pages_is_told_on_the_second(lin: Person) -> None:
    key = session(lin)
    change(lin)

    async def story() -> None:
        hub = Hub()
        # On the first page nothing happens: where its stream began is all that is known.
        first = Listener(hub, key)
        await first.until(lambda item: item.frames())
        assert first.frames() == [(last_seen, "start")]
        await first.leave()
        await sync_to_async(change)(lin)
        second = Listener(hub, key, f"since={last_seen}")
        await second.until(lambda item: item.events())
        assert [name for _, name in second.events()] == ["inbox"]
        await second.leave()

    last_seen = last_position()
    run(story)


class Slow(Listener):
    """A server that takes nothing while its gate is shut, and says so by waiting."""

    gate: asyncio.Event

    async def send(self, message: dict[str, Any]) -> None:
        await self.gate.wait()
        await super().send(message)


def test_a_server_that_makes_us_wait_gets_everything_in_order_and_once(lin: Person, wang: Person) -> None:
    mine, theirs = session(lin), session(wang)

    async def story() -> None:
        hub = Hub()
        Slow.gate = asyncio.Event()
        Slow.gate.set()
        slow, quick = Slow(hub, mine), Listener(hub, mine)
        other = Listener(hub, theirs)
        for listener in (slow, quick, other):
            await listener.until(lambda item: item.frames())
        Slow.gate.clear()
        for number in range(1, 4):
            await sync_to_async(change)(lin)
            # The others do not wait for it.
            await quick.until(lambda item, number=number: len(item.events()) == number)
        assert slow.events() == []
        Slow.gate.set()
        await sync_to_async(change)(lin)
        await slow.until(lambda item: len(item.events()) == 4)
        await quick.until(lambda item: len(item.events()) == 4)
        assert slow.events() == quick.events()
        assert other.events() == []
        for listener in (slow, quick, other):
            await listener.leave()

    run(story)


def test_a_stream_ends_after_so_many_bytes_and_goes_on_where_it_ended(
    lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server keeps for a reader that takes nothing stays small."""
    monkeypatch.setattr("zhiliu.live.hub.MOST_BYTES", 500)
    key = session(lin)

    async def story() -> None:
        hub = Hub()
        heard: list[tuple[int, str]] = []
        listener = Listener(hub, key)
        await listener.until(lambda item: item.frames())
        for _ in range(20):
            await sync_to_async(change)(lin)
            if listener.task.done():
                heard += listener.events()
                assert sum(len(entry.get("body", b"")) for entry in listener.sent) < 2 * 500 + 200
                listener = Listener(hub, key, f"since={heard[-1][0]}")
            await asyncio.sleep(0.06)
        await listener.until(lambda item: len(heard) + len(item.events()) >= 20)
        assert heard, "no stream has ended"
        heard += listener.events()
        assert len(heard) == 20 == len({position for position, _name in heard})
        assert [position for position, _name in heard] == sorted(position for position, _name in heard)
        await listener.leave()

    run(story)


def test_what_has_piled_up_does_not_go_out_in_one_piece_past_the_end_of_a_stream(lin: Person) -> None:
    frames = [b"x" * 20_000] * 500
    written: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        written.append(len(message["body"]))

    async def story() -> None:
        stream = Stream(Admitted(lin.pk, "zh-hans", frozenset(), frozenset()), send)
        stream.push_before(frames)
        await asyncio.wait_for(stream.pump(), 5)

    run(story)
    assert MOST_BYTES < sum(written) < 2 * MOST_BYTES + max(written) < sum(map(len, frames))


def test_a_connection_that_breaks_ends_its_stream_and_no_other(lin: Person) -> None:
    key = session(lin)

    async def story() -> None:
        hub = Hub()
        broken, whole = Listener(hub, key), Listener(hub, key)
        for listener in (broken, whole):
            await listener.until(lambda item: item.frames())

        def refuse(message: dict[str, Any]) -> Any:
            raise ConnectionResetError

        next(stream for stream in hub.all if stream._send == broken.send)._send = refuse  # type: ignore[assignment]
        await sync_to_async(change)(lin)
        await whole.until(lambda item: len(item.events()) == 1)
        await asyncio.wait_for(broken.task, 5)
        assert len(hub.all) == 1
        await whole.leave()

    run(story)


def test_events_reach_the_right_person_in_order_and_once(lin: Person, wang: Person) -> None:
    mine, theirs = session(lin), session(wang)

    async def story() -> None:
        hub = Hub()
        listener, other = Listener(hub, mine), Listener(hub, theirs)
        await listener.until(lambda item: item.status == 200)
        await other.until(lambda item: item.status == 200)
        for _ in range(3):
            await sync_to_async(change)(lin)
        await listener.until(lambda item: len(item.events()) == 3)
        positions = [position for position, _ in listener.events()]
        assert positions == sorted(set(positions))
        assert other.events() == []
        await listener.leave()
        await other.leave()

    run(story)


def test_after_a_cut_the_browser_misses_nothing_and_sees_nothing_twice(lin: Person) -> None:
    key = session(lin)

    async def story() -> None:
        hub = Hub()
        listener = Listener(hub, key)
        await listener.until(lambda item: item.status == 200)
        await sync_to_async(change)(lin)
        await listener.until(lambda item: len(item.events()) == 1)
        await listener.leave()
        for _ in range(2):
            await sync_to_async(change)(lin)
        seen = listener.events()[-1][0]
        back = Listener(hub, key, f"since={seen}")
        await back.until(lambda item: len(item.events()) >= 2)
        await sync_to_async(change)(lin)
        await back.until(lambda item: len(item.events()) == 3)
        positions = [position for position, _ in back.events()]
        assert positions == sorted(set(positions)) and positions[0] > seen
        await back.leave()

    run(story)


def test_topics_are_listened_to_by_those_who_may(lin: Person, wang: Person, sun: Person, closed_community: Any) -> None:
    from zhiliu.live.topics import gates

    gates.register(lambda person, key: person.pk == lin.pk, key="test")

    async def story() -> None:
        hub = Hub()
        keys = [await sync_to_async(session)(person) for person in (lin, sun)]
        allowed, refused = (Listener(hub, key, "topic=test-1&topic=nonsense&topic=unknown-3") for key in keys)
        await allowed.until(lambda item: item.status == 200)
        await refused.until(lambda item: item.status == 200)
        assert {topic for stream in hub.all for topic in stream.topics} == {
            ("person", lin.pk),
            ("person", sun.pk),
            ("test", 1),
        }
        assert [stream.person_id for streams in hub.streams[("test", 1)].values() for stream in streams] == [lin.pk]
        await allowed.leave()
        await refused.leave()

    run(story)


def test_a_stream_ends_when_the_person_leaves_the_company(lin: Person, admin: Person) -> None:
    key = session(lin)

    async def story() -> None:
        hub = Hub()
        listener = Listener(hub, key)
        await listener.until(lambda item: item.status == 200)
        await sync_to_async(deactivate)(lin, by=admin)
        await asyncio.wait_for(listener.task, 10)

    run(story)


def test_a_browser_far_behind_is_told_to_load_anew(lin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiliu.live.reading.MAX_CATCH_UP", 0)
    key = session(lin)
    change(lin)
    assert last_position() > 0

    async def story() -> None:
        listener = Listener(Hub(), key, "since=0")
        await listener.until(lambda item: [name for _, name in item.events()] == ["reset"])
        await listener.leave()

    run(story)
