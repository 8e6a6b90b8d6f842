from django.conf import settings
from django_tasks import task

from zhiliu.kit.contracts.periodic import Daily, Every, periodic

from .answering import send_refusal

__all__ = ["fetch_mail", "send_refusal", "tidy_letters"]


@task()
def fetch_mail() -> None:
    """Process new mails in the mailbox."""
    from .mailbox import fetch

    fetch()


# Without a mailbox there is nothing to fetch.
if settings.IMAP_HOST:
    periodic(Every(minutes=1))(fetch_mail)


@periodic(Daily(hour=3))
@task()
def tidy_letters() -> None:
    """Delete records of mails that cannot come again, and of old rejections."""
    from .cleanup import forget_old_letters

    forget_old_letters()
