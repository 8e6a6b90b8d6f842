"""Fetches a mailbox by IMAP, for companies whose mail server cannot deliver by LMTP.

Every minute, unread mails are processed and then marked as read, or moved. A mail that cannot be processed stays
unread, and the administrator's page shows the problem until the mail is gone.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import getaddresses
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from . import reading, receiving
from .addresses import secret_in, takes_mail
from .models import MailboxProblem
from .reading import Mail, UnreadableError

logger = logging.getLogger(__name__)
MOST_A_ROUND = 100
SECONDS = 30
MAILBOX = "mailbox"
# Headers in which mail servers record the recipient, most reliable first; people write the last two.
_FOR_WHOM = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "to", "cc")


class MailboxError(Exception):
    """The server answered without what was asked for."""


def fetch() -> int:
    """Process unread mails in the mailbox; does nothing if none is configured.

    Returns:
        How many mails were processed.
    """
    if not takes_mail() or not settings.IMAP_HOST:
        return 0
    try:
        with _opened() as box:
            unread = _unread(box)
            count = sum(_deal_with(box, uid) for uid in unread[:MOST_A_ROUND])
    except (IMAPClientError, MailboxError, OSError) as error:
        note(MAILBOX, str(error) or type(error).__name__)
        return 0
    # The mailbox works, and removed mails are no problem any more.
    MailboxProblem.objects.exclude(key__in=[_key(uid) for uid in unread]).delete()
    return count


def try_mailbox() -> str:
    """Open and close the mailbox; return the error, or ''."""
    try:
        with _opened():
            return ""
    except (IMAPClientError, MailboxError, OSError) as error:
        return str(error) or type(error).__name__


def note(key: str, text: str) -> None:
    """Record a problem for the administrator, once per cause."""
    values = {"text": " ".join(text.split())[:300], "at": timezone.now()}
    _row, is_new = MailboxProblem.objects.get_or_create(key=key, defaults=values)
    if not is_new:
        MailboxProblem.objects.filter(key=key).update(**values, tries=F("tries") + 1)


@contextmanager
def _opened() -> Iterator[IMAPClient]:
    box = _connected()
    try:
        box.login(settings.IMAP_USER, settings.IMAP_PASSWORD)
        box.select_folder(settings.IMAP_FOLDER)
        yield box
    finally:
        with suppress(IMAPClientError, OSError):
            box.logout()


def _connected() -> IMAPClient:
    trust, security = ssl.create_default_context(), settings.IMAP_SECURITY
    box = IMAPClient(settings.IMAP_HOST, settings.IMAP_PORT, ssl=security == "tls", ssl_context=trust, timeout=SECONDS)
    if security == "starttls":
        box.starttls(trust)
    return box


def _unread(box: IMAPClient) -> list[int]:
    """Return the ids of unread mails, newest first: what has stayed for long does not delay what is new."""
    return sorted(box.search(["UNSEEN", "UNDELETED"]), reverse=True)


def _key(uid: int) -> str:
    return f"letter {uid}"


def _deal_with(box: IMAPClient, uid: int) -> bool:
    """Process one mail; return True if it is finished."""
    key = _key(uid)
    try:
        why = _take(box, uid)
    except (IMAPClientAbortError, OSError):
        raise
    except Exception as error:  # one mail must not block the others
        logger.exception("a letter in the mailbox could not be dealt with")
        why = type(error).__name__
    if why:
        note(key, why)
        return False
    _put_away(box, uid)
    MailboxProblem.objects.filter(key=key).delete()
    return True


def _take(box: IMAPClient, uid: int) -> str:
    """Deal with a mail for all its addresses of ours; why it has to stay, or ''."""
    is_whole = _size(box, uid) <= settings.MAIL_IN_MAX_BYTES
    raw = _content(box, uid, "" if is_whole else "HEADER")
    try:
        mail = reading.read_letter(raw)
    except UnreadableError as error:
        return _("It is damaged and can’t be read (%(what)s).") % {"what": error}
    if not is_whole:
        for address in addresses_of(mail):
            receiving.refuse_size(mail, raw, address)
        return ""
    results = [receiving.deal_with(mail, raw, address) for address in addresses_of(mail)]
    return next((result.said for result in results if result.outcome is None), "")


def addresses_of(mail: Mail) -> list[str]:
    """Return those of our addresses the mail was sent to."""
    headers = [mail.all_headers.get(name, []) for name in _FOR_WHOM]
    addresses = [address for values in headers for _name, address in getaddresses(values) if secret_in(address)]
    return list({secret_in(text): text for text in addresses}.values())


def _size(box: IMAPClient, uid: int) -> int:
    return int(_fetched(box, uid, "RFC822.SIZE"))


def _content(box: IMAPClient, uid: int, part: str) -> bytes:
    """Return ``part`` of a mail without marking it as read."""
    return bytes(_fetched(box, uid, f"BODY.PEEK[{part}]", f"BODY[{part}]"))


def _fetched(box: IMAPClient, uid: int, item: str, answer: str = "") -> Any:
    try:
        return box.fetch([uid], [item])[uid][(answer or item).encode()]
    except KeyError:
        raise MailboxError("the mail is gone") from None


def _put_away(box: IMAPClient, uid: int) -> None:
    """Mark as read; where a folder is set, move."""
    box.add_flags([uid], [SEEN], silent=True)
    folder = settings.IMAP_DONE_FOLDER
    if not folder:
        return
    if box.has_capability("MOVE"):
        box.move([uid], folder)
        return
    box.copy([uid], folder)
    box.delete_messages([uid], silent=True)
    # Without UIDPLUS only a complete EXPUNGE is left, which would remove what other programs marked as deleted.
    if box.has_capability("UIDPLUS"):
        box.uid_expunge([uid])
