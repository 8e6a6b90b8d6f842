"""What each page of the sample company costs. ``python -m bench.pages [PAGE ...] [--write | --large]``

Three servers take turns, so that the speed of the machine, which varies from hour to hour, falls out of the ratios:

- ours: ``zhiliu up``, all of its processes;
- plain: the same pages drawn without optimisations (:mod:`bench.plain`);
- calibration: the plain list of needs over the data of :mod:`bench.growth`. It stays as it is for good. 0.45 of it was
  Kanboard's list of 30 tasks when both were measured side by side; the column "x list" is in units of that list.

``--large`` prints how much more each costs in the large company (:mod:`bench.large`), in the same unit.
``--write`` writes the table into ``docs/performance.md``.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

from .company import ROOT, Company, large_company, sample_company
from .machine import cpu_seconds, line

# Kanboard's list of 30 tasks beside the calibrating page, measured in one run.
LIST = 0.45
CALIBRATION = "/communities/c0/needs/"
BATCHES, EACH, WARM = 5, 20, 8
PORTS = (8391, 8392, 8393)
TABLE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- pages: begin -->\n", "<!-- pages: end -->\n"


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU, and bytes as they are sent, of one page."""

    ours: float
    plain: float
    calibration: float
    size: int

    @property
    def lists(self) -> float:
        """Return the cost in units of Kanboard's list."""
        return self.ours / (self.calibration * LIST)


class Server:
    """A server, and the session that requests its pages."""

    def __init__(self, command: list[str], port: int, env: dict[str, str]) -> None:
        self.port = port
        self.process = subprocess.Popen([sys.executable, "-m", *command], env=env, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Server:
        for _ in range(300):
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
                self.get("/signin/", "")
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not come up")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def get(self, path: str, session: str, encoding: str = "") -> bytes:
        """Request a page."""
        headers = {"Cookie": f"sessionid={session}"} | ({"Accept-Encoding": encoding} if encoding else {})
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return content

    def batch(self, path: str, session: str, count: int = EACH) -> float:
        """Return milliseconds of CPU per page over several requests."""
        before = self.spent()
        for _ in range(count):
            self.get(path, session)
        return (self.spent() - before) / count * 1000

    def spent(self) -> float:
        """Return the seconds of CPU so far."""
        return cpu_seconds(psutil.Process(self.process.pid))


def worker_command(application: str, port: int) -> list[str]:
    """Return the command of a WSGI worker with one thread."""
    command = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "1"]
    return [*command, "--log-level", "critical", application]


def worker(application: str, port: int, env: dict[str, str]) -> Server:
    """Return a WSGI worker."""
    return Server(worker_command(application, port), port, env)


def measure(company: Company, names: list[str]) -> dict[str, Cost]:
    """Return the cost of each page by its name."""
    with tempfile.TemporaryDirectory(prefix="zhiliu-bench-") as folder:
        other = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ZHILIU_DATA_DIR": folder}
        other["ZHILIU_LOG_LEVEL"] = "ERROR"
        told = subprocess.run(
            [sys.executable, "-m", "bench.data", "1000", "10000"], env=other, check=True, capture_output=True
        )
        session = told.stdout.decode().split()[-1]
        up = ["zhiliu.console.command", "up", "--port", str(PORTS[0])]
        with (
            Server(up, PORTS[0], company.env) as ours,
            worker("bench.plain:application", PORTS[1], company.env) as plain,
            worker("bench.plain:application", PORTS[2], other) as calibration,
        ):
            return {
                name: _compare(company, name, (ours, plain), lambda: calibration.batch(CALIBRATION, session))
                for name in names
            }


def _compare(company: Company, name: str, servers: tuple[Server, Server], calibrate: object) -> Cost:
    path = company.pages[name]
    session = company.session_for(path)
    for server in servers:
        for _ in range(WARM):
            server.get(path, session)
    rounds = [(*(server.batch(path, session) for server in servers), calibrate()) for _ in range(BATCHES)]  # type: ignore[operator]
    size = len(servers[0].get(path, session, "gzip"))
    return Cost(*(statistics.median(values) for values in zip(*rounds, strict=True)), size)


def rows(costs: dict[str, Cost], queries: dict[str, int]) -> list[str]:
    """Return the lines of a table in Markdown."""
    head = ["| page | x list | x plain | queries | kB sent |", "| --- | ---: | ---: | ---: | ---: |"]
    lines = [
        f"| {name} | {cost.lists:.2f} | {cost.ours / cost.plain:.2f} | {queries[name]} | {cost.size / 1000:.1f} |"
        for name, cost in costs.items()
    ]
    return [*head, *lines]


def main() -> None:
    """Print the table, and write it."""
    company = sample_company()
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or list(company.pages)
    costs = measure(company, names)
    if "--large" in sys.argv:
        return _print_growth(costs, measure(large_company(), names))
    queries = company.queries()
    calibration = statistics.median(cost.calibration for cost in costs.values())
    print(line())
    print(f"calibration: {calibration:.1f} ms, so the unit (Kanboard’s list) is {calibration * LIST:.1f} ms here")
    print("\n".join(rows(costs, queries)))
    print(f"median {statistics.median(cost.lists for cost in costs.values()):.2f} x list")
    if "--write" in sys.argv:
        _write(rows(costs, queries))


def _print_growth(small: dict[str, Cost], large: dict[str, Cost]) -> None:
    print(line())
    print(f"{'page, x list':32}{'company':>10}{'large':>10}{'growth':>10}")
    for name, cost in small.items():
        print(f"{name:32}{cost.lists:>10.2f}{large[name].lists:>10.2f}{large[name].lists / cost.lists:>9.2f}x")


def _write(lines: list[str]) -> None:
    text = TABLE.read_text()
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    TABLE.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + END + after)


if __name__ == "__main__":
    main()
