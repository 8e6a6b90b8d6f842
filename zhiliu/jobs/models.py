"""State of the job runner."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """The heartbeat of a worker; one that has been silent for a while has died, and its jobs run again."""

    worker = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=120)
    process_id = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.worker


class Slot(models.Model):
    """A periodic task was started for an interval; the unique key keeps two runners from starting it twice."""

    name = models.CharField(max_length=80)
    slot = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("name", "slot", name="slot_once")]
        indexes = [models.Index(fields=["at"], name="slot_by_time")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"


class Loss(models.Model):
    """A job whose worker died while running it; a job that does so repeatedly is given up."""

    job = models.UUIDField(primary_key=True, help_text="Of the queue.")
    times = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now, help_text="The last time.")

    def __str__(self) -> str:
        return f"{self.job} {self.times}"
