"""``zhiliu doctor``: checks that everything this installation needs is there."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

from zhiliu.directory.reaching import known_address_fault
from zhiliu.inbound_mail.mailbox import try_mailbox
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.notifications.mail_server import current_server, try_server
from zhiliu.notifications.models import UndeliveredMail

from .install import command_language, is_set_up
from .schema import UNKNOWN, is_up_to_date, unknown_migrations


def examine() -> int:
    """Print a line for every check.

    Returns:
        The exit code: 1 if one of them failed.
    """
    translation.activate(command_language())
    failed = 0
    for name, check in CHECKS.items():
        word, detail = _result(check)
        print(f"{word} {name}{': ' + detail if detail else ''}")
        failed += word == "FAIL"
    return 1 if failed else 0


class Note(str):
    """A remark that is no error."""


def _result(check: Callable[[], str]) -> tuple[str, str]:
    try:
        detail = check()
    except Exception as error:
        return "FAIL", f"{type(error).__name__}: {error}"
    if isinstance(detail, Note):
        return "note", detail
    return ("FAIL", detail) if detail else ("ok  ", "")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if unknown := unknown_migrations():
        return UNKNOWN % unknown[0]
    return "" if is_up_to_date() else "the database is not up to date: run “zhiliu up” or “zhiliu init”"


def _folder() -> str:
    probe = settings.DATA_DIR / ".probe"
    probe.write_text("x")
    probe.unlink()
    free = shutil.disk_usage(settings.DATA_DIR).free // (1 << 20)
    return f"only {free} MB are free in {settings.DATA_DIR}" if free < 500 else ""


def _front_end() -> str:
    built = (settings.BUILD_DIR / "manifest.json").exists()
    return "" if built else "the front end is not built: run bin/setup"


def _administrator() -> str:
    return "" if is_set_up() else "nobody can sign in and administer: run “zhiliu init”"


def _address() -> str:
    if settings.DEMO:
        return Note("the sample company is meant for this machine alone")
    return known_address_fault()


def _mail() -> str:
    """Check that the server accepts name and password; without one, note that no mail is sent."""
    if settings.DEMO and current_server() is None:
        return Note("mail of the sample company is written to files, not sent")
    if current_server() is None:
        return Note("none is set up, so no mail goes out")
    return try_server() or why_no_mail()


def _undelivered() -> str:
    count = UndeliveredMail.objects.count()
    return f"{count} did not go out; the page “Mail server” lists them with what the server said" if count else ""


def _mail_in() -> str:
    """Check inbound mail: it needs both an address and LMTP or IMAP."""
    has_door = bool(settings.LMTP_LISTEN or settings.IMAP_HOST)
    if has_door != bool(settings.MAIL_IN_ADDRESS):
        missing = "ZHILIU_MAIL_IN_ADDRESS" if has_door else "ZHILIU_LMTP_LISTEN or ZHILIU_IMAP_HOST"
        return f"set {missing} too, else no mail comes in"
    if settings.LMTP_LISTEN:
        host, _, port = settings.LMTP_LISTEN.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
    return try_mailbox() if settings.IMAP_HOST else ""


def _jobs() -> str:
    from zhiliu.jobs.models import Heartbeat
    from zhiliu.jobs.retrying import SILENT

    alive = Heartbeat.objects.filter(seen_at__gte=timezone.now() - SILENT).exists()
    return "" if alive else "no job process has been heard of lately; is “zhiliu up” running?"


def _search() -> str:
    from zhiliu.search import index

    return "" if index.exists() else "there is no search index yet; the job process builds it"


def _audit() -> str:
    from zhiliu.audit.hash_chain import broken_at

    place = broken_at()
    return "" if place is None else f"entry {place} was changed or taken out, but not by this program"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "data folder": _folder,
    "front end": _front_end,
    "administrator": _administrator,
    "address": _address,
    "mail server": _mail,
    "mail": _undelivered,
    "mail that comes in": _mail_in,
    "search index": _search,
    "job process": _jobs,
    "audit": _audit,
}
