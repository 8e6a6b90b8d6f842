from django.conf import settings
from django_tasks import task

from zhiliu.kit.rounds import Daily, Every, comes_round

from .answering import send_refusal

__all__ = ["fetch_mail", "send_refusal", "tidy_letters"]


@task()
def fetch_mail() -> None:
    """Deal with what has come into the mailbox."""
    from .mailbox import fetch

    fetch()


# Without a mailbox there is nothing to come round for.
if settings.IMAP_HOST:
    comes_round(Every(minutes=1))(fetch_mail)


@comes_round(Daily(hour=3))
@task()
def tidy_letters() -> None:
    """Forget letters that cannot come again, and refusals that were told."""
    from .tidying import forget_old

    forget_old()
