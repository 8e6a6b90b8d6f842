"""The product as a process, to be broken."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.journeys.conftest import ROOT, Product, environment, sample_company

__all__ = ["sample_company"]

SESSIONS = """
import django, json, sys; django.setup()
from zhiliu.directory.models import Person
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from zhiliu.kit.web.sessions import SessionStore
keys = {}
members = Person.objects.filter(memberships__community__slug="service-help", kind="employee").order_by("pk")
wanted = Person.objects.filter(pk=sys.argv[2]) if len(sys.argv) > 2 else members[:int(sys.argv[1])]
for person in wanted:
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "zhiliu.directory.signin.backends.PasswordBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    keys[person.pk] = store.session_key
print(json.dumps(keys))
"""


def sessions(data: Path, count: int, person: int | None = None) -> dict[int, str]:
    """Return session keys of members of a community by person, or of one ``person``."""
    done = subprocess.run(
        [sys.executable, "-c", SESSIONS, str(count), *([str(person)] if person else [])],
        cwd=ROOT,
        env=environment(data, DJANGO_SETTINGS_MODULE="config.settings"),
        check=True,
        capture_output=True,
        text=True,
    )
    return {int(key): value for key, value in json.loads(done.stdout.splitlines()[-1]).items()}


class Visitor:
    """A session without a browser."""

    def __init__(self, product: Product, session: str) -> None:
        self.host = product.url.removeprefix("http://")
        self.cookies = f"sessionid={session}; csrftoken={'a' * 32}"

    def ask(self, method: str, path: str, **fields: str) -> int:
        """Send one request on a new connection and return its status.

        Raises:
            OSError: the server did not answer.
        """
        connection = http.client.HTTPConnection(self.host, timeout=40)
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({**fields, "csrfmiddlewaretoken": "a" * 32}) if method == "POST" else None
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()


@pytest.fixture
def own_data(sample_company: Path, tmp_path: Path) -> Path:
    """A copy of the sample company that may be broken."""
    import shutil

    target = tmp_path / "data"
    shutil.copytree(sample_company, target)
    return target
