"""Streams held by a real nginx: who may listen is asked of the product, nothing is missed, and an end is an end."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.browsers import ARGUMENTS
from tests.journeys.conftest import free_port
from tests.live.test_hub import session
from zhiliu.activity.models import Cursor
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import let_in, open_channel, put_out
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.live.relay import NAME
from zhiliu.live.waking import broadcast_ephemeral

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
CONFIGURATION = ROOT / "docs" / "ops" / "nginx-nchan.conf"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module", autouse=True)
def _nginx() -> None:
    if subprocess.run([ROOT / "bin" / "need-nginx"], capture_output=True).returncode:
        words = "nginx with nchan is not installed: apt-get install nginx libnginx-mod-nchan"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)


def until(done: Callable[[], Any], what: str) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@dataclass
class House:
    """The product behind nginx, on the database of the test."""

    env: dict[str, str]
    folder: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        """Start a process of the house."""
        self.processes[name] = subprocess.Popen(words, env=self.env, cwd=ROOT)

    def start_relay(self) -> None:
        """Start what passes on, and wait until it does."""
        self.start("relay", sys.executable, "-m", "zhiliu.console.live_relay")

    def start_nginx(self) -> None:
        """Start nginx with the configuration of the handbook."""
        self.start("nginx", "nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"))
        until(lambda: answers(self.port), "nginx")

    def kill(self, name: str) -> None:
        """As by a power cut; nginx's workers go, too."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM if name == "nginx" else signal.SIGKILL)
        process.wait(timeout=20)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.connect()
    except OSError:
        return False
    line.close()
    return True


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    web, public, inside = free_port(), free_port(), free_port()
    known = connection.settings_dict
    login = f"{known['USER']}:{quote(known['PASSWORD'] or '')}@{known['HOST']}:{known['PORT'] or 5432}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZHILIU_", "DJANGO_"))}
    env = {
        **kept,
        "PATH": f"{kept['PATH']}:/usr/sbin",
        "ZHILIU_DATA_DIR": str(tmp_path / "data"),
        "ZHILIU_DATABASE_URL": f"postgresql://{login}/{known['NAME']}",
        "ZHILIU_SECRET_KEY": settings.SECRET_KEY,
        "ZHILIU_NCHAN_URL": f"http://127.0.0.1:{inside}/publish/",
        "ZHILIU_BEHIND_PROXY": "1",
        "ZHILIU_LOG_LEVEL": "WARNING",
    }
    made = House(env, tmp_path, public)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, web=web, public=public, inside=inside))
    # Where the log stands now: what the fixtures did is not passed on.
    Cursor.objects.filter(name=NAME).delete()
    try:
        made.start("web", sys.executable, "-m", "zhiliu.console.serve", "127.0.0.1", str(web))
        until(lambda: answers(web), "the web process")
        made.start_nginx()
        made.start_relay()
        until(lambda: Cursor.objects.filter(name=NAME).exists() or poke(), "the relay")
        yield made
    finally:
        for process in made.processes.values():
            process.terminate()
        for process in made.processes.values():
            process.wait(timeout=20)


def poke() -> bool:
    """Have the relay look: it keeps its place when it has looked for the first time."""
    broadcast_ephemeral(("nothing", 0), "nothing")
    return False


