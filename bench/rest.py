"""An installation at rest: memory of all processes of ``zhiliu up`` after the start, after every kind of page was
opened once, and after 5,000 requests; processor time of a minute without use; and how fast it stops.
``python -m bench.rest``
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urljoin, urlsplit

import psutil

from .machine import family_of, line, pss_mb

PORT = 8397
# Manages communities, is a member of others, and writes in all tools.
MANAGER = "lin"
REQUESTS = 5000
REST_SECONDS = 60
# Jobs of the start are done, and children that nobody needs have ended.
SETTLE_SECONDS = 75
# One address of a kind says what its queries load, two show what repeats.
OF_A_KIND = 2
# Where the walk begins; the rest is found in navigation and lists.
BEGIN = ("/", f"/search/?q={quote('压缩机')}", "/people/?q=wang")
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)"')


class Browser:
    """Somebody signed in, and follows links."""

    def __init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        self._cookies: dict[str, str] = {}

    def sign_in(self, handle: str) -> None:
        """Sign in as somebody of the sample company."""
        page = self.get("/signin/")[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        self._ask("POST", f"/signin/demo/{handle}/", urlencode({"csrfmiddlewaretoken": token[1]}))
        assert "sessionid" in self._cookies, "signing in failed"

    def get(self, path: str) -> tuple[int, str, str]:
        """Return status, type or new address, and text."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        # Opened anew each time: the server closes a connection that rested.
        self._connection.close()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(cookie).items()})
        kind = answer.headers.get("Location") or answer.headers.get("Content-Type") or ""
        return answer.status, kind, answer.read().decode(errors="replace")


def open_each_kind(browser: Browser) -> list[str]:
    """Open addresses of each kind, following links from page to page.

    Returns:
        The addresses of pages.
    """
    waiting, seen, of_kind, pages = deque(BEGIN), set(BEGIN), dict[str, int](), list[str]()
    while waiting:
        path = waiting.popleft()
        status, kind, text = browser.get(path)
        if status != 200 or not kind.startswith("text/html"):
            continue
        pages.append(path)
        for link in map(unescape, LINK.findall(text)):
            address = quote(urljoin(path, link), safe="%/:?=&+,~@!")
            name = _kind(address)
            if name and address not in seen and of_kind.get(name, 0) < OF_A_KIND:
                seen.add(address)
                of_kind[name] = of_kind.get(name, 0) + 1
                waiting.append(address)
    return pages


def _kind(address: str) -> str:
    """Return the name of the view of an address; '' for what is not ours."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(address)
    if parts.netloc or "signout" in parts.path or parts.path.startswith("/static/"):
        return ""
    try:
        match = resolve(parts.path)
    except Resolver404:
        return ""
    return f"{match.view_name}?{' '.join(sorted(pair.split('=')[0] for pair in parts.query.split('&')))}"


def memory(up: psutil.Process, when: str) -> None:
    """Print the memory of all processes."""
    family = family_of(up)
    print(f"memory {when}: {pss_mb(up):.0f} MB PSS in {len(family)} processes")
    for item in family:
        print(f"  {item.memory_full_info().pss / (1 << 20):6.0f} MB  {' '.join(item.cmdline()[1:5])[:60]}")


def at_rest(up: psutil.Process) -> None:
    """Print the share of a core that nobody's use costs."""
    before = {item: _spent(item) for item in family_of(up)}
    time.sleep(REST_SECONDS)
    # Who ended meanwhile is left out.
    share = sum(_spent(item) - before.get(item, 0.0) for item in family_of(up)) / REST_SECONDS
    print(f"processor time at rest: {share:.2%} of a core over {REST_SECONDS} s")


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def wait_for_answer() -> None:
    """Wait until pages are served."""
    for _ in range(600):
        try:
            return Browser().get("/signin/") and None
        except OSError:
            time.sleep(0.1)
    raise SystemExit("zhiliu up does not answer")


def main() -> None:
    """Start, rest, open every kind of page, ask often, rest again, stop."""
    data = tempfile.mkdtemp(prefix="zhiliu-bench-")
    os.environ |= {"ZHILIU_DATA_DIR": data, "ZHILIU_DEMO": "1", "ZHILIU_LOG_LEVEL": "ERROR"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    subprocess.run([sys.executable, "-m", "zhiliu.demo.fill"], check=True, stderr=subprocess.DEVNULL)
    import django

    django.setup()
    server = subprocess.Popen(
        [sys.executable, "-m", "zhiliu.console.command", "up", "--port", str(PORT)], stderr=subprocess.DEVNULL
    )
    try:
        wait_for_answer()
        up = psutil.Process(server.pid)
        print(line())
        time.sleep(SETTLE_SECONDS)
        memory(up, "after the start")
        at_rest(up)
        browser = Browser()
        browser.sign_in(MANAGER)
        pages = open_each_kind(browser)
        time.sleep(SETTLE_SECONDS)
        memory(up, f"after {len(pages)} pages of every kind were opened once")
        at_rest(up)
        for number in range(REQUESTS):
            browser.get(pages[number % len(pages)])
        time.sleep(SETTLE_SECONDS)
        memory(up, f"after {REQUESTS:,} requests")
        started = time.monotonic()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        print(f"stopped {time.monotonic() - started:.1f} s after SIGTERM")
    finally:
        # Asked, not killed: only then the parent ends its children.
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
