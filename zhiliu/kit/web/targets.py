"""Guards requests the server makes for people: public hosts, and internal ones only if the installation allows them.

Otherwise anybody who sets up a hook or pastes a picture could make the server request what only the server can reach
(SSRF). The checked IP address is the one connected to, so a name that later resolves differently gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ..errors import Refused
from .hosts import ascii_host

# IANA's special-purpose registries (RFC 6890 and its updates), as far as Python calls them global.
_SPECIAL_4 = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")))
# Global unicast, minus protocol assignments with Teredo, documentation, and 6to4, which embed IPv4 addresses.
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_SPECIAL_6 = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# Ports of web servers, for public hosts. A hook must not reach mail, shells and databases.
PORTS = frozenset({80, 443, 8000, 8080, 8443})


@dataclass(frozen=True)
class Target:
    """An address that requests may be sent to.

    Args:
        ip: to connect to. host: for the certificate and the Host header. path: with the query.
    """

    ip: str
    host: str
    port: int
    is_secure: bool
    path: str

    @property
    def host_header(self) -> str:
        """Return the value of the Host header."""
        return self.host if self.port == (443 if self.is_secure else 80) else f"{self.host}:{self.port}"


def pool_for(target: Target, seconds: float) -> urllib3.HTTPConnectionPool:
    """Return a connection pool for the checked IP address only."""
    timeout = urllib3.Timeout(total=seconds)
    common: dict[str, Any] = {"port": target.port, "timeout": timeout, "retries": False, "maxsize": 1}
    if not target.is_secure:
        return urllib3.HTTPConnectionPool(target.ip, **common)
    return urllib3.HTTPSConnectionPool(
        target.ip, server_hostname=target.host, assert_hostname=target.host, cert_reqs="CERT_REQUIRED", **common
    )


class AnswerTooLargeError(Exception):
    """A response exceeds the size limit."""


def read_answer(answer: urllib3.BaseHTTPResponse, *, most_bytes: int, end: float) -> bytes:
    """Return the body of a response.

    Args:
        end: deadline by ``time.monotonic``, in seconds: slow responses are not waited for.

    Raises:
        AnswerTooLargeError: more than ``most_bytes``. TimeoutError: incomplete at ``end``. urllib3's HTTPError.
    """
    body = bytearray()
    # Read what has arrived, not a fixed amount, to check the deadline after each read.
    while part := answer.read1(65536):
        body += part
        if len(body) > most_bytes:
            raise AnswerTooLargeError
        if time.monotonic() > end:
            raise TimeoutError
    return bytes(body)


def target_of(url: str) -> Target:
    """Resolve an address.

    Raises:
        Refused: not a web address, unknown, or internal and not allowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = ascii_host(parts.hostname or "")
    except ValueError as error:
        raise Refused(_("This is not a web address."), field="url") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise Refused(_("This is not a web address."), field="url")
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(_("%(host)s can’t be found.") % {"host": host}, field="url") from error
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and port not in PORTS:
        raise Refused(_("Port %(port)s is not a web server port.") % {"port": port}, field="url")
    ip = str(entries[0][4][0])
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and not all(_is_outside(str(entry[4][0])) for entry in entries):
        raise Refused(
            _("%(host)s is inside your network. An administrator can allow it in the settings.") % {"host": host},
            field="url",
        )
    path = parts.path or "/"
    return Target(ip, host, port, parts.scheme == "https", f"{path}?{parts.query}" if parts.query else path)


def _is_outside(ip: str) -> bool:
    """Return True for public addresses, by an allow-list: anything else may lead inside."""
    address = ipaddress.ip_address(ip.split("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in net for net in _SPECIAL_4)
    return address in _PUBLIC_6 and not any(address in net for net in _SPECIAL_6)
