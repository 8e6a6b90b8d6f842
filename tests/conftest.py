"""Fixtures every test can ask for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from zhiliu.directory.models import Person
from zhiliu.kit.web.fragments import fragments

from .browsers import browser  # noqa: F401
from .cast import make_community, make_person
from .html import PageClient

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that claim PostgreSQL run on it or not at all."""
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        return
    for item in items:
        if item.get_closest_marker("services"):
            item.add_marker(pytest.mark.skip(reason="runs on PostgreSQL: bin/test does that where a server answers"))


@pytest.fixture(autouse=True)
def forget_fragments() -> None:
    """Ids come again in the next test, for other things."""
    fragments.clear()


@pytest.fixture
def client() -> Client:
    """Somebody who has not signed in."""
    return PageClient()


@pytest.fixture
def lin(db: None) -> Person:
    """Manages the community."""
    return make_person("lin")


@pytest.fixture
def wang(db: None) -> Person:
    """A member."""
    return make_person("wang")


@pytest.fixture
def xu(db: None) -> Person:
    """A member hired twelve days ago."""
    return make_person("xu")


@pytest.fixture
def zhao(db: None) -> Person:
    """A guest of the community."""
    return make_person("zhao")


@pytest.fixture
def sun(db: None) -> Person:
    """A colleague who is not a member."""
    return make_person("sun")


@pytest.fixture
def admin(db: None) -> Person:
    """Looks after the installation."""
    return make_person("admin")


@pytest.fixture
def community(lin: Person, wang: Person, xu: Person, zhao: Person) -> Any:
    """An open community: Lin manages it, Wang, Xu and the guest Zhao are members."""
    return make_community(lin, wang, xu, zhao)


@pytest.fixture
def closed_community(lin: Person, wang: Person) -> Any:
    """A private community of Lin and Wang."""
    return make_community(lin, wang, name="华东报价组", kind="professional", visibility="private")


@pytest.fixture
def browse() -> Any:
    """browse(person) gives a client that is signed in as that person."""

    def sign_in(person: Person) -> Client:
        client = PageClient()
        client.force_login(person, backend="zhiliu.directory.signin.backends.PasswordBackend")
        return client

    return sign_in


@pytest.fixture
def catch_up(db: None) -> Any:
    """catch_up() lets notices and search follow the log to its end."""
    from zhiliu.activity.consumers import catch_up as run

    return run


@pytest.fixture(autouse=True)
def _clean_index() -> Any:
    """Each test begins without a search index and without remembered names."""
    from zhiliu.directory.models import Organisation
    from zhiliu.search import index

    # As in a process that runs for a while: nobody asks for the organisation at every page.
    Organisation._current = (float("inf"), Organisation())
    yield
    if Path(settings.SEARCH_DIR).exists():
        index.remove_documents()


@pytest.fixture(scope="session", autouse=True)
def _throw_away_data() -> Any:
    """The data folder of this process goes at the end."""
    yield
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _let_tests_empty_the_audit(request: pytest.FixtureRequest, _throw_away_data: None) -> None:
    """Between tests that commit, all tables are emptied; on SQLite that deletes rows, which the audit refuses."""
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return
    if not any(item.get_closest_marker("django_db") or "db" in item.fixturenames for item in request.session.items):
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_keeps_entries")


@pytest.fixture
def shared_data() -> Path:
    """Real input from beside the project; the test is left out where it is missing."""
    if not SHARED_DATA.exists():
        pytest.skip("the folder shared/data is not beside the project")
    return SHARED_DATA


@pytest.fixture
def run_jobs(db: None) -> Any:
    """run_jobs() works through the task queue in this process, as the job process would."""
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
