"""Apply the mutants of an app one by one and run the tests of its folder that pass by.

Django, the tests and an empty database are made ready once; every mutant is tried in a fork of that process, where the
changed code replaces the loaded one. A mutant so costs the few tests that reach it, not half a minute of migrations.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.database_template import database_template
from zhiliu.kit.apps import OFFERS

from .loaded import replace
from .mutants import Mutant, mutants_of

if TYPE_CHECKING:
    from zhiliu.kit.system.db import CompiledQuery

HERE = Path(__file__).resolve().parent
# Neither rules nor verbs: texts, doors, and what is registered.
LEFT_OUT = {*OFFERS, "apps", "checks", "forms", "models", "urls", "views", "__init__"} - {"rules"}
# Seconds a mutant may take beyond four times what its tests took unchanged: endless loops are killed.
PATIENCE = 20
# Bytes a fork may take: documents made to take all memory take no more.
MEMORY = 4 << 30


def modules(app: str, names: list[str]) -> list[Path]:
    """The files to mutate: those named (``rules``, ``admission/ruling``), or rules, queries and verbs."""
    folder = Path("zhiliu") / app
    if names:
        return [folder / f"{name.removesuffix('.py')}.py" for name in names]
    files = (path for path in folder.rglob("*.py") if not {"views", "migrations", "management"} & set(path.parts))
    return sorted(path for path in files if path.stem not in LEFT_OUT or _holds_models(path))


def _holds_models(path: Path) -> bool:
    return path.stem == "models" or path.parent.name == "models"


def spread(mutants: list[Mutant], number: int) -> list[Mutant]:
    """``number`` of them at even distances: the same ones every time, and some of every module."""
    number = min(number, len(mutants))
    return [mutants[index * len(mutants) // number] for index in range(number)]


def equivalents() -> dict[tuple[str, str], str]:
    """(file and scope, change) -> reason, of the mutants that change nothing a test could see."""
    known = {}
    for line in (HERE / "equivalent.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            # The change itself may hold the separator: it joins conditions in Python, too.
            place, rest = line.split(" | ", 1)
            change, reason = rest.rsplit(" | ", 1)
            known[place.strip(), change.strip()] = reason.strip()
    return known


class Mutation:
    """Plugin of pytest: instead of running the collected tests once, runs them against each mutant."""

    def __init__(self, app: str, mutants: list[Mutant], template: Path) -> None:
        self.app, self.mutants, self.template = app, mutants, template
        self.lines: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.survivors: list[Mutant] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._keep_data()
        if self.app != "kit":
            _unconfine()
        for path in {mutant.path for mutant in self.mutants}:
            # Forms come with the addresses, which only a page loads: in a fork, too late for the next one.
            importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        failed = set()
        # Twice: a test that fails unchanged in the second fork says nothing about a mutant.
        for _turn in range(2):
            names, self.lines, self.seconds = self._in_fork(lambda: self._measure(session), 3600)
            failed |= set(names)
        for name in sorted(failed):
            print(f"fails unchanged, left out: {name}")
        items = [item for item in session.items if item.nodeid in self.seconds and item.nodeid not in failed]
        items.sort(key=lambda item: self.seconds[item.nodeid])
        for mutant in self.mutants:
            near = self._near(items, mutant)
            limit = PATIENCE + 4 * sum(self.seconds[item.nodeid] for item in near)
            if not near or self._in_fork(lambda: self._survives(session, near, mutant), limit):  # noqa: B023
                self.survivors.append(mutant)
                print(f"{mutant}{'' if near else '   (no test reaches it)'}", flush=True)
        return True

    def _keep_data(self) -> None:
        """Every fork begins with the same data folder and the migrated database in it."""
        import django.test.utils
        from django.conf import settings
        from django.db import connection

        self.data, self.fresh = Path(settings.DATA_DIR), Path(f"{settings.DATA_DIR}.fresh")
        connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"]
        shutil.copy(self.template, connection.settings_dict["NAME"])
        shutil.copytree(self.data, self.fresh)
        django.test.utils.setup_databases = lambda **_: []
        django.test.utils.teardown_databases = lambda *_, **__: None

    def _renew_data(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.fresh, self.data)

    def pytest_unconfigure(self) -> None:
        """Throw the data of the last fork away."""
        for folder in (self.data, self.fresh):
            shutil.rmtree(folder, ignore_errors=True)

    def _near(self, items: list[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
        """The tests that reach the mutant's lines; at module level all of them. Those of its module come first."""
        path, (first, last) = str(mutant.path.resolve()), mutant.lines
        if mutant.scope:
            lines = {(path, line) for line in range(first, last + 1)}
            items = [item for item in items if lines & self.lines[item.nodeid]]
        return sorted(items, key=lambda item: item.path.stem != f"test_{mutant.path.stem}")

    def _in_fork(self, work: Callable[[], Any], limit: float) -> Any:
        """What ``work`` returns in a fork of this process; None when it takes longer than ``limit`` seconds."""
        with tempfile.NamedTemporaryFile() as answer:
            child = os.fork()
            if child == 0:
                _answer(lambda: (self._renew_data(), work())[1], Path(answer.name))
            until = time.monotonic() + limit
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                if time.monotonic() > until:
                    os.killpg(child, signal.SIGKILL)
                time.sleep(0.01)
            data = Path(answer.name).read_bytes()
        result = pickle.loads(data) if data else None
        if isinstance(result, str):
            raise RuntimeError(result)
        return result

    def _measure(self, session: pytest.Session) -> tuple[list[str], dict, dict]:
        """Run everything once: names of tests that fail, the lines each passes by, the seconds each takes."""
        from zhiliu.kit.system.db import CompiledQuery

        compiled = [query for query in gc.get_objects() if type(query) is CompiledQuery]
        watcher = Watcher({str(mutant.path.resolve()) for mutant in self.mutants}, compiled)
        session.config.pluginmanager.register(watcher)
        _run(session, session.items)
        return watcher.failed, dict(watcher.lines), watcher.seconds

    def _survives(self, session: pytest.Session, items: list[pytest.Item], mutant: Mutant) -> bool:
        replace(mutant)
        session.config.option.maxfail = 1
        _run(session, items)
        return session.testsfailed == 0


