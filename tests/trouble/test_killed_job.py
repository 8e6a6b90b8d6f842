"""A job whose process is killed in the middle runs again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.journeys.conftest import ROOT, environment, free_port, start

from .conftest import Visitor, sessions
from .test_killed_import import reaches
from .test_trouble import child, end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ASKER = """
SELECT p.id FROM directory_person p WHERE p.kind = 'employee' AND p.is_active AND NOT EXISTS
 (SELECT 1 FROM communities_membership m JOIN communities_community c ON c.id = m.community_id
  WHERE m.person_id = p.id AND c.slug = 'pharma') ORDER BY p.id LIMIT 1
"""


class Slow(Message):
    """A mail server that does not answer the first mail until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.got: list[Any] = []
        self.held = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Hold the first mail; keep the later ones."""
        import asyncio

        if not self.reached.is_set():
            self.held = envelope.rcpt_tos[0]
            self.reached.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.05)
            return "451 Try again later"
        return str(await super().handle_DATA(server, session, envelope))

    def handle_message(self, message: Any) -> None:
        """Keep it."""
        self.got.append(message)


def test_a_mail_whose_job_process_is_killed_while_sending_goes_out_afterwards(own_data: Path) -> None:
    keeper, port = Slow(), free_port()
    server = Controller(keeper, hostname="127.0.0.1", port=port)
    server.start()
    product = start(own_data, ZHILIU_SMTP_HOST="127.0.0.1", ZHILIU_SMTP_PORT=str(port), ZHILIU_SMTP_SECURITY="none")
    try:
        # Only this mail is to be on its way.
        product.sql("UPDATE notifications_delivery SET dropped = 'old' WHERE sent_at IS NULL")
        asker = Visitor(product, sessions_of(own_data, product.sql(ASKER)[0][0]))
        rules = product.sql(
            "SELECT r.id FROM communities_rulebook r JOIN communities_community c ON c.id = r.community_id"
            " WHERE c.slug = 'pharma' ORDER BY r.version DESC LIMIT 1"
        )[0][0]
        assert asker.ask("POST", "/communities/pharma/membership/", rulebook=str(rules), note="想听布点") == 302
        assert keeper.reached.wait(30)
        worker = child(product, "zhiliu.console.job_process")
        os.killpg(worker.pid, signal.SIGKILL)
        keeper.go_on.set()
        assert wait_for_mail(keeper, 90), product.sql("SELECT status, worker_ids FROM django_tasks_db_dbtaskresult")
        assert child(product, "zhiliu.console.job_process").pid != worker.pid
        ids = [item["Message-ID"] for item in keeper.got]
        assert len(set(ids)) == len(ids)
    finally:
        keeper.go_on.set()
        end(product)
        server.stop()


LINKS = """
import django; django.setup()
from zhiliu.directory.link_handover import without_password
from zhiliu.directory.accounts import new_person
from zhiliu.directory.mailing import mail_links
from zhiliu.directory.models import Person
for n in range(60):
    new_person(name=f"员工{n}", employee_number=f"M{n}", email=f"m{n}@x.cn")
people = without_password().filter(employee_number__startswith="M")
mail_links(people, about="试", by=Person.objects.get(handle="admin"))
"""


def test_links_by_mail_whose_job_process_is_killed_reach_nobody_twice(own_data: Path) -> None:
    keeper, port = Counting(), free_port()
    server = Controller(keeper, hostname="127.0.0.1", port=port)
    server.start()
    surroundings = environment(own_data, DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-c", LINKS], cwd=ROOT, env=surroundings, check=True)
    product = start(own_data, ZHILIU_SMTP_HOST="127.0.0.1", ZHILIU_SMTP_PORT=str(port), ZHILIU_SMTP_SECURITY="none")
    try:
        assert reaches(lambda: len(keeper.got) >= 10, 60)
        os.killpg(child(product, "zhiliu.console.job_process").pid, signal.SIGKILL)
        waiting = "SELECT count(*) FROM directory_linkmail WHERE state = 'waiting'"
        assert product.sql(waiting)[0][0] > 0
        assert reaches(lambda: product.sql(waiting)[0][0] == 0, 120)
        # Who was being sent a mail when the process died is shown and not sent another.
        sent = (
            "SELECT count(*) FROM directory_linkmail m JOIN directory_person p ON p.id = m.person_id"
            " WHERE m.state = 'sent' AND p.employee_number LIKE 'M%'"
        )
        assert reaches(lambda: product.sql(sent)[0][0] >= 59, 30)
        assert len(keeper.got) == len(set(keeper.got)) >= 59
    finally:
        end(product)
        server.stop()


class Counting:
    """A mail server that takes a moment for each mail, and remembers links' receivers."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the address of mails to those the links go to."""
        import asyncio

        await asyncio.sleep(0.1)
        self.got += [to for to in envelope.rcpt_tos if to.endswith("@x.cn")]
        return "250 OK"


def sessions_of(data: Path, person: int) -> str:
    """A session of one person."""
    return sessions(data, 1, person)[person]


def wait_for_mail(keeper: Slow, seconds: float) -> bool:
    """Until the mail that was held has come; those to other people do not count."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and keeper.held not in [item["To"] for item in keeper.got]:
        time.sleep(0.2)
    return keeper.held in [item["To"] for item in keeper.got]
