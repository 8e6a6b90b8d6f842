"""Files come in checked by their content, and nothing in them can run."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.models import File, Preview, Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.content_types import type_of

pytestmark = pytest.mark.django_db(transaction=True)


def png(width: int = 40, height: int = 30, colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def keep(content: bytes, name: str, by: Person, community: Community | None = None) -> Upload:
    return upload(io.BytesIO(content), name=name, by=by, community=community)


def test_the_same_content_is_kept_once(lin: Person, wang: Person) -> None:
    first, second = keep(png(), "a.png", lin), keep(png(), "b.png", wang)
    assert first.file == second.file
    assert (File.objects.count(), Upload.objects.count()) == (1, 2)
    assert (first.file.width, first.file.height, first.file.content_type) == (40, 30, "image/png")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"<html><script>alert(1)</script></html>", "a.png", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg", "text/plain"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "a.jpg", None),
        ("普通文字".encode(), "a.txt", "text/plain"),
    ],
)
def test_the_type_is_that_of_the_content(
    content: bytes, name: str, expected: str | None, lin: Person, browse: Any
) -> None:
    made = keep(content, name, lin)
    assert not made.file.is_picture
    if expected:
        assert made.file.content_type == expected
    answer = browse(lin).get(made.get_absolute_url())
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer.headers["Content-Type"] and "svg" not in answer.headers["Content-Type"]


@pytest.mark.parametrize(
    "text", [b"The moov of an hour", b"the free lunch", b"you skip a line", b"The wide road", "有限wide".encode()]
)
def test_a_text_with_the_name_of_a_film_s_part_in_it_is_a_text(text: bytes) -> None:
    assert type_of(text, "a.txt") == "text/plain"


def test_a_film_that_begins_with_any_of_its_parts_is_a_film() -> None:
    for part in (b"free", b"skip", b"wide", b"mdat", b"moov"):
        assert type_of(b"\0\0\0\x08" + part + b"\0" * 16, "a.mov") == "video/quicktime"


def test_empty_large_broken_and_bomb_are_refused_with_a_sentence(lin: Person, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    bomb = bytearray(png(8, 8))
    bomb[16:24] = (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big")
    for content in (b"", b"x" * 100_001, png(64, 64)[:60], bytes(bomb)):
        with pytest.raises(Refused):
            keep(content, "a.png", lin)
    assert File.objects.count() == 0


def test_a_picture_is_made_smaller_by_a_job(lin: Person, browse: Any, run_jobs: Any) -> None:
    made = keep(png(2000, 1000), "big.png", lin)
    run_jobs()
    assert sorted(Preview.objects.values_list("width", flat=True)) == [480, 1440]
    small = browse(lin).get(made.get_absolute_url() + "?w=400")
    assert small.headers["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).width == 480


def test_files_of_a_closed_community_are_not_there_for_others(
    lin: Person, wang: Person, sun: Person, closed_community: Community, browse: Any
) -> None:
    made = keep(b"price list", "p.txt", lin, closed_community)
    assert browse(wang).get(made.get_absolute_url()).status_code == 200
    assert browse(sun).get(made.get_absolute_url()).status_code == 404
    sent = {"file": SimpleUploadedFile("a.txt", b"x"), "community": closed_community.pk}
    assert browse(sun).post("/files/", sent).status_code == 404


def test_a_name_is_only_a_name(lin: Person) -> None:
    assert keep(b"x", "../../etc/passwd\x00\u202e", lin).name == "passwd"
    assert keep(b"x", "...", lin).name == "file"


def test_a_full_disk_is_said_and_changes_nothing(lin: Person, tmp_path: Path, browse: Any, settings: Any) -> None:
    """On a small tmpfs of its own; needs the right to mount one."""
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("no right to mount a small tmpfs")
    try:
        settings.MEDIA_ROOT = str(place)
        sent = {"file": SimpleUploadedFile("big.bin", os.urandom(300_000))}
        answer = browse(lin).post("/files/", sent)
        assert answer.status_code == 422
        assert "磁盘满了" in answer.json()["error"]
        assert (File.objects.count(), Upload.objects.count()) == (0, 0)
        answer = browse(lin).post("/files/", {"file": SimpleUploadedFile("small.bin", b"fits")})
        assert answer.status_code == 200
    finally:
        subprocess.run(["umount", str(place)], check=False)


def test_the_storage_is_the_folder_of_this_test_run() -> None:
    assert str(settings.DATA_DIR) in str(default_storage.path("x"))
