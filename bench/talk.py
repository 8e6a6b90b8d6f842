"""Conversations: fan-out, posting, a channel of a million messages. ``python -m bench.talk [PART ...] [DB] [--small]``

Parts: ``fan`` (one message to many open streams, compared with a bare-socket broadcast of the same bytes), ``post``
(eight senders at once, on SQLite and PostgreSQL), ``million`` (import, and opening the channel at its end, in its
middle and at a search hit). Readers are in a separate process; the result is the CPU of the server.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from .growth import BATCHES, EACH, WARM, _drop_database, _new_database, _Server
from .machine import cpu_seconds, line
from .people_import import Writer

STREAMS = (1_000, 3_000)
MESSAGES, TIMED = 32, 16
SENDERS, READERS, SECONDS = 8, 200, 10.0
MILLION = 1_000_000
PORT, BARE_PORT = 8393, 8394
DATABASE = "zhiliu_talkbench"
TOKEN = "a" * 32

# By stream: (time, position of the change, number in the text).
Came = list[list[tuple[float, int, int]]]


@dataclass
class House:
    """A data folder with people and a channel, and the environment of processes that use it."""

    env: dict[str, str]
    channel: int
    sessions: list[str]
    data: Path


@contextlib.contextmanager
def house(kind: str, people: int) -> Iterator[House]:
    """Yield a fresh installation; delete it afterwards."""
    data = Path(tempfile.mkdtemp(prefix="zhiliu-bench-"))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ZHILIU_DATA_DIR": str(data),
        "ZHILIU_LOG_LEVEL": "ERROR",
    }
    if kind == "postgresql":
        env["ZHILIU_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:5432/{DATABASE}"
        _new_database(DATABASE)
    try:
        filled = json.loads(_part(env, "fill", str(people)))
        yield House(env, filled["channel"], filled["sessions"], data)
    finally:
        shutil.rmtree(data, ignore_errors=True)
        if kind == "postgresql":
            _drop_database(DATABASE)


def _part(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.talk_parts", *words], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.splitlines()[-1]


@contextlib.contextmanager
def running(env: dict[str, str], port: int, *words: str) -> Iterator[psutil.Process]:
    """Run a server process; yield it when it accepts connections."""
    server = subprocess.Popen([sys.executable, "-m", *words], env=env)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def product(env: dict[str, str]) -> Any:
    """Run the web process like ``zhiliu up``."""
    return running(env, PORT, "zhiliu.console.serve", "127.0.0.1", str(PORT))


class Readers:
    """Many open streams in another process."""

    def __init__(self, env: dict[str, str], port: int, topic: str, sessions: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.talk_parts", "read", str(port), topic],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(json.dumps(sessions))
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "open\n"

    def _say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def end(self) -> tuple[Came, str]:
        """Return what each stream received, and the bytes of the first message as latin-1."""
        output, _errors = self.process.communicate("\n", timeout=120)
        result = json.loads(output)
        return result["came"], result["sample"]


class Sender:
    """A person who posts through the same view as a page."""

    def __init__(self, channel: int, session: str) -> None:
        self.path = f"/channels/{channel}/messages/"
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }

    def post(self, number: int, client: str) -> dict[str, Any]:
        """Post a message; return the response."""
        body = f"said-{number}- 压缩机半夜停机，先看油压"
        form = urlencode({"body": body, "client": client, "csrfmiddlewaretoken": TOKEN})
        self.connection.request("POST", self.path, body=form, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (answer.status, content[:200])
        result: dict[str, Any] = json.loads(content)
        return result


# ---- fan-out ---------------------------------------------------------------------------------------------------------


@dataclass
class Fan:
    """One side of the comparison: microseconds of CPU per delivery, and seconds until 99 of 100 have it."""

    cpu: float
    p99: float
    whole: float = 0.0


def fan_out() -> None:
    """Print the comparison for each number of streams."""
    print(f"\none message to many open streams, SQLite, one web process; {MESSAGES} messages")
    print(f"{'':14}{'CPU us a delivery':>26}{'':20}{'p99 delivery ms':>22}")
    sides = "{:>{}}{:>8}{:>8}".format
    heads = sides("product", 10, "bare", "ratio"), sides("product", 14, "bare", "ratio")
    print(f"{'streams':14}{heads[0]}{'with the post':>20}{heads[1]}")
    with house("sqlite", max(STREAMS)) as place:
        for count in STREAMS:
            ours, sample = _ours(place, count)
            bare = _bare(place, count, sample)
            print(
                f"{count:<14,}{ours.cpu:>10.1f}{bare.cpu:>8.1f}{ours.cpu / bare.cpu:>7.2f}x{ours.whole:>20.1f}"
                f"{ours.p99:>14.1f}{bare.p99:>8.1f}{ours.p99 / bare.p99:>7.2f}x   {len(sample):,} bytes",
                flush=True,
            )


def _ours(place: House, count: int) -> tuple[Fan, str]:
    with product(place.env) as server:
        sender = Sender(place.channel, place.sessions[0])
        alone = _spent_by_posts(server, sender, 1_000_000)
        readers = Readers(place.env, PORT, f"channel-{place.channel}", place.sessions[:count])
        # While thousands of streams open, the server may close the idle connection; reopen it.
        sender.connection.close()
        starts: dict[int, float] = {}
        whole = _spent_by_posts(server, sender, 0, starts, pause=count / 5000)
        came, sample = readers.end()
    deliveries = MESSAGES * count
    assert sum(map(len, came)) == deliveries, (sum(map(len, came)), deliveries)
    return Fan((whole - alone) / deliveries * 1e6, _p99(came, starts), whole / deliveries * 1e6), sample


def _spent_by_posts(
    server: psutil.Process, sender: Sender, first: int, starts: dict[int, float] | None = None, pause: float = 0.1
) -> float:
    """Return the server's seconds of CPU for some messages and everything they cause."""
    for number in range(first + 500_000, first + 500_010):
        if starts is None:
            sender.post(number, f"warm-{number}")
    time.sleep(1)
    before = cpu_seconds(server)
    for number in range(first, first + MESSAGES):
        if starts is not None:
            starts[number] = time.monotonic()
        sender.post(number, f"fan-{first}-{time.monotonic()}")
        time.sleep(pause)
    time.sleep(1)
    return cpu_seconds(server) - before


