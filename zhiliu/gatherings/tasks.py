from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, comes_round

from .depositing import tell_late
from .feeling import forget_pulse
from .reminding import remind_due


@comes_round(Every(minutes=5))
@task()
def remind_of_gatherings() -> None:
    """Announce reminders whose moment has come."""
    remind_due()


@comes_round(Every(minutes=10))
@task()
def forget_old_pulses() -> None:
    """Delete the numbers of gatherings that nobody ended."""
    forget_pulse()


@comes_round(Daily(hour=9))
@task()
def tell_late_deposits() -> None:
    """Tell owners whose deposit is late, in the morning."""
    tell_late()
