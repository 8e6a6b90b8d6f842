"""Signed requests to external programs: to the checked address, with a time limit."""

from __future__ import annotations

import hashlib
import hmac
import time

from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.kit.web.targets import AnswerTooLargeError, Target, pool_for, read_answer

MOST_BYTES = 64 * 1024


class NotTakenError(Exception):
    """The program did not accept the request."""


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 of the time (seconds since 1970), a dot and the body; the time prevents replays."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, delivery: str) -> dict[str, str]:
    """Return the headers for a body; ``delivery`` stays the same in retries."""
    now = int(timezone.now().timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zhiliu",
        "X-Zhiliu-Delivery": delivery,
        "X-Zhiliu-Signature": f"t={now},v1={signature(secret, now, body)}",
    }


def send_delivery(target: Target, body: bytes, headers: dict[str, str], *, seconds: float) -> bytes:
    """POST a body.

    Args:
        seconds: the total time limit: a program that drips its answer is cut off.

    Returns:
        The answer, at most 64 KiB.

    Raises:
        NotTakenError: an answer other than 2xx, too long, or too slow. urllib3's HTTPError, OSError: not reached.
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
            return read_answer(answer, most_bytes=MOST_BYTES, end=end)
        except AnswerTooLargeError as error:
            raise NotTakenError(_("the response is too long")) from error
        except TimeoutError as error:
            raise NotTakenError(_("the response took too long")) from error
        finally:
            answer.close()
