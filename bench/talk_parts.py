"""Tools for the figures of conversations: people and a channel, readers, and a bare broadcast.

``python -m bench.talk_parts fill|read|broadcast|bring …``, each in a separate process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import resource
import sys
import time
from typing import Any

CHANNEL = "日常"
SAID = re.compile(rb'"id":(\d+),"changed":(\d+).{0,4000}?said-(\d+)-')
TURNS = (
    "第 {n} 台压缩机半夜停机，先看油压再看温度",
    "谁有空帮我看一下 {n} 号线的报警，客户在等",
    "**先看** `油压`，再看温度，第 {n} 步在手册里",
    "我这边也遇到过，{n} 分钟以后自己好了",
    "记录在这里 https://example.com/records/{n} ，看第二页",
    "第 {n} 次了。\n- 先停机\n- 再换滤芯",
    "好的，明天上午 {n} 点以前回复",
    "值班的人说阀门是开的，压力正常，可能是传感器 {n}",
)


def allow_many_files() -> None:
    """Raise the limit of open files: each socket is one, and the usual limit is a thousand."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


# ---- people and a channel --------------------------------------------------------------------------------------------


def fill(people: int) -> dict[str, Any]:
    """Create a community of many people with one channel, and a session for each of them.

    Returns:
        channel: its id. sessions: session keys.
    """
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from zhiliu.communities.models import Community, Membership
    from zhiliu.communities.starting import start_community
    from zhiliu.conversations.opening import open_channel
    from zhiliu.moderation.models import Mode, Policy

    from .data import ROWS, _people, session_of

    call_command("migrate", verbosity=0)
    everybody = _people(people, random.Random(7))
    community = start_community(name="测量", kind="professional", by=everybody[0], slug="c0")
    Membership.objects.bulk_create(
        (Membership(community=community, person=item) for item in everybody), ignore_conflicts=True, batch_size=ROWS
    )
    Community.objects.filter(pk=community.pk).update(member_count=people)
    channel = open_channel(community, name=CHANNEL, by=everybody[0])
    # Senders here write faster than people: they are screened, but not rate-limited.
    Policy.objects.create(
        community=community, modes={"flooding": Mode.OFF}, newcomer_limit=1_000_000, member_limit=1_000_000
    )
    with transaction.atomic():
        return {"channel": channel.pk, "sessions": [session_of(item) for item in everybody]}


def bring(count: int) -> dict[str, float]:
    """Import messages into the channel by the product's verb; return the cost."""
    import django

    django.setup()
    from zhiliu.conversations.importing import import_messages
    from zhiliu.conversations.models import Channel
    from zhiliu.directory.models import Person

    channel = Channel.objects.get(name=CHANNEL)
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:500])
    began, cpu = time.perf_counter(), time.process_time()
    added = import_messages(channel, _said(count, people), by=channel.by)
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    assert added == count
    return took


def _said(count: int, people: list[int]) -> Any:
    import datetime as dt

    from django.utils import timezone

    from zhiliu.conversations.importing import ImportedMessage

    chance, began = random.Random(11), timezone.now() - dt.timedelta(days=700)
    step = dt.timedelta(days=699) / count
    for n in range(count):
        yield ImportedMessage(f"old-{n}", chance.choice(people), began + n * step, chance.choice(TURNS).format(n=n))


# ---- readers ---------------------------------------------------------------------------------------------------------


class Reader(asyncio.Protocol):
    """One open stream: records the arrival time of each message."""

    def __init__(self, request: bytes) -> None:
        self.request, self.came, self.rest = request, [], b""  # type: ignore[var-annotated]
        self.is_open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Request the stream."""
        self.transport = transport
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Store the data with its time; it is parsed afterwards, so that reading stays cheap."""
        self.came.append((time.monotonic(), data))
        if not self.is_open.done():
            self.is_open.set_result(None)


async def read(port: int, topics: str, sessions: list[str]) -> None:
    """Open one stream per session; report when all are open; on a line of input print what arrived.

    Without ``topics`` the other side is the bare broadcast.
    """
    allow_many_files()
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for session in sessions:
        head = (
            f"GET /live/?topic={topics}&language=zh-hans HTTP/1.1\r\nHost: bench\r\nCookie: sessionid={session}\r\n\r\n"
        )
        request = head.encode() if topics else b"read\n"
        reader = Reader(request)
        await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)  # type: ignore[misc]
        await reader.is_open
        readers.append(reader)
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    sample = next((data for _when, data in readers[0].came if b"said-0-" in data), b"").decode("latin-1")
    print(json.dumps({"came": [_taken_apart(reader.came) for reader in readers], "sample": sample}), flush=True)
    # Exit without closing thousands of streams.
    os._exit(0)


def _taken_apart(came: list[tuple[float, bytes]]) -> list[tuple[float, int, int]]:
    """Return (time, position of the change, number in the text) of each message; joins parts with what follows."""
    messages: list[tuple[float, int, int]] = []
    rest = b""
    for when, data in came:
        rest += data
        end = 0
        for item in SAID.finditer(rest):
            messages.append((when, int(item[2]), int(item[3])))
            end = item.end()
        rest = rest[end:][-8000:]
    return messages


# ---- the bare broadcast ----------------------------------------------------------------------------------------------


async def broadcast(port: int) -> None:
    """Write what the control connection sends to all others, and nothing else."""
    allow_many_files()
    others: set[asyncio.Transport] = set()

    class Line(asyncio.Protocol):
        waiting = b""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: Any = transport

        def data_received(self, data: bytes) -> None:
            if data == b"read\n":
                others.add(self.transport)
                self.transport.write(b"ok\n")
                return
            self.waiting += data
            while len(self.waiting) >= 4 and len(self.waiting) >= 4 + int.from_bytes(self.waiting[:4]):
                size = int.from_bytes(self.waiting[:4])
                payload, self.waiting = self.waiting[4 : 4 + size], self.waiting[4 + size :]
                for listener in others:
                    listener.write(payload)

    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


def main() -> None:
    """Run one part, by name."""
    part, *rest = sys.argv[1:]
    if part == "fill":
        print(json.dumps(fill(int(rest[0]))))
    elif part == "bring":
        print(json.dumps(bring(int(rest[0]))))
    elif part == "broadcast":
        asyncio.run(broadcast(int(rest[0])))
    else:
        asyncio.run(read(int(rest[0]), rest[1], json.loads(sys.stdin.readline())))


if __name__ == "__main__":
    main()
