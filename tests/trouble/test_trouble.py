"""Writers at once, kills, stops: what was acknowledged stays, and nobody reads "database is locked"."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import resource
import signal
import socket
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.journeys.conftest import Product, start

from .conftest import Visitor, sessions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def end(product: Product) -> float:
    """Stop it as an operator does; how many seconds that took."""
    began = time.monotonic()
    product.process.send_signal(signal.SIGTERM)
    product.process.wait(timeout=20)
    return time.monotonic() - began


def test_eight_writers_at_once_are_all_served(own_data: Path) -> None:
    product = start(own_data)
    try:
        visitors = [Visitor(product, key) for key in sessions(own_data, 8).values()]
        need = product.sql("SELECT id FROM needs_need WHERE state = 'open' LIMIT 1")[0][0]
        answers: list[int] = []

        def write(visitor: Visitor) -> None:
            for number in range(12):
                answers.append(visitor.ask("POST", f"/comments/need/{need}/", body=f"第 {number} 句"))

        threads = [threading.Thread(target=write, args=(visitor,)) for visitor in visitors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [302] * 96
        kept = product.sql(
            "SELECT count(*) FROM comments_comment WHERE kind = 'need' AND thing_id = ? AND body LIKE '第 %'", need
        )
        assert kept == [(96,)]
    finally:
        end(product)


def test_it_stops_within_five_seconds_with_streams_open(own_data: Path) -> None:
    product = start(own_data)
    session = next(iter(sessions(own_data, 1).values()))
    opened = threading.Event()

    def listen() -> None:
        connection = http.client.HTTPConnection(product.url.removeprefix("http://"), timeout=30)
        connection.request("GET", "/live/", headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        assert answer.status == 200
        opened.set()
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer.read()

    threads = [threading.Thread(target=listen, daemon=True) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert opened.wait(20)
    children = psutil.Process(product.process.pid).children(recursive=True)
    assert end(product) < 5
    assert [item.pid for item in children if item.is_running() and item.status() != psutil.STATUS_ZOMBIE] == []


def test_pages_are_answered_beside_thousands_of_open_connections(own_data: Path) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 6000:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    product = start(own_data)
    host, port = product.url.removeprefix("http://").split(":")
    with contextlib.ExitStack() as lines:
        for _ in range(2300):
            line = lines.enter_context(socket.create_connection((host, int(port)), timeout=20))
            line.sendall(b"GET /live/ HTTP/1.1\r\n")
        try:
            with urllib.request.urlopen(f"{product.url}/signin/", timeout=20) as answer:
                assert answer.status == 200
        finally:
            end(product)


def test_a_child_that_dies_is_started_again(own_data: Path) -> None:
    product = start(own_data)
    try:
        visitor = Visitor(product, next(iter(sessions(own_data, 1).values())))
        for name in ("zhiliu.console.serve", "zhiliu.console.job_process"):
            os.killpg(child(product, name).pid, signal.SIGKILL)
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                if visitor.ask("GET", "/inbox/") == 200:
                    break
            except OSError:
                time.sleep(0.2)
        assert visitor.ask("GET", "/inbox/") == 200
        assert child(product, "zhiliu.console.serve").is_running()
        assert child(product, "zhiliu.console.job_process").is_running()
    finally:
        end(product)


def child(product: Product, name: str) -> psutil.Process:
    """The running child with ``name`` in its command line."""
    for _ in range(200):
        for item in psutil.Process(product.process.pid).children():
            try:
                if name in " ".join(item.cmdline()):
                    return item
            except psutil.ZombieProcess:
                continue
        time.sleep(0.1)
    raise AssertionError(f"no child runs {name}")


def test_what_was_acknowledged_survives_kills(own_data: Path) -> None:
    """Check-ins and publications while everything is killed again and again."""
    keys = sessions(own_data, 20)
    chance = random.Random(3)
    came: set[int] = set()
    published: list[int] = []
    product = start(own_data)
    gathering, code = product.sql(
        "SELECT g.id, g.code FROM gatherings_gathering g JOIN communities_community c ON c.id = g.community_id"
        " WHERE c.slug = 'service-help' AND g.state = 'fixed' ORDER BY g.id LIMIT 1"
    )[0]
    product.sql("DELETE FROM gatherings_checkin WHERE gathering_id = ?", gathering)
    now = time.time() - 600
    stamp = [time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment)) for moment in (now, now + 3600)]
    product.sql("UPDATE gatherings_gathering SET starts_at = ?, ends_at = ? WHERE id = ?", *stamp, gathering)
    drafts = product.sql("SELECT id, owner_id FROM knowledge_article WHERE state = 'draft'")
    owners = {pk: owner for pk, owner in drafts if owner in keys}
    people = list(keys)
    for round_ in range(4):
        visitors = {key: Visitor(product, session) for key, session in keys.items()}
        stop_at = time.monotonic() + chance.uniform(0.3, 1.2)
        killer = threading.Timer(stop_at - time.monotonic(), lambda running=product: kill_all(running))  # type: ignore[misc]
        killer.start()
        try:
            for key in people[round_ * 5 : round_ * 5 + 5]:
                if visitors[key].ask("POST", f"/gatherings/{gathering}/checkin/", code=code) == 302:
                    came.add(key)
            for pk, owner in list(owners.items())[round_ : round_ + 1]:
                if visitors[owner].ask("POST", f"/articles/{pk}/publication/") == 302:
                    published.append(pk)
        except OSError:
            pass
        killer.join()
        product.process.wait(timeout=20)
        product = start(own_data)
    try:
        kept = {
            key for (key,) in product.sql("SELECT person_id FROM gatherings_checkin WHERE gathering_id = ?", gathering)
        }
        assert came and came <= kept
        states = dict(product.sql("SELECT id, state FROM knowledge_article"))
        assert {states[pk] for pk in published} <= {"published"}
        assert product.sql("PRAGMA integrity_check") == [("ok",)]
        doubled = product.sql(
            "SELECT person_id FROM gatherings_checkin WHERE gathering_id = ? GROUP BY person_id HAVING count(*) > 1",
            gathering,
        )
        assert doubled == []
    finally:
        end(product)


def kill_all(product: Product) -> None:
    """Everything at once, as a power switch would."""
    family = psutil.Process(product.process.pid).children(recursive=True)
    product.process.kill()
    for item in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            item.kill()
