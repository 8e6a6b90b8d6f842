"""The process that receives mail by LMTP. ``python -m zhiliu.console.mail_process HOST PORT``"""

from __future__ import annotations

import os
import sys

import django


def run_mail(host: str, port: int) -> None:
    """Receive mail until stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from zhiliu.inbound_mail.lmtp import run
    from zhiliu.kit.contracts.audit import started_as

    started_as("mail")
    run(host, port)


if __name__ == "__main__":
    run_mail(sys.argv[1], int(sys.argv[2]))
