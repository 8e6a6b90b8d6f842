from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, periodic

from .hooks.commands import forget_calls
from .hooks.outgoing import forget_old_deliveries
from .scheduling import post_due
from .unsent import forget_old_unsent
from .voting import show_closed


@periodic(Every(minutes=1))
@task()
def post_scheduled_messages() -> None:
    """Post due scheduled messages."""
    post_due()


@periodic(Every(minutes=1))
@task()
def show_closed_polls() -> None:
    """Show the results of polls that are over."""
    show_closed()


@periodic(Daily(hour=4))
@task()
def forget_told() -> None:
    """Delete old deliveries, command calls and unsent texts."""
    forget_old_unsent()
    forget_old_deliveries()
    forget_calls()
