"""A push service and a browser that subscribed to it, for tests: a real server, strict as RFC 8030, 8291, 8292."""

from __future__ import annotations

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode, b64urlencode

Headers = dict[str, str]


class PushService:
    """Takes messages for subscriptions, and refuses what a real one refuses.

    Args:
        key: the ``applicationServerKey`` of whoever may send; '' for anybody.
        answers: statuses for the next messages; then it judges them.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.came: list[tuple[str, Headers, bytes]] = []
        self.answers: list[int] = []
        service = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = service.answers.pop(0) if service.answers else service.judge(dict(self.headers), body)
                if status == 201:
                    service.came.append((self.path, dict(self.headers), body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def judge(self, headers: Headers, body: bytes) -> int:
        """Return the status for a message."""
        if len(body) > 4096:
            return 413
        if headers.get("Content-Encoding") != "aes128gcm" or not headers.get("TTL", "").isdecimal():
            return 400
        if len(headers.get("Topic", "")) > 32 or headers.get("Urgency") not in ("normal", "high"):
            return 400
        scheme, _blank, rest = headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        if (
            scheme != "vapid"
            or parts["k"] != (self.key or parts["k"])
            or not Vapid02.verify(f"vapid t={parts['t']},k={parts['k']}")
        ):
            return 403
        claims = _claims(parts["t"])
        in_time = time.time() < claims["exp"] <= time.time() + 86_400
        contact = claims["sub"].startswith(("mailto:", "https://"))
        return 201 if claims["aud"] == self.origin and in_time and contact else 403

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()


class Subscription:
    """What a browser subscribed with, and the keys it alone has."""

    def __init__(self, service: PushService, name: str = "a") -> None:
        self.service = service
        self.path = f"/push/{name}"
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def values(self) -> dict[str, str]:
        """Return the form values a browser sends."""
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        endpoint = f"{self.service.origin}{self.path}"
        return {"endpoint": endpoint, "p256dh": b64urlencode(point), "auth": b64urlencode(self.auth)}

    def read(self) -> list[dict[str, Any]]:
        """Return what came, decrypted."""
        bodies = [body for path, _headers, body in self.service.came if path == self.path]
        return [json.loads(self._decrypted(body)) for body in bodies]

    def _decrypted(self, body: bytes) -> bytes:
        return bytes(http_ece.decrypt(body, private_key=self.private_key, auth_secret=self.auth, version="aes128gcm"))


def _claims(token: str) -> dict[str, Any]:
    return dict(json.loads(b64urldecode(token.split(".")[1].encode())))
