"""A job that kills its process is given up after the second time; the others run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment, start

from .test_killed_import import reaches
from .test_trouble import end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
QUEUE = """
import django; django.setup()
from tests.jobs.test_retrying import sometimes
sometimes.enqueue("kill the process")
sometimes.enqueue("fine")
"""


def test_a_job_that_kills_its_process_is_given_up_and_holds_nobody_up(own_data: Path) -> None:
    surroundings = environment(own_data, DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-c", QUEUE], cwd=ROOT, env=surroundings, check=True)
    product = start(own_data)
    status = "SELECT status FROM django_tasks_database_dbtaskresult WHERE args_kwargs LIKE "
    try:
        assert reaches(lambda: product.sql(status + "'%fine%'") == [("SUCCESSFUL",)], 120)
        assert product.sql(status + "'%kill%'") != [("FAILED",)]
        assert reaches(lambda: product.sql(status + "'%kill%'") == [("FAILED",)], 240)
        assert product.sql("SELECT times FROM jobs_loss") == [(2,)]
    finally:
        end(product)
