"""What is said reaches open streams, of other processes too; and who may hear no more hears no more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction

from tests.live.test_hub import Listener, run, session
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import leave_talk, let_in, open_channel, put_out
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.live import waking
from zhiliu.live.hub import Hub

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
OTHER_PROCESS = """
import django, sys; django.setup()
from zhiliu.conversations.models import Channel
from zhiliu.conversations.posting import post
from zhiliu.live.waking import broadcast_ephemeral
channel = Channel.objects.get(pk=sys.argv[1])
if sys.argv[2] == "typing":
    broadcast_ephemeral(("channel", channel.pk), "typing", {"name": sys.argv[3]})
else:
    post(channel, body=sys.argv[3], by=channel.by)
"""


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


@pytest.fixture
def private(community: Community, lin: Person, wang: Person) -> Channel:
    made = open_channel(community, name="小范围", by=lin, kind=Channel.Kind.PRIVATE)
    let_in(made, [wang], by=lin)
    return made


def said(listener: Listener) -> str:
    """All that went over the wire."""
    return b"".join(entry.get("body", b"") for entry in listener.sent).decode()


async def opened(hub: Hub, key: str, *channels: Channel) -> Listener:
    listener = Listener(hub, key, "&".join(f"topic=channel-{channel.pk}" for channel in channels))
    await listener.until(lambda item: item.status == 200)
    return listener


@pytest.mark.parametrize("act", ["leaves", "is put out"])
def test_a_stream_of_a_private_channel_ends_for_who_is_in_it_no_more(
    private: Channel, lin: Person, wang: Person, act: str
) -> None:
    keys = session(lin), session(wang)

    def go() -> None:
        if act == "leaves":
            leave_talk(private, by=wang)
        else:
            put_out(private, [wang.pk])

    async def story() -> None:
        hub = Hub()
        stays, goes = [await opened(hub, key, private) for key in keys]
        await sync_to_async(post)(private, body="你在时说的", by=lin)
        await goes.until(lambda item: "你在时说的" in said(item))
        await sync_to_async(go)()
        await asyncio.wait_for(goes.task, 10)
        await sync_to_async(post)(private, body="之后说的", by=lin)
        await stays.until(lambda item: "之后说的" in said(item))
        assert "之后说的" not in said(goes)
        again = await opened(hub, keys[1], private)
        await sync_to_async(post)(private, body="再之后说的", by=lin)
        await stays.until(lambda item: "再之后说的" in said(item))
        assert "再之后说的" not in said(again)
        await stays.leave()
        await again.leave()
        hub.shut()

    run(story)


# ---- two processes ---------------------------------------------------------------------------------------------------


def in_other_process(channel: Channel, what: str, words: str) -> None:
    """An act of another process on the same database."""
    known = connection.get_connection_params()
    place = f"{known.get('host') or '127.0.0.1'}:{known.get('port') or 5432}"
    who = f"{known['user']}:{known['password']}" if known.get("password") else known["user"]
    url = f"postgresql://{who}@{place}/{known['dbname']}"
    around = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ZHILIU_DATABASE_URL": url,
        "ZHILIU_DATA_DIR": str(settings.DATA_DIR),
    }
    words_of_it = [sys.executable, "-c", OTHER_PROCESS, str(channel.pk), what, words]
    subprocess.run(words_of_it, cwd=ROOT, env=around, check=True)


@pytest.fixture
def only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hubs do not look by themselves within the time of a test: what arrives was told."""
    monkeypatch.setattr(waking, "LONGEST_SECONDS", 300.0)


@pytest.mark.services
def test_what_another_process_says_and_whispers_arrives_at_every_hub(
    channel: Channel, lin: Person, wang: Person, only_told: None
) -> None:
    keys = session(lin), session(wang)

    async def story() -> None:
        hubs = Hub(), Hub()
        here, there = [await opened(hub, key, channel) for hub, key in zip(hubs, keys, strict=True)]
        await until_listening(2)
        await sync_to_async(in_other_process)(channel, "message", "从别处来")
        await sync_to_async(in_other_process)(channel, "typing", "正在写的人")
        for listener in (here, there):
            await listener.until(lambda item: "从别处来" in said(item) and "正在写的人" in said(item))
            assert said(listener).count("从别处来") == 1
            await listener.leave()
        for hub in hubs:
            hub.shut()

    run(story)


@pytest.mark.services
def test_the_first_stream_is_open_when_whispers_are_heard(
    channel: Channel, lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, connect = session(lin), psycopg.AsyncConnection.connect

    async def slowly(*arguments: Any, **options: Any) -> Any:
        await asyncio.sleep(0.5)
        return await connect(*arguments, **options)

    async def story() -> None:
        hub = Hub()
        listener = await opened(hub, key, channel)
        await sync_to_async(waking.broadcast_ephemeral)(("channel", channel.pk), "typing", {"name": "正在写的人"})
        await listener.until(lambda item: "正在写的人" in said(item))
        await listener.leave()
        hub.shut()

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", slowly)
    run(story)


@pytest.mark.services
def test_a_transaction_held_open_across_a_reading_hides_nothing(
    channel: Channel, community: Community, lin: Person
) -> None:
    other, key = open_channel(community, name="旁边", by=lin), session(lin)
    kept, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            post(channel, body="先说后成", by=lin)
            kept.set()
            assert go_on.wait(30)
        connection.close()

    async def story() -> None:
        hub = Hub()
        listener = await opened(hub, key, channel, other)
        slow = threading.Thread(target=slowly)
        slow.start()
        assert await sync_to_async(kept.wait, thread_sensitive=False)(10)
        await sync_to_async(post)(other, body="后说先成", by=lin)
        await listener.until(lambda item: "后说先成" in said(item))
        assert "先说后成" not in said(listener)
        go_on.set()
        await listener.until(lambda item: "先说后成" in said(item))
        positions = [position for position, _name in listener.events()]
        assert positions == sorted(positions)
        assert said(listener).count("先说后成") == said(listener).count("后说先成") == 1
        await sync_to_async(slow.join, thread_sensitive=False)()
        await listener.leave()
        hub.shut()

    run(story)


@pytest.mark.services
def test_a_listening_line_that_is_cut_is_opened_again_and_nothing_was_missed(
    channel: Channel, lin: Person, only_told: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "AGAIN_SECONDS", 2.0)
    key = session(lin)

    async def story() -> None:
        hub = Hub()
        listener = await opened(hub, key, channel)
        first = await until_listening(1)
        await sync_to_async(cut)(first)
        # Said while nobody listens: found when the line is open again.
        await sync_to_async(in_other_process)(channel, "message", "没人在听时")
        await listener.until(lambda item: "没人在听时" in said(item))
        assert not first & await until_listening(1)
        await sync_to_async(in_other_process)(channel, "typing", "又在写的人")
        await listener.until(lambda item: "又在写的人" in said(item))
        await listener.leave()
        hub.shut()

    run(story)


def listening() -> set[int]:
    """Backends of the lines that hubs listen on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = %s",
            [f"LISTEN {waking.CHANNEL}"],
        )
        return {pid for (pid,) in cursor.fetchall()}


async def until_listening(count: int) -> set[int]:
    for _ in range(200):
        found: Any = await sync_to_async(listening)()
        if len(found) == count:
            return set(found)
        await asyncio.sleep(0.05)
    raise AssertionError("no line listens")


def cut(backends: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(backends)])
