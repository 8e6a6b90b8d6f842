from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, periodic

from .depositing import tell_late
from .evening.announcing import announce_due
from .evening.running import free_forgotten
from .pulse import forget_pulse
from .reminding import remind_due


@periodic(Every(minutes=5))
@task()
def remind_of_gatherings() -> None:
    """Announce due reminders."""
    remind_due()


@periodic(Every(minutes=1))
@task()
def say_run_sheets() -> None:
    """Post due run sheet lines of evenings, and close forgotten evenings."""
    announce_due()
    free_forgotten()


@periodic(Every(minutes=10))
@task()
def forget_old_pulses() -> None:
    """Delete the pulse counts of gatherings that nobody ended."""
    forget_pulse()


@periodic(Daily(hour=9))
@task()
def tell_late_deposits() -> None:
    """Notify owners of late deposits, in the morning."""
    tell_late()