def _bare(place: House, count: int, sample: str) -> Fan:
    with running(place.env, BARE_PORT, "bench.talk_parts", "broadcast", str(BARE_PORT)) as server:
        readers = Readers(place.env, BARE_PORT, "", place.sessions[:count])
        starts: dict[int, float] = {}
        with socket.create_connection(("127.0.0.1", BARE_PORT)) as control:
            time.sleep(1)
            before = cpu_seconds(server)
            for number in range(MESSAGES):
                frame = sample.replace("said-0-", f"said-{number}-").encode("latin-1")
                starts[number] = time.monotonic()
                control.sendall(len(frame).to_bytes(4) + frame)
                time.sleep(count / 5000)
            time.sleep(1)
            spent = cpu_seconds(server) - before
        came, _sample = readers.end()
    assert sum(map(len, came)) == MESSAGES * count
    return Fan(spent / (MESSAGES * count) * 1e6, _p99(came, starts))


def _p99(came: Came, starts: dict[int, float]) -> float:
    """Return milliseconds until 99 of 100 have a message; the median over messages."""
    by_message: dict[int, list[float]] = {number: [] for number in list(starts)[-TIMED:]}
    for item in came:
        for when, _changed, number in item:
            if number in by_message:
                by_message[number].append(when - starts[number])
    return statistics.median(sorted(times)[int(len(times) * 0.99)] for times in by_message.values()) * 1000


# ---- posting ---------------------------------------------------------------------------------------------------------


