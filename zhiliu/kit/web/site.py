"""The public address of this installation: the beginning of every absolute address.

It is set by the operator (``ZHILIU_BASE_URL``), else by an administrator (stored by the directory), else taken from the
current request. A loopback address points every reader to their own computer, so it triggers a warning.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..contracts.registry import Provider
from ..errors import Refused
from .hosts import ascii_host

# Returns the address an administrator set, '' for none.
stored_address: Provider[Callable[[], str]] = Provider("address an administrator set")
# Returns whether the known address reached another installation when last checked.
address_is_doubtful: Provider[Callable[[], bool]] = Provider("whether the address leads elsewhere")
# The path where an installation identifies itself, so that opening an address can verify it.
MARK_PATH = "/organisation/mark/"
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


def known_address() -> str:
    """Return the configured address, without a trailing slash; '' if there is none."""
    if settings.ADDRESS_IS_DECLARED:
        return str(settings.BASE_URL)
    return stored_address.provider()


def base_url(request: HttpRequest | None = None) -> str:
    """Return the beginning of absolute addresses, without a trailing slash.

    Args:
        request: where a person is about to share the address; used while no better one is known.
    """
    configured = known_address()
    if configured and not is_loopback(configured):
        return configured
    if request is not None and not is_loopback(current := f"{request.scheme}://{request.get_host()}"):
        return current
    return configured or f"http://127.0.0.1:{settings.DECLARED.port}"


def is_loopback(address: str) -> bool:
    """Return True if an address points every reader to their own computer."""
    host = urlsplit(address).hostname or ""
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return parsed.is_loopback or parsed.is_unspecified


def address_problem(request: HttpRequest | None = None) -> str:
    """Return why absolute addresses do not work, in the reader's language; '' if nothing is known to be wrong.

    The sample company is meant for a single computer, so it is never warned.
    """
    if settings.DEMO:
        return ""
    base = base_url(request)
    if not is_loopback(base):
        return _doubt(base)
    return _(
        "Links start with %(address)s, which points to each reader’s own computer. Set the web address of Zhiliu."
    ) % {"address": base}


def _doubt(base: str) -> str:
    if base != known_address() or not address_is_doubtful.provider():
        return ""
    return _("Links start with %(address)s, which didn’t open Zhiliu when last tested.") % {"address": base}


def is_secure(request: HttpRequest) -> bool:
    """Return True if the browser's connection is encrypted, by the request or, behind a silent proxy, by the known
    address.
    """
    return request.is_secure() or known_address().startswith("https:")


def clean_address(text: str) -> str:
    """Return an address in its stored form: scheme, host and port.

    Raises:
        Refused: it has no host, a scheme other than http and https, or anything after the host.
    """
    try:
        # Full-width characters are typos. Normalise before parsing: urlsplit takes them for an attack.
        text = unicodedata.normalize("NFKC", text.strip())
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, ascii_host(parts.hostname or "")
    except ValueError:
        raise Refused(
            _("Use the form https://zhiliu.example.com or http://192.168.1.20:8000."), field="address"
        ) from None
    if parts.scheme not in ("http", "https") or port == 0 or parts.username or parts.password:
        raise Refused(_("Use the form https://zhiliu.example.com or http://192.168.1.20:8000."), field="address")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused(_("Zhiliu needs its own host name: leave out everything after it."), field="address")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}" + (f":{port}" if port else "")


def is_served(host: str) -> bool:
    """Return True if requests for this host name are answered: all of them until an address is configured.

    IP addresses always are: no foreign page can make a browser send one that is not its own.

    Args:
        host: without a port.
    """
    host = host.strip("[]").lower().rstrip(".")
    configured = known_address()
    if not configured or host in LOOPBACK_NAMES or host in settings.SERVED_HOSTS or host == _host_of(configured):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host_of(address: str) -> str:
    """Return the host of a configured address as requests contain it."""
    host = urlsplit(address).hostname or ""
    try:
        return ascii_host(host)
    except ValueError:
        return host
