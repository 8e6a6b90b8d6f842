"""Pictures of pasted texts are fetched by the server: from outside only, in time, and only pictures."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from zhiliu.files.models import Upload

pytestmark = pytest.mark.django_db
DOOR = reverse("knowledge:pictures")


def png(form: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (3, 2)).save(written, form)
    return written.getvalue()


ANSWERS = {
    "/nameplate.png": (200, png()),
    "/a.avif": (200, png("AVIF")),
    "/a.bmp": (200, png("BMP")),
    "/page": (200, b"<html>"),
    "/drawing.svg": (200, b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "/large.png": (200, png() + b"0" * (10 * 1024 * 1024)),
    "/gone.png": (404, b""),
    "/moved.png": (302, b"/nameplate.png"),
    "/inside.png": (302, b"http://localhost/x.png"),
    "/round.png": (302, b"/round.png"),
}


class Elsewhere(BaseHTTPRequestHandler):
    """A host with pictures."""

    def do_GET(self) -> None:
        status, content = ANSWERS[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", content.decode())
            content = b""
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[str]:
    """The address of a host the server may ask."""
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("path", ["/nameplate.png", "/moved.png", "/a.avif", "/a.bmp"])
def test_a_picture_is_fetched_and_kept_for_its_community(
    elsewhere: str, path: str, browse: Any, wang: Any, community: Any
) -> None:
    answer = browse(wang).post(DOOR, {"url": elsewhere + path, "community": community.pk})
    upload = Upload.objects.get()
    assert answer.json() == {"url": upload.get_absolute_url(), "name": upload.name, "picture": True}
    assert (upload.by, upload.community, upload.file.width) == (wang, community, 3)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/page", "这个地址上没有图片"),
        ("/drawing.svg", "这个地址上没有图片"),
        ("/large.png", "超过 10 MB"),
        ("/gone.png", "图片取不到"),
        ("/inside.png", "localhost"),
        ("/round.png", "图片取不到"),
    ],
)
def test_what_is_no_picture_is_refused(elsewhere: str, path: str, said: str, browse: Any, wang: Any) -> None:
    answer = browse(wang).post(DOOR, {"url": elsewhere + path})
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/x.png",
        "http://[::1]/x.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/x.png",
        "http://0x7f000001/x.png",
        "http://[::ffff:127.0.0.1]/x.png",
        "file:///etc/passwd",
        "ftp://example.com/x.png",
        "http://user:secret@example.com/x.png",
        "",
    ],
)
def test_nothing_inside_is_asked_for(url: str, browse: Any, wang: Any) -> None:
    assert browse(wang).post(DOOR, {"url": url}).status_code == 422
    assert not Upload.objects.exists()


def test_a_community_out_of_reach_is_not_found(elsewhere: str, browse: Any, sun: Any, closed_community: Any) -> None:
    answer = browse(sun).post(DOOR, {"url": f"{elsewhere}/nameplate.png", "community": closed_community.pk})
    assert answer.status_code == 404
