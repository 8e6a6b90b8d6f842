"""Working hours, and days that differ from their weekday."""

from __future__ import annotations

import datetime as dt

from django.db import models


class SpecialDay(models.Model):
    """A day that differs from its weekday: a holiday, or a working weekend (调休)."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=80)
    works = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False, help_text="Not published yet; administrators check it.")

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date}: {self.name}"


class WorkHours(models.Model):
    """The working hours of a day; one row."""

    starts = models.TimeField(default=dt.time(9, 0))
    lunch_starts = models.TimeField(default=dt.time(12, 0))
    lunch_ends = models.TimeField(default=dt.time(13, 30))
    ends = models.TimeField(default=dt.time(18, 0))

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"
