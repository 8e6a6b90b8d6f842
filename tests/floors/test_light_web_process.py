"""What is large and seldom needed is not loaded by a process that serves pages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Loaded by child processes or by jobs.
NEVER = {"weasyprint", "mammoth", "pillow_heif", "openpyxl", "python_calamine", "markdownify"}
# Loaded by the first page that needs them, not by the start.
LATER = {"pypinyin", "opencc", "jionlp_time", "dateparser", "PIL", "pygments", "xlsxwriter", "bs4"}
WALK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import config.asgi
from django.conf import settings
from django.urls import get_resolver
get_resolver().url_patterns
print("start", *sys.modules)
from django.test import Client
from bench import rest
from zhiliu.directory.models import Person
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(Person.objects.get(handle=rest.MANAGER))
class Browser:
    def get(self, path):
        answer = client.get(path)
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        return answer.status_code, answer.get("Content-Type", ""), text
print("pages", len(rest.open_each_kind(Browser())))
print("end", *sys.modules)
"""


@pytest.mark.slow
@pytest.mark.any_database
def test_pages_of_every_kind_load_no_heavy_library(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ZHILIU_", "DJANGO_"))}
    env |= {"ZHILIU_DATA_DIR": str(tmp_path), "ZHILIU_DEMO": "1", "ZHILIU_LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "-m", "zhiliu.demo.fill"], cwd=ROOT, env=env, check=True, capture_output=True)
    walk = subprocess.run([sys.executable, "-c", WALK], cwd=ROOT, env=env, capture_output=True, text=True)
    assert walk.returncode == 0, walk.stderr[-2000:]
    said = {line.split()[0]: set(line.split()[1:]) for line in walk.stdout.splitlines() if line}
    assert said["start"] & (NEVER | LATER) == set()
    assert int(said["pages"].pop()) > 100
    assert said["end"] & NEVER == set()
