"""Secrets in the database are encrypted with the installation's key: the database alone does not give them away."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def encrypt(text: str) -> str:
    """What is kept of a secret; '' stays ''."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(kept: str) -> str:
    """The secret again; '' when the installation has another key by now."""
    try:
        return _cipher().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"zhiliu.secrets:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
