from django_tasks import task

from .periodic import Daily, forget_old_jobs, periodic


@periodic(Daily(hour=3))
@task()
def tidy_jobs() -> None:
    """Delete what the job runner no longer needs."""
    forget_old_jobs()
