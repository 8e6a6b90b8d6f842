from django_tasks import task

from zhiliu.kit.rounds import Daily, Every, comes_round

from .answering import send_refusal

__all__ = ["fetch_mail", "send_refusal", "tidy_letters"]


@comes_round(Every(minutes=1))
@task()
def fetch_mail() -> None:
    """Deal with what has come into the mailbox; does nothing where none is set."""
    from .mailbox import fetch

    fetch()


@comes_round(Daily(hour=3))
@task()
def tidy_letters() -> None:
    """Forget letters that cannot come again, and refusals that were told."""
    from .tidying import forget_old

    forget_old()
