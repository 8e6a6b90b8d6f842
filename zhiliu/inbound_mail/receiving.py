"""Processes a mail for one address: verifies the sender and delivers it exactly once."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from zhiliu.directory.defaults import language_of
from zhiliu.directory.models import Person
from zhiliu.files.linking import plain_name
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.contracts.inbound_mail import FilesPlace, InboundMessage, NotNow, PostingAddress, letterboxes
from zhiliu.kit.contracts.notification_types import answered
from zhiliu.kit.errors import Refused

from .addresses import Signed, read_token, secret_in
from .answering import send_answer
from .auto_replies import why_drop
from .models import ProcessedMail
from .reading import Enclosure, Mail

MOST_FILES = 10
Outcome = ProcessedMail.Outcome


@dataclass(frozen=True)
class Result:
    """The result of a mail.

    Args:
        outcome: None if it must be delivered again. said: the reason, in English for mail servers.
    """

    outcome: str | None
    said: str = ""


NO_SUCH = Result(Outcome.REFUSED, "There is no such address here, or it is not valid any more.")
NOT_THEIRS = Result(
    Outcome.REFUSED, "This address belongs to somebody else: write from the mail address your colleagues know you by."
)
UNREADABLE = Result(Outcome.REFUSED, "This mail is damaged and cannot be read.")


@dataclass(frozen=True)
class _Desk:
    """The writer and the destination; the same for personal addresses and mailboxes."""

    writer: Person
    box: tuple[PostingAddress, Any] | None = None
    signed: Signed | None = None

    def place(self) -> FilesPlace:
        if self.box is not None:
            return self.box[0].place(self.box[1])
        assert self.signed is not None
        return self.signed.arrival.place(self.writer, self.signed.thing_id)

    def take(self, letter: InboundMessage) -> None:
        if self.box is not None:
            self.box[0].take(self.box[1], letter)
            return
        assert self.signed is not None
        self.signed.arrival.take(self.writer, self.signed.thing_id, letter)
        answered.provider(self.writer, self.signed.arrival.name, self.signed.thing_id)

    @property
    def is_reply(self) -> bool:
        return self.signed is not None and self.signed.arrival.is_reply


def knows(address: str) -> bool:
    """Return True if an address is ours and valid."""
    return _desk(address) is not None


def deal_with(mail: Mail, raw: bytes, address: str, envelope_from: str | None = None) -> Result:
    """Process a mail for one address. Idempotent.

    Args:
        raw: the original bytes. envelope_from: as in :func:`zhiliu.inbound_mail.auto_replies.why_drop`.

    Raises:
        DatabaseError, OSError: temporary; nothing was done.
    """
    digest = letter_digest(mail, raw, address)
    arrived = ProcessedMail.objects.filter(digest=digest).first()
    if arrived is not None:
        return Result(arrived.outcome, arrived.said)
    desk = _desk(address)
    if desk is None:
        return NO_SUCH
    if why := why_drop(mail, envelope_from, for_programs=desk.box is not None):
        return _note(digest, Outcome.DROPPED, why, desk)
    if desk.signed is not None and mail.sender != (desk.writer.email or "").lower():
        return NOT_THEIRS
    with translation.override(language_of(desk.writer)):
        return _take(mail, digest, desk)


def refuse_size(mail: Mail, raw: bytes, address: str) -> None:
    """Tell the writer of a mail that it is too large; only its headers were read."""
    desk, digest = _desk(address), letter_digest(mail, raw, address)
    if desk is None or ProcessedMail.objects.filter(digest=digest).exists() or why_drop(mail, None):
        return
    if desk.signed is None or mail.sender != (desk.writer.email or "").lower():
        return
    with translation.override(language_of(desk.writer)):
        limit = settings.MAIL_IN_MAX_BYTES // (1 << 20)
        _refuse(mail, digest, desk, _("It is larger than %(limit)s MB including its files.") % {"limit": limit})


def letter_digest(mail: Mail, raw: bytes, address: str) -> str:
    """Return the digest that identifies a mail to an address; without a Message-ID, of its whole content."""
    name = mail.message_id.encode("utf-8", "replace") or hashlib.sha256(raw).digest()
    return hashlib.sha256(secret_in(address).encode() + b"\0" + name).hexdigest()


def _desk(address: str) -> _Desk | None:
    secret = secret_in(address)
    if not secret:
        return None
    signed = read_token(secret)
    if signed is not None:
        person = Person.objects.active().filter(pk=signed.person_id, address_round=signed.round).first()
        return _Desk(person, signed=signed) if person is not None and person.email else None
    box = letterboxes.get(secret[0])
    mailbox = box.open(secret[1:]) if box is not None else None
    return _Desk(box.writer(mailbox), box=(box, mailbox)) if box is not None and mailbox is not None else None


def _take(mail: Mail, digest: str, desk: _Desk) -> Result:
    try:
        place = desk.place()
        letter = _letter(mail, digest, desk, place)
        with transaction.atomic():
            # Race: this row comes first, so that of two deliveries of the same mail the second waits here and finds it
            # done.
            ProcessedMail.objects.create(digest=digest, outcome=Outcome.TAKEN, person=desk.writer)
            desk.take(letter)
    except NotNow as refused:
        return Result(None, str(refused))
    except Refused as refused:
        return _refuse(mail, digest, desk, str(refused))
    except Http404:
        return _refuse(mail, digest, desk, _("It no longer exists, or you can’t see it."))
    except IntegrityError:
        arrived = ProcessedMail.objects.filter(digest=digest).first()
        if arrived is None:
            raise
        return Result(arrived.outcome, arrived.said)
    return Result(Outcome.TAKEN)


def _refuse(mail: Mail, digest: str, desk: _Desk, reason: str) -> Result:
    """Notify a colleague by mail; for a mailbox open to anybody, the sender's mail server reports it."""
    if desk.box is not None:
        with translation.override("en"):
            return _note(digest, Outcome.REFUSED, reason, desk)
    result = _note(digest, Outcome.ANSWERED, reason, desk)
    send_answer(desk.writer, reason, subject=mail.subject, message_id=mail.message_id)
    return result


