"""A real mail server, dead and alive."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from zhiliu.directory.models import Person
from zhiliu.notifications.models import Delivery
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db


class Keep(Message):
    """Keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        """Keep it."""
        self.got.append(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_mail_waits_for_the_server_and_goes_out_once(
    lin: Person, wang: Person, admin: Person, settings: Any, catch_up: Any, run_jobs: Any, browse: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    thank(wang, reason="那张对比表我第二天就用上了", by=lin)
    catch_up()
    run_jobs()
    job = DBTaskResult.objects.get(task_path__endswith="send_mail_for")
    assert job.status == TaskResultStatus.READY
    assert job.run_after > timezone.now()
    page = browse(admin).get("/administration/running/").content.decode()
    assert "send_mail_for" in page and "ConnectionRefusedError" in page

    keeper = Keep()
    server = Controller(keeper, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    try:
        DBTaskResult.objects.update(run_after=timezone.now())
        run_jobs()
        run_jobs()
    finally:
        server.stop()
    assert [message["To"] for message in keeper.got] == ["wang@example.com"]
    assert keeper.got[0]["Message-ID"].startswith("<zhiliu-")
    assert Delivery.objects.get().sent_at is not None
