"""Signed addresses that identify the writer and what the mail becomes.

``p`` and the base32 of: the reply handler (2 bytes), the person, the object (as varints of 7 bits a byte), and 12 bytes
of HMAC-SHA256 under the installation's secret key. Everything is lower case, since mail servers may fold the case, and
fits into the 64 characters of a local part.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from zhiliu.kit.contracts.inbound_mail import ReplyHandler, arrivals, is_open_to

SALT = "zhiliu.inbound_mail"
MAC = 12
LONGEST = 64
OURS = "p"


@dataclass(frozen=True)
class Signed:
    """The content of a signed address.

    Args:
        arrival: the reply handler. person_id: the writer. thing_id: the object.
        round: how often the person had renewed their addresses when it was created.
    """

    arrival: ReplyHandler
    person_id: int
    thing_id: int
    round: int = 0


def takes_mail() -> bool:
    """Return True if mail can come in: the address pattern is set, and LMTP or IMAP is configured."""
    return bool(settings.MAIL_IN_ADDRESS and (settings.LMTP_LISTEN or settings.IMAP_HOST))


def address_with(secret: str) -> str:
    """Return the address with this secret; '' when no mail comes in."""
    return settings.MAIL_IN_ADDRESS.replace("%s", secret) if takes_mail() else ""


def reply_address(person: Any, name: str, thing_id: int) -> str:
    """Return the address by which ``person`` can write there; '' if they may not, or no mail comes in.

    Args:
        name: of a reply handler.
    """
    if not takes_mail() or not person.email or not is_open_to(name, person, thing_id):
        return ""
    return address_with(token_of(name, person.pk, thing_id, person.address_round))


def token_of(name: str, person_id: int, thing_id: int, address_round: int = 0) -> str:
    """Return the signed part of an address.

    Args:
        address_round: how often the person renewed their addresses; earlier addresses are invalid.
    """
    payload = code_of(name) + _as_bytes(person_id) + _as_bytes(thing_id)
    payload += _as_bytes(address_round) if address_round else b""
    return OURS + base64.b32encode(payload + _mac(payload)).decode().rstrip("=").lower()


def code_of(name: str) -> bytes:
    """Return the two bytes that stand for a reply handler."""
    return hashlib.sha256(name.encode()).digest()[:2]


def read_token(token: str) -> Signed | None:
    """Return a token's content; None if it is forged, changed, or signed with another key."""
    token = token.strip().lower()
    if not token.startswith(OURS) or not token.isascii():
        return None
    text = token[1:].upper()
    try:
        decoded = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    payload, mac = decoded[:-MAC], decoded[-MAC:]
    if len(payload) < 4 or not hmac.compare_digest(mac, _mac(payload)):
        return None
    return _said_by(payload)


def _said_by(payload: bytes) -> Signed | None:
    person_id, rest = _number(payload[2:])
    thing_id, rest = _number(rest)
    address_round, rest = _number(rest) if rest else (0, b"")
    arrival = next((reply_handler for reply_handler in arrivals if code_of(reply_handler.name) == payload[:2]), None)
    return None if arrival is None or rest else Signed(arrival, person_id, thing_id, address_round)


def secret_in(address: str) -> str:
    """Return what an address has in place of ``%s`` in our pattern, in lower case; '' if it is not ours."""
    before, _mark, after = settings.MAIL_IN_ADDRESS.lower().partition("%s")
    address = address.strip().strip("<>").lower()
    is_ours = address.startswith(before) and address.endswith(after)
    return address[len(before) : len(address) - len(after)] if after and is_ours else ""


def _mac(payload: bytes) -> bytes:
    return salted_hmac(SALT, payload, algorithm="sha256").digest()[:MAC]


def _as_bytes(number: int) -> bytes:
    output = bytearray()
    while number > 127:
        output.append(number & 127 | 128)
        number >>= 7
    output.append(number)
    return bytes(output)


def _number(text: bytes) -> tuple[int, bytes]:
    """Split the leading number off a text. The signature has been verified, so the number is complete."""
    number = 0
    for place, byte in enumerate(text):
        number |= (byte & 127) << (7 * place)
        if byte < 128:
            return number, text[place + 1 :]
    return number, b""
