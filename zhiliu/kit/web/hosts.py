"""Names of machines as browsers send them: in ASCII (IDNA, UTS 46), small, without a dot at the end."""

from __future__ import annotations

import ipaddress

import idna


def ascii_host(host: str) -> str:
    """A host name or IP address in the form in which it comes with requests.

    Args:
        host: as people write it, 公司。cn or KB.Example.com.; an IPv6 address without brackets.

    Raises:
        ValueError: no browser would take it.
    """
    host = host.strip("[]").rstrip(".。．")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    # 127.1 and 0x7f000001 are addresses to browsers, and something else to others.
    if host.rpartition(".")[2].isdecimal() or host.lower().startswith("0x"):
        raise ValueError(host)
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(host) from error
