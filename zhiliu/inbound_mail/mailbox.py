"""A mailbox that is fetched: for companies whose mail server hands nothing over.

Every minute what is unread is dealt with; then it is marked as read, or moved. A mail that cannot be dealt with stays
unread, and why stands on the administrator's page until it is gone.
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
# In which headers mail servers write for whom a mail came, surest first; the last two people write.
_FOR_WHOM = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "to", "cc")


class MailboxError(Exception):
    """The server said no."""


def fetch() -> int:
    """Deal with what is unread in the mailbox; nothing where none is set.

    Returns:
        How many mails were dealt with.
    """
    if not takes_mail() or not settings.IMAP_HOST:
        return 0
    try:
        with _opened() as box:
            unread = _unread(box)
            done = sum(_deal_with(box, uid) for uid in unread[:MOST_A_ROUND])
    except (imaplib.IMAP4.error, MailboxError, OSError) as error:
        note(MAILBOX, str(error) or type(error).__name__)
        return 0
    # The mailbox is open, and mails somebody took out of it are in nobody's way.
    MailboxProblem.objects.exclude(key__in=[_key(uid) for uid in unread]).delete()
    return done


def try_mailbox() -> str:
    """Open the mailbox and close it again; what stands in the way, or ''."""
    try:
        with _opened():
            return ""
    except (imaplib.IMAP4.error, MailboxError, OSError) as error:
        return str(error) or type(error).__name__


def note(key: str, text: str) -> None:
    """Keep what stands in the way for the administrator, once for each cause."""
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
    """A folder's name as the protocol wants it: quoted, other letters than ASCII in its own UTF-7 (RFC 3501, 5.1.3)."""
    made = re.sub(r"[^\x20-\x7e]+", lambda found: f"&{_utf7(found[0])}-", name.replace("&", "&-"))
    return '"' + made.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(text: str) -> str:
    import base64

    return base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _ok(answer: tuple[str, Any]) -> Any:
    status, data = answer
    if status != "OK":
        said = data[0] if data else b""
        raise MailboxError(said.decode(errors="replace") if isinstance(said, bytes) else str(said))
    return data


def _unread(box: imaplib.IMAP4) -> list[bytes]:
    """The oldest last: what has stayed for long does not keep what is new waiting."""
    found = _ok(box.uid("SEARCH", "UNSEEN", "UNDELETED"))
    return list(reversed((found[0] or b"").split()))


def _key(uid: bytes) -> str:
    return f"letter {uid.decode()}"


def _deal_with(box: imaplib.IMAP4, uid: bytes) -> bool:
    """One mail; whether it is done with."""
    key = _key(uid)
    try:
        why = _take(box, uid)
    except (imaplib.IMAP4.abort, OSError):
        raise
    except Exception as error:  # one mail must not stand in the way of the others
        logger.exception("a letter in the mailbox could not be dealt with")
        why = type(error).__name__
    if why:
        note(key, why)
        return False
    _put_away(box, uid)
    MailboxProblem.objects.filter(key=key).delete()
    return True


def _take(box: imaplib.IMAP4, uid: bytes) -> str:
    """Deal with a mail for all its addresses of ours; why it has to stay, or ''."""
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
    """For which of our addresses a mail came."""
    named = [mail.all_headers.get(name, []) for name in _FOR_WHOM]
    found = [address for values in named for _name, address in getaddresses(values) if secret_in(address)]
    return list({secret_in(text): text for text in found}.values())


def _size(box: imaplib.IMAP4, uid: bytes) -> int:
    found = re.search(rb"RFC822\.SIZE (\d+)", _flat(_ok(box.uid("FETCH", uid.decode(), "(RFC822.SIZE)"))))
    if found is None:
        raise MailboxError("the letter is gone")
    return int(found[1])


def _content(box: imaplib.IMAP4, uid: bytes, what: str) -> bytes:
    data = _ok(box.uid("FETCH", uid.decode(), f"({what})"))
    return next((bytes(entry[1]) for entry in data if isinstance(entry, tuple)), b"")


def _flat(data: Any) -> bytes:
    return b" ".join(b" ".join(entry) if isinstance(entry, tuple) else entry or b"" for entry in data)


def _put_away(box: imaplib.IMAP4, uid: bytes) -> None:
    """Mark as read; where a folder is set, move."""
    key = uid.decode()
    _ok(box.uid("STORE", key, "+FLAGS.SILENT", "(\\Seen)"))
    if not settings.IMAP_DONE_FOLDER:
        return
    folder = _quoted(settings.IMAP_DONE_FOLDER)
    # Asked anew: servers tell all they can only to who has signed in.
    can = set(bytes(_ok(box.capability())[0]).upper().split())
    if b"MOVE" in can:
        _ok(box.uid("MOVE", key, folder))
        return
    _ok(box.uid("COPY", key, folder))
    _ok(box.uid("STORE", key, "+FLAGS.SILENT", "(\\Deleted)"))
    if b"UIDPLUS" in can:
        _ok(box.uid("EXPUNGE", key))
