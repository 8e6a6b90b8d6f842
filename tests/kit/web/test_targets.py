"""Where programs of ours may be sent by an address somebody typed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from zhiliu.kit.errors import Refused
from zhiliu.kit.web.targets import target_of

INSIDE_4 = "127.0.0.1 10.0.0.1 169.254.169.254 100.64.0.1 192.0.0.8 192.88.99.1 240.0.0.1 224.0.0.1"
INSIDE_6 = (
    "::1 :: ::127.0.0.1 ::ffff:10.0.0.1 fd00::8 fe80::1 fec0::1 ff02::1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 "
    "2002:a00:1::1 2002:7f00:1::1 2001::1 2001:db8::1 3fff::1"
)


@pytest.mark.parametrize("ip", [*INSIDE_4.split(), *(f"[{part}]" for part in INSIDE_6.split())])
def test_addresses_that_are_or_carry_one_of_the_inside_are_refused(ip: str) -> None:
    with pytest.raises(Refused, match="是内网地址"):
        target_of(f"http://{ip}/")


@pytest.mark.parametrize("ip", ["93.184.216.34", "[2606:2800:220:1:248:1893:25c8:1946]", "[2400:3200::1]"])
def test_public_addresses_pass(ip: str) -> None:
    assert target_of(f"https://{ip}/x").path == "/x"


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 9200])
def test_ports_of_other_services_are_refused_but_where_the_host_is_allowed(port: int, settings: Any) -> None:
    with pytest.raises(Refused, match=str(port)):
        target_of(f"http://93.184.216.34:{port}/")
    settings.WEBHOOK_PRIVATE_HOSTS = {"127.0.0.1"}
    assert target_of(f"http://127.0.0.1:{port}/").port == port


def test_a_host_with_chinese_letters_is_asked_for_by_its_ascii_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    target = target_of("http://例子.测试/x")
    assert target.host_header == "xn--fsqu00a.xn--0zwm56d"
    assert target.host_header.encode("latin-1")