def _note(digest: str, outcome: str, answer: str, desk: _Desk) -> Result:
    row, _is_new = ProcessedMail.objects.get_or_create(
        digest=digest, defaults={"outcome": outcome, "said": answer[:300], "person": desk.writer}
    )
    return Result(row.outcome, row.said)


# ---- content ---------------------------------------------------------------------------------------------------------


def _letter(mail: Mail, digest: str, desk: _Desk, place: FilesPlace) -> InboundMessage:
    """Return the mail as apps get it, with its files stored.

    Raises:
        Refused: it is empty.
    """
    text = mail.words(is_reply=desk.is_reply)
    if not text and not mail.enclosures and not mail.calendar and (desk.is_reply or not mail.subject):
        raise Refused(_("It contains only the quoted message. Write above that and send it again."))
    uploads, left_out = _keep(mail.enclosures, desk.writer, place)
    if left_out and not text and not uploads:
        raise Refused(" ".join(left_out))
    text = "\n\n".join(part for part in (text, *left_out) if part)
    name = mail.sender_name or mail.sender
    return InboundMessage(text, mail.subject, name, f"mail-{digest[:32]}", tuple(uploads), mail.calendar)


def _keep(enclosures: list[Enclosure], by: Person, place: FilesPlace) -> tuple[list[Upload], list[str]]:
    """Return the stored files, and a line for each that was left out."""
    uploads: list[Upload] = []
    left_out: list[str] = []
    for enclosure in enclosures:
        try:
            if len(uploads) >= MOST_FILES:
                raise Refused(_("A message can have at most %(most)s files.") % {"most": MOST_FILES})
            uploads.append(
                upload(
                    io.BytesIO(enclosure.content),
                    name=enclosure.name,
                    by=by,
                    community=place.community,
                    is_private=place.is_private,
                )
            )
        except Refused as refused:
            left_out.append(_("Left out: %(name)s. %(why)s") % {"name": plain_name(enclosure.name), "why": refused})
    return uploads, left_out
