"""Fetches a mailbox by IMAP, for companies whose mail server cannot deliver by LMTP.

Every minute, unread mails are processed and then marked as read, or moved. A mail that cannot be processed stays
unread, and the administrator's page shows the problem until the mail is gone.
"""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import getaddresses
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

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
    """The server refused a command."""


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
    except (imaplib.IMAP4.error, MailboxError, OSError) as error:
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
    except (imaplib.IMAP4.error, MailboxError, OSError) as error:
        return str(error) or type(error).__name__


def note(key: str, text: str) -> None:
    """Record a problem for the administrator, once per cause."""
    values = {"text": " ".join(text.split())[:300], "at": timezone.now()}
    _row, is_new = MailboxProblem.objects.get_or_create(key=key, defaults=values)
    if not is_new:
        MailboxProblem.objects.filter(key=key).update(**values, tries=F("tries") + 1)


@contextmanager
def _opened() -> Iterator[imaplib.IMAP4]:
    box = _connected()
    try:
        box.login(settings.IMAP_USER, settings.IMAP_PASSWORD)
        _ok(box.select(_quoted(settings.IMAP_FOLDER)))
        yield box
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def _connected() -> imaplib.IMAP4:
    host, port = settings.IMAP_HOST, settings.IMAP_PORT
    trust = ssl.create_default_context()
    if settings.IMAP_SECURITY == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=trust, timeout=SECONDS)
    box = imaplib.IMAP4(host, port, timeout=SECONDS)
    if settings.IMAP_SECURITY == "starttls":
        box.starttls(trust)
    return box


def _quoted(name: str) -> str:
    """Return a folder name as IMAP requires: quoted, non-ASCII in its modified UTF-7 (RFC 3501, 5.1.3)."""
    encoded = re.sub(r"[^\x20-\x7e]+", lambda found: f"&{_utf7(found[0])}-", name.replace("&", "&-"))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(text: str) -> str:
    import base64

    return base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _ok(answer: tuple[str, Any]) -> Any:
    status, data = answer
    if status != "OK":
        detail = data[0] if data else b""
        raise MailboxError(detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail))
    return data


def _unread(box: imaplib.IMAP4) -> list[bytes]:
    """Return unread mails, newest first, so that stuck old mails do not delay new ones."""
    answer = _ok(box.uid("SEARCH", "UNSEEN", "UNDELETED"))
    return list(reversed((answer[0] or b"").split()))


def _key(uid: bytes) -> str:
    return f"letter {uid.decode()}"


def _deal_with(box: imaplib.IMAP4, uid: bytes) -> bool:
    """Process one mail; return True if it is finished."""
    key = _key(uid)
    try:
        why = _take(box, uid)
    except (imaplib.IMAP4.abort, OSError):
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


def _take(box: imaplib.IMAP4, uid: bytes) -> str:
    """Process a mail for each of our addresses; return why it has to stay, or ''."""
    is_whole = _size(box, uid) <= settings.MAIL_IN_MAX_BYTES
    raw = _content(box, uid, "BODY.PEEK[]" if is_whole else "BODY.PEEK[HEADER]")
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


def _size(box: imaplib.IMAP4, uid: bytes) -> int:
    match = re.search(rb"RFC822\.SIZE (\d+)", _flat(_ok(box.uid("FETCH", uid.decode(), "(RFC822.SIZE)"))))
    if match is None:
        raise MailboxError("the letter is gone")
    return int(match[1])


def _content(box: imaplib.IMAP4, uid: bytes, what: str) -> bytes:
    data = _ok(box.uid("FETCH", uid.decode(), f"({what})"))
    return next((bytes(entry[1]) for entry in data if isinstance(entry, tuple)), b"")


def _flat(data: Any) -> bytes:
    return b" ".join(b" ".join(entry) if isinstance(entry, tuple) else entry or b"" for entry in data)


def _put_away(box: imaplib.IMAP4, uid: bytes) -> None:
    """Mark as read; if a folder is configured, move."""
    key = uid.decode()
    _ok(box.uid("STORE", key, "+FLAGS.SILENT", "(\\Seen)"))
    if not settings.IMAP_DONE_FOLDER:
        return
    folder = _quoted(settings.IMAP_DONE_FOLDER)
    # Queried after sign-in: only then do servers list all capabilities.
    capabilities = set(bytes(_ok(box.capability())[0]).upper().split())
    if b"MOVE" in capabilities:
        _ok(box.uid("MOVE", key, folder))
        return
    _ok(box.uid("COPY", key, folder))
    _ok(box.uid("STORE", key, "+FLAGS.SILENT", "(\\Deleted)"))
    if b"UIDPLUS" in capabilities:
        _ok(box.uid("EXPUNGE", key))
