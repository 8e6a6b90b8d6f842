from django.conf import settings
from django_tasks import task

from zhiliu.kit.contracts.periodic import Daily, Every, periodic

from .answering import send_refusal

__all__ = ["fetch_mail", "send_refusal", "tidy_letters"]


@task()
def fetch_mail() -> None:
    """Deal with what has come into the mailbox."""
    from .mailbox import fetch

    fetch()


# Without a mailbox there is nothing to come round for.
if settings.IMAP_HOST:
    periodic(Every(minutes=1))(fetch_mail)


@periodic(Daily(hour=3))
@task()
def tidy_letters() -> None:
    """Forget mails that cannot come again, and refusals that were told."""
    from .cleanup import forget_old_letters

    forget_old_letters()