def _answer(work: Callable[[], Any], answer: Path) -> None:
    """Work in a fork, silently, and leave the result, or the traceback as a string, in a file."""
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        answer.write_bytes(pickle.dumps(work()))
    except BaseException:
        answer.write_bytes(pickle.dumps(traceback.format_exc()))
    finally:
        os._exit(0)


def _unconfine() -> None:
    """Do the work of confined children in this process, where the mutant is; pytest's limit of time ends it."""
    from zhiliu.kit.system import confined as module

    def here(function: Callable[..., Any], *args: Any, seconds: int = 0) -> Any:
        try:
            return function(*args)
        except (MemoryError, RecursionError):
            # A name of the other module, to which this code goes.
            raise Overrun from None  # type: ignore[name-defined]  # noqa: F821

    module.confined.__code__ = here.__code__


def _run(session: pytest.Session, items: list[pytest.Item]) -> None:
    session.items = items
    with contextlib.suppress(session.Failed, session.Interrupted):
        # What belongs to the session is left as it is: the process ends.
        for item, following in zip(items, [*items[1:], items[-1]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                return


class Watcher:
    """Notes which lines of the files each test passes by, in all threads.

    Args:
        compiled: queries that every test compiles anew, so that not only the first one passes by their lines.
    """

    def __init__(self, files: set[str], compiled: list[CompiledQuery[Any]]) -> None:
        self.files, self.compiled = files, compiled
        self.failed: list[str] = []
        self.lines: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        passed = self.lines[item.nodeid]

        def enter(frame: Any, _event: str, _argument: Any) -> Any:
            if frame.f_code.co_filename not in self.files:
                return None
            passed.add((frame.f_code.co_filename, frame.f_lineno))
            return enter

        for query in self.compiled:
            query._composed.clear()
        began = time.monotonic()
        threading.settrace(enter)
        sys.settrace(enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seconds[item.nodeid] = time.monotonic() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def main(arguments: list[str]) -> None:
    """``APP [MODULE...] [--sample N] [--tests FILE]``: print each survivor and the figures."""
    parser = argparse.ArgumentParser("bin/mutate")
    parser.add_argument("app")
    parser.add_argument("modules", nargs="*", help="rules, admission/ruling; default: rules, queries and verbs")
    parser.add_argument("--sample", type=int, metavar="N", help="try N of the mutants, spread evenly over the app")
    parser.add_argument("--tests", help="files instead of the whole folder of the app", action="append")
    options = parser.parse_args(arguments)
    app, names = options.app, options.modules
    # Forks copy a file; a server has no part in it.
    os.environ.pop("ZHILIU_TEST_DATABASE", None)
    known = equivalents()
    candidates = [
        mutant
        for path in modules(app, names)
        for mutant in mutants_of(path, only_methods="visible_to" if _holds_models(path) and not names else "")
    ]
    left = [mutant for mutant in candidates if (mutant.place, mutant.change) not in known]
    mutants = spread(left, options.sample) if options.sample else left
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    mutation = Mutation(app, mutants, database_template().resolve())
    switches = ["-q", "--no-header", "-p", "no:cacheprovider", "-s", "--timeout=60"]
    tests = [*(options.tests or [f"tests/{app}"]), "-m", "not journey and not services and not slow"]
    if pytest.main([*tests, *switches], plugins=[mutation]):
        sys.exit(1)
    left_out, survive = len(candidates) - len(left), len(mutation.survivors)
    print(
        f"{app}: {len(mutants)} mutants"
        + (f" of {len(left)}" if len(mutants) < len(left) else "")
        + f", {len(mutants) - survive} killed, {survive} survive"
        + (f" ({left_out} more are equivalent)" if left_out else "")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
