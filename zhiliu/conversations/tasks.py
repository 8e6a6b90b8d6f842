from django_tasks import task

from zhiliu.jobs.periodic import Every, comes_round

from .scheduling import post_due


@comes_round(Every(minutes=1))
@task()
def post_scheduled_messages() -> None:
    """Post what was written for this minute."""
    post_due()
