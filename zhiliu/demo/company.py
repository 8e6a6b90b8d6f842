"""Build the whole sample company."""

from __future__ import annotations

import datetime as dt
import importlib

from django.db import transaction
from django.utils import timezone

from zhiliu.activity.consumers import catch_up, consumer_names, last_position
from zhiliu.activity.models import Activity, Cursor
from zhiliu.audit.hash_chain import seal
from zhiliu.directory.calendar import seed_year
from zhiliu.directory.models import Person
from zhiliu.kit.system.db import on_postgresql
from zhiliu.notifications.models import Notification
from zhiliu.search.indexing import build_index as build_index

from .stage import Stage

PARTS = (
    *("people", "portraits", "communities", "commons", "needs", "gatherings", "articles", "after", "handbook"),
    *("imports", "doors", "administration", "life", "governance", "following", "talk", "moderation"),
    "questions",
)
TOLD = dt.timedelta(days=6)
# Followers that have nothing to do: the index has just been built, and members are counted.
UP_TO_DATE = ("search", "communities")
UNREAD = dt.timedelta(days=2)


def exists() -> bool:
    """Return whether anybody exists already."""
    return Person.objects.exists()


def build() -> None:
    """Build the sample company in an empty database, reproducibly, dated relative to today."""
    year = timezone.localdate().year
    for number in (year - 1, year, year + 1):
        seed_year(number)
    stage = Stage()
    with transaction.atomic(), stage.recording():
        for part in PARTS:
            importlib.import_module(f".{part}", __package__).build(stage)
        stage.write_log()
    build_index()
    _tell_the_latest(stage)
    while seal():
        pass


def _tell_the_latest(stage: Stage) -> None:
    """Let the followers read the last days only: the sample company is built as they would have left it, and older
    news was read long ago.
    """
    since = stage.clock.now - TOLD
    last = last_position()
    # Calling ``last_position`` has numbered the rows; on SQLite the id is the number.
    number = "position" if on_postgresql() else "id"
    first = Activity.objects.filter(at__gte=since).order_by("id").values_list(number, flat=True).first()
    for name in consumer_names():
        position = last if name in UP_TO_DATE else (first or last) - 1
        Cursor.objects.update_or_create(name=name, defaults={"position": position})
    catch_up()
    old = Notification.objects.filter(read_at=None, at__lt=stage.clock.now - UNREAD)
    old.update(read_at=stage.clock.now)
