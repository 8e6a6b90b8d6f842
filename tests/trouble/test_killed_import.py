"""An import of people or documents whose job process is killed goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment, start

from .test_trouble import child, end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
PEOPLE = 6000
QUEUE = """
import django, io; django.setup()
from zhiliu.directory.models import Person
from zhiliu.transfers.importing import advance, choose_columns, receive_file, start
lines = [f"K{n},员工{n},总部/{n % 9}部,{f'K{n // 10}' if n else ''}" for n in range(PEOPLE)]
admin = Person.objects.get(handle="admin")
content = io.BytesIO("\\n".join(["工号,姓名,部门,上级工号", *lines]).encode())
run = receive_file(content, name="k.csv", by=admin, work=False)
advance(run)
choose_columns(run, run.columns, full=False, by=admin, work=False)
advance(run)
start(run, by=admin)
"""


def test_an_import_whose_job_process_is_killed_goes_on_and_doubles_nobody(own_data: Path) -> None:
    surroundings = environment(own_data, DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-c", QUEUE.replace("PEOPLE", str(PEOPLE))], cwd=ROOT, env=surroundings, check=True)
    product = start(own_data)
    count = "SELECT count(*) FROM directory_person WHERE employee_number LIKE 'K%'"
    try:
        assert reaches(lambda: product.sql(count)[0][0] > 500, 60)
        os.killpg(child(product, "zhiliu.console.job_process").pid, signal.SIGKILL)
        there = product.sql(count)[0][0]
        waiting = product.sql("SELECT count(*) FROM transfers_importrow WHERE waiting AND key LIKE 'K%'")[0][0]
        assert 0 < there < PEOPLE and there + waiting == PEOPLE
        done = "SELECT count(*) FROM transfers_importrun WHERE name = 'k.csv' AND state = 'done'"
        assert reaches(lambda: product.sql(done)[0][0] == 1, 240)
        assert product.sql(count)[0][0] == PEOPLE
        led = "SELECT count(*) FROM directory_person WHERE employee_number LIKE 'K%' AND manager_id IS NOT NULL"
        assert product.sql(led)[0][0] == PEOPLE - 1
    finally:
        end(product)


def reaches(question, seconds: float) -> bool:  # type: ignore[no-untyped-def]
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.1)
    return False


PAGES = 400
BRING = """
import django, io, zipfile; django.setup()
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import receiver
from zhiliu.transfers.documents.document_import import advance, bring, start
admin = Person.objects.get(handle="admin")
place = next(one for one in receiver.provider.places(admin) if one.slug == "company")
content = io.BytesIO()
with zipfile.ZipFile(content, "w") as packed:
    for n in range(PAGES):
        text = f"# K{n}\\n\\n见[下一页](k{(n + 1) % PAGES}.md)。\\n\\n" + f"- **第**一步 `{n}`\\n" * 150
        packed.writestr(f"k/k{n}.md", text)
run = bring(content, name="k.zip", place=place, by=admin, work=False)
advance(run)
start(run, by=admin)
"""


def test_documents_whose_job_process_is_killed_go_on_and_double_nothing(own_data: Path) -> None:
    surroundings = environment(own_data, DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-c", BRING.replace("PAGES", str(PAGES))], cwd=ROOT, env=surroundings, check=True)
    product = start(own_data)
    filled = "SELECT count(*) FROM knowledge_article WHERE title LIKE 'K%' AND state = 'published'"
    rooms = "SELECT count(*) FROM knowledge_importedpage WHERE source LIKE 'k/%'"
    try:
        assert reaches(lambda: product.sql(filled)[0][0] > 50, 60)
        os.killpg(child(product, "zhiliu.console.job_process").pid, signal.SIGKILL)
        there = product.sql(filled)[0][0]
        waiting = "SELECT count(*) FROM transfers_documentfile WHERE waiting AND source LIKE 'k/%'"
        assert 0 < there < PAGES and there + product.sql(waiting)[0][0] == PAGES == product.sql(rooms)[0][0]
        done = "SELECT count(*) FROM transfers_documentrun WHERE name = 'k.zip' AND state = 'done'"
        assert reaches(lambda: product.sql(done)[0][0] == 1, 240)
        assert product.sql(filled)[0][0] == product.sql(rooms)[0][0] == PAGES
        revisions = "SELECT count(*) FROM knowledge_revision WHERE title LIKE 'K%'"
        assert product.sql(revisions)[0][0] == PAGES
    finally:
        end(product)
