"""CPU per signed-in page with 20 rows, at two sizes of data. ``python -m bench.growth [sqlite|postgresql] [--small]``

A WSGI worker of Granian serves each page repeatedly; the result is the CPU time of the server's processes, on
PostgreSQL including its backends. Median over batches.

The speed of a machine varies from hour to hour, so a second server renders the same pages without optimisations
(:mod:`bench.plain`), alternating with the first; the ratio of the two says more than the milliseconds.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from .machine import cpu_seconds, line
from .pages import Server, worker_command

SIZES = ((1_000, 10_000), (100_000, 1_000_000))
PAGES = {
    "needs of a community": "/communities/c0/needs/",
    "topics of a community": "/communities/c0/topics/",
    "members of a community": "/communities/c0/members/",
    "colleagues": "/people/",
    "inbox": "/inbox/",
    "today": "/",
}
# The kernel counts CPU in ticks of 10 ms, so only long batches give a figure per page.
BATCHES, EACH, WARM = 9, 50, 30
PORT, PLAIN_PORT = 8391, 8392
DATABASE = "zhiliu_bench"


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU per page: as it is, and without optimisations."""

    ours: float
    plain: float


def measure(kind: str, people: int, activity: int) -> dict[str, Cost]:
    """Return the cost of each page, by name."""
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
        with (
            _Server("config.wsgi:application", PORT, kind, session, env) as ours,
            _Server("bench.plain:application", PLAIN_PORT, kind, session, env) as plain,
        ):
            return {name: _compare(ours, plain, path) for name, path in PAGES.items()}
    finally:
        shutil.rmtree(data, ignore_errors=True)
        if kind == "postgresql":
            _drop_database()


class _Server(Server):
    """A WSGI worker, and the session that requests its pages; on PostgreSQL its backends count, too."""

    def __init__(self, application: str, port: int, kind: str, session: str, env: dict[str, str]) -> None:
        self.kind, self.session = kind, session
        # The name of its PostgreSQL backends.
        self.name = f"bench-{port}"
        super().__init__(worker_command(application, port), port, {**env, "PGAPPNAME": self.name})

    def ask(self, path: str) -> None:
        """Request a page."""
        self.get(path, self.session)

    def spent(self) -> float:
        """Return the seconds of CPU so far."""
        return super().spent() + (_backend_seconds(self.name) if self.kind == "postgresql" else 0.0)


def _compare(ours: _Server, plain: _Server, path: str) -> Cost:
    for _ in range(WARM):
        ours.ask(path)
        plain.ask(path)
    pairs = [(ours.batch(path, ours.session, EACH), plain.batch(path, plain.session, EACH)) for _ in range(BATCHES)]
    return Cost(*(statistics.median(values) for values in zip(*pairs, strict=True)))


def _admin() -> object:
    import psycopg

    return psycopg.connect("postgresql://postgres@127.0.0.1:5432/postgres", autocommit=True)


def _new_database(name: str = DATABASE) -> None:
    with _admin() as connection:  # type: ignore[attr-defined]
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")


def _drop_database(name: str = DATABASE) -> None:
    with _admin() as connection:  # type: ignore[attr-defined]
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _backend_seconds(name: str) -> float:
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
    with _admin() as connection:  # type: ignore[attr-defined]
        rows = connection.execute(query, [name]).fetchall()
    return sum(cpu_seconds(psutil.Process(pid)) for (pid,) in rows if psutil.pid_exists(pid))


def main() -> None:
    """Print a table."""
    kinds = [kind for kind in ("sqlite", "postgresql") if kind in sys.argv] or ["sqlite", "postgresql"]
    sizes = SIZES[:1] if "--small" in sys.argv else SIZES
    print(line())
    for kind in kinds:
        costs_by_size = [measure(kind, *size) for size in sizes]
        heads = "".join(f"{f'{people:,} people / {rows:,} rows':>36}" for people, rows in sizes)
        backends = " with its backends" if kind == "postgresql" else ""
        print(f"\nms CPU a page, {kind}, one WSGI worker, server included{backends}")
        print(f"{'':24} {heads}")
        print(f"{'page':24} " + f"{'page':>16}{'plain':>9}{'ratio':>11}" * len(sizes) + "   growth")
        for name in PAGES:
            costs = [item[name] for item in costs_by_size]
            growth = f"   {costs[-1].ours / costs[0].ours:.2f}x" if len(costs) > 1 else ""
            print(f"{name:24} " + "".join(_cells(cost) for cost in costs) + growth)
        print(f"{'median of the pages':24} " + "".join(_cells(_median(item)) for item in costs_by_size))


def _cells(cost: Cost) -> str:
    return f"{cost.ours:>16.1f}{cost.plain:>9.1f}{cost.ours / cost.plain:>10.2f}x"


def _median(costs: dict[str, Cost]) -> Cost:
    return Cost(
        statistics.median(cost.ours for cost in costs.values()),
        statistics.median(cost.plain for cost in costs.values()),
    )


if __name__ == "__main__":
    main()
