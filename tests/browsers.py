"""One browser for all tests of a worker: a second one cannot be driven beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# A company's name that leads to this machine, for journeys that must not see a loopback address.
COMPANY = "zhiliu.test"
ARGUMENTS = [
    f"--host-resolver-rules=MAP {COMPANY} 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed; bin/need-browser installs it")
        pytest.skip("Chromium is not installed; bin/need-browser says how")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()
