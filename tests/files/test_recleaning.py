"""What an earlier release stored is cleaned and typed anew."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from tests.files.test_files import keep, png
from tests.files.test_pictures import CANON, moving, photo, webm
from zhiliu.console.command import main
from zhiliu.directory.models import Person
from zhiliu.files.models import File, Preview, Upload
from zhiliu.files.recleaning import clean_stored
from zhiliu.kit.system.pictures import cleaned

pytestmark = pytest.mark.django_db(transaction=True)


def stored(content: bytes, name: str, content_type: str, by: Person) -> Upload:
    """As a release kept it that neither cleaned nor typed it well."""
    file = File.objects.create(
        sha256=hashlib.sha256(content).hexdigest(), size=len(content), content_type=content_type, width=9, height=9
    )
    default_storage.save(file.path, ContentFile(content))
    return Upload.objects.create(file=file, name=name, by=by)


def test_pictures_stored_before_lose_what_they_tell_and_keep_their_address(lin: Person, browse: Any) -> None:
    content = photo("JPEG")
    upload = stored(content, "a.jpg", "image/jpeg", lin)
    before = upload.file.path
    preview = Preview.objects.create(file=upload.file, width=480)
    default_storage.save(preview.path, ContentFile(b"small"))
    assert clean_stored() == {"cleaned": 1}
    after = b"".join(browse(lin).get(upload.get_absolute_url()).streaming_content)
    assert after == cleaned(content, "image/jpeg")[0] and b"SecretPhone" not in after
    file = Upload.objects.get().file
    assert (file.size, file.width, file.height, file.sha256) == (len(after), 30, 40, hashlib.sha256(after).hexdigest())
    assert not default_storage.exists(before) and not default_storage.exists(preview.path)
    assert (File.objects.count(), Preview.objects.count()) == (1, 0)
    assert clean_stored() == {"same": 1}


def test_a_picture_whose_clean_twin_is_here_joins_it(lin: Person, wang: Person) -> None:
    twin = keep(photo("JPEG"), "b.jpg", wang)
    upload = stored(photo("JPEG"), "a.jpg", "image/jpeg", lin)
    assert clean_stored() == {"cleaned": 1, "same": 1}
    assert set(Upload.objects.values_list("pk", "file", "name")) == {
        (upload.pk, twin.file_id, "a.jpg"),
        (twin.pk, twin.file_id, "b.jpg"),
    }
    assert File.objects.count() == 1


def test_moving_pictures_and_painted_ones_are_brought_up_to_date(lin: Person) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "BMP")
    stored(out.getvalue(), "画.bmp", "image/x-ms-bmp", lin)
    stored(moving("GIF"), "a.gif", "image/gif", lin)
    assert clean_stored() == {"cleaned": 2}
    assert set(Upload.objects.values_list("name", "file__content_type", "file__width")) == {
        ("画.png", "image/png", 40),
        ("a.gif", "image/gif", 40),
    }


def test_types_that_were_taken_wrongly_are_corrected(lin: Person) -> None:
    stored(CANON, "a.cr3", "video/mp4", lin)
    stored(webm(b"A_OPUS"), "语音.webm", "video/webm", lin)
    stored(webm(b"V_VP9"), "录屏.webm", "video/webm", lin)
    assert clean_stored() == {"typed": 2, "same": 1}
    assert dict(Upload.objects.values_list("name", "file__content_type")) == {
        "a.cr3": "image/x-raw",
        "语音.webm": "audio/webm",
        "录屏.webm": "video/webm",
    }


def test_the_command_tells_what_it_left(lin: Person, capsys: pytest.CaptureFixture[str]) -> None:
    broken = stored(photo("JPEG")[:300], "a.jpg", "image/jpeg", lin)
    gone = stored(png(colour="red"), "b.png", "image/png", lin)
    default_storage.delete(gone.file.path)
    stored(png(), "c.png", "image/png", lin)
    assert main(["clean-pictures"]) == 1
    said = capsys.readouterr()
    assert said.out == "0 cleaned, 0 typed anew, 1 as they were\n"
    assert said.err == "2 could not be read and stay as they are\n"
    assert set(Upload.objects.values_list("name", "file__sha256")) >= {("a.jpg", broken.file.sha256)}
