"""A signed request to a program outside: to the address that was found good, for so long and no longer."""

from __future__ import annotations

import hashlib
import hmac
import time

import urllib3
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.kit.targets import Target, pool_for

MOST_BYTES = 64 * 1024


class NotTakenError(Exception):
    """The program did not take it."""


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 of the moment (seconds since 1970), a dot and the body; the moment keeps a caught one from being
    sent again later.
    """
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, delivery: str) -> dict[str, str]:
    """The headers that go with a body; ``delivery`` is the same when it is sent again."""
    now = int(timezone.now().timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zhiliu",
        "X-Zhiliu-Delivery": delivery,
        "X-Zhiliu-Signature": f"t={now},v1={signature(secret, now, body)}",
    }


def send(target: Target, body: bytes, headers: dict[str, str], *, seconds: float) -> bytes:
    """POST a body.

    Args:
        seconds: for all of it: a program that drips its answer is not waited for.

    Returns:
        What it answered, at most 64 KiB.

    Raises:
        NotTakenError: another answer than 2xx, too long, or too slow. urllib3's HTTPError, OSError: not reached.
    """
    end = time.monotonic() + seconds
    with pool_for(target, seconds) as pool:
        answer = pool.urlopen(
            "POST",
            target.path,
            body=body,
            headers={**headers, "Host": target.host_header},
            redirect=False,
            preload_content=False,
        )
        try:
            if not 200 <= answer.status < 300:
                raise NotTakenError(f"HTTP {answer.status}")
            return _read(answer, end)
        finally:
            answer.close()


def _read(answer: urllib3.BaseHTTPResponse, end: float) -> bytes:
    found = b""
    # What has arrived, not what was asked for: each look may be the last one within the time.
    while part := answer.read1(4096):
        found += part
        if len(found) > MOST_BYTES:
            raise NotTakenError(_("the answer is too long"))
        if time.monotonic() > end:
            raise NotTakenError(_("the answer took too long"))
    return found
