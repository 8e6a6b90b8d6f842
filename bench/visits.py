"""Bytes and requests of a first and a second visit, in a real browser. ``python -m bench.visits``

``zhiliu up`` serves the sample company as people run it. Counted is what crosses the wire until the network has been
quiet for a moment, with headers, as Chromium reports it; live streams count too. The service worker is off: it would
fetch a page out of sight of what counts.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from .company import sample_company
from .machine import line
from .pages import Server

PAGES = ("Today", "home of a community", "needs", "article", "channel", "editor")
PORT = 8394


@dataclass
class Visit:
    """What a page and everything it needs took."""

    requests: dict[str, int] = field(default_factory=dict)

    @property
    def kilobytes(self) -> float:
        """Return the bytes over the wire in kB."""
        return sum(self.requests.values()) / 1000


def visit(context: BrowserContext, url: str) -> Visit:
    """Open a page in a new tab and count until the network is quiet."""
    page = context.new_page()
    counted = _count(context, page)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(2500)
    page.close()
    return counted


def _count(context: BrowserContext, page: Page) -> Visit:
    devtools, counted, addresses = context.new_cdp_session(page), Visit(), {}
    devtools.send("Network.enable")

    def asked(event: Any) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def arrived(event: Any) -> None:
        # From the browser's own store nothing crosses the wire.
        if event["encodedDataLength"]:
            counted.requests[addresses.get(event["requestId"], "?")] = int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", asked)
    devtools.on("Network.loadingFinished", arrived)
    return counted


def main() -> None:
    """Print a table."""
    print(line())
    print(f"{'page':24}{'first visit':>22}{'second visit':>22}")
    company = sample_company()
    up = ["zhiliu.console.command", "up", "--port", str(PORT)]
    with Server(up, PORT, company.env), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in PAGES:
            context = browser.new_context(service_workers="block")
            address = f"http://127.0.0.1:{PORT}"
            context.add_cookies([{"name": "sessionid", "value": company.sessions["lin"], "url": address}])
            first, second = (visit(context, address + company.pages[name]) for _ in range(2))
            print(f"{name:24}{_cell(first)}{_cell(second)}")
            if "--list" in sys.argv:
                for url, size in first.requests.items():
                    print(f"{size:>12}  {url[len(address) :][:90]}")
            context.close()
        browser.close()


def _cell(counted: Visit) -> str:
    return f"{len(counted.requests):>7} req {counted.kilobytes:>7.1f} kB"


if __name__ == "__main__":
    main()