def configuration(folder: Path, *, web: int, public: int, inside: int) -> str:
    """The handbook's part as it is but for the ports, in a frame for a process that is nobody's service."""
    part = CONFIGURATION.read_text()
    for theirs, ours in (("127.0.0.1:8000", f"127.0.0.1:{web}"), ("127.0.0.1:8399", f"127.0.0.1:{inside}")):
        assert theirs in part
        part = part.replace(theirs, ours)
    assert "listen 80;" in part
    part = part.replace("listen 80;", f"listen 127.0.0.1:{public};")
    paths = "".join(f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    return (
        "load_module /usr/lib/nginx/modules/ngx_nchan_module.so;\n"
        f"daemon off; master_process on; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; {paths}\n{part}\n}}\n"
    )


class Listener(threading.Thread):
    """A browser's end of a stream."""

    def __init__(self, house: House, key: str, *topics: str, language: str = "zh-hans") -> None:
        super().__init__(daemon=True)
        self.line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
        query = "&".join([f"language={language}", *(f"topic={topic}" for topic in topics)])
        headers = {"Cookie": f"sessionid={key}", "Accept": "text/event-stream"}
        self.line.request("GET", f"/live/?{query}", headers=headers)
        self.answer = self.line.getresponse()
        self.status = self.answer.status
        self.text = ""
        self.is_over = False
        self.start()

    def run(self) -> None:
        """Read to the end."""
        try:
            while line := self.answer.readline():
                self.text += line.decode()
        except (OSError, http.client.HTTPException):
            pass
        self.is_over = True

    def told(self, event: str) -> list[dict[str, Any]]:
        """The events of a name that came."""
        found = [json.loads(item) for item in re.findall(r"^data: (.*)$", self.text, re.MULTILINE)]
        return [item for item in found if item["event"] == event]


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def test_what_is_said_reaches_all_who_may_hear_it_once_and_in_their_language(
    house: House, channel: Channel, lin: Person, wang: Person, sun: Person
) -> None:
    topic = f"channel-{channel.pk}"
    here, there = Listener(house, session(lin), topic), Listener(house, session(wang), topic, language="en")
    assert (here.status, there.status) == (200, 200)
    assert Listener(house, "nobody", topic).status == 403
    for number in range(20):
        post(channel, body=f"第 {number} 句", by=lin)
    for listener in (here, there):
        until(lambda listener=listener: len(listener.told("message")) >= 20, "the messages")  # type: ignore[misc]
        said = listener.told("message")
        assert [line["changed"] for line in said] == sorted({line["changed"] for line in said})
        assert [f"第 {number} 句" in line["html"] for number, line in enumerate(said)] == [True] * 20
    assert here.told("message")[0]["html"] != there.told("message")[0]["html"], "drawn in the reader's language"
    broadcast_ephemeral(("channel", channel.pk), "typing", {"name": "正在写的人"})
    for listener in (here, there):
        until(lambda listener=listener: listener.told("typing"), "the ephemeral event")  # type: ignore[misc]


def test_who_is_put_out_hears_nothing_of_what_is_said_after(
    house: House, community: Community, lin: Person, wang: Person
) -> None:
    private = open_channel(community, name="小范围", by=lin, kind=Channel.Kind.PRIVATE)
    let_in(private, [wang], by=lin)
    topic, key = f"channel-{private.pk}", session(wang)
    stays, goes = Listener(house, session(lin), topic), Listener(house, key, topic)
    post(private, body="还都在", by=lin)
    until(lambda: goes.told("message") and stays.told("message"), "the message")
    put_out(private, [wang.pk])
    post(private, body="他不在了", by=lin)
    until(lambda: goes.is_over, "the end of the stream")
    until(lambda: len(stays.told("message")) == 2, "the message")
    assert "他不在了" not in goes.text
    # Back again, they are led to what is theirs, and no longer to the channel.
    again = Listener(house, key, topic)
    post(private, body="还是不在", by=lin)
    until(lambda: len(stays.told("message")) == 3, "the message")
    assert "还是不在" not in again.text


def test_nothing_is_lost_while_the_relay_is_dead(house: House, channel: Channel, lin: Person) -> None:
    listener = Listener(house, session(lin), f"channel-{channel.pk}")
    post(channel, body="还活着", by=lin)
    until(lambda: listener.told("message"), "the message")
    for number in range(3):
        house.kill("relay")
        post(channel, body=f"死了 {number} 次时说的", by=lin)
        house.start_relay()
        until(lambda number=number: f"死了 {number} 次时说的" in listener.text, "what was said meanwhile")  # type: ignore[misc]
    changes = [entry["changed"] for entry in listener.told("message")]
    assert sorted(set(changes)) == list(range(changes[0], changes[0] + 4)), "twice does no harm, a hole would"


def test_of_two_relays_one_passes_on_and_the_other_takes_over(house: House, channel: Channel, lin: Person) -> None:
    listener = Listener(house, session(lin), f"channel-{channel.pk}")
    house.start("second", sys.executable, "-m", "zhiliu.console.live_relay")
    for number in range(5):
        post(channel, body=f"第 {number} 句", by=lin)
        until(lambda number=number: f"第 {number} 句" in listener.text, "the message")  # type: ignore[misc]
        time.sleep(0.5)
    assert len(listener.told("message")) == 5
    house.kill("relay")
    post(channel, body="换人了", by=lin)
    until(lambda: "换人了" in listener.text, "the other relay")


def test_a_page_behind_nginx_talks_and_catches_up_after_a_cut(
    house: House, channel: Channel, lin: Person, wang: Person
) -> None:
    key = session(wang)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(locale="zh-CN")
        context.add_cookies([{"name": "sessionid", "value": key, "url": f"http://127.0.0.1:{house.port}"}])
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{house.port}/channels/{channel.pk}/")
        in_another_thread(post, channel, body="先说的", by=lin)
        page.get_by_text("先说的").wait_for(timeout=20_000)
        house.kill("nginx")
        in_another_thread(post, channel, body="断线时说的", by=lin)
        time.sleep(1)
        house.start_nginx()
        page.get_by_text("断线时说的").wait_for(timeout=30_000)
        in_another_thread(post, channel, body="又连上了", by=lin)
        page.get_by_text("又连上了").wait_for(timeout=20_000)
        said = page.locator(".message .text").all_inner_texts()
        assert [said.count(text) for text in ("先说的", "断线时说的", "又连上了")] == [1, 1, 1]
        browser.close()


def in_another_thread(act: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    """The browser's driver runs a loop in this thread, in which Django does not ask the database."""

    def run() -> None:
        act(*arguments, **named)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
