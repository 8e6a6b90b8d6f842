"""Players ask for parts of audio and video; everything else is answered whole."""

from __future__ import annotations

import io
from typing import Any

import pytest

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload

pytestmark = pytest.mark.django_db
HEAD = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42"
SOUND = HEAD + bytes(range(256)) * 600
SIZE = len(SOUND)


@pytest.fixture
def sound(lin: Person) -> Upload:
    return upload(io.BytesIO(SOUND), name="语音.m4a", by=lin)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-1", 0, 1),
        ("bytes=100-70099", 100, 70099),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        (f"bytes=5-{SIZE + 9}", 5, SIZE - 1),
        (f"bytes=-{SIZE + 9}", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
def test_a_part_of_a_sound_is_that_part(
    sound: Upload, lin: Person, browse: Any, asked: str, first: int, last: int
) -> None:
    answer = browse(lin).get(sound.get_absolute_url(), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/{SIZE}")
    assert (answer["Content-Type"], answer["Content-Length"]) == ("audio/mp4", str(last - first + 1))
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert body(answer) == SOUND[first : last + 1]


@pytest.mark.parametrize("asked", ["", "bytes=", "bytes=-", "bytes=1-2,5-6", "items=0-1", "bytes=a-b"])
def test_what_is_no_single_part_is_answered_whole(sound: Upload, lin: Person, browse: Any, asked: str) -> None:
    answer = browse(lin).get(sound.get_absolute_url(), headers={"Range": asked})
    assert (answer.status_code, answer["Accept-Ranges"], body(answer)) == (200, "bytes", SOUND)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(sound: Upload, lin: Person, browse: Any, asked: str) -> None:
    answer = browse(lin).get(sound.get_absolute_url(), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"], body(answer)) == (416, f"bytes */{SIZE}", b"")


@pytest.mark.parametrize("validator", ['"abc"', "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_part_of_a_version_that_no_answer_named_is_answered_whole(
    sound: Upload, lin: Person, browse: Any, validator: str
) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": validator}
    answer = browse(lin).get(sound.get_absolute_url(), headers=headers)
    assert (answer.status_code, body(answer)) == (200, SOUND)


@pytest.mark.parametrize("asked", ["", "bytes=0-1", f"bytes={SIZE}-"])
def test_the_head_of_a_file_says_how_long_it_is(sound: Upload, lin: Person, browse: Any, asked: str) -> None:
    answer = browse(lin).head(sound.get_absolute_url(), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Length"], answer["Accept-Ranges"]) == (200, str(SIZE), "bytes")
    assert (answer["Content-Type"], body(answer)) == ("audio/mp4", b"")


def test_a_text_has_no_parts(lin: Person, browse: Any) -> None:
    text = upload(io.BytesIO(b"words"), name="a.txt", by=lin)
    answer = browse(lin).get(text.get_absolute_url(), headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.get("Accept-Ranges"), body(answer)) == (200, None, b"words")


@pytest.mark.parametrize(
    ("tracks", "content_type"),
    [(b"hdlr....soun", "audio/mp4"), (b"hdlr....soun hdlr....vide", "video/mp4"), (b"", "video/mp4")],
)
def test_a_general_mp4_with_sound_alone_is_a_sound(lin: Person, tracks: bytes, content_type: str) -> None:
    content = b"\0\0\0\x18ftypiso5\0\0\0\0iso5mp41" + tracks
    assert upload(io.BytesIO(content), name="voice.mp4", by=lin).file.content_type == content_type
