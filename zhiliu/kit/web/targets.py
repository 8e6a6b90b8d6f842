"""What the server may ask for in the name of people: outside everything, inside only what the installation allows.

Otherwise whoever sets up a hook or pastes a picture could make the server ask for what only the server can reach. The
address that was looked up and found good is the one that is used: a name that answers differently the second time
gains nothing.
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
# Global unicast; in it protocol assignments with Teredo, documentation, and 6to4, which carry IPv4 addresses.
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_SPECIAL_6 = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# Of a host outside: where web servers are. Mail, shells and databases are none of a hook's business.
PORTS = frozenset({80, 443, 8000, 8080, 8443})


@dataclass(frozen=True)
class Target:
    """An address that may be sent to.

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
        """The host as a request names it."""
        return self.host if self.port == (443 if self.is_secure else 80) else f"{self.host}:{self.port}"


def pool_for(target: Target, seconds: float) -> urllib3.HTTPConnectionPool:
    """Connections to the address that was found good, and to no other."""
    timeout = urllib3.Timeout(total=seconds)
    common: dict[str, Any] = {"port": target.port, "timeout": timeout, "retries": False, "maxsize": 1}
    if not target.is_secure:
        return urllib3.HTTPConnectionPool(target.ip, **common)
    return urllib3.HTTPSConnectionPool(
        target.ip, server_hostname=target.host, assert_hostname=target.host, cert_reqs="CERT_REQUIRED", **common
    )


class AnswerTooLargeError(Exception):
    """A host answers more than is taken."""


def read_answer(answer: urllib3.BaseHTTPResponse, *, most_bytes: int, end: float) -> bytes:
    """The body of an answer.

    Args:
        end: by ``time.monotonic``, in seconds: a host that drips its answer is not waited for.

    Raises:
        AnswerTooLargeError: more than ``most_bytes``. TimeoutError: not whole at ``end``. urllib3's HTTPError.
    """
    found = bytearray()
    # What has arrived, not what was asked for: each look may be the last one within the time.
    while part := answer.read1(65536):
        found += part
        if len(found) > most_bytes:
            raise AnswerTooLargeError
        if time.monotonic() > end:
            raise TimeoutError
    return bytes(found)


def target_of(url: str) -> Target:
    """Look an address up.

    Raises:
        Refused: not a web address, unknown, or inside without being allowed.
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
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(_("%(host)s can’t be found.") % {"host": host}, field="url") from error
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and port not in PORTS:
        raise Refused(_("Port %(port)s is not a web server port.") % {"port": port}, field="url")
    ip = str(found[0][4][0])
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and not all(_is_outside(str(entry[4][0])) for entry in found):
        raise Refused(
            _("%(host)s is inside your network. An administrator can allow it in the settings.") % {"host": host},
            field="url",
        )
    path = parts.path or "/"
    return Target(ip, host, port, parts.scheme == "https", f"{path}?{parts.query}" if parts.query else path)


def _is_outside(ip: str) -> bool:
    """Whether an address is a public one, by a list of what is public: whatever else there is may lead inside."""
    address = ipaddress.ip_address(ip.split("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in net for net in _SPECIAL_4)
    return address in _PUBLIC_6 and not any(address in net for net in _SPECIAL_6)