def posting(kind: str) -> None:
    """Eight senders post in one channel while others read; compares acknowledged messages with those every reader
    got.
    """
    with house(kind, READERS + SENDERS) as place, product(place.env) as server:
        senders = [Sender(place.channel, session) for session in place.sessions[:SENDERS]]
        for number, sender in enumerate(senders):
            sender.post(900_000 + number, f"warm-{number}")
        readers = Readers(place.env, PORT, f"channel-{place.channel}", place.sessions[SENDERS:])
        before, began = cpu_seconds(server), time.monotonic()
        acknowledged = _send_all(senders)
        took = time.monotonic() - began
        spent = cpu_seconds(server) - before
        time.sleep(3)
        came, _sample = readers.end()
    orders = [[changed for _when, changed, number in item if number < 900_000] for item in came]
    lost = sum(len(set(acknowledged) - set(order)) for order in orders)
    doubled = sum(len(order) - len(set(order)) for order in orders)
    same = all(order == orders[0] for order in orders) and orders[0] == sorted(orders[0])
    count = len(acknowledged)
    print(
        f"{kind:14}{count:>9,} messages {count / took:>7.0f} a second{spent / count * 1000:>8.1f} ms CPU each"
        f"{lost:>6} lost{doubled:>6} doubled   order {'the same' if same else 'DIFFERS'} for {len(orders)} readers",
        flush=True,
    )


def _send_all(senders: list[Sender]) -> list[int]:
    """Return the positions of acknowledged changes."""
    acknowledged: list[list[int]] = [[] for _ in senders]
    until = time.monotonic() + SECONDS

    def send(place: int) -> None:
        number = 0
        while time.monotonic() < until:
            result = senders[place].post(place * 100_000 + number, f"s{place}-{number}")
            acknowledged[place].append(result["changed"])
            number += 1

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(senders))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [changed for item in acknowledged for changed in item]


# ---- a million -------------------------------------------------------------------------------------------------------


def million(kind: str, count: int) -> None:
    """Import messages, then open the channel at several places."""
    with house(kind, 1000) as place:
        writer = Writer(place.data / "zhiliu.sqlite3") if kind == "sqlite" else None
        if writer is not None:
            writer.start()
        took = json.loads(_part(place.env, "bring", str(count)))
        waited = ""
        if writer is not None:
            writer.done.set()
            writer.join()
            waited = f", another writer waits {writer.longest * 1000:.0f} ms at most ({writer.writes} writes)"
        print(
            f"\n{kind}: {count:,} messages brought in, {count / took['seconds']:,.0f} a second "
            f"({took['cpu'] / count * 1e6:.0f} us CPU each{waited})",
            flush=True,
        )
        _open(place, kind, count)


def _open(place: House, kind: str, count: int) -> None:
    chance = random.Random(5)
    path = f"/channels/{place.channel}/"
    paths = {
        "at its end": lambda: path,
        "in its middle": lambda: f"{path}?at={count // 2}",
        # Another place each time, as searches lead to: nothing there is cached.
        "at a search hit": lambda: f"{path}?at={chance.randint(1, count)}",
    }
    print(f"ms CPU for opening a channel of {count:,} messages, {kind}, one WSGI worker, median of {BATCHES}")
    with _Server("config.wsgi:application", PORT, kind, place.sessions[0], place.env) as server:
        for name, where in paths.items():
            for _ in range(WARM):
                server.ask(where())
            print(f"{name:20}{statistics.median(_batch(server, where) for _ in range(BATCHES)):>8.1f}", flush=True)


def _batch(server: _Server, where: Any) -> float:
    before = server.spent()
    for _ in range(EACH):
        server.ask(where())
    return (server.spent() - before) / EACH * 1000


def main() -> None:
    """Print the figures."""
    parts = [part for part in ("fan", "post", "million") if part in sys.argv] or ["fan", "post", "million"]
    kinds = [kind for kind in ("sqlite", "postgresql") if kind in sys.argv] or ["sqlite", "postgresql"]
    count = MILLION // 20 if "--small" in sys.argv else MILLION
    print(line())
    if "fan" in parts:
        fan_out()
    if "post" in parts:
        print(f"\n{SENDERS} senders into one channel for {SECONDS:.0f} s, {READERS} streams read, one web process")
        for kind in kinds:
            posting(kind)
    if "million" in parts:
        for kind in kinds:
            million(kind, count)


if __name__ == "__main__":
    main()
