"""Journeys: the real product, started as people start it, used in a real browser.

The sample company is built once and copied for every worker; each worker starts its own ``zhiliu up``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Product:
    """A running installation of the sample company.

    Args:
        url: where it answers. data: its folder. process: ``zhiliu up``.
    """

    url: str
    data: Path
    process: subprocess.Popen[bytes]

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Run SQL beside the product: to set the clock of a gathering, and for checks."""
        with sqlite3.connect(self.data / "zhiliu.sqlite3", timeout=20) as connection:
            return connection.execute(statement, values).fetchall()


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the environment of a product process, without the test run's own settings."""
    values = {key: value for key, value in os.environ.items() if not key.startswith(("ZHILIU_", "DJANGO_"))}
    return {**values, "ZHILIU_DATA_DIR": str(data), "ZHILIU_DEMO": "1", "ZHILIU_LOG_LEVEL": "WARNING", **more}


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample company, built by the first worker that needs it."""
    # The workers of one run share it; a run without workers must not reuse that of an earlier run.
    shared = tmp_path_factory.getbasetemp()
    base = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "sample-company"
    base.mkdir(exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "done").exists():
            subprocess.run(
                [sys.executable, "-m", "zhiliu.demo.fill"], cwd=ROOT, env=environment(base / "data"), check=True
            )
            (base / "done").touch()
    return base / "data"


def start(data: Path, *, address: str = "", **more: str) -> Product:
    """Start ``zhiliu up`` on a copy of the sample company and wait until it answers.

    Args:
        address: public URL, if it differs.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "zhiliu.console.command", "up", "--port", str(port)],
        cwd=ROOT,
        env=environment(data, ZHILIU_BASE_URL=address or url, **more),
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/signin/", timeout=5).close()
            return Product(url, data, process)
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def product(sample_company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, running for all journeys of this worker."""
    data = tmp_path_factory.mktemp("product") / "data"
    shutil.copytree(sample_company, data)
    running = start(data)
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=10)


Enter = Callable[..., Page]
LANG = {"zh-hans": "zh-Hans", "en": "en"}


@pytest.fixture
def enter(product: Product, browser: Browser) -> Iterator[Enter]:
    """A function: enter("lin") opens a separate browser context, signed in as that person with one click.

    Any console error of a page fails the journey.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def sign_in(
        who: str, *, width: int = 1280, theme: str = "light", language: str = "zh-hans", touch: bool | None = None
    ) -> Page:
        by_touch = width < 500 if touch is None else touch
        context = browser.new_context(
            viewport={"width": width, "height": 860},
            color_scheme=theme,
            locale="zh-CN",
            base_url=product.url,
            has_touch=by_touch,
            is_mobile=by_touch,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/signin/")
        page.click(f'form[action="/signin/demo/{who}/"] button')
        page.wait_for_url("**/")
        # An earlier journey may have left the other language.
        if page.get_attribute("html", "lang") != LANG[language]:
            choose_language(page, language)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    meant = ("status of 4", "ERR_INTERNET_DISCONNECTED")
    unexpected = [text for text in complaints if not any(part in text for part in meant)]
    assert unexpected == []


def choose_language(page: Page, code: str) -> None:
    """Choose the language through the menu, or the sheet of a phone, as a person does."""
    phone = page.locator('.phone-bar [data-opens-id-value="me-sheet"]')
    is_phone = phone.is_visible()
    (phone if is_phone else page.locator("details.me summary")).click()
    page.click(f'{"#me-sheet" if is_phone else "details.me"} button[name="language"][value="{code}"]')
    page.wait_for_load_state()


def settle(page: Page) -> None:
    """Wait until the page has loaded after a click."""
    page.wait_for_load_state("load")


def pick(page: Page, field: str, typed: str, name: str) -> None:
    """Choose someone in a combobox by typing pinyin."""
    page.fill(f'[data-controller~="combobox"]:has(#{field}) input[role="combobox"], #{field}[role="combobox"]', typed)
    page.click(f'[role="option"]:has-text("{name}")')
