"""The page of the system answers at its top whether everything runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from zhiliu.activity.models import Cursor
from zhiliu.console import views
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/administration/running/"


@pytest.fixture(autouse=True)
def _all_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker, an address, mail and room on the disk."""
    worker = {"host": "a", "process_id": 1, "started_at": timezone.now(), "seen_at": timezone.now()}
    monkeypatch.setattr(views, "_workers", lambda: [worker])
    monkeypatch.setattr(views, "known_address", lambda: "https://zhiliu.example.com")
    monkeypatch.setattr(views, "known_address_fault", lambda: "")
    monkeypatch.setattr(views, "why_no_mail", lambda: "")
    monkeypatch.setattr(views, "_free_mb", lambda: 100_000)


def test_everything_runs(admin: Person, browse: Any) -> None:
    assert "运行正常" in browse(admin).get(PAGE).content.decode()


def test_what_needs_somebody_is_counted(admin: Person, browse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_workers", list)
    assert "1 项需要处理" in browse(admin).get(PAGE).content.decode()
    monkeypatch.setattr(views, "why_no_mail", lambda: "没有邮件服务器")
    monkeypatch.setattr(views, "_free_mb", lambda: 1)
    Cursor.objects.create(name="search", error="broken")
    page = browse(admin).get(PAGE).content.decode()
    assert "4 项需要处理" in page and "运行正常" not in page
    monkeypatch.setattr(views, "known_address", lambda: "")
    assert "5 项需要处理" in browse(admin).get(PAGE).content.decode()
