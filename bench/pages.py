"""CPU per signed-in page with 20 rows, at two sizes of data. ``python -m bench.pages [sqlite|postgresql] [--small]``

A WSGI worker of Granian is asked for each page again and again; what counts is the CPU time of the server's processes,
on PostgreSQL with that of its backends. Median over batches.
"""

from __future__ import annotations

import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from .machine import cpu_seconds, line

SIZES = ((1_000, 10_000), (100_000, 1_000_000))
PAGES = {
    "needs of a community": "/communities/c0/needs/",
    "topics of a community": "/communities/c0/topics/",
    "members of a community": "/communities/c0/members/",
    "colleagues": "/people/",
    "inbox": "/inbox/",
    "today": "/",
}
# The kernel counts CPU in ticks of 10 ms, so a batch has to be long for a figure of a page.
BATCHES, EACH, WARM = 9, 50, 30
PORT = 8391
DATABASE = "zhiliu_bench"


def measure(kind: str, people: int, activity: int) -> dict[str, float]:
    """Milliseconds of CPU per page, by name."""
    data = Path(tempfile.mkdtemp(prefix="zhiliu-bench-"))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ZHILIU_DATA_DIR": str(data),
        "ZHILIU_LOG_LEVEL": "ERROR",
    }
    if kind == "postgresql":
        env["ZHILIU_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:5432/{DATABASE}"
        _new_database()
    try:
        filled = subprocess.run(
            [sys.executable, "-m", "bench.data", str(people), str(activity)],
            env=env,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        session = filled.stdout.split()[-1]
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT), "--workers", "1"),
                *("--blocking-threads", "1", "--log-level", "critical", "config.wsgi:application"),
            ],
            env=env,
        )
        try:
            return _ask_all(server, session, kind)
        finally:
            server.terminate()
            server.wait(timeout=20)
    finally:
        shutil.rmtree(data, ignore_errors=True)
        if kind == "postgresql":
            _drop_database()


def _ask_all(server: subprocess.Popen[bytes], session: str, kind: str) -> dict[str, float]:
    cookies = {"Cookie": f"sessionid={session}"}
    connection = _connect(cookies)
    process = psutil.Process(server.pid)

    def spent() -> float:
        return cpu_seconds(process) + (_backend_seconds() if kind == "postgresql" else 0.0)

    return {name: _median_ms(connection, path, cookies, spent) for name, path in PAGES.items()}


def _connect(cookies: dict[str, str]) -> http.client.HTTPConnection:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            connection.request("GET", "/inbox/", headers=cookies)
            connection.getresponse().read()
            return connection
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not come up")


def _median_ms(
    connection: http.client.HTTPConnection, path: str, cookies: dict[str, str], spent: Callable[[], float]
) -> float:
    def ask() -> None:
        connection.request("GET", path, headers=cookies)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)

    for _ in range(WARM):
        ask()
    batches = []
    for _ in range(BATCHES):
        before = spent()
        for _ in range(EACH):
            ask()
        batches.append((spent() - before) / EACH * 1000)
    return statistics.median(batches)


def _admin() -> object:
    import psycopg

    return psycopg.connect("postgresql://postgres@127.0.0.1:5432/postgres", autocommit=True)


def _new_database() -> None:
    with _admin() as connection:  # type: ignore[attr-defined]
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _drop_database() -> None:
    with _admin() as connection:  # type: ignore[attr-defined]
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _backend_seconds() -> float:
    with _admin() as connection:  # type: ignore[attr-defined]
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [DATABASE]).fetchall()
    return sum(cpu_seconds(psutil.Process(pid)) for (pid,) in rows if psutil.pid_exists(pid))


def main() -> None:
    """Print a table."""
    kinds = [kind for kind in ("sqlite", "postgresql") if kind in sys.argv] or ["sqlite", "postgresql"]
    sizes = SIZES[:1] if "--small" in sys.argv else SIZES
    print(line())
    for kind in kinds:
        found = [measure(kind, *size) for size in sizes]
        heads = "  ".join(f"{people:>7,} people / {rows:,} rows" for people, rows in sizes)
        backends = " with its backends" if kind == "postgresql" else ""
        print(f"\nms CPU a page, {kind}, one WSGI worker, server included{backends}")
        print(f"{'page':26} {heads}   growth")
        for name in PAGES:
            values = [one[name] for one in found]
            growth = f"{values[-1] / values[0]:.2f}x" if len(values) > 1 else ""
            print(f"{name:26} " + "  ".join(f"{value:>24.1f}" for value in values) + f"   {growth}")
        medians = [statistics.median(one.values()) for one in found]
        print(f"{'median of the pages':26} " + "  ".join(f"{value:>24.1f}" for value in medians))


if __name__ == "__main__":
    main()
