"""Mails nobody wrote: answers of machines, reports of mail servers, our own mail that comes back.

They are taken and dropped without a word; an answer to one could go round for ever.
"""

from __future__ import annotations

import re
from email.utils import parseaddr

from django.conf import settings

from .addresses import secret_in
from .reading import Mail

OUR_MESSAGE_ID = "<zhiliu-"
_AWAY = re.compile(
    r"^\W*(?:自动回复|自動回覆|自动答复|自动应答|外出自动|不在办公室|休假自动|automatic reply|auto[- ]?reply"
    r"|autoreply|out of office"
    r"|out of the office|auto[- ]response|undeliver|delivery status notification|mail delivery failed|returned mail"
    r"|系统退信|退信通知|已读[:：]|未读[:：]|read:)",
    re.IGNORECASE,
)


def why_drop(mail: Mail, envelope_from: str | None, *, for_programs: bool = False) -> str:
    """In a word why nobody is to read a mail; '' when somebody is.

    Args:
        envelope_from: who gets reports about it, '' for nobody, None when that is not known.
        for_programs: it goes to a box programs write to, and so may be written by one.
    """
    if (found := _goes_round(mail, envelope_from)) or (found := _answered_by_machine(mail)):
        return found
    return "" if for_programs else _sent_by_machine(mail)


def _goes_round(mail: Mail, envelope_from: str | None) -> str:
    """Our own mail, or a report about it."""
    if mail.message_id.startswith(OUR_MESSAGE_ID):
        return "own mail"
    if mail.sender and (mail.sender == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower() or secret_in(mail.sender)):
        return "own address"
    if envelope_from == "" or mail.headers.get("return-path", "x").strip() == "<>":
        return "empty return path"
    return "report" if mail.content_type == "multipart/report" else ""


def _answered_by_machine(mail: Mail) -> str:
    if mail.headers.get("auto-submitted", "no").lower().startswith("auto-replied"):
        return "auto-submitted"
    if "auto_reply" in mail.headers.get("precedence", "").lower():
        return "precedence"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply"):
        if name in mail.headers:
            return name
    return "away" if _AWAY.match(mail.subject) else ""


def _sent_by_machine(mail: Mail) -> str:
    # Parameters and comments may follow the word (RFC 3834).
    if not re.match(r"no\b", mail.headers.get("auto-submitted", "no").strip(), re.IGNORECASE):
        return "auto-submitted"
    if mail.headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list"):
        return "precedence"
    return "x-auto-response-suppress" if "x-auto-response-suppress" in mail.headers else ""
