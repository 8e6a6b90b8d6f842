"""Compare reasons in English; inbound mail is on unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _mail_comes_in(settings: Any) -> None:
    settings.MAIL_IN_ADDRESS = "reply+%s@zhiliu.example.com"
    settings.LANGUAGE_CODE = "en"
    settings.LMTP_LISTEN = "127.0.0.1:8024"


@pytest.fixture
def write() -> Any:
    """A function: write(sender, to, text, ...) returns a mail as bytes, as mail programs send it."""
    count = 0

    def make(sender: Any, to: str, text: str = "周五前给你", *, subject: str = "Re: 报价", **headers: str) -> bytes:
        nonlocal count
        count += 1
        mail = EmailMessage()
        mail["From"] = sender if isinstance(sender, str) else f"{sender.name} <{sender.email}>"
        mail["To"], mail["Subject"] = to, subject
        mail["Message-ID"] = f"<{count}.{id(make)}@mail.example.com>"
        for name, value in headers.items():
            name = name.replace("_", "-")
            del mail[name]
            mail[name] = value
        mail.set_content(text)
        return mail.as_bytes()

    return make
