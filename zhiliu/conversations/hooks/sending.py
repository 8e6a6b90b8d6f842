"""A signed request to a program outside: to the address that was found good, for so long and no longer."""

from __future__ import annotations

import hashlib
import hmac
import time

from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.kit.web.targets import AnswerTooLargeError, Target, pool_for, read_answer

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


def send_delivery(target: Target, body: bytes, headers: dict[str, str], *, seconds: float) -> bytes:
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
            return read_answer(answer, most_bytes=MOST_BYTES, end=end)
        except AnswerTooLargeError as error:
            raise NotTakenError(_("the response is too long")) from error
        except TimeoutError as error:
            raise NotTakenError(_("the response took too long")) from error
        finally:
            answer.close()
