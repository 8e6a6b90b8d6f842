"""The product behind a real nginx with TLS, by the configuration of the handbook."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys.conftest import ROOT, Product, free_port, sample_company, start

__all__ = ["sample_company"]
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]
NAME = "zhiliu.example.com"


def write_certificate(folder: Path) -> None:
    """A certificate nobody vouches for."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def configuration(folder: Path, *, web: int, plain: int, secure: int) -> str:
    """The handbook's configuration but for ports and folders."""
    part = (ROOT / "docs/ops/nginx.conf").read_text()
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{web}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "/etc/ssl/zhiliu": str(folder),
    }
    for theirs, ours in changes.items():
        assert theirs in part
        part = part.replace(theirs, ours)
    paths = "".join(f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    # Started as root, its workers would be somebody who may not write into our folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; {paths}\n{part}\n}}\n"
    )


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {"plain": free_port(), "secure": free_port()}


@pytest.fixture(scope="module")
def product(sample_company: Path, tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int]) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("behind")
    shutil.copytree(sample_company, folder / "data")
    address = f"https://{NAME}:{ports['secure']}"
    running = start(folder / "data", ZHILIU_BEHIND_PROXY="1", address=address)
    write_certificate(folder)
    web = int(running.url.rpartition(":")[2])
    (folder / "nginx.conf").write_text(configuration(folder, web=web, **ports))
    nginx = subprocess.Popen([str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    wait_for(ports["secure"])
    yield running
    for process in (nginx, running.process):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nginx did not come up")


def visitor(port: int, scheme: str = "https") -> httpx.Client:
    """Somebody who knows the product by its name and not by its address."""
    host = f"{NAME}:{port}"
    headers = {"Host": host, "Referer": f"{scheme}://{host}/", "Origin": f"{scheme}://{host}"}
    return httpx.Client(verify=False, base_url=f"{scheme}://127.0.0.1:{port}", headers=headers, timeout=60)


def signed_in(ports: dict[str, int]) -> tuple[httpx.Client, httpx.Response]:
    """A client of Lin's, and the answer that let her in. Cookies are kept by hand: the client knows another host."""
    client = visitor(ports["secure"])
    client.headers["Cookie"] = cookies_of(client.get("/signin/"))
    answer = client.post("/signin/demo/lin/", data={"csrfmiddlewaretoken": token_of(client)})
    client.headers["Cookie"] = cookies_of(answer)
    return client, answer


def cookies_of(answer: httpx.Response) -> str:
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_list("set-cookie"))


def token_of(client: httpx.Client) -> str:
    return dict(part.split("=", 1) for part in client.headers["Cookie"].split("; "))["__Host-csrftoken"]


def test_people_sign_in_over_tls_with_cookies_of_this_host_alone(product: Product, ports: dict[str, int]) -> None:
    client, answer = signed_in(ports)
    assert answer.status_code == 302, answer.text
    kept = answer.headers.get_list("set-cookie")
    assert {line.partition("=")[0] for line in kept} == {"__Host-sessionid", "__Host-csrftoken"}
    assert all("Secure" in line and "Path=/" in line and "Domain" not in line for line in kept)
    page = client.get("/")
    assert page.status_code == 200 and page.headers["strict-transport-security"] == "max-age=31536000"
    assert f"script-src https://{NAME}:{ports['secure']}/static/" in page.headers["content-security-policy"]
    address = product.sql("select address from kit_session where account_id is not null order by seen_at desc limit 1")
    assert address == [("127.0.0.1",)]


def test_what_a_visitor_says_of_their_address_is_not_believed(product: Product, ports: dict[str, int]) -> None:
    with visitor(ports["secure"]) as client:
        client.headers["X-Forwarded-For"] = "203.0.113.9"
        client.headers["Cookie"] = cookies_of(client.get("/signin/"))
        client.post("/signin/demo/wang/", data={"csrfmiddlewaretoken": token_of(client)})
    assert product.sql("select count(*) from kit_session where address = '203.0.113.9'") == [(0,)]


def test_streams_pass_at_once_and_uploads_arrive(product: Product, ports: dict[str, int]) -> None:
    client, _answer = signed_in(ports)
    with client.stream("GET", "/live/?language=en") as stream:
        first = next(line for line in stream.iter_lines() if line.startswith("data:"))
        assert '"event":"start"' in first
    sent = {"file": ("plan.bin", b"x" * 3_000_000)}
    answer = client.post("/files/", files=sent, headers={"X-CSRFToken": token_of(client)})
    assert answer.status_code == 200 and answer.json()["name"] == "plan.bin"


def test_links_lead_to_the_name_and_plain_http_is_sent_on(product: Product, ports: dict[str, int]) -> None:
    client, _answer = signed_in(ports)
    assert f"https://{NAME}:{ports['secure']}/calendar/" in client.get("/gatherings/").text
    with visitor(ports["plain"], "http") as plain:
        answer = plain.get("/needs/")
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{NAME}/needs/")


def test_another_host_is_not_served(product: Product, ports: dict[str, int]) -> None:
    with visitor(ports["secure"]) as client:
        assert client.get("/signin/", headers={"Host": "evil.example"}).status_code == 400
