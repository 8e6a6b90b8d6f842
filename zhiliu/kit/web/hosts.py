"""Host names as browsers send them: ASCII (IDNA, UTS 46), lower case, without a trailing dot."""

from __future__ import annotations

import ipaddress

import idna


def ascii_host(host: str) -> str:
    """Return a host name or IP address as requests contain it.

    Args:
        host: as people write it, 公司。cn or KB.Example.com.; an IPv6 address without brackets.

    Raises:
        ValueError: no browser would accept it.
    """
    host = host.strip("[]").rstrip(".。．")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    # 127.1 and 0x7f000001 are IP addresses to browsers, and something else to other programs.
    if host.rpartition(".")[2].isdecimal() or host.lower().startswith("0x"):
        raise ValueError(host)
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(host) from error
