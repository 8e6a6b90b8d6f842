"""The key by which push services recognise this installation (VAPID, RFC 8292)."""

from __future__ import annotations

import hashlib
import time
from email.utils import parseaddr
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode

from zhiliu.kit.web.site import base_url

# Order of the group of P-256 (SEC 2, 2.4.2): private keys are 1 to this minus 1.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Push services accept at most 24 hours.
TOKEN_SECONDS = 12 * 3600


def _private_key() -> ec.EllipticCurvePrivateKey:
    """Return the key, derived from that of the installation: processes on many machines share it without storing it."""
    digest = hashlib.sha512(b"zhiliu.push:" + settings.SECRET_KEY.encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest) % (ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """Return the ``applicationServerKey`` browsers subscribe with: an uncompressed point, base64url."""
    point = _private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def authorization(endpoint: str) -> dict[str, str]:
    """Return the header that identifies this installation to the push service of ``endpoint``."""
    service = urlsplit(endpoint)
    claims = {"aud": f"{service.scheme}://{service.netloc}", "exp": int(time.time()) + TOKEN_SECONDS}
    vapid = Vapid02(_private_key())
    try:
        return dict(vapid.sign({**claims, "sub": base_url()}))
    except VapidException:
        # Only https addresses name a contact; without one it is the sender of mail.
        return dict(vapid.sign({**claims, "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"}))
