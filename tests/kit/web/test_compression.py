"""What is sent is compressed, and what never changes is kept by browsers."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
from zhiliu.kit.web.built_files import built_url
from zhiliu.kit.web.compression import CompressionMiddleware

TAKES = {"accept-encoding": "gzip, deflate, br"}


@pytest.fixture
def signed_in(lin: Person) -> Client:
    """A client of Django, which shows what was sent as it was sent."""
    client = Client()
    client.force_login(lin, backend="zhiliu.directory.signin.backends.PasswordBackend")
    return client


def test_a_page_is_compressed_for_who_takes_that_and_for_nobody_else(signed_in: Client) -> None:
    plain, compressed = signed_in.get("/"), signed_in.get("/", headers=TAKES)
    assert plain.headers.get("Content-Encoding") is None
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed.headers["Vary"]
    assert int(compressed.headers["Content-Length"]) == len(compressed.content) < len(plain.content) / 3
    assert "</html>" in gzip.decompress(compressed.content).decode()


def test_the_length_of_a_compressed_page_says_nothing_for_certain(signed_in: Client) -> None:
    assert len({signed_in.get("/", headers=TAKES).headers["Content-Length"] for _ in range(8)}) > 1


def test_files_leave_as_they_are(lin: Person, signed_in: Client) -> None:
    text = b"temperature;time\n" * 500
    stored = upload(ContentFile(text), name="curve.csv", by=lin)
    answer = signed_in.get(stored.get_absolute_url(), headers=TAKES)
    assert answer.headers.get("Content-Encoding") is None and b"".join(answer) == text


@pytest.mark.parametrize(
    ("content_type", "is_compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("text/calendar", True),
        ("image/png", False),
        ("application/pdf", False),
        ("", False),
    ],
)
def test_texts_are_compressed_and_pictures_not(content_type: str, is_compressed: bool) -> None:
    answer = asked(HttpResponse("x" * 2000, headers={"Content-Type": content_type}))
    assert ("Content-Encoding" in answer.headers) is is_compressed


def test_what_is_sent_bit_by_bit_is_not_held_up() -> None:
    answer = asked(StreamingHttpResponse(iter(["x" * 2000]), headers={"Content-Type": "text/csv"}))
    assert "Content-Encoding" not in answer.headers


def asked(response: Any) -> Any:
    request = RequestFactory().get("/", headers=TAKES)
    return CompressionMiddleware(lambda _request: response)(request)


@pytest.mark.parametrize("name", ["icons.svg", "zhiliu/kit/islands/main.ts"])
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_built_texts_lie_there_compressed_and_are_kept_for_good(client: Client, name: str, encoding: str) -> None:
    answer = client.get(built_url(name), headers={"accept-encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in client.get(built_url(name)).headers


def test_what_keeps_its_name_is_asked_for_again(client: Client) -> None:
    assert client.get("/static/app-192.png").headers["Cache-Control"] == "max-age=60, public"
