"""Notifications to administrators about jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import JobGivenUp


@offers_notification
class JobIsGivenUp(NotificationType):
    """Tells administrators that a background job will not be done."""

    key = "jobs.given_up"
    group = "mine"
    fact = JobGivenUp
    icon = "triangle-alert"

    def recipients(self, fact: JobGivenUp) -> Iterable[int]:
        """Return the administrators."""
        return Person.objects.active().filter(is_admin=True).values_list("pk", flat=True)

    def details(self, fact: JobGivenUp) -> dict[str, Any]:
        """Store the name of the task."""
        return {"task": fact.task.rpartition(".")[2]}

    def sentence(self, row: Any) -> Any:
        """Say what happened."""
        return _("A background job stopped its process twice and was given up: %(task)s") % {
            "task": row.details.get("task", "")
        }
