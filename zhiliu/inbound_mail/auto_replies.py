"""Detects automatic mail: replies of machines, reports of mail servers, our own mail that comes back.

Such mail is accepted and dropped silently; answering it could loop forever.
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
    """Return a short reason to drop a mail; '' to process it.

    Args:
        envelope_from: the recipient of reports about it, '' for nobody, None when unknown.
        for_programs: it goes to a mailbox for programs, so a program may have written it.
    """
    if (reason := _goes_round(mail, envelope_from)) or (reason := _answered_by_machine(mail)):
        return reason
    return "" if for_programs else _sent_by_machine(mail)


def _goes_round(mail: Mail, envelope_from: str | None) -> str:
    """Detect our own mail, or a report about it."""
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
