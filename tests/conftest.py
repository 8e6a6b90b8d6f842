"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.web.fragments import fragments

from .browsers import browser  # noqa: F401
from .cast import make_community, make_person, one_of_cast
from .database_of_the_cast import begins_with_cast, make_database_of_cast, use_database
from .database_template import database_template
from .html import PageClient

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what has nothing to do with the database; elsewhere, skip tests marked ``services``."""
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        config.hook.pytest_deselected(items=[item for item in items if not _meets_database(item)])
        items[:] = [item for item in items if _meets_database(item)]
        return
    for item in items:
        if item.get_closest_marker("services"):
            item.add_marker(pytest.mark.skip(reason="runs on PostgreSQL: bin/test does that where a server answers"))


def _meets_database(item: pytest.Item) -> bool:
    """Return whether a test uses the database, itself or in processes it starts."""
    if item.get_closest_marker("slow"):
        return not item.get_closest_marker("any_database")
    fixtures = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    return bool(fixtures) or any(item.get_closest_marker(name) for name in ("django_db", "services"))


@pytest.fixture(scope="session", autouse=True)
def _collect_garbage_rarely() -> None:
    """Let the garbage collector skip what was imported, and look at the rest less often: a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


@pytest.fixture(autouse=True)
def forget_fragments() -> None:
    """Clear cached fragments: ids are reused by the next test."""
    fragments.clear()


@pytest.fixture
def client() -> Client:
    """A client that is not signed in."""
    return PageClient()


@pytest.fixture(scope="session")
def _database_of_cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """The name of the database of this process, and of the one in which the community is there already."""
    with django_db_blocker.unblock():
        return connection.settings_dict["NAME"], make_database_of_cast()


@pytest.fixture
def _choose_database(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    if connection.vendor != "sqlite":
        return
    usual, with_cast = request.getfixturevalue("_database_of_cast")
    with django_db_blocker.unblock():
        use_database(with_cast if begins_with_cast(request) else usual)


@pytest.fixture
def _django_db_helper(_choose_database: None, _django_db_helper: None) -> None:
    """As pytest-django has it, on the database that was chosen."""


@pytest.fixture
def _has_cast(request: pytest.FixtureRequest, db: None) -> bool:
    return begins_with_cast(request)


@pytest.fixture
def lin(_has_cast: bool) -> Person:
    """Lin, who manages the community."""
    return one_of_cast("lin", is_there=_has_cast)


@pytest.fixture
def wang(_has_cast: bool) -> Person:
    """Wang, a member."""
    return one_of_cast("wang", is_there=_has_cast)


@pytest.fixture
def xu(_has_cast: bool) -> Person:
    """Xu, a member hired twelve days ago."""
    return one_of_cast("xu", is_there=_has_cast)


@pytest.fixture
def zhao(_has_cast: bool) -> Person:
    """Zhao, a guest of the community."""
    return one_of_cast("zhao", is_there=_has_cast)


@pytest.fixture
def sun(db: None) -> Person:
    """Sun, a colleague who is not a member."""
    return make_person("sun")


@pytest.fixture
def admin(db: None) -> Person:
    """The administrator of the installation."""
    return make_person("admin")


@pytest.fixture
def community(_has_cast: bool, lin: Person, wang: Person, xu: Person, zhao: Person) -> Any:
    """An open community: Lin manages it, Wang, Xu and the guest Zhao are members."""
    return Community.objects.earliest("pk") if _has_cast else make_community(lin, wang, xu, zhao)


@pytest.fixture
def closed_community(lin: Person, wang: Person) -> Any:
    """A private community of Lin and Wang."""
    return make_community(lin, wang, name="华东报价组", kind="professional", visibility="private")


@pytest.fixture
def browse() -> Any:
    """A function: browse(person) returns a client signed in as that person."""

    def sign_in(person: Person) -> Client:
        client = PageClient()
        client.force_login(person, backend="zhiliu.directory.signin.backends.PasswordBackend")
        return client

    return sign_in


@pytest.fixture
def catch_up(db: None) -> Any:
    """A function: catch_up() lets notifications and search follow the log to its end."""
    from zhiliu.activity.consumers import catch_up as run

    return run


@pytest.fixture(autouse=True)
def _clean_index() -> Any:
    """Start each test without a search index and without a cached organisation name."""
    from zhiliu.directory.models import Organisation
    from zhiliu.search import index

    # As in a process that has run for a while: pages do not query the organisation.
    Organisation._current = (float("inf"), Organisation())
    yield
    if Path(settings.SEARCH_DIR).exists():
        index.remove_documents()


@pytest.fixture(scope="session", autouse=True)
def _throw_away_data() -> Any:
    """Delete this process's data folder at the end."""
    yield
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Return whether the test database is there already: on SQLite it is a copy."""
    return "sqlite3" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker
) -> None:
    """On SQLite, copy the migrated database to where this process has its own."""
    if django_db_keepdb:
        with django_db_blocker.unblock():
            shutil.copy(database_template(), settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session", autouse=True)
def _let_tests_empty_the_audit(request: pytest.FixtureRequest, _throw_away_data: None) -> None:
    """Drop the audit's trigger: tests that commit empty all tables, which on SQLite deletes rows the audit protects."""
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return
    if not any(item.get_closest_marker("django_db") or "db" in item.fixturenames for item in request.session.items):
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_keeps_entries")


@pytest.fixture(scope="session", autouse=True)
def _empty_only_filled_tables() -> Iterator[None]:
    """On PostgreSQL, let tests that commit delete rows where there are any.

    Django truncates every table there, which makes new files for each of them: seconds for a handful of rows.
    """
    if connection.vendor != "postgresql":
        yield
        return

    def sql_flush(_style: Any, tables: Iterable[str], **_options: Any) -> list[str]:
        quoted = [connection.ops.quote_name(table) for table in tables]
        filled = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in quoted)
        with connection.cursor() as cursor:
            cursor.execute(filled)
            # Without triggers, until the transaction ends: neither foreign keys nor the audit object.
            without_triggers = "SET LOCAL session_replication_role = replica"
            return [without_triggers, *(f"DELETE FROM {table}" for (table,) in cursor.fetchall())]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", sql_flush)
        yield


@pytest.fixture
def shared_data() -> Path:
    """Real input outside the project; the test is skipped where it is missing."""
    if not SHARED_DATA.exists():
        pytest.skip("the folder shared/data is not beside the project")
    return SHARED_DATA


@pytest.fixture
def run_jobs(db: None) -> Any:
    """A function: run_jobs() runs the task queue in this process, as the job process would."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    def run() -> None:
        for job in list(DBTaskResult.objects.ready()):
            job.claim("test")
            Worker(
                queue_names=["*"],
                interval=0,
                batch=True,
                backend_name="default",
                startup_delay=False,
                max_tasks=1,
                worker_id="test",
                excluded_queue_names=[],
            ).run_task(job)

    return run
