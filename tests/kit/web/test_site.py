"""Where people reach the installation, and which requests it answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from zhiliu.directory.models import Organisation, Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.built_files import built_url
from zhiliu.kit.web.site import base_url, clean_address, is_loopback, is_served

pytestmark = pytest.mark.django_db


def known(address: str) -> None:
    Organisation(name="岭东冷链", address=address).save()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://kb.example.com", "https://kb.example.com"),
        (" kb.example.com/ ", "https://kb.example.com"),
        ("http://192.168.1.20:8000/", "http://192.168.1.20:8000"),
        ("http://[fd00::1]:8000", "http://[fd00::1]:8000"),
        ("https://KB.Example.com", "https://kb.example.com"),
        ("https://kb.公司.cn", "https://kb.xn--55qx5d.cn"),
        ("https：//kb。example。com.", "https://kb.example.com"),
        ("https://straße.de", "https://xn--strae-oqa.de"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_kept_as_scheme_host_and_port(written: str, kept: str) -> None:
    assert clean_address(written) == kept


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://kb.example.com/zl/", "自己的主机名"),
        ("https://kb.example.com/?a=1", "自己的主机名"),
        ("ftp://kb.example.com", "请写成"),
        ("https://", "请写成"),
        ("https://a:b@kb.example.com", "请写成"),
        ("https://kb.example.com:port", "请写成"),
        ("https://kb.example.com:0", "请写成"),
        ("http://[", "请写成"),
        ("https://℀.com", "自己的主机名"),
        ("https://a b.com", "请写成"),
        ("https://<script>", "请写成"),
        ("https://kb.example.com\\evil", "请写成"),
        ("https://..", "请写成"),
        ("https://*.x.com", "请写成"),
        ("https://kb\u202e.example.com", "请写成"),
        ("http://127.1", "请写成"),
        ("http://0x7f000001", "请写成"),
    ],
)
def test_an_address_that_cannot_work_is_refused(written: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        clean_address(written)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:80",
        "http://127.3.2.1",
        "http://0.0.0.0:8000",
        "http://a.localhost",
    ],
)
def test_loopback_addresses_are_known_in_every_spelling(address: str) -> None:
    assert is_loopback(address) and not is_loopback("http://192.168.1.5") and not is_loopback("https://kb.example.com")


def test_the_set_address_wins_over_that_of_the_request_and_that_over_a_loopback(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"host": "192.168.1.5:8112"})
    assert base_url() == "http://127.0.0.1:8000"
    assert base_url(request) == "http://192.168.1.5:8112"
    known("http://localhost:8112")
    assert base_url(request) == "http://192.168.1.5:8112"
    known("https://kb.example.com")
    assert base_url(request) == base_url() == "https://kb.example.com"


def test_any_host_is_served_until_an_address_is_set_then_that_one_and_addresses_of_the_network() -> None:
    assert is_served("anything.example")
    known("https://kb.example.com")
    assert [
        is_served(host) for host in ("kb.example.com", "KB.example.com.", "10.0.0.3", "[fd00::1]", "localhost")
    ] == [True] * 5
    assert not is_served("evil.example") and not is_served("kb.example.com.evil.example")


def test_a_strange_host_is_told_what_to_do_and_the_mark_answers_everywhere(client: Client) -> None:
    known("https://kb.example.com")
    answer = client.get("/signin/", headers={"host": "evil.example"})
    assert answer.status_code == 400 and b"zhiliu address" in answer.content
    assert client.get("/organisation/mark/", headers={"host": "new.example"}).status_code == 200


def test_head_answers_as_get_without_the_body(client: Client, lin: Person, browse: Any) -> None:
    for path in ("/signin/", "/password/forgotten/", built_url("favicon.svg")):
        whole, head = client.get(path), client.head(path)
        assert head.status_code == whole.status_code == 200, path
        assert not b"".join(head) and head.headers["Content-Type"] == whole.headers["Content-Type"]
    assert browse(lin).head("/").status_code == 200


def test_private_pages_are_not_kept_and_built_files_are(client: Client, lin: Person, browse: Any) -> None:
    answer = browse(lin).get("/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (
        "microphone" not in answer.headers["Permissions-Policy"] and "camera=()" in answer.headers["Permissions-Policy"]
    )
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers
    assert "no-store" not in client.get(built_url("favicon.svg")).headers.get("Cache-Control", "")


def test_scripts_come_from_the_folder_of_built_files_alone(client: Client) -> None:
    def scripts() -> str:
        policy = client.get("/signin/").headers["Content-Security-Policy"]
        return next(part.strip() for part in policy.split(";") if part.strip().startswith("script-src"))

    assert scripts() == "script-src http://testserver/static/"
    known("https://kb.example.com")
    answer = client.get("/signin/", headers={"host": "127.0.0.1:8000"}).headers["Content-Security-Policy"]
    assert "script-src http://127.0.0.1:8000/static/ https://kb.example.com/static/" in answer
    assert "worker-src http://127.0.0.1:8000/service-worker.js https://kb.example.com/service-worker.js" in answer


def test_over_tls_session_and_form_key_go_by_names_no_other_host_can_set(lin: Person, client: Client) -> None:
    known("https://testserver")
    answer = client.post("/signin/", {"username": "N-lin", "password": "correct horse battery"}, secure=True)
    assert answer.status_code == 302
    cookie = answer.cookies["__Host-sessionid"]
    assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"]
    assert "sessionid" not in answer.cookies
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert client.get("/", secure=True).status_code == 200
    planted = Client()
    planted.cookies["sessionid"] = cookie.value
    assert planted.get("/", secure=True).status_code == 302


def test_a_form_that_comes_by_another_address_is_told_both(lin: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["csrftoken"] = token = "a" * 32

    def answer(origin: str) -> Any:
        sent = {"username": "x", "password": "y", "csrfmiddlewaretoken": token}
        return strict.post("/signin/", sent, headers={"origin": origin, "accept-language": "en"})

    refused = answer("https://kb.example.com")
    assert refused.status_code == 403
    assert "https://kb.example.com" in refused.content.decode() and "http://testserver" in refused.content.decode()
    known("https://kb.example.com")
    strict.cookies["__Host-csrftoken"] = token
    strict.defaults["HTTP_HOST"] = "127.0.0.1:8000"
    assert answer("https://kb.example.com").status_code == 200


def test_a_name_with_chinese_letters_is_served_as_browsers_send_it() -> None:
    known("https://kb.公司.cn")
    assert is_served("kb.xn--55qx5d.cn")
    assert not is_served("kb.xn--fiqs8s.cn")


def test_a_loopback_address_is_one_also_within_ipv6() -> None:
    assert is_loopback("http://[::ffff:127.0.0.1]:8000")
