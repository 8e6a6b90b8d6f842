from django_tasks import task

from zhiliu.kit.system.statistics import refresh_statistics

from .periodic import Daily, Every, forget_old_jobs, periodic


@periodic(Daily(hour=3))
@task()
def tidy_jobs() -> None:
    """Delete what the job runner no longer needs."""
    forget_old_jobs()


@periodic(Every(minutes=60))
@task()
def look_at_rows() -> None:
    """Let the database keep its statistics true: within the hour after a restore it has them."""
    refresh_statistics()
